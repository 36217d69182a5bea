"""The small-number rule on counters: what is hidden, and where the hidden would show through.

The rule works on counters, not on rates: a hidden count is hidden as a numerator and as a
denominator of every indicator. City and group totals are exact and never hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.catalog import Catalogue
from pipeline.counters.frames import at_once
from pipeline.counters.settlements import DIFFERENCES, SUMS, VISITS_BEHIND
from pipeline.marts.measures import CATEGORIES
from pipeline.marts.scope import Scope
from pipeline.methods.suppression import hide, is_small

Numbers = NDArray[np.int64]
TotalsAndParts = Sequence[tuple[str, Sequence[str]]]


def is_hideable() -> pl.Expr:
    """Say whether counts of an area may be hidden; those of cities and above are exact."""
    return pl.col("area_level").cast(pl.String).is_in(["county", "township", "village"])


def _roles(catalogue: Catalogue) -> list[tuple[str, str, str]]:
    """Return each counter and indicator that has it, and as what, in order."""
    return [
        (counter, indicator.id, role)
        for indicator in catalogue.indicators.values()
        for role in ("numerator", "denominator")
        if (counter := getattr(indicator, role)) is not None
    ]


def to_cells(levelled: pl.DataFrame, catalogue: Catalogue, *, by: list[str]) -> pl.DataFrame:
    """Return one row per patient-derived counter, area and `by`: cell, value, may_hide, is_shown.

    A counter that several indicators share is taken from the first of them that the area has then:
    one may lack its other counter. The differences of two counters that anyone can make are cells
    as well, though none is shown. In order of counter, area and `by`, numbered by `cell`.
    """
    index = ["area_code", "area_level", *by]
    wide = levelled.pivot("indicator_id", index=index, values=["numerator", "denominator"])
    told = _told_by(catalogue, set(wide.columns))
    values = {counter: pl.coalesce(columns) for counter, columns in told.items()}
    area = pl.col("area_code").cast(pl.String)
    rows = wide.lazy().select(area, *by, may_hide=is_hideable(), **values).sort("area_code", *by)
    for counter, (total, part) in DIFFERENCES.items():
        if {total, part} <= set(told):
            rows = rows.with_columns((pl.col(total) - pl.col(part)).alias(counter))
            told[counter] = [total, part]
    cells = (
        rows.unpivot(sorted(told), index=["area_code", *by, "may_hide"], variable_name="counter_id")
        .with_columns(
            pl.col("value").cast(pl.Int64), is_shown=~pl.col("counter_id").is_in(list(DIFFERENCES))
        )
        .drop_nulls("value")
        .with_row_index("cell")
    )
    return at_once(cells)


def _told_by(catalogue: Catalogue, known: set[str]) -> dict[str, list[str]]:
    """Return the `known` columns, as numerator_<indicator>, that tell each patient-derived counter.

    In the order of the indicators.
    """
    told: dict[str, list[str]] = {}
    for counter, indicator, role in _roles(catalogue):
        if catalogue.counters[counter].patient_derived and f"{role}_{indicator}" in known:
            told.setdefault(counter, []).append(f"{role}_{indicator}")
    return told


def with_primary(cells: pl.DataFrame, *, threshold: int, by: list[str]) -> pl.DataFrame:
    """Add is_hidden: small counts, and amounts that rest on a small number of visits."""
    keys = ["counter_id", "area_code", *by]
    terms = [
        (amount, counter, sign, 1 if minus is None else 2)
        for amount, (plus, minus) in VISITS_BEHIND.items()
        for counter, sign in ((plus, 1), (minus, -1))
        if counter is not None
    ]
    behind = pl.LazyFrame(terms, schema=["amount", "counter_id", "sign", "terms"], orient="row")
    visits = (
        cells.lazy()
        .join(behind, on="counter_id")
        .drop("counter_id")
        .rename({"amount": "counter_id"})
        .group_by(keys)
        .agg(
            visits=(pl.col("value") * pl.col("sign")).sum(),
            is_told=pl.len() == pl.col("terms").first(),
        )
        .filter("is_told")
        .drop("is_told")
    )
    small = is_small(pl.coalesce("visits", "value"), threshold=threshold)
    people = cells.lazy().join(visits, on=keys, how="left", validate="1:1", maintain_order="left")
    return at_once(people.with_columns(is_hidden=pl.col("may_hide") & small).drop("visits"))


def sums_of_areas(cells: pl.DataFrame, edges: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """Return one row per sum and cell in it: an area with its children, for each `by`.

    A sum is named by the cell of its total.
    """
    named = cells.select("cell", "area_code", *by)
    totals = named.rename({"cell": "sum", "area_code": "parent_code"})
    children = (
        named.join(edges, on="area_code", validate="m:1")
        .join(totals, on=["parent_code", *by], validate="m:1")
        .select("sum", "cell")
    )
    return pl.concat([children, children.select("sum", cell="sum").unique()])


def to_sums(
    cells: pl.DataFrame, edges: pl.DataFrame, *, by: list[str], sums: TotalsAndParts = SUMS
) -> pl.DataFrame:
    """Return one row per sum and cell in it: an area with its children, `sums` with their parts.

    A sum is named by the cell of its total, plus what tells the ways apart in which one total
    comes to be.
    """
    place = ["area_code", *by]
    wide = cells.pivot("counter_id", index=place, values="cell").with_row_index("place")
    parents = wide.select(*by, parent="place", parent_code="area_code")
    above = wide.join(edges, on="area_code").join(parents, on=["parent_code", *by], validate="m:1")
    ids = wide.select(pl.exclude("place", *place).cast(pl.Int64).fill_null(-1)).to_numpy()
    at = {counter: n for n, counter in enumerate(wide.columns[1 + len(place) :])}
    found = [_pairs(ids[above["parent"]], ids[above["place"]])]
    for way, (total, parts) in enumerate(sums, 1):
        asked = [at[part] for part in parts if part in at]
        if total in at:
            own, members = _pairs(ids[:, [at[total]]], ids[:, asked])
            found.append((own + way * cells.height, members))
    named, members = (np.concatenate(column) for column in zip(*found, strict=True))
    return pl.DataFrame({"sum": named, "cell": members})


def _pairs(totals: Numbers, parts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the cells of sums, each total's own among them: the total and the cell. -1 is none."""
    totals = np.broadcast_to(totals, parts.shape)
    is_there = (totals >= 0) & (parts >= 0)
    own = np.unique(totals[is_there])
    return np.concatenate([totals[is_there], own]), np.concatenate([parts[is_there], own])


def hidden_cells(
    levelled: pl.DataFrame, scope: Scope, catalogue: Catalogue, *, by: list[str]
) -> pl.DataFrame:
    """Return one row per hidden counter, area and `by`."""
    judged = judged_cells(levelled, scope, catalogue, by=by)
    return judged.filter("is_hidden").select("counter_id", "area_code", *by)


def judged_cells(
    levelled: pl.DataFrame, scope: Scope, catalogue: Catalogue, *, by: list[str]
) -> pl.DataFrame:
    """Return one row per patient-derived counter, area and `by`: value, and whether is_hidden."""
    cells = to_cells(levelled, catalogue, by=by)
    primary = with_primary(cells, threshold=catalogue.settings.small_number_threshold, by=by)
    # Hiding what nobody prints costs nothing: it goes first, before the smallest that is shown.
    cost = pl.when("is_shown").then("value").otherwise(pl.lit(-1))
    judged = hide(primary.with_columns(value=cost), to_sums(cells, scope.edges, by=by))
    values = primary.select("cell", "counter_id", "area_code", *by, "value")
    return values.join(judged.select("cell", "is_hidden"), on="cell", validate="1:1").drop("cell")


def with_hidden(
    rows: pl.LazyFrame, hidden: pl.DataFrame, catalogue: Catalogue, *, by: list[str]
) -> pl.LazyFrame:
    """Add is_hidden (numerator or denominator is) and is_denominator_hidden to indicator rows.

    Both are null where nothing is hidden. Indicators and areas of the rows are categories; the
    order stays.
    """
    keys = ["indicator_id", "area_code", *by]
    is_denominator = pl.col("role") == "denominator"
    schema = ["counter_id", "indicator_id", "role"]
    roles = pl.LazyFrame(_roles(catalogue), schema=schema, orient="row")
    marks = (
        hidden.lazy()
        .join(roles, on="counter_id")
        .group_by(keys)
        .agg(is_hidden=pl.lit(value=True), is_denominator_hidden=is_denominator.any())
    )
    return rows.join(
        marks.cast(CATEGORIES), on=keys, how="left", validate="m:1", maintain_order="left"
    )
