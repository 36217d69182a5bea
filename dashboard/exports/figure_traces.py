"""The traces of a Plotly figure on two axes: lines, marks, texts, bars."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import theme
from dashboard.exports.canvas import Align, Box, Canvas, Ink
from dashboard.exports.colours import faded
from dashboard.exports.figure_axes import Axis, sequence, spread
from dashboard.exports.figure_marks import draw_marks, nth
from dashboard.exports.rich_text import LEADING, line_width, parse, write_line

Trace = Mapping[str, Any]
Point = tuple[float, float]
DAY = 24 * 3_600_000  # milliseconds, in which Plotly measures along dates
TEXT_AIR = 4  # pixels between a mark and its text


def is_shown(trace: Trace) -> bool:
    """Say whether a trace is drawn at all."""
    return trace.get("visible", True) is True


def draw_scatter(canvas: Canvas, trace: Trace, x: Axis, y: Axis, plot: Box) -> None:
    """Draw one scatter trace: fill, error bars, line, marks, texts."""
    xs, ys = sequence(trace.get("x")), sequence(trace.get("y"))
    points = [(x.pixel(a), y.pixel(b)) for a, b in zip(xs, ys, strict=False)]
    mode = str(trace.get("mode") or "lines")
    inside = canvas if trace.get("cliponaxis") is False else canvas.clipped(plot)
    _fill(inside, trace, points, y)
    _errors(inside, trace, x, y)
    if "lines" in mode:
        line = trace.get("line") or {}
        ink = Ink(
            faded(line.get("color") or theme.ACCENT, float(trace.get("opacity") or 1)),
            2 if line.get("width") is None else line["width"],
            line.get("dash") or "solid",
        )
        path = _stepped(points) if line.get("shape") == "hv" else points
        inside.line(_bridged(path) if trace.get("connectgaps") else path, ink)
    if "markers" in mode:
        draw_marks(canvas, points, trace.get("marker") or {}, theme.ACCENT)
    if "text" in mode:
        draw_texts(canvas, trace, points)


def _bridged(points: list[Point]) -> list[Point]:
    return [point for point in points if not math.isnan(point[0] + point[1])]


def _stepped(points: list[Point]) -> list[Point]:
    found: list[Point] = []
    for point in points:
        if found:
            found.append((point[0], found[-1][1]))
        found.append(point)
    return found


def _fill(canvas: Canvas, trace: Trace, points: list[Point], y: Axis) -> None:
    kind, known = trace.get("fill"), _bridged(points)
    if kind in {None, "none"} or len(known) < 2:
        return
    colour = trace.get("fillcolor") or "rgba(18,86,107,0.2)"
    if kind == "tozeroy":
        ground = y.pixel(0)
        known = [(known[0][0], ground), *known, (known[-1][0], ground)]
    canvas.area([known], str(colour))


def _errors(canvas: Canvas, trace: Trace, x: Axis, y: Axis) -> None:
    xs, ys = sequence(trace.get("x")), sequence(trace.get("y"))
    for name, axis in (("error_x", x), ("error_y", y)):
        error = trace.get(name) or {}
        if error.get("array") is None or error.get("visible") is False:
            continue
        more = sequence(error["array"])
        less = sequence(error.get("arrayminus")) or more
        ink = Ink(error.get("color") or theme.TEXT_2, error.get("thickness") or 2)
        for n, (a, b) in enumerate(zip(xs, ys, strict=False)):
            middle = axis.number(a if name == "error_x" else b)
            if math.isnan(middle) or more[n] is None or less[n] is None:
                continue
            low, high = axis.pixel(middle - less[n]), axis.pixel(middle + more[n])
            other = y.pixel(b) if name == "error_x" else x.pixel(a)
            ends = [(low, other), (high, other)]
            canvas.line(ends if name == "error_x" else [(v, h) for h, v in ends], ink)


def draw_texts(canvas: Canvas, trace: Trace, points: Sequence[Point]) -> None:
    """Write the texts of a trace beside or on its points."""
    font = trace.get("textfont") or {}
    for n, (x, y) in enumerate(points):
        words = nth(trace.get("text"), n, "")
        if not words or math.isnan(x + y):
            continue
        place = str(nth(trace.get("textposition"), n, "middle center"))
        size = float(nth(font.get("size"), n, theme.SIZE_NOTE))
        vertical, side = place.split()
        # Plotly names the side of the point on which the text stands.
        aligns: dict[str, Align] = {"right": "left", "left": "right", "center": "center"}
        shift = {"right": TEXT_AIR, "left": -TEXT_AIR, "center": 0}[side]
        lines = parse(str(words))
        height = size * LEADING * len(lines)
        rise = {"top": -height / 2 - TEXT_AIR, "bottom": height / 2 + TEXT_AIR}.get(vertical, 0.0)
        for k, line in enumerate(lines):
            write_line(
                canvas,
                x + shift,
                y + rise - height / 2 + size * LEADING * (k + 0.5),
                line,
                size=size,
                colour=str(nth(font.get("color"), n, theme.TEXT_2)),
                weight=int(nth(font.get("weight"), n, 400)),
                align=aligns[side],
            )


def draw_bars(
    canvas: Canvas,
    traces: Sequence[tuple[Trace, Axis, Axis]],
    layout: Mapping[str, Any],
    plot: Box,
) -> None:
    """Draw the bars of one pair of axes: stacked, side by side, or each on its own base."""
    inside = canvas.clipped(plot)
    mode = layout.get("barmode") or "group"
    heights: dict[tuple[float, bool], float] = defaultdict(float)
    share = 1 - (0.2 if layout.get("bargap") is None else float(layout["bargap"]))
    numbers = [
        place.number(v) for trace, place, _ in traces for v in sequence(_along(trace, place=True))
    ]
    room = spread(numbers) * share
    for k, (trace, place, size) in enumerate(traces):
        bases, unit = trace.get("base"), DAY if place.is_date else 1
        pairs = zip(
            sequence(_along(trace, place=True)), sequence(_along(trace, place=False)), strict=False
        )
        for n, (at, value) in enumerate(pairs):
            middle, amount = place.number(at), size.number(value)
            if math.isnan(middle + amount):
                continue
            start = size.number(nth(bases, n, 0.0))
            if mode in {"stack", "relative"} and bases is None:
                start = heights[middle, amount < 0]
                heights[middle, amount < 0] += amount
            width = float(nth(trace.get("width"), n, room * unit)) / unit
            if mode == "group" and len(traces) > 1:
                width = room / len(traces)
                middle += width * (k - (len(traces) - 1) / 2)
            ends = (middle - width / 2, middle + width / 2), (start, start + amount)
            _bar(inside, trace, n, _box(trace, place, size, *ends))


def _along(trace: Trace, *, place: bool) -> Any:
    """Return where the bars stand, or how long they are."""
    is_flat = trace.get("orientation") == "h"
    return trace.get("y") if is_flat == place else trace.get("x")


def _box(
    trace: Trace, place: Axis, size: Axis, across: tuple[float, float], along: tuple[float, float]
) -> Box:
    def pixels(axis: Axis, ends: tuple[float, float]) -> tuple[float, float]:
        span = axis.high - axis.low or 1.0
        found = sorted(
            axis.span[0] + (end - axis.low) / span * (axis.span[1] - axis.span[0]) for end in ends
        )
        return found[0], found[1]

    a, b = pixels(place, across), pixels(size, along)
    horizontal, vertical = (b, a) if trace.get("orientation") == "h" else (a, b)
    return Box(horizontal[0], vertical[0], horizontal[1] - horizontal[0], vertical[1] - vertical[0])


def _bar(canvas: Canvas, trace: Trace, n: int, box: Box) -> None:
    marker = trace.get("marker") or {}
    opacity = float(nth(marker.get("opacity"), n, 1)) * float(trace.get("opacity") or 1)
    if not opacity:
        return
    line, pattern = marker.get("line") or {}, marker.get("pattern") or {}
    fill = faded(str(nth(marker.get("color"), n, theme.ACCENT)), opacity)
    width = float(nth(line.get("width"), n, 0))
    colour = nth(line.get("color"), n, None)
    hatch = str(nth(pattern.get("fgcolor"), n, theme.CARD))
    canvas.box(
        box,
        fill,
        Ink(str(colour), width) if colour and width else Ink(),
        hatch=hatch if nth(pattern.get("shape"), n, "") else "",
    )
    words = str(nth(trace.get("text"), n, ""))
    where = nth(trace.get("textposition"), n, "auto")
    if words and where != "none":
        _bar_text(canvas, trace, n, box, words, is_outside=where == "outside")


def _bar_text(
    canvas: Canvas, trace: Trace, n: int, box: Box, words: str, *, is_outside: bool
) -> None:
    font = trace.get("textfont") or trace.get("insidetextfont") or {}
    size = float(nth(font.get("size"), n, theme.SIZE_NOTE))
    look = {"size": size, "colour": str(nth(font.get("color"), n, theme.TEXT_1))}
    (line,) = parse(words)[:1]
    is_flat = trace.get("orientation") == "h"
    x, y = box.left + box.width / 2, box.top + box.height / 2
    if is_outside and is_flat:
        x = box.right + TEXT_AIR + line_width(line, size=size) / 2
    elif is_outside:
        y = box.top - size * LEADING / 2
    write_line(canvas, x, y, line, align="center", **look)  # type: ignore[arg-type]
