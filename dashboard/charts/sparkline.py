"""A line the size of a word, as an SVG image; Streamlit drops inline SVG, an image it keeps."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from dashboard import theme


def _paths(points: Sequence[tuple[float, float] | None]) -> str:
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
    known = [value for value in values if value is not None]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" preserveAspectRatio="none">'
    )
    if not known:
        return head + "</svg>"
    low, high = min([*known, *_list(target)]), max([*known, *_list(target)])
    span = (high - low) or 1.0
    right = width - 6.0
    step = right / max(len(values) - 1, 1)

    def place(value: float) -> float:
        return 5 + (high - value) / span * (height - 10)

    points = [
        None if v is None else (2 + i * (step - 4 / max(len(values), 1)), place(v))
        for i, v in enumerate(values)
    ]
    settled = len(values) - provisional
    shapes: list[str] = []
    if provisional and 0 < settled < len(values):
        left = 2 + (settled - 0.5) * (step - 4 / len(values))
        shapes.append(
            f'<rect x="{left:.1f}" y="0" width="{width - left:.1f}" height="{height}" '
            f'fill="{theme.PROVISIONAL_BAND}"/>'
        )
    if target is not None:
        y = place(target)
        shapes.append(
            f'<path d="M2,{y:.1f}L{right:.1f},{y:.1f}" stroke="{theme.TEXT_3}" stroke-width="1.5" '
            f'stroke-dasharray="2 4" fill="none"/>'
        )
    if provisional:
        shapes.append(
            f'<path d="{_paths(points[max(settled - 1, 0) :])}" stroke="{theme.AXIS}" '
            f'stroke-width="1.6" stroke-dasharray="4 3" fill="none"/>'
        )
    shapes.append(
        f'<path d="{_paths(points[:settled])}" stroke="{theme.ACCENT}" stroke-width="2" '
        f'stroke-linejoin="round" fill="none"/>'
    )
    ends = [point for point in points[:settled] if point is not None]
    if ends:
        x, y = ends[-1]
        shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{theme.ACCENT}"/>')
    return head + "".join(shapes) + "</svg>"


def _list(value: float | None) -> list[float]:
    return [] if value is None else [value]


def data_uri(svg: str) -> str:
    """Return an SVG as an address for an image."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
