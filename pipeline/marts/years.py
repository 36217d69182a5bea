"""Years of a snapshot: how many of their months it covers, and whether claims still arrive."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.methods.periods import months_between, open_months


def years_frame(first: date, as_of: date, *, delay_months: int) -> pl.DataFrame:
    """Return one row per year: year, months, is_provisional.

    A year is provisional while claims of one of its months still arrive, and while it runs.
    """
    months = pl.DataFrame({"month": months_between(first, as_of)}, schema={"month": pl.Date})
    still_open = open_months(months["month"], as_of, delay_months=delay_months)
    is_running = (pl.col("year") == as_of.year) & ((as_of.month, as_of.day) != (12, 31))
    return (
        months.with_columns(
            year=pl.col("month").dt.year().cast(pl.Int16),
            is_open=pl.col("month").is_in(still_open),
        )
        .group_by("year")
        .agg(months=pl.len().cast(pl.Int8), is_provisional=pl.col("is_open").any())
        .with_columns(is_provisional=pl.col("is_provisional") | is_running)
        .sort("year")
    )
