"""Townships of settlements: counters by complete quarter, and the rows that name no township.

Below the county a month has too few admissions to be shown, and a month could be had by subtracting
one period so far from the next. So townships are told by quarter alone: quarters, and the year up
to the end of a quarter. What a county's rows leave unnamed is an area of its own, so that the
townships and it add up to the county.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue, Indicator
from pipeline.contracts.words import UNPLACED
from pipeline.counters import settlements
from pipeline.counters.settlements import TOWNSHIP_COUNTERS
from pipeline.errors import CatalogueError
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.methods.periods import add_months, is_complete, months_between
from pipeline.methods.rollup import known_sum

QUARTER_MONTHS = 3


@dataclass(frozen=True, kw_only=True)
class TownshipQuarters:
    """Counters by complete quarter (its first day), a column per counter.

    `townships` has area_code, county_code and is_whole: whether every month of the quarter named
    townships; a county's unnamed rows are an area (UNPLACED). `counties` are the wholes of those,
    by area_code.
    """

    townships: pl.DataFrame
    counties: pl.DataFrame


def reaching(catalogue: Catalogue) -> list[Indicator]:
    """Return the indicators of settlements that exist at townships.

    Raises:
        CatalogueError: one needs what is not counted by township.
    """
    found = [i for i in catalogue.indicators.values() if catalogue.is_by_quarter(i)]
    for i in found:
        lacking = {i.numerator, i.denominator} - {*TOWNSHIP_COUNTERS, None}
        if lacking:
            raise CatalogueError(
                f"指标{i.id}不能到乡镇：计数{'、'.join(sorted(map(str, lacking)))}没有按乡镇统计。"
                "请把finest_level改为county。"
            )
    return found


def complete_quarters(first: date, as_of: date) -> list[date]:
    """Return the first days of the quarters that lie in the range as a whole."""
    return [
        month
        for month in months_between(first, as_of)
        if month.month % QUARTER_MONTHS == 1
        and is_complete(add_months(month, QUARTER_MONTHS - 1), as_of)
    ]


def count_quarters(
    settled: Settled, flows: pl.DataFrame, *, scope: Scope, first: date, as_of: date
) -> TownshipQuarters:
    """Return the quarters of all townships that rows of their county name.

    `flows` are by day, a column per counter.
    A county counts in the quarters in which any row names a township; its other townships have
    zeros there.
    """
    quarter = pl.col("month").dt.truncate("1q")
    is_own = pl.col("parent_code") == pl.col("county_code")
    placed = (
        settled.visits_by_township()
        .filter(quarter.is_in(complete_quarters(first, as_of)))
        .join(scope.edges.lazy(), left_on="township_code", right_on="area_code")
        .filter(is_own)
        .collect()
    )
    named = placed.group_by("county_code", quarter=quarter).agg(
        is_whole=pl.col("month").n_unique() == QUARTER_MONTHS
    )
    counties = _counties(flows, named)
    areas = placed.select("county_code", area_code="township_code").unique()
    counted = settlements.count_townships(placed.lazy()).collect()
    grid = areas.join(named, on="county_code").join(
        counted, on=["area_code", "quarter"], how="left", validate="1:1"
    )
    townships = _zeros(grid, counties)
    return TownshipQuarters(
        townships=pl.concat([townships, _rest(townships, counties)]).sort("area_code", "quarter"),
        counties=counties.rename({"county_code": "area_code"}).sort("area_code", "quarter"),
    )


def _counties(flows: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return the wholes: county_code, quarter, a column per counter; null is not told."""
    days = flows.lazy().select(
        *TOWNSHIP_COUNTERS, county_code="area_code", quarter=pl.col("date").dt.truncate("1q")
    )
    told = days.join(named.lazy(), on=["county_code", "quarter"], how="semi")
    sums = known_sum(pl.col(TOWNSHIP_COUNTERS))
    return told.group_by("county_code", "quarter").agg(sums).collect()


def _zeros(grid: pl.DataFrame, counties: pl.DataFrame) -> pl.DataFrame:
    """Put zeros where the county is told and the township had nothing."""
    told = counties.select(
        "county_code",
        "quarter",
        *(pl.col(c).is_not_null().alias(f"_{c}") for c in TOWNSHIP_COUNTERS),
    )
    zeros = (pl.when(f"_{c}").then(pl.col(c).fill_null(0)).alias(c) for c in TOWNSHIP_COUNTERS)
    return grid.join(told, on=["county_code", "quarter"], validate="m:1").select(
        "area_code", "county_code", "quarter", "is_whole", *zeros
    )


def _rest(townships: pl.DataFrame, counties: pl.DataFrame) -> pl.DataFrame:
    """Return what is left of each county."""
    keys = ["county_code", "quarter"]
    named = townships.group_by(keys).agg(
        pl.col("is_whole").first(), pl.col(TOWNSHIP_COUNTERS).sum()
    )
    both = counties.join(named, on=keys, suffix="_named", validate="1:1")
    left = (pl.col(c) - pl.col(f"{c}_named") for c in TOWNSHIP_COUNTERS)
    return both.select(
        (pl.col("county_code") + UNPLACED).alias("area_code"), *keys, "is_whole", *left
    )
