"""A slow XmR chart: point by point, window by window, as the rules are worded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

Value = float | None


@dataclass(frozen=True)
class Point:
    mean: float | None
    lower: float | None
    upper: float | None
    cause: str | None
    kind: str | None


def limits(values: list[Value], *, screened: bool) -> tuple[float, float] | None:
    """Return the mean and the half-width of the limits (null with no moving range)."""
    known = [v for v in values if v is not None]
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if screened and ranges:
        usual = sum(ranges) / len(ranges)
        ranges = [r for r in ranges if r <= 3.267 * usual]
    if not known or not ranges:
        return None
    return sum(known) / len(known), 2.66 * sum(ranges) / len(ranges)


def causes(values: list[Value], mean: float, width: float) -> list[str | None]:
    found: list[str | None] = []
    size = len(values)

    def whole(start: int, length: int) -> list[float] | None:
        """Return a window if it lies in the series and has no gap."""
        if start < 0 or start + length > size:
            return None
        window = values[start : start + length]
        return None if any(v is None for v in window) else [v for v in window if v is not None]

    def outside(v: float) -> bool:
        return v > mean + width or v < mean - width

    def near(v: float) -> bool:
        return not outside(v) and abs(v - mean) > width * 2 / 3

    def one_side(window: list[float]) -> bool:
        return all(v > mean for v in window) or all(v < mean for v in window)

    def one_way(window: list[float]) -> bool:
        pairs = list(pairwise(window))
        return all(a < b for a, b in pairs) or all(a > b for a, b in pairs)

    for i, value in enumerate(values):
        sevens = [w for w in (whole(i - k, 7) for k in range(7)) if w]
        threes = [w for w in (whole(i - k, 3) for k in range(3)) if w]
        if value is None:
            found.append(None)
        elif outside(value):
            found.append("astronomical")
        elif any(one_side(w) for w in sevens):
            found.append("shift")
        elif any(one_way(w) for w in sevens):
            found.append("trend")
        elif near(value) and any(one_side(w) and sum(near(v) for v in w) >= 2 for w in threes):
            found.append("two_of_three")
        else:
            found.append(None)
    return found


def kind_of(value: float, mean: float, cause: str | None, improvement: str) -> str:
    if cause is None:
        return "common_cause"
    if improvement == "neutral":
        return "special_cause_neutral_high" if value > mean else "special_cause_neutral_low"
    is_better = value > mean if improvement == "increase" else value < mean
    return "special_cause_improvement" if is_better else "special_cause_concern"


def chart(values: list[Value], improvement: str, *, screened: bool = False) -> list[Point]:
    """Return the points of one phase of one series."""
    found = limits(values, screened=screened)
    known = [v for v in values if v is not None]
    if found is None:
        mean = sum(known) / len(known) if known else None
        return [
            Point(mean, None, None, None, None if v is None else "common_cause") for v in values
        ]
    mean, width = found
    return [
        Point(
            mean,
            mean - width,
            mean + width,
            cause,
            None if v is None else kind_of(v, mean, cause, improvement),
        )
        for v, cause in zip(values, causes(values, mean, width), strict=True)
    ]
