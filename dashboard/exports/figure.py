"""A figure of the page, drawn without a browser: its axes, traces, shapes and texts.

Covers what our charts are made of; `TRACES` names the kinds, and a test holds the charts to them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.shapes import Shapes
from dashboard.exports.canvas import Box, Canvas
from dashboard.exports.figure_axes import Axis, Held, draw_axis, make_axis, sequence
from dashboard.exports.figure_flows import draw_sankey
from dashboard.exports.figure_maps import draw_choropleth, draw_scattergeo, projection
from dashboard.exports.figure_notes import draw_annotation, draw_shape
from dashboard.exports.figure_traces import Trace, draw_bars, draw_scatter, is_shown

TRACES = frozenset({"scatter", "bar", "choropleth", "scattergeo", "sankey"})
Pair = tuple[str, str]
Outlines = Callable[[], Shapes]


def _pair(trace: Trace) -> Pair:
    return str(trace.get("xaxis") or "x"), str(trace.get("yaxis") or "y")


def _key(axis: str) -> str:
    """Return the layout's name of an axis: x2 is xaxis2."""
    return f"{axis[0]}axis{axis[1:]}"


class Drawing:
    """One figure in one frame."""

    def __init__(self, figure: go.Figure, frame: Box) -> None:
        found = figure.to_dict()
        self.frame = frame
        self.layout: Mapping[str, Any] = found["layout"]
        self.traces: list[Trace] = [
            {"type": "scatter", **trace} for trace in found["data"] if is_shown(trace)
        ]
        margin = self.layout.get("margin") or {}
        left, top, right, bottom = (float(margin.get(side) or 0) for side in "ltrb")
        self.plot = Box(
            frame.left + left,
            frame.top + top,
            max(frame.width - left - right, 1),
            max(frame.height - top - bottom, 1),
        )
        self.axes: dict[str, Axis] = {}
        for pair in dict.fromkeys([("x", "y"), *(_pair(t) for t in self._flat())]):
            for name in pair:
                self.axes.setdefault(name, self._axis(name))

    def _flat(self) -> Iterator[Trace]:
        return (t for t in self.traces if t["type"] in {"scatter", "bar"})

    def domain(self, options: Mapping[str, Any], *, is_horizontal: bool) -> tuple[float, float]:
        """Return the first and last pixel of an axis; a vertical one starts at the bottom."""
        low, high = sequence(options.get("domain")) or (0.0, 1.0)
        if is_horizontal:
            return self.plot.left + low * self.plot.width, self.plot.left + high * self.plot.width
        return self.plot.bottom - low * self.plot.height, self.plot.bottom - high * self.plot.height

    def _axis(self, name: str) -> Axis:
        options = self.layout.get(_key(name)) or {}
        mine = [t for t in self._flat() if name in _pair(t)]
        values = [value for trace in mine for value in sequence(trace.get(name[0]))]
        along = "x" if name[0] == "x" else "y"
        is_long = any(
            t["type"] == "bar" and (t.get("orientation") == "h") == (along == "x") for t in mine
        )
        has_marks = any("markers" in str(t.get("mode") or "") for t in mine)
        return make_axis(
            options,
            [*values, 0] if is_long else values,
            is_horizontal=name[0] == "x",
            span=self.domain(options, is_horizontal=name[0] == "x"),
            has_marks=has_marks,
            held=() if options.get("range") is not None else list(self._held(name)),
        )

    def _held(self, name: str) -> Iterator[Held]:
        """Return what shapes measured in pixels keep free on a horizontal axis, as in Plotly."""
        for shape in self.layout.get("shapes") or ():
            if shape.get("xsizemode") == "pixel" and shape.get("xref", "x") == name:
                ends = shape["x0"], shape["x1"]
                yield Held(float(shape["xanchor"]), max(-min(ends), 0), max(*ends, 0))

    def box(self, pair: Pair) -> Box:
        """Return the plot of a pair of axes."""
        (left, right), (bottom, top) = self.axes[pair[0]].span, self.axes[pair[1]].span
        return Box(left, top, right - left, bottom - top)

    def x(self, value: Any, ref: str) -> float:
        """Return the pixel of a horizontal coordinate: of the paper, an axis, or its domain."""
        if ref == "paper":
            return self.plot.left + float(value) * self.plot.width
        return self._on_axis(value, ref)

    def y(self, value: Any, ref: str) -> float:
        """Return the pixel of a vertical coordinate."""
        if ref == "paper":
            return self.plot.bottom - float(value) * self.plot.height
        return self._on_axis(value, ref)

    def _on_axis(self, value: Any, ref: str) -> float:
        axis = self.axes.get(ref.partition(" ")[0])
        if axis is None:
            return math.nan
        if ref.endswith("domain"):
            return axis.span[0] + float(value) * (axis.span[1] - axis.span[0])
        return axis.pixel(value)


def draw_figure(canvas: Canvas, figure: go.Figure, frame: Box, outlines: Outlines) -> None:
    """Draw a figure into a frame of the canvas, in the frame's pixels.

    Args:
        canvas: what to draw on.
        figure: of our charts.
        frame: as wide and high as the figure would stand on the page.
        outlines: gives the outlines of the areas, for maps.
    """
    drawing = Drawing(figure, frame)
    shapes = drawing.layout.get("shapes") or ()
    for shape in shapes:
        if shape.get("layer") in {"below", "between"}:
            draw_shape(canvas, drawing, shape)
    _draw_flat(canvas, drawing)
    _draw_maps(canvas, drawing, outlines)
    for trace in drawing.traces:
        if trace["type"] == "sankey":
            draw_sankey(canvas, trace, drawing.plot)
    for shape in shapes:
        if shape.get("layer") not in {"below", "between"}:
            draw_shape(canvas, drawing, shape)
    for annotation in drawing.layout.get("annotations") or ():
        draw_annotation(canvas, drawing, annotation)


def _draw_flat(canvas: Canvas, drawing: Drawing) -> None:
    """Draw the axes, then bars, then lines, marks and texts, as Plotly layers them."""
    flat = [t for t in drawing.traces if t["type"] in {"scatter", "bar"}]
    pairs = list(dict.fromkeys(_pair(trace) for trace in flat))
    for pair in pairs:
        for name in pair:
            draw_axis(canvas, drawing.axes[name], drawing.box(pair))
    for pair in pairs:
        x, y = drawing.axes[pair[0]], drawing.axes[pair[1]]
        bars = [
            (trace, y, x) if trace.get("orientation") == "h" else (trace, x, y)
            for trace in flat
            if trace["type"] == "bar" and _pair(trace) == pair
        ]
        draw_bars(canvas, bars, drawing.layout, drawing.box(pair))
    for trace in flat:
        if trace["type"] == "scatter":
            x, y = (drawing.axes[name] for name in _pair(trace))
            draw_scatter(canvas, trace, x, y, drawing.box(_pair(trace)))


def _draw_maps(canvas: Canvas, drawing: Drawing, outlines: Outlines) -> None:
    traces = [t for t in drawing.traces if t["type"] in {"choropleth", "scattergeo"}]
    if not traces:
        return
    shapes = outlines()
    place = projection(drawing.layout.get("geo") or {}, traces, shapes, drawing.plot)
    if place is None:
        return
    for trace in traces:
        if trace["type"] == "choropleth":
            draw_choropleth(canvas, trace, shapes, place)
        else:
            draw_scattergeo(canvas, trace, place)
