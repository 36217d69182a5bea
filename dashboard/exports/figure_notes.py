"""Shapes and annotations of a Plotly figure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

from dashboard import theme
from dashboard.exports.canvas import Align, Box, Canvas, Ink
from dashboard.exports.colours import faded
from dashboard.exports.rich_text import LEADING, line_width, parse, write_line


class Coordinates(Protocol):
    """What turns the figure's coordinates into pixels."""

    frame: Box

    def x(self, value: Any, ref: str) -> float:
        """Return a horizontal pixel."""

    def y(self, value: Any, ref: str) -> float:
        """Return a vertical pixel."""


def _ends(drawing: Coordinates, shape: Mapping[str, Any], side: str) -> tuple[float, float]:
    """Return both ends of a shape along one side; pixels count from its anchor."""
    turn, ref = getattr(drawing, side), shape.get(f"{side}ref") or side
    if shape.get(f"{side}sizemode") == "pixel":
        anchor = turn(shape.get(f"{side}anchor"), ref)
        sign = 1 if side == "x" else -1
        return anchor + sign * shape[f"{side}0"], anchor + sign * shape[f"{side}1"]
    return turn(shape[f"{side}0"], ref), turn(shape[f"{side}1"], ref)


def draw_shape(canvas: Canvas, drawing: Coordinates, shape: Mapping[str, Any]) -> None:
    """Draw a line, a rectangle or a circle."""
    if shape.get("visible") is False or shape.get("type") == "path":
        return
    (x0, x1), (y0, y1) = _ends(drawing, shape, "x"), _ends(drawing, shape, "y")
    if math.isnan(x0 + x1 + y0 + y1):
        return
    opacity = 1 if shape.get("opacity") is None else float(shape["opacity"])
    line = shape.get("line") or {}
    width = 2 if line.get("width") is None else line["width"]
    colour = faded(line.get("color") or theme.TEXT_2, opacity)
    ink = Ink(colour, width, line.get("dash") or "solid") if width else Ink()
    if shape.get("type") == "line":
        canvas.line([(x0, y0), (x1, y1)], ink)
        return
    box = Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
    fill = faded(shape["fillcolor"], opacity) if shape.get("fillcolor") else None
    if shape.get("type") == "circle":
        radius = min(box.width, box.height) / 2
        canvas.disc(box.left + box.width / 2, box.top + box.height / 2, radius, fill, ink)
        return
    canvas.box(box, fill, ink)


def _anchor(annotation: Mapping[str, Any], side: str) -> str:
    """Return where a text is held: as said, else by the nearest side of the paper."""
    named = annotation.get(f"{side}anchor") or "auto"
    if named != "auto":
        return str(named)
    ref = annotation.get(f"{side}ref")
    if annotation.get("showarrow") is not False or ref != "paper":
        return "center" if side == "x" else "middle"
    names = ("left", "center", "right") if side == "x" else ("bottom", "middle", "top")
    share = float(annotation[side])
    return names[0] if share < 1 / 3 else names[1] if share <= 2 / 3 else names[2]


def draw_annotation(canvas: Canvas, drawing: Coordinates, annotation: Mapping[str, Any]) -> None:
    """Write a text, with the line of its arrow and its background."""
    if annotation.get("visible") is False:
        return
    x = drawing.x(annotation["x"], annotation.get("xref") or "x") + (annotation.get("xshift") or 0)
    y = drawing.y(annotation["y"], annotation.get("yref") or "y") - (annotation.get("yshift") or 0)
    if math.isnan(x + y):
        return
    if annotation.get("showarrow") is not False:
        tail = (x + (annotation.get("ax") or 0), y + (annotation.get("ay") or 0))
        colour = annotation.get("arrowcolor") or theme.TEXT_2
        canvas.line([tail, (x, y)], Ink(colour, annotation.get("arrowwidth") or 1))
        x, y = tail
    font = annotation.get("font") or {}
    size, weight = font.get("size") or theme.SIZE_NOTE, font.get("weight") or 400
    lines = parse(str(annotation.get("text") or ""))
    width = max(line_width(line, size=size, weight=weight) for line in lines)
    height = size * LEADING * len(lines)
    left = x - {"left": 0.0, "center": width / 2, "right": width}[_anchor(annotation, "x")]
    top = y - {"top": 0.0, "middle": height / 2, "bottom": height}[_anchor(annotation, "y")]
    if annotation.get("bgcolor"):
        pad = annotation.get("borderpad") or 1
        canvas.box(Box(left, top, width, height).inset(-pad, -pad), annotation["bgcolor"])
    align: Align = annotation.get("align") or "center"
    pen = left + {"left": 0.0, "center": width / 2, "right": width}[align]
    for n, line in enumerate(lines):
        write_line(
            canvas,
            pen,
            top + size * LEADING * (n + 0.5),
            line,
            size=size,
            colour=font.get("color") or theme.TEXT_2,
            weight=int(weight),
            align=align,
        )
