"""The flows as a matrix: insured counties against where their residents were treated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.queries.outflow import AWAY
from dashboard.remembering import remembered

PLACES = 7  # single places with a column of their own; the others merge within their tier
MERGED = "merged-places"


@dataclass(frozen=True, kw_only=True)
class End:
    """One column: a level of hospital or a place, within its tier."""

    tier: str
    code: str
    name: str
    merged: int = 0  # places that stand together here


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One cell: admissions, null when hidden, and how many parts are not in the sum."""

    settlements: int | None
    hidden: int

    @property
    def is_partial(self) -> bool:
        """Say whether the number is only what may be shown of more."""
        return self.settlements is not None and self.hidden > 0


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Columns from near to far, and the cells that are not empty."""

    ends: tuple[End, ...]
    cells: Mapping[tuple[str, str, str], Flow]  # county, tier, code of the column

    def cell(self, county: str, end: End) -> Flow | None:
        """Return a cell; None where nobody went, or where so few that they stand with others."""
        return self.cells.get((county, end.tier, end.code))

    def shown_sum(self, end: End) -> int | None:
        """Return what may be shown of a column, summed; None where every flow is hidden."""
        column = [flow for key, flow in self.cells.items() if key[1:] == (end.tier, end.code)]
        shown = [flow.settlements for flow in column if flow.settlements is not None]
        return sum(shown) if shown else None

    def largest(self, *, most: int) -> list[tuple[str, End, int]]:
        """Return the largest flows that may be shown: county, column, admissions."""
        ends = {(end.tier, end.code): end for end in self.ends}
        known = [
            (county, ends[tier, code], flow.settlements)
            for (county, tier, code), flow in self.cells.items()
            if flow.settlements and not ends[tier, code].merged
        ]
        known.sort(key=lambda row: (-row[2], row[0], row[1].tier, row[1].code))
        return known[:most]


def _sizes(links: pl.DataFrame) -> pl.DataFrame:
    """One row per tier and destination, largest first."""
    return (
        links.group_by("tier", "destination_code")
        .agg(pl.col("destination_name").sort().first(), pl.col("settlements").sum())
        .sort(["settlements", "tier", "destination_code"], descending=[True, False, False])
    )


def _column_of(sizes: pl.DataFrame, *, ends: Sequence[str]) -> pl.DataFrame:
    """Name the column of each destination: its own, or that of the small ones of its tier."""
    if ends:
        return sizes.with_columns(column="destination_code")
    small = sizes.with_row_index("row").with_columns(is_small=pl.col("row") >= PLACES)
    company = pl.col("is_small").sum().over("tier") > 1
    return small.with_columns(
        column=pl.when(pl.col("is_small") & company)
        .then(pl.lit(MERGED))
        .otherwise("destination_code")
    )


def _end(row: Mapping[str, object]) -> End:
    is_merged = row["column"] == MERGED
    return End(
        tier=str(row["tier"]),
        code=str(row["column"]),
        name="" if is_merged else str(row["name"]),
        merged=int(str(row["places"])) if is_merged else 0,
    )


@remembered
def flow_matrix(links: pl.DataFrame, *, ends: Sequence[str] = ()) -> Matrix:
    """Build the matrix.

    Args:
        links: insured_county, tier, destination_code, destination_name, settlements, hidden.
        ends: destination codes in their order, such as levels of hospital; without them the
            largest places come first within each tier.
    """
    columns = _column_of(_sizes(links), ends=ends)
    heads = columns.group_by("tier", "column", maintain_order=True).agg(
        places=pl.len(), name=pl.col("destination_name").first()
    )
    order = {code: n for n, code in enumerate(ends)}
    found = sorted(
        (_end(row) for row in heads.to_dicts()),
        # Sorting is stable: places stay in the order of their size.
        key=lambda end: (AWAY.index(end.tier), order.get(end.code, 0), end.merged > 0),
    )
    cells = (
        links.join(
            columns.select("tier", "destination_code", "column"), on=["tier", "destination_code"]
        )
        .group_by("insured_county", "tier", "column")
        .agg(
            settlements=pl.when(pl.col("settlements").count() > 0).then(
                pl.col("settlements").sum()
            ),
            hidden=pl.col("hidden").sum(),
        )
    )
    return Matrix(
        ends=tuple(found),
        cells={
            (county, tier, code): Flow(settlements=settlements, hidden=hidden)
            for county, tier, code, settlements, hidden in cells.iter_rows()
        },
    )
