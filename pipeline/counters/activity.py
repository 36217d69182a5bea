"""The consortium's monthly report to counters: its items are counter ids already.

A flow of a month is booked on the month's last day, since a monthly report cannot be cut within
the month; a stock holds from the end of its month until the next report, 400 days at most.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from pipeline.counters.frames import dates_frame

MAX_AGE_DAYS = 400


def count_flows(activity: pl.LazyFrame, *, counters: Collection[str]) -> pl.LazyFrame:
    """Return one row per flow counter, county and month end (FlowCounter)."""
    return activity.filter(pl.col("item").is_in(list(counters))).select(
        pl.col("item").alias("counter_id"),
        pl.col("county_code").alias("area_code"),
        pl.col("month").dt.month_end().alias("date"),
        "value",
    )


def count_stocks(
    activity: pl.LazyFrame, *, counters: Collection[str], dates: Sequence[date]
) -> pl.LazyFrame:
    """Return one row per stock counter, county and evaluation date (StockCounter)."""
    reports = (
        activity.filter(pl.col("item").is_in(list(counters)))
        .select(
            pl.col("item").alias("counter_id"),
            pl.col("county_code").alias("area_code"),
            pl.col("month").dt.month_end().alias("as_of"),
            "value",
        )
        .sort("as_of")
    )
    keys = reports.select("counter_id", "area_code").unique()
    return (
        keys.join(dates_frame(dates), how="cross")
        .sort("as_of")
        .join_asof(
            reports,
            on="as_of",
            by=["counter_id", "area_code"],
            strategy="backward",
            tolerance=f"{MAX_AGE_DAYS}d",
            check_sortedness=False,  # both are sorted above; polars cannot see it per item
        )
        .drop_nulls("value")
        .select("counter_id", "area_code", "as_of", "value")
    )
