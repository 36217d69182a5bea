"""Slow limits of counts: sums in a hundred decimal digits, and bisection."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext


def gamma_cdf(shape: float, x: float) -> float:
    """P(a, x) by the alternating series, which only very many digits can sum."""
    with localcontext() as context:
        context.prec = 100
        a, value = Decimal(shape), Decimal(x)
        total, power = Decimal(0), Decimal(1)
        for k in range(int(6 * x) + 60):
            total += power / (a + k)
            power = -power * value / (k + 1)
        return float(total * value**a) / math.gamma(shape)


def poisson_at_most(count: int, mean: float) -> float:
    return math.fsum(
        math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)
    )


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling function is zero."""
    for _ in range(200):
        middle = (low + high) / 2
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def exact_limits(count: float, tail: float) -> tuple[float, float]:
    lower = root(lambda x: tail - gamma_cdf(count, x), 1e-12, 60) if count else 0.0
    return lower, root(lambda x: 1 - tail - gamma_cdf(count + 1, x), 1e-12, 60)


def byar(count: float, z: float) -> tuple[float, float]:
    n = count + 1
    return (
        count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3,
        n * (1 - 1 / (9 * n) + z / (3 * math.sqrt(n))) ** 3,
    )
