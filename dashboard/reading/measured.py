"""A measured value, and how far it is from its target: arithmetic only, nothing is claimed here.

Whether a difference may be called one is decided by `pipeline.methods.claims` alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.catalog import Indicator

FACILITY_UNITS = frozenset({"所", "家"})
PACE_WEEKS = 8


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A value with its interval."""

    value: float | None
    lower: float | None = None
    upper: float | None = None


def is_registry(indicator: Indicator) -> bool:
    """Say whether the indicator counts facilities, completely."""
    return indicator.kind == "stock" and indicator.count_unit_zh in FACILITY_UNITS


def shortfall(value: float, target: float, indicator: Indicator) -> float:
    """Return how far the value is from its target, in the value's unit; zero when it is met."""
    gap = target - value if indicator.polarity == "higher_is_better" else value - target
    return max(gap, 0.0) if gap > 1e-12 else 0.0


def missing_units(numerator: int, denominator: int, target: float) -> int:
    """Return how many more facilities the target needs."""
    return max(math.ceil(target * denominator - 1e-9) - numerator, 0)


def weekly_pace(numerators: list[int | None]) -> float | None:
    """Return facilities a week over the last eight weeks, or None with fewer weeks."""
    known = [n for n in numerators if n is not None]
    if len(known) <= PACE_WEEKS:
        return None
    return (known[-1] - known[-1 - PACE_WEEKS]) / PACE_WEEKS
