"""The tests of shares of money: against the whole an area is part of, and against the year before.

What months vary by is taken from all final months up to the shown one, the newest and the oldest
alike; hidden months are left out.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from pipeline.methods import claims

SERIES = ("indicator_id", "area_code")


def final_months(monthly: pl.LazyFrame, known: pl.LazyFrame, *, until: dt.date) -> pl.LazyFrame:
    """One row per indicator, area and final month: the month's share."""
    is_final = (pl.col("month") <= until) & (pl.col("status").cast(pl.String) == "final")
    return (
        monthly.filter(is_final)
        .join(known.select("indicator_id"), on="indicator_id", how="semi")
        .select(*SERIES, "month", "value")
    )


def area_tests(areas: pl.LazyFrame, months: pl.LazyFrame, *, parts: int) -> pl.LazyFrame:
    """Test areas beside their wholes; a year so far is the mean of `parts` months.

    Rows in: as `pipeline.methods.claims.money_tests` asks, and other_code.
    """
    whole = months.select("indicator_id", "month", other_code="area_code", other_value="value")
    beside = (
        months.join(areas.select(*SERIES, "other_code"), on=list(SERIES))
        .join(whole, on=["indicator_id", "other_code", "month"])
        .with_columns(value=pl.col("value") - pl.col("other_value"))
    )
    series = (*SERIES, "other_code")
    noise = claims.month_noise(beside, by=series)
    rows = areas.join(noise, on=list(series)).with_columns(spread=pl.lit(1 / parts))
    return claims.money_tests(rows, kind="comparison")


def period_tests(years: pl.LazyFrame, months: pl.LazyFrame, *, parts: int) -> pl.LazyFrame:
    """Test periods of `parts` months beside earlier ones of as many."""
    rows = years.join(claims.month_noise(months), on=list(SERIES))
    return claims.money_tests(rows.with_columns(spread=pl.lit(2 / parts)), kind="change")
