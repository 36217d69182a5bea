"""How often chance alone would do as much: two-sided p-values as expressions.

Binomial and t tails by the normal approximations of Peizer and Pratt (JASA 1968, 63:1416–1456):
closed forms within a few per cent of the exact tail down to 1e-8, so that a whole country is one
column and not a loop. Two samples by the pooled z-test with Yates' correction.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from pipeline.methods.gamma import FloatArray, of_positive

# Two samples with a smaller expected count than this are not tested: the normal law fails there.
LEAST_EXPECTED = 5.0

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def _two_tails(z: FloatArray) -> FloatArray:
    tails: FloatArray = _erfc(z / math.sqrt(2))
    return tails


def normal_p(z: pl.Expr) -> pl.Expr:
    """Return the two-sided probability of a normal deviate at least as far from zero."""
    distance = z.abs()
    return pl.when(distance > 0).then(of_positive(distance, _two_tails)).when(distance == 0).then(1)


def t_p(t: pl.Expr, freedom: pl.Expr) -> pl.Expr:
    """Return the two-sided probability of a t deviate; `freedom` need not be whole, at least 2."""
    reach = ((1 + t * t / freedom).log() / (freedom - 5 / 6)).sqrt()
    return normal_p(reach * (freedom - 2 / 3 + 1 / (10 * freedom)))


def _bend(x: FloatArray) -> FloatArray:
    """Return Peizer and Pratt's g(x) = (1 − x² + 2x·ln x)/(1 − x)², continued to x = 1."""
    away = 1 - x
    is_near = np.abs(away) < 1e-4
    far = np.where(is_near, 1.0, away)
    bent: FloatArray = (1 - x * x + 2 * x * np.log(x)) / (far * far)
    return np.where(is_near, away / 3, bent)  # the first term of the series around 1


def _below(observed: FloatArray, total: FloatArray, share: FloatArray) -> FloatArray:
    """Return the normal deviate of P(X ≤ observed), observed below total, share inside (0, 1)."""
    other = 1 - share
    distance = observed + 2 / 3 - (total + 1 / 3) * share
    distance += 0.02 * (
        other / (observed + 1) - share / (total - observed) + (other - 0.5) / (total + 1)
    )
    bends = other * _bend((observed + 0.5) / (total * share))
    bends += share * _bend((total - observed - 0.5) / (total * other))
    deviate: FloatArray = distance * np.sqrt((1 + bends) / ((total + 1 / 6) * share * other))
    return deviate


def _smaller_tail(counts: pl.Series) -> pl.Series:
    """Return the p-values of a struct of observed, total and share."""
    observed, total, share = (counts.struct.field(n).to_numpy() for n in counts.struct.fields)
    is_asked = (total > 0) & (observed >= 0) & (observed <= total) & (share > 0) & (share < 1)
    observed, total, share = observed[is_asked], total[is_asked], share[is_asked]
    # At or below expectation the lower tail is the smaller one; above it, that of the complement.
    is_low = observed <= total * share
    fewer = np.where(is_low, observed, total - observed)
    deviate = _below(fewer, total, np.where(is_low, share, 1 - share))
    p_values = np.full(len(counts), np.nan)
    # The tail that holds the middle is no surprise at all: a deviate above zero is half or more.
    p_values[is_asked] = _two_tails(-np.minimum(deviate, 0.0))
    return pl.Series(p_values).fill_nan(None)


def binomial_p(numerator: pl.Expr, denominator: pl.Expr, share: pl.Expr) -> pl.Expr:
    """Return twice the smaller binomial tail, at most 1: could `share` have given this count?

    Null where it cannot be asked: nobody counted, a count that is no proportion, or a share of 0
    or 1, from which nothing can differ.
    """
    asked = (("observed", numerator), ("total", denominator), ("share", share))
    counts = pl.struct(part.cast(pl.Float64).alias(name) for name, part in asked)
    return counts.map_batches(_smaller_tail, return_dtype=pl.Float64, is_elementwise=True)


def two_samples_p(
    numerator: pl.Expr, denominator: pl.Expr, other_numerator: pl.Expr, other_denominator: pl.Expr
) -> pl.Expr:
    """Return the p-value of one proportion against another that shares nobody with it.

    Null where either is no proportion or a cell of the table expects fewer than five.
    """
    counts = [e.cast(pl.Float64) for e in (numerator, other_numerator)]
    totals = [e.cast(pl.Float64) for e in (denominator, other_denominator)]
    pooled = (counts[0] + counts[1]) / (totals[0] + totals[1])
    is_asked = pl.all_horizontal(
        *((c >= 0) & (c <= n) & (n > 0) for c, n in zip(counts, totals, strict=True)),
        *(n * share >= LEAST_EXPECTED for n in totals for share in (pooled, 1 - pooled)),
    )
    weight = 1 / totals[0] + 1 / totals[1]
    gap = (counts[0] / totals[0] - counts[1] / totals[1]).abs() - weight / 2
    z = gap.clip(lower_bound=0) / (pooled * (1 - pooled) * weight).sqrt()
    return pl.when(is_asked).then(normal_p(z))
