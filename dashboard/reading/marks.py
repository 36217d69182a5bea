"""When a difference may be called one: a simple gate until the claims gate replaces it.

A county is better or worse than its reference only if its interval excludes the reference value
and the difference reaches the indicator's declared material difference. Without an interval
(money shares) nothing is claimed. Whole registries (clinics, centres) have changes without
chance, so a change of their counts is a change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pipeline.catalog import Indicator

Mark = Literal["better", "worse", "similar", "none"]
Verdict = Literal["improved", "worsened", "normal", "unchanged", "not_judged"]
Assurance = Literal["met", "on_time", "short"]

FACILITY_UNITS = frozenset({"所", "家"})
PACE_WEEKS = 8
UNCHANGED_WEEKS = 4


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A value with its interval."""

    value: float | None
    lower: float | None = None
    upper: float | None = None


def _is_material(difference: float, indicator: Indicator) -> bool:
    # A difference equal to the limit counts; floats of a subtraction fall just beside it.
    return abs(difference) >= indicator.material_difference - 1e-12


def _is_good(difference: float, indicator: Indicator) -> bool:
    return (difference > 0) == (indicator.polarity == "higher_is_better")


def mark(reading: Reading, reference: float | None, indicator: Indicator) -> Mark:
    """Compare an area with its reference; `none` where nothing can be said."""
    if reading.value is None or reference is None or indicator.polarity == "none":
        return "none"
    if reading.lower is None or reading.upper is None:
        return "none"
    difference = reading.value - reference
    excluded = not reading.lower <= reference <= reading.upper
    if not excluded or not _is_material(difference, indicator):
        return "similar"
    return "better" if _is_good(difference, indicator) else "worse"


def verdict(reading: Reading, prior: float | None, indicator: Indicator) -> Verdict:
    """Judge a change over time of a rate that varies by chance."""
    if reading.value is None or prior is None or indicator.polarity == "none":
        return "not_judged"
    if reading.lower is None or reading.upper is None:
        return "not_judged"
    difference = reading.value - prior
    if reading.lower <= prior <= reading.upper or not _is_material(difference, indicator):
        return "normal"
    return "improved" if _is_good(difference, indicator) else "worsened"


def registry_verdict(numerators: list[int | None], indicator: Indicator) -> tuple[Verdict, int]:
    """Judge weekly counts of a registry, oldest first; return also the weeks without change."""
    known = [n for n in numerators if n is not None]
    if len(known) < 2 or indicator.polarity == "none":
        return "not_judged", 0
    still = 0
    for earlier, later in zip(reversed(known[:-1]), reversed(known[1:]), strict=True):
        if earlier != later:
            break
        still += 1
    if still >= UNCHANGED_WEEKS:
        return "unchanged", still
    if still:
        return "normal", still
    return ("improved" if _is_good(known[-1] - known[-2], indicator) else "worsened"), 0


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
