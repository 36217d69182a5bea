"""Mart outflow_levels_yearly: admissions by insured county, tier, hospital level and year.

Sorted by county, year, tier, level. Sparse: where nobody was admitted there is no row. Small cells
are hidden with their money, and with them those by which the tier's total, published by month and
with the diseases, would tell them.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.settled_marts import OutflowLevelsYearly
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import LEVELS
from pipeline.marts.case_mix_yearly import hidden_totals_of
from pipeline.marts.case_years import ALL, UNKNOWN
from pipeline.marts.cells import Cells
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.marts.shape import status_of, to_contract, unless_hidden
from pipeline.marts.years import years_frame
from pipeline.methods.suppression import hide

SORT = ["insured_county", "year", "destination_tier", "hospital_level"]
_PLACE = ["insured_county", "destination_tier", "year"]
_VALUES = ("settlements", "fund_fen")


def build(
    settled: Settled,
    cells: Cells,
    *,
    scope: Scope,
    threshold: int,
    delay_months: int,
    first: date,
    as_of: date,
) -> pl.LazyFrame:
    """Return the mart; `cells` are the monthly counters published beside it."""
    years = years_frame(first, as_of, delay_months=delay_months)
    levels = _by_year(settled, scope, first=first, as_of=as_of)
    judged = with_hidden(with_total(levels), hidden_totals_of(cells), threshold=threshold)
    shown = judged.lazy().filter(pl.col("hospital_level") != ALL)
    rows = shown.join(years.lazy(), on="year", validate="m:1")
    status = status_of(is_provisional=pl.col("is_provisional"))
    values = rows.with_columns(status, unless_hidden(*_VALUES))
    return to_contract(values, OutflowLevelsYearly, sort=SORT)


def _by_year(settled: Settled, scope: Scope, *, first: date, as_of: date) -> pl.DataFrame:
    """Add up the months of each year, in full words."""
    codes = settled.codes
    sums = (
        settled.levels.lazy()
        .filter(pl.col("month").is_between(first, as_of))
        .group_by(*LEVELS, year=pl.col("month").dt.year().cast(pl.Int16))
        .agg(pl.col(_VALUES).sum())
        .filter(pl.any_horizontal(pl.col(value) != 0 for value in _VALUES))
    )
    counties = scope.at("county").rename({"area_code": "insured_county"})
    return at_once(
        sums.with_columns(
            codes.text("insured_county"),
            codes.text("hospital_level").fill_null(UNKNOWN),
            destination_tier=pl.col("destination_tier").cat.to(codes.enum("destination_tier")),
        ).join(counties.lazy(), on="insured_county", how="semi")
    )


def with_total(levels: pl.DataFrame) -> pl.DataFrame:
    """Add the total over the levels of each county and tier."""
    totals = levels.group_by(pl.exclude("hospital_level", *_VALUES)).agg(
        pl.col(_VALUES).sum(), hospital_level=pl.lit(ALL)
    )
    return pl.concat([levels, totals.select(levels.columns)])


def with_hidden(
    levels: pl.DataFrame, hidden_totals: pl.DataFrame, *, threshold: int
) -> pl.DataFrame:
    """Add is_hidden: small cells, and those by which the total of their tier would tell them.

    A total is hidden where one of its published months is (`hidden_totals`).
    """
    is_total = pl.col("hospital_level") == ALL
    few = (pl.col("settlements") < threshold) & pl.any_horizontal(
        pl.col(value) != 0 for value in _VALUES
    )
    places = pl.Schema({column: levels.schema[column] for column in _PLACE})
    told = hidden_totals.cast(places).with_columns(month_hidden=pl.lit(value=True))
    cells = (
        levels.join(told, on=_PLACE, how="left", validate="m:1")
        .sort(*_PLACE, "hospital_level")
        .with_row_index("cell")
        .with_columns(
            value="settlements",
            is_hidden=few | (is_total & pl.col("month_hidden").fill_null(value=False)),
            may_hide=~is_total,
        )
    )
    sums = cells.group_by(_PLACE).agg("cell").with_row_index("sum").explode("cell")
    judged = hide(cells.select("cell", "value", "is_hidden", "may_hide"), sums)
    hidden = judged.select("cell", "is_hidden")
    return cells.drop("is_hidden").join(hidden, on="cell", validate="1:1")
