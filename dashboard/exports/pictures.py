"""The small drawings of our markup: marks and sparklines, which are SVG of a few elements."""

from __future__ import annotations

import re

from dashboard.exports.canvas import Box, Canvas, Ink
from dashboard.exports.page_tree import Node, svg_of

Point = tuple[float, float]
COMMAND = re.compile(r"([MmLlZz])([^MmLlZz]*)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def outlines(data: str) -> list[tuple[list[Point], bool]]:
    """Read path data of straight strokes; each with whether it is closed."""
    found: list[tuple[list[Point], bool]] = []
    x = y = 0.0
    for command, rest in COMMAND.findall(data):
        if command in "Zz":
            found[-1] = (found[-1][0], True)
            continue
        numbers = [float(n) for n in NUMBER.findall(rest)]
        for n, (a, b) in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
            x, y = (x + a, y + b) if command.islower() else (a, b)
            if command in "Mm" and n == 0:
                found.append(([], False))
            found[-1][0].append((x, y))
    return found


def _number(node: Node, name: str) -> float:
    return float(node.attributes.get(name) or 0)


def _colour(node: Node, name: str) -> str | None:
    value = node.attributes.get(name)
    return None if value in {None, "none"} else value


def draw_picture(canvas: Canvas, image: Node, box: Box) -> None:
    """Draw an image of our markup into a box, as large as it fits."""
    svg = svg_of(image.attributes.get("src", ""))
    if svg is None:
        return
    width, height = _number(svg, "width"), _number(svg, "height")
    zoom = min(box.width / width, box.height / height)
    inner = canvas.window(
        box.left + (box.width - width * zoom) / 2,
        box.top + (box.height - height * zoom) / 2,
        zoom=zoom,
    )
    for node in svg.all():
        _element(inner, node)


def _element(canvas: Canvas, node: Node) -> None:
    fill, stroke = _colour(node, "fill"), _colour(node, "stroke")
    ink = Ink(stroke, _number(node, "stroke-width") or 1) if stroke else Ink()
    if node.tag == "rect":
        box = Box(*(_number(node, name) for name in ("x", "y", "width", "height")))
        canvas.box(box, fill, ink)
    if node.tag == "circle":
        canvas.disc(_number(node, "cx"), _number(node, "cy"), _number(node, "r"), fill, ink)
    if node.tag == "path":
        dash = node.attributes.get("stroke-dasharray", "solid")
        for points, is_closed in outlines(node.attributes.get("d", "")):
            if is_closed:
                canvas.area([points], fill, ink)
            else:
                canvas.line(points, Ink(stroke, ink.width, dash))
