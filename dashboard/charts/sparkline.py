"""A line the size of a word, as an SVG image; Streamlit drops inline SVG, an image it keeps."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import theme

Point = tuple[float, float]


def _paths(points: Sequence[Point | None]) -> str:
    """Return path data; a gap in the data is a gap in the line."""
    parts: list[str] = []
    is_drawing = False
    for point in points:
        if point is None:
            is_drawing = False
            continue
        parts.append(f"{'L' if is_drawing else 'M'}{point[0]:.1f},{point[1]:.1f}")
        is_drawing = True
    return "".join(parts)


def _path(points: Sequence[Point | None], *, colour: str, width: float, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{_paths(points)}" stroke="{colour}" stroke-width="{width}"{dashes} '
        f'stroke-linejoin="round" fill="none"/>'
    )


def _places(
    values: Sequence[float | None], goals: Sequence[float], *, width: float, height: float
) -> tuple[list[Point | None], list[Point]]:
    """Return the points of the line, and the two ends of the target's."""
    known = [value for value in (*values, *goals) if value is not None]
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (width - 10) / max(len(values) - 1, 1)

    def down(value: float) -> float:
        return 5 + (high - value) / span * (height - 10)

    points = [None if v is None else (4 + i * step, down(v)) for i, v in enumerate(values)]
    return points, [(x, down(goal)) for goal in goals for x in (4.0, width - 6.0)]


def sparkline_svg(
    values: Sequence[float | None],
    *,
    provisional: int = 0,
    target: float | None = None,
    width: int = 166,
    height: int = 46,
) -> str:
    """Draw a series as SVG text, without any text of the data.

    Args:
        values: in order of time; None is a gap.
        provisional: how many of the last values are not settled.
        target: a dotted line.
        width: in pixels.
        height: in pixels.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" preserveAspectRatio="none">'
    )
    if all(value is None for value in values):
        return head + "</svg>"
    goals = [] if target is None else [target]
    points, goal = _places(values, goals, width=width, height=height)
    settled = len(values) - provisional
    shapes = [_band(len(values), settled, width=width, height=height)]
    if goal:
        shapes.append(_path(goal, colour=theme.TEXT_3, width=1.5, dash="2 4"))
    if provisional:
        tail = points[max(settled - 1, 0) :]
        shapes.append(_path(tail, colour=theme.AXIS, width=1.6, dash="4 3"))
    shapes.append(_path(points[:settled], colour=theme.ACCENT, width=2))
    for x, y in [point for point in points[:settled] if point is not None][-1:]:
        shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{theme.ACCENT}"/>')
    return head + "".join(shapes) + "</svg>"


def _band(count: int, settled: int, *, width: int, height: int) -> str:
    """Shade the values that are not settled, where there are settled ones before them."""
    if not 0 < settled < count:
        return ""
    left = 4 + (settled - 0.5) * (width - 10) / (count - 1)
    return (
        f'<rect x="{left:.1f}" y="0" width="{width - left:.1f}" height="{height}" '
        f'fill="{theme.PROVISIONAL_BAND}"/>'
    )
