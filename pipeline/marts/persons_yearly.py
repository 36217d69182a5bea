"""Mart persons_yearly: distinct persons by area, destination tier and year, at each level.

Sorted by level, area, year, tier. A year is counted again only when one of its months, or the
hierarchy of areas, has changed.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.settled_marts import PersonsYearly
from pipeline.contracts.staging import DESTINATION_TIERS
from pipeline.counters.persons import PERSONS, count_persons
from pipeline.marts.partials import Partials, hash_of, key_of
from pipeline.marts.scope import Scope
from pipeline.marts.shape import status_of, to_contract, unless_hidden
from pipeline.marts.small_numbers import is_hideable, sums_of_areas
from pipeline.marts.years import years_frame
from pipeline.methods.suppression import hide, is_small
from pipeline.staged.months import SettledMonths
from pipeline.version import code_version

SORT = ["area_level", "area_code", "year", "destination_tier"]


def build(
    settled: SettledMonths,
    *,
    scope: Scope,
    threshold: int,
    delay_months: int,
    first: date,
    as_of: date,
    partials: Partials,
) -> pl.LazyFrame:
    """Return the mart."""
    years = years_frame(first, as_of, delay_months=delay_months)
    above = scope.county_lineage
    counted = [_NOTHING]
    for year in years["year"]:
        sums = _year(settled, year, above=above, first=first, as_of=as_of, partials=partials)
        counted.append(sums.with_columns(year=pl.lit(year, pl.Int16)).select(_NOTHING.columns))
    rows = (
        pl.concat(counted)
        .rename({"ancestor_code": "area_code"})
        .with_columns(pl.col("destination_tier").cat.to(pl.Enum(DESTINATION_TIERS)))
        .join(scope.levels, on="area_code", validate="m:1")
    )
    marked = with_hidden(rows, scope, threshold=threshold).lazy()
    dated = marked.join(years.lazy(), on="year", validate="m:1")
    status = status_of(is_provisional=pl.col("is_provisional"))
    shown = dated.with_columns(status, unless_hidden(*PERSONS))
    return to_contract(shown, PersonsYearly, sort=SORT)


_NOTHING = pl.DataFrame(
    schema={
        "ancestor_code": pl.String,
        "destination_tier": pl.UInt8,
        "year": pl.Int16,
        **dict.fromkeys(PERSONS, pl.Int64),
    }
)


def _year(
    settled: SettledMonths,
    year: int,
    *,
    above: pl.DataFrame,
    first: date,
    as_of: date,
    partials: Partials,
) -> pl.DataFrame:
    """Count a year, or take what is kept of it; `above` is the lineage of the counties."""
    inside = f"{first:%Y%m}", f"{as_of:%Y%m}"
    months = [ym for ym in settled.months if ym[:4] == f"{year}" and inside[0] <= ym <= inside[1]]

    def count() -> dict[str, pl.DataFrame]:
        coded = above.with_columns(insured_county=_code(settled, above["area_code"])).drop_nulls()
        rows = [_until(settled.months[ym], ym, as_of) for ym in months]
        return {"persons": count_persons(rows, coded.select("insured_county", "ancestor_code"))}

    if not set(months) <= set(settled.digests):
        return count()["persons"]
    until = min(as_of, date(year, 12, 31))
    digests = [(ym, settled.digests[ym]) for ym in months]
    key = key_of(digests, hash_of(above), until, code_version())
    return partials.get(f"year={year}", key, count)["persons"]


def _until(rows: pl.LazyFrame, ym: str, as_of: date) -> pl.LazyFrame:
    """Keep the care of a month up to a day; asking every row of every month would cost."""
    is_whole = ym < f"{as_of:%Y%m}"
    return rows if is_whole else rows.filter(pl.col("service_date") <= as_of)


def _code(settled: SettledMonths, counties: pl.Series) -> pl.Series:
    codes = [settled.codes.code_of("insured_county", county) for county in counties]
    return pl.Series("insured_county", codes, dtype=pl.UInt16)


def with_hidden(rows: pl.DataFrame, scope: Scope, *, threshold: int) -> pl.DataFrame:
    """Add is_hidden: few persons, and the areas by which their city's number would tell them.

    A row is hidden with both its numbers when one of them has to be.
    """
    keys = ["year", "destination_tier"]
    ordered = rows.sort("area_code", *keys).with_row_index("cell")
    cells = ordered.with_columns(may_hide=is_hideable())
    sums = sums_of_areas(cells, scope.edges, by=keys)
    hidden = [
        hide(
            cells.select(
                *("cell", "may_hide"),
                value=of,
                is_hidden=pl.col("may_hide") & is_small(pl.col(of), threshold=threshold),
            ),
            sums,
        ).filter("is_hidden")["cell"]
        for of in PERSONS
    ]
    return cells.with_columns(is_hidden=pl.col("cell").is_in(pl.concat(hidden).implode()))
