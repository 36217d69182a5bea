"""The gate in plain Python: exact tails summed term by term, families walked step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean


def binomial(observed: int, total: int, share: float) -> float:
    """Return twice the smaller exact tail, at most 1."""

    def term(n: int) -> float:
        logs = math.lgamma(total + 1) - math.lgamma(n + 1) - math.lgamma(total - n + 1)
        return math.exp(logs + n * math.log(share) + (total - n) * math.log(1 - share))

    lower = sum(term(n) for n in range(observed + 1))
    upper = sum(term(n) for n in range(observed, total + 1))
    return min(1.0, 2 * lower, 2 * upper)


def fisher(observed: int, total: int, other: int, other_total: int) -> float:
    """Return twice the smaller exact tail of the two-by-two table, at most 1."""
    events = observed + other

    def ways(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    def term(n: int) -> float:
        logs = ways(total, n) + ways(other_total, events - n) - ways(total + other_total, events)
        return math.exp(logs)

    possible = range(max(0, events - other_total), min(total, events) + 1)
    lower = sum(term(n) for n in possible if n <= observed)
    upper = sum(term(n) for n in possible if n >= observed)
    return min(1.0, 2 * lower, 2 * upper)


def student(t: float, freedom: float) -> float:
    """Return both tails of t by the midpoint rule; t = √freedom · tan(angle)."""
    steps = 4000
    logs = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    start = math.atan(abs(t) / math.sqrt(freedom))
    step = (math.pi / 2 - start) / steps
    area = sum(math.cos(start + (n + 0.5) * step) ** (freedom - 1) for n in range(steps)) * step
    return 2 * area * math.exp(logs) / math.sqrt(math.pi)


def claimed(p_values: Sequence[float | None]) -> list[bool]:
    """Step up: claim the largest k tests of which the k-th p-value is at most k/m of 5 %."""
    known = sorted(p for p in p_values if p is not None)
    bar = -1.0
    for k, p in enumerate(known, start=1):
        if p <= 0.05 * k / len(known):
            bar = p
    return [p is not None and p <= bar for p in p_values]


def weekly(values: Sequence[float], sizes: Sequence[int]) -> dict[str, float]:
    """Return the p-values of the last value and of the mean of the last three."""
    before, latest = values[:-3], values[-3:]
    n = len(before)
    share = sum(v * s for v, s in zip(values[:-3], sizes[:-3], strict=True)) / sum(sizes[:-3])
    sampling = share * (1 - share) / fmean(sizes[:-3])
    squares = [
        fmean((before[i + lag] - before[i]) ** 2 for i in range(n - lag)) for lag in (1, 2, 3)
    ]
    noise = fmean(squares) / 2
    freedom = (n - 1) * 6 / 7
    found = {}
    for name, mean, size in (("last", latest[-1], 1), ("last_three", fmean(latest), 3)):
        gap, weight = abs(mean - fmean(before)), 1 / size + 1 / n
        is_beyond = gap > 1.959964 * math.sqrt(sampling * weight)
        found[name] = student(gap / math.sqrt(noise * weight), freedom) if is_beyond else 1.0
    return found


def ranks(intervals: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return best and worst rank of each interval; the highest is first."""
    return [
        (
            1 + sum(other_low > high for other_low, _ in intervals),
            len(intervals) - sum(other_high < low for _, other_high in intervals),
        )
        for low, high in intervals
    ]
