"""Confidence intervals of proportions and of rates.

Both as in the technical guidance of Public Health England's Fingertips. Proportions: Wilson's
score interval without continuity correction, (2O + z² ∓ z√(z² + 4Oq)) / (2(n + z²)), q = 1 − O/n.
Rates: limits of the count by Byar's method, below 10 exactly from the Poisson distribution, and
divided by n.
"""

from __future__ import annotations

from functools import partial
from statistics import NormalDist

import polars as pl

from pipeline.errors import MethodError
from pipeline.methods.gamma import gamma_quantile, of_positive
from pipeline.methods.validity import (
    NEGATIVE_NUMERATOR,
    NO_DENOMINATOR,
    counts,
    is_number,
    number,
    require,
    require_columns,
    scale,
)

# From this count on Byar's approximation is used; below it, the exact limits.
EXACT_BELOW = 10


def normal_quantile(confidence: float) -> float:
    """Return z of a two-sided confidence level.

    Raises:
        MethodError: the level is not in [0.9, 1).
    """
    if not is_number(confidence) or not 0.9 <= confidence < 1:
        raise MethodError(
            f"置信水平应在0.9与1之间（不含1），现为{confidence!r}。请改settings.toml。"
        )
    return NormalDist().inv_cdf((1 + float(confidence)) / 2)


def with_proportion_interval(lf: pl.LazyFrame, confidence: float = 0.95) -> pl.LazyFrame:
    """Add value, lower, upper and method to rows of numerator and denominator.

    All are fractions. A row that is no proportion (a denominator of zero or less, a numerator
    below zero or above its denominator, a null) has nulls: nothing is computed from it.

    Raises:
        MethodError: a column is missing or holds no numbers.
    """
    z = normal_quantile(confidence)
    require_columns(lf, what_zh="比例的置信区间")
    observed, total = number("numerator"), number("denominator")
    is_proportion = (total > 0) & (observed >= 0) & (observed <= total)
    value = pl.when(is_proportion).then(observed / total)
    half_width = z * (z * z + 4 * observed * (1 - observed / total)).clip(0).sqrt()
    width = 2 * (total + z * z)
    middle = 2 * observed + z * z
    # The limits bracket the value by algebra; rounding must not break that at 0 and 1.
    lower = pl.min_horizontal(((middle - half_width) / width).clip(0, 1), observed / total)
    upper = pl.max_horizontal(((middle + half_width) / width).clip(0, 1), observed / total)
    return lf.lazy().with_columns(
        value=value,
        lower=pl.when(is_proportion).then(lower),
        upper=pl.when(is_proportion).then(upper),
        method=pl.lit("wilson"),
    )


def byar_limits(observed: pl.Expr, z: float) -> tuple[pl.Expr, pl.Expr]:
    """Return the lower and upper limit of a count of 10 or more (Breslow and Day 1987, p. 69).

    O(1 − 1/(9O) − z/(3√O))³ and (O + 1)(1 − 1/(9(O + 1)) + z/(3√(O + 1)))³. From 10 on the lower
    one is above zero at every level of confidence that a float can express.
    """
    following = observed + 1
    lower = observed * (1 - 1 / (9 * observed) - z / (3 * observed.sqrt())).pow(3)
    upper = following * (1 - 1 / (9 * following) + z / (3 * following.sqrt())).pow(3)
    return lower, upper


def exact_limits(observed: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Return the lower and upper limit of a count: χ²(p; 2O)/2 and χ²(1 − p; 2O + 2)/2.

    p is half of 1 − confidence. Garwood's limits (Armitage and Berry 2002); half a chi-squared
    quantile is a gamma quantile, so a fractional count has them by the same formula.
    """
    tail = (1 - confidence) / 2
    return (
        of_positive(observed, partial(gamma_quantile, probability=tail)),
        of_positive(observed + 1, partial(gamma_quantile, probability=1 - tail)),
    )


def with_rate_interval(
    lf: pl.LazyFrame, per: float = 100_000, confidence: float = 0.95
) -> pl.LazyFrame:
    """Add value, lower, upper and method ("byar", or "exact" below 10 events) to rows.

    Rates are per `per` of the denominator. The numerator may be fractional, and larger than the
    denominator. Rows with a null, and 0 of 0, have neither a value nor limits nor a method.

    Raises:
        MethodError: a column is missing or holds no numbers; when collected, a numerator below
            zero, or a denominator below zero or of zero with events.
    """
    z = normal_quantile(confidence)
    observed, population = counts()
    times = scale(per) / population
    is_small = observed < EXACT_BELOW
    byar = byar_limits(pl.when(~is_small).then(observed), z)
    exact = exact_limits(pl.when(is_small).then(observed), confidence)
    lower, upper = (
        pl.when(is_small).then(e).otherwise(b) for e, b in zip(exact, byar, strict=True)
    )
    return require(lf, [NEGATIVE_NUMERATOR, NO_DENOMINATOR], what_zh="率的置信区间").with_columns(
        value=observed * times,
        lower=lower * times,
        upper=upper * times,
        method=pl.when(is_small).then(pl.lit("exact")).when(~is_small).then(pl.lit("byar")),
    )
