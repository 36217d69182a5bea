"""Years of a snapshot: how many of their months it covers, and whether claims still arrive."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.marts import STATUSES
from pipeline.methods.periods import is_settled, months_between


def years_frame(first: date, as_of: date, *, delay_months: int) -> pl.DataFrame:
    """Return one row per year: year, months, is_provisional.

    A year is provisional while claims of one of its months still arrive, and while it runs.
    """
    months = pl.DataFrame({"month": months_between(first, as_of)}, schema={"month": pl.Date})
    open_months = [
        m for m in months["month"] if not is_settled(m, as_of, delay_months=delay_months)
    ]
    is_running = (pl.col("year") == as_of.year) & ((as_of.month, as_of.day) != (12, 31))
    return (
        months.with_columns(
            year=pl.col("month").dt.year().cast(pl.Int16),
            is_open=pl.col("month").is_in(open_months),
        )
        .group_by("year")
        .agg(months=pl.len().cast(pl.Int8), is_provisional=pl.col("is_open").any())
        .with_columns(is_provisional=pl.col("is_provisional") | is_running)
        .sort("year")
    )


def yearly_status() -> pl.Expr:
    """Return the status of a row with is_hidden and is_provisional."""
    status = (
        pl.when("is_hidden")
        .then(pl.lit("suppressed"))
        .when("is_provisional")
        .then(pl.lit("provisional"))
        .otherwise(pl.lit("final"))
    )
    return status.cast(pl.Enum(STATUSES)).alias("status")
