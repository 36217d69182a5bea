"""Ranks that are certain: which places an area can hold, given the intervals of all.

Simultaneous Wilson intervals (each at 1 − 0.05/k for k areas) hold together in 95 of 100 cases;
areas whose intervals do not touch are in certain order, the others may stand either way. After
Klein, Wright and Wieczorek, Journal of the Royal Statistical Society C 2020, 69:589–606.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import polars as pl

from pipeline.methods.gamma import FloatArray, of_positive


def simultaneous_z(areas: FloatArray) -> FloatArray:
    """Return z of intervals that hold together in 95 of 100 cases, for groups of so many areas."""
    normal = NormalDist()
    return np.array([normal.inv_cdf(1 - 0.05 / (2 * k)) for k in areas])


def _limits(z: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return Wilson's limits as expressions, with a z for each row."""
    observed, total = (pl.col(c).cast(pl.Float64) for c in ("numerator", "denominator"))
    middle = 2 * observed + z * z
    half_width = z * (z * z + 4 * observed * (1 - observed / total)).clip(lower_bound=0).sqrt()
    scale = 2 * (total + z * z)
    return (middle - half_width) / scale, (middle + half_width) / scale


def _ranked(lf: pl.LazyFrame, *, by: Sequence[str]) -> pl.LazyFrame:
    """Return the areas that have a rank, the two ends of each interval, and how many there are.

    The ends are turned round where low is good, so that more is better.
    """
    is_ranked = (
        (pl.col("status") == "final")
        & (pl.col("denominator") > 0)
        & pl.col("numerator").is_between(0, pl.col("denominator"))
        & (pl.col("polarity") != "none")
    )
    z = of_positive(pl.col("areas").cast(pl.Float64), simultaneous_z)
    low, high = _limits(z)
    is_low_good = pl.col("polarity") == "lower_is_better"
    return (
        lf.filter(is_ranked)
        .with_columns(areas=pl.len().over(by).cast(pl.Int64))
        .select(
            *by,
            "area_code",
            "areas",
            _worst=pl.when(is_low_good).then(-high).otherwise(low),
            _best=pl.when(is_low_good).then(-low).otherwise(high),
        )
    )


def rank_intervals(lf: pl.LazyFrame, *, by: Sequence[str] = ("indicator_id",)) -> pl.LazyFrame:
    """Return one row per `by` and area: rank_best, rank_worst, areas, is_first, is_last.

    Rows in: numerator, denominator, status and polarity. Rank 1 is the best by polarity (the
    lowest where lower is better). is_first and is_last are certain, or they are false. Rows that
    are not final, without counts or without polarity are left out.
    """
    ranked = _ranked(lf, by=by)
    pairs = ranked.join(ranked, on=list(by), suffix="_other")
    return (
        pairs.group_by(*by, "area_code")
        .agg(
            pl.col("areas").first(),
            rank_best=1 + (pl.col("_worst_other") > pl.col("_best")).sum().cast(pl.Int64),
            _below=(pl.col("_best_other") < pl.col("_worst")).sum().cast(pl.Int64),
        )
        .with_columns(rank_worst=pl.col("areas") - pl.col("_below"))
        .with_columns(
            is_first=(pl.col("rank_worst") == 1) & (pl.col("areas") > 1),
            is_last=(pl.col("rank_best") == pl.col("areas")) & (pl.col("areas") > 1),
        )
        .drop("_below")
    )
