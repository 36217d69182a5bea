"""Tests of shares of money, whose chance is not that of counting.

One stay costs a thousand times what another does, so no formula from counts says how far a share of
money moves by chance. Its months do: the year's share varies like the mean of its months, and what
a month varies by is the `noise` of the series. An area is compared with its whole month by month,
so that what moves both, a season or a new tariff, is no noise of the difference.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.methods.claims.chance import t_p
from pipeline.methods.claims.comparisons import both_final, value
from pipeline.methods.claims.noise import LEAST_REPORTS, freedom, variance


def month_noise(
    lf: pl.LazyFrame, *, by: Sequence[str] = ("indicator_id", "area_code")
) -> pl.LazyFrame:
    """Return one row per series of months: noise (the variance of one month) and reports.

    Rows in: `by`, month and value, a share or a difference of two; months without a value do not
    count. Series of fewer than twelve months are left out.
    """
    return (
        lf.filter(pl.col("value").is_not_null())
        .sort(*by, "month")
        .group_by(*by)
        .agg(noise=variance(pl.col("value")), reports=pl.len().cast(pl.Int64))
        .filter(pl.col("reports") >= LEAST_REPORTS)
    )


def money_tests(lf: pl.LazyFrame, *, kind: str) -> pl.LazyFrame:
    """Add kind, difference and p_value to rows of two shares of money, by Student's t.

    Rows in: numerator, denominator, status, the same as other_*; noise and reports of
    `month_noise`; spread, the variance of the difference in units of one month: 1/n for the mean
    of n months, twice that for two periods of n. Null unless both are final and something varies.
    """
    difference = value() - value("other_")
    error = (pl.col("noise") * pl.col("spread")).sqrt()
    p_value = t_p(difference / error, freedom(pl.col("reports").cast(pl.Float64)))
    is_asked = both_final() & (pl.col("noise") > 0)
    return lf.with_columns(
        kind=pl.lit(kind), difference=difference, p_value=pl.when(is_asked).then(p_value)
    ).drop("noise", "reports", "spread")
