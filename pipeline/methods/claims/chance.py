"""How often chance alone would do as much: two-sided p-values as expressions.

Binomial and t tails by the normal approximations of Peizer and Pratt (JASA 1968, 63:1416–1456):
closed forms within a few per cent of the exact tail down to 1e-8, so that a whole country is one
column and not a loop. Two samples by the pooled z-test with Yates' correction.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.methods.gamma import of_positive

# Two samples with a smaller expected count than this are not tested: the normal law fails there.
LEAST_EXPECTED = 5.0

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def _two_tails(z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    tails: npt.NDArray[np.float64] = _erfc(z / math.sqrt(2))
    return tails


def normal_p(z: pl.Expr) -> pl.Expr:
    """Return the two-sided probability of a normal deviate at least as far from zero."""
    distance = z.abs()
    return pl.when(distance > 0).then(of_positive(distance, _two_tails)).when(distance == 0).then(1)


def t_p(t: pl.Expr, freedom: pl.Expr) -> pl.Expr:
    """Return the two-sided probability of a t deviate; `freedom` need not be whole, at least 2."""
    reach = ((1 + t * t / freedom).log() / (freedom - 5 / 6)).sqrt()
    return normal_p(reach * (freedom - 2 / 3 + 1 / (10 * freedom)))


def _bend(x: pl.Expr) -> pl.Expr:
    """Return Peizer and Pratt's g(x) = (1 − x² + 2x·ln x)/(1 − x)², continued to x = 1."""
    away = 1 - x
    near = away / 3  # the first term of the series around 1
    far = (1 - x * x + 2 * x * x.log()) / (away * away)
    return pl.when(away.abs() < 1e-4).then(near).otherwise(far)


def _below(observed: pl.Expr, total: pl.Expr, share: pl.Expr) -> pl.Expr:
    """Return the normal deviate of P(X ≤ observed), observed below total, share inside (0, 1)."""
    other = 1 - share
    distance = observed + 2 / 3 - (total + 1 / 3) * share
    distance += 0.02 * (
        other / (observed + 1) - share / (total - observed) + (other - 0.5) / (total + 1)
    )
    bends = other * _bend((observed + 0.5) / (total * share))
    bends += share * _bend((total - observed - 0.5) / (total * other))
    return distance * ((1 + bends) / ((total + 1 / 6) * share * other)).sqrt()


def binomial_p(numerator: pl.Expr, denominator: pl.Expr, share: pl.Expr) -> pl.Expr:
    """Return twice the smaller binomial tail, at most 1: could `share` have given this count?

    Null where it cannot be asked: nobody counted, a count that is no proportion, or a share of 0
    or 1, from which nothing can differ.
    """
    observed, total = numerator.cast(pl.Float64), denominator.cast(pl.Float64)
    is_asked = (total > 0) & (observed >= 0) & (observed <= total) & (share > 0) & (share < 1)
    # At or below expectation the lower tail is the smaller one; above it, that of the complement.
    is_low = observed <= total * share
    fewer = pl.when(is_low).then(observed).otherwise(total - observed)
    chosen = pl.when(is_low).then(share).otherwise(1 - share)
    deviate = pl.when(is_asked).then(_below(fewer, total, chosen))
    # The tail that holds the middle is no surprise at all: a deviate above zero is half or more.
    return normal_p(pl.when(deviate < 0).then(deviate).when(deviate >= 0).then(0.0))


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
