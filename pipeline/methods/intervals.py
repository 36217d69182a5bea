"""Confidence intervals of proportions.

Wilson's score interval without continuity correction, as in the technical guidance of Public
Health England's Fingertips: (2O + z² ∓ z√(z² + 4Oq)) / (2(n + z²)), q = 1 − O/n.
"""

from __future__ import annotations

from statistics import NormalDist

import polars as pl

from pipeline.errors import ContractError


def normal_quantile(confidence: float) -> float:
    """Return z of a two-sided confidence level.

    Raises:
        ContractError: the level is not in [0.9, 1).
    """
    if not 0.9 <= confidence < 1:
        raise ContractError(
            f"置信水平应在0.9与1之间（不含1），现为{confidence}。请改settings.toml。"
        )
    return NormalDist().inv_cdf((1 + confidence) / 2)


def with_proportion_interval(lf: pl.LazyFrame, confidence: float = 0.95) -> pl.LazyFrame:
    """Add value, lower, upper and method to rows of numerator and denominator.

    All are fractions. A row that is no proportion (a denominator of zero or less, a numerator
    below zero or above its denominator, a null) has nulls: nothing is computed from it.
    """
    z = normal_quantile(confidence)
    observed = pl.col("numerator").cast(pl.Float64)
    total = pl.col("denominator").cast(pl.Float64)
    is_proportion = (total > 0) & (observed >= 0) & (observed <= total)
    value = pl.when(is_proportion).then(observed / total)
    half_width = z * (z * z + 4 * observed * (1 - observed / total)).clip(0).sqrt()
    scale = 2 * (total + z * z)
    middle = 2 * observed + z * z
    # The limits bracket the value by algebra; the clip keeps rounding from breaking it at 0 and 1.
    lower = pl.min_horizontal(((middle - half_width) / scale).clip(0, 1), observed / total)
    upper = pl.max_horizontal(((middle + half_width) / scale).clip(0, 1), observed / total)
    # At O = 0 the lower limit is 0 and at O = n the upper is 1, exactly.
    lower = pl.when(observed == 0).then(0.0).otherwise(lower)
    return lf.with_columns(
        value=value,
        lower=pl.when(is_proportion).then(lower),
        upper=pl.when(is_proportion).then(upper),
        method=pl.lit("wilson"),
    )
