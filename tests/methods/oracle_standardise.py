"""A slow directly standardised rate: one stratum after another."""

from __future__ import annotations

import math

from tests.methods import oracle_poisson

Stratum = tuple[float, float, float]


def rate(strata: list[Stratum], z: float) -> tuple[float, float, float, float]:
    """Return the total count, the rate per person and its limits."""
    weights = total = weighted = variance = 0.0
    for count, people, weight in strata:
        total += count
        weights += weight
        weighted += weight * count / people
        variance += weight * weight * count / (people * people)
    value = weighted / weights
    spread = math.sqrt(variance / (weights * weights) / total)
    lower, upper = oracle_poisson.byar(total, z)
    return total, value, value + spread * (lower - total), value + spread * (upper - total)
