"""Resident population to a stock counter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.counters.frames import dates_frame, to_long


def count(population: pl.LazyFrame, *, dates: Sequence[date]) -> pl.LazyFrame:
    """Return one row per area and evaluation date (StockCounter, the counter `population`).

    A year's figure speaks of its last day. Before the first one the first one is used: people
    are a denominator here, not an event.
    """
    yearly = population.group_by("area_code", "year").agg(population=pl.col("persons").sum())
    pairs = yearly.join(dates_frame(dates), how="cross")
    ended = pl.date(pl.col("year"), 12, 31) <= pl.col("as_of")
    latest = pairs.group_by("area_code", "as_of").agg(
        year=pl.coalesce(pl.col("year").filter(ended).max(), pl.col("year").min())
    )
    wide = latest.join(yearly, on=["area_code", "year"], validate="m:1")
    return to_long(wide, time="as_of", counters=["population"])
