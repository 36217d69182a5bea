"""A slow funnel: one place after another, in plain Python."""

from __future__ import annotations

import math

from tests.methods import oracle_poisson

Z = {"95": 1.959963984540054, "998": 3.090232306167813}


def quantile(values: list[float], share: float) -> float:
    """Linear between order statistics (R's type 7)."""
    ordered = sorted(values)
    position = (len(ordered) - 1) * share
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def dispersion(places: list[tuple[float, float]], kind: str) -> tuple[float, float]:
    """Return φ and τ² of Spiegelhalter, z-scores winsorised at a tenth."""
    centre = sum(o for o, _ in places) / sum(n for _, n in places)
    chance = centre * (1 - centre) if kind == "proportion" else centre
    errors = [math.sqrt(chance / n) for _, n in places]
    scores = [(o / n - centre) / s for (o, n), s in zip(places, errors, strict=True)]
    low, high = quantile(scores, 0.1), quantile(scores, 0.9)
    pulled = [min(max(z, low), high) for z in scores]
    total = sum(z * z for z in pulled)
    weights = [1 / s**2 for s in errors]
    count = len(places)
    if count < 2 or total <= count - 1:
        return total / count, 0.0
    left = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return total / count, (total - (count - 1)) / left


def normal_limits(
    places: list[tuple[float, float]], kind: str, model: str | None
) -> list[dict[str, float]]:
    """Return the limits of every place; of a rate only with an over-dispersion that was found."""
    centre = sum(o for o, _ in places) / sum(n for _, n in places)
    chance = centre * (1 - centre) if kind == "proportion" else centre
    phi, tau_squared = dispersion(places, kind)
    found = []
    for _, n in places:
        variance = chance / n
        if model == "additive":
            variance += tau_squared
        if model == "multiplicative":
            variance *= max(phi, 1)
        limits = {}
        for level, z in Z.items():
            limits[f"lower_{level}"] = max(centre - z * math.sqrt(variance), 0)
            upper = centre + z * math.sqrt(variance)
            limits[f"upper_{level}"] = min(upper, 1) if kind == "proportion" else upper
        found.append(limits)
    return found


def position(observed: int, expected: float) -> str:
    """Where a whole count lies, by the tails of the Poisson distribution alone."""
    for tail, level in ((0.001, "998"), (0.025, "95")):
        if oracle_poisson.poisson_at_most(observed, expected) < tail:
            return f"low_{level}"
        if observed and 1 - oracle_poisson.poisson_at_most(observed - 1, expected) < tail:
            return f"high_{level}"
    return "within"
