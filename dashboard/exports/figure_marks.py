"""The marks of a scatter trace: circles, diamonds, squares, triangles, crosses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.exports.canvas import Canvas, Ink, Points
from dashboard.exports.colours import faded
from dashboard.exports.figure_axes import sequence

# Corners of marks in a square from -1 to 1, y downwards.
CORNERS: dict[str, Points] = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "triangle-up": ((0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    "triangle-down": ((0, 1.2), (1.1, -0.8), (-1.1, -0.8)),
    "triangle-right": ((1.2, 0), (-0.8, 1.1), (-0.8, -1.1)),
    "triangle-left": ((-1.2, 0), (0.8, 1.1), (0.8, -1.1)),
}
STROKES: dict[str, tuple[Points, ...]] = {
    "line-ns": (((0, -1), (0, 1)),),
    "line-ew": (((-1, 0), (1, 0)),),
    "cross": (((0, -1), (0, 1)), ((-1, 0), (1, 0))),
    "x": (((-0.8, -0.8), (0.8, 0.8)), ((-0.8, 0.8), (0.8, -0.8))),
}


def nth(value: Any, n: int, default: Any) -> Any:
    """Return the value of the n-th point: one for all, or a list."""
    if value is None:
        return default
    if isinstance(value, list | tuple) or (isinstance(value, Mapping) and "bdata" in value):
        values = sequence(value)
        found = values[n] if n < len(values) else None
        return default if found is None else found
    return value


def draw_mark(
    canvas: Canvas, x: float, y: float, *, symbol: str, size: float, fill: str, edge: Ink
) -> None:
    """Draw one mark around its middle."""
    name = symbol.removesuffix("-open")
    if name != symbol:
        fill, edge = "rgba(0,0,0,0)", Ink(edge.colour or fill, edge.width or 1.5)
    half = size / 2
    if name in STROKES:
        for stroke in STROKES[name]:
            points = [(x + dx * half, y + dy * half) for dx, dy in stroke]
            canvas.line(points, Ink(edge.colour or fill, edge.width or 1.5))
        return
    if name in CORNERS:
        corners = [(x + dx * half, y + dy * half) for dx, dy in CORNERS[name]]
        canvas.area([corners], fill, edge)
        return
    canvas.disc(x, y, half, fill, edge)


def draw_marks(
    canvas: Canvas, points: Sequence[tuple[float, float]], marker: Mapping[str, Any], default: str
) -> None:
    """Draw the marks of a trace; points outside the plot are nan and left out."""
    line = marker.get("line") or {}
    for n, (x, y) in enumerate(points):
        if math.isnan(x + y):
            continue
        opacity = float(nth(marker.get("opacity"), n, 1))
        width = float(nth(line.get("width"), n, 0))
        colour = nth(line.get("color"), n, None)
        draw_mark(
            canvas,
            x,
            y,
            symbol=str(nth(marker.get("symbol"), n, "circle")),
            size=float(nth(marker.get("size"), n, 6)),
            fill=faded(str(nth(marker.get("color"), n, default)), opacity),
            edge=Ink(faded(str(colour), opacity), width) if colour and width else Ink(),
        )
