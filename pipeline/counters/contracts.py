"""Family doctor contracts to stock counters.

Each institution speaks with its latest as-of table up to the date, for 400 days at most. Where an
institution gives only one of a pair (contracted without residents, say) it counts for neither:
a rate never has a person in its numerator whose denominator is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.counters.frames import dates_frame, to_long, with_area
from pipeline.methods.rollup import known_sum

MAX_AGE_DAYS = 400
PAIRS = (
    ("residents_contracted", "residents"),
    ("key_persons_contracted", "key_persons"),
    ("contracts_fulfilled", "contracts_valid"),
    ("contracts_renewed", "contracts_due"),
)
GROUPS = ("disabled", "special_support_family", "severe_mental_disorder")


def in_force(tables: pl.LazyFrame, dates: Sequence[date], *, by: Sequence[str]) -> pl.LazyFrame:
    """Return the latest row of each `by` up to each evaluation date, at most 400 days old."""
    keys = tables.select(by).unique().join(dates_frame(dates), how="cross").sort("as_of")
    reported = tables.with_columns(reported_on="as_of").sort("as_of")
    return keys.join_asof(
        reported,
        on="as_of",
        by=list(by),
        strategy="backward",
        tolerance=f"{MAX_AGE_DAYS}d",
        check_sortedness=False,  # both are sorted above; polars cannot see it per institution
    ).drop_nulls("reported_on")


def _paired(column: str, other: str) -> pl.Expr:
    return pl.when(pl.col(other).is_not_null()).then(pl.col(column))


def _totals(contracts: pl.LazyFrame, dates: Sequence[date]) -> pl.LazyFrame:
    sums = {"family_doctor_teams": known_sum(pl.col("teams"))}
    for numerator, denominator in PAIRS:
        sums[numerator] = known_sum(_paired(numerator, denominator))
        sums[denominator] = known_sum(_paired(denominator, numerator))
    rows = in_force(contracts, dates, by=["institution_code"])
    wide = rows.group_by("area_code", "as_of").agg(**sums)
    return to_long(wide, time="as_of", counters=list(sums))


def _groups(groups: pl.LazyFrame, dates: Sequence[date]) -> pl.LazyFrame:
    named = groups.with_columns(pl.col("group").cast(pl.String)).filter(
        pl.col("group").is_in(GROUPS)
    )
    sums = {}
    for group in GROUPS:
        mine = pl.col("group") == group
        sums[f"{group}_persons"] = known_sum(_paired("persons", "contracted").filter(mine))
        sums[f"{group}_contracted"] = known_sum(_paired("contracted", "persons").filter(mine))
    rows = in_force(named, dates, by=["institution_code", "group"])
    wide = rows.group_by("area_code", "as_of").agg(**sums)
    return to_long(wide, time="as_of", counters=list(sums))


def count(
    contracts: pl.LazyFrame,
    contract_groups: pl.LazyFrame,
    *,
    areas: pl.DataFrame,
    dates: Sequence[date],
) -> pl.LazyFrame:
    """Return one row per stock counter, township and evaluation date (StockCounter)."""
    return pl.concat(
        [
            _totals(with_area(contracts, areas), dates),
            _groups(with_area(contract_groups, areas), dates),
        ]
    )
