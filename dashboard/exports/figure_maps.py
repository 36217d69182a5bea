"""The map of a Plotly figure: filled outlines, lines, marks and texts by longitude and latitude.

The outlines are not in the figure, which names an address for the browser; they are given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import theme
from dashboard.charts.shapes import Shapes, project
from dashboard.exports.canvas import Box, Canvas, Ink
from dashboard.exports.colours import on_scale
from dashboard.exports.figure_axes import sequence
from dashboard.exports.figure_marks import draw_marks, nth
from dashboard.exports.figure_traces import Trace, draw_texts

FIT = 0.96  # of the frame, where the figure only says that all areas are to be seen


@dataclass(frozen=True)
class Projection:
    """Projected degrees to pixels."""

    scale: float
    left: float
    top: float

    def pixel(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return the pixel of a projected point."""
        return self.left + point[0] * self.scale, self.top - point[1] * self.scale

    def place(self, lon: float | None, lat: float | None) -> tuple[float, float]:
        """Return the pixel of a longitude and latitude."""
        if lon is None or lat is None:
            return math.nan, math.nan
        return self.pixel(project(lon, lat))


def _fitted(bounds: tuple[float, float, float, float], frame: Box, *, share: float) -> Projection:
    west, south, east, north = bounds
    scale = share * min(frame.width / (east - west), frame.height / (north - south))
    return Projection(
        scale,
        frame.left + frame.width / 2 - (west + east) / 2 * scale,
        frame.top + frame.height / 2 + (south + north) / 2 * scale,
    )


def projection(
    geo: Mapping[str, Any], traces: Sequence[Trace], shapes: Shapes, frame: Box
) -> Projection | None:
    """Fit the map into its frame: the stated range, else all drawn areas; None without any."""
    lon = sequence((geo.get("lonaxis") or {}).get("range"))
    lat = sequence((geo.get("lataxis") or {}).get("range"))
    if lon and lat:
        (west, south), (east, north) = project(lon[0], lat[0]), project(lon[1], lat[1])
        return _fitted((west, south, east, north), frame, share=1.0)
    codes = [c for t in traces for c in sequence(t.get("locations")) if str(c) in shapes.rings]
    return _fitted(shapes.bounds(codes), frame, share=FIT) if codes else None


def draw_choropleth(canvas: Canvas, trace: Trace, shapes: Shapes, place: Projection) -> None:
    """Fill the outlines of a trace."""
    scale = [(float(at), str(colour)) for at, colour in trace["colorscale"]]
    low, high = float(trace.get("zmin") or 0), float(trace.get("zmax") or 1)
    line = (trace.get("marker") or {}).get("line") or {}
    ink = Ink(line.get("color") or theme.CARD, line.get("width") or 0)
    for n, code in enumerate(sequence(trace.get("locations"))):
        rings = shapes.rings.get(str(code), ())
        share = (float(nth(trace.get("z"), n, low)) - low) / ((high - low) or 1)
        pixels = [[place.pixel(point) for point in ring] for ring in rings]
        canvas.area(pixels, on_scale(share, scale), ink)


def draw_scattergeo(canvas: Canvas, trace: Trace, place: Projection) -> None:
    """Draw lines, marks and texts at places."""
    pairs = zip(sequence(trace.get("lon")), sequence(trace.get("lat")), strict=False)
    points = [place.place(lon, lat) for lon, lat in pairs]
    mode = str(trace.get("mode") or "markers")
    if "lines" in mode:
        line = trace.get("line") or {}
        canvas.line(points, Ink(line.get("color"), line.get("width") or 1))
    if "markers" in mode:
        draw_marks(canvas, points, trace.get("marker") or {}, theme.TEXT_2)
    if "text" in mode:
        draw_texts(canvas, trace, points)
