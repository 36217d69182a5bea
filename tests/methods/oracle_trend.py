"""The chi-squared test for trend as textbooks print it, in exact fractions."""

from __future__ import annotations

from fractions import Fraction


def chi_squared(counts: list[int], people: list[int], kind: str) -> Fraction | None:
    """N(NΣxr − RΣxn)² / (R(N − R)(NΣx²n − (Σxn)²)); rates: the Poisson variance of Σx(r − e)."""
    scores = range(1, len(counts) + 1)
    total, events = sum(people), sum(counts)
    xr = sum(x * r for x, r in zip(scores, counts, strict=True))
    xn = sum(x * n for x, n in zip(scores, people, strict=True))
    xxn = sum(x * x * n for x, n in zip(scores, people, strict=True))
    spread = total * xxn - xn * xn
    if kind == "proportion":
        below = events * (total - events) * spread
        return Fraction(total * (total * xr - events * xn) ** 2, below) if below else None
    rate = Fraction(events, total)
    below_rate = rate * Fraction(spread, total)
    return (xr - rate * xn) ** 2 / below_rate if below_rate else None
