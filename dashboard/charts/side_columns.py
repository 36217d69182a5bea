"""Place the labels of a narrow, crowded map in two columns beside it, one line and leader each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from dashboard.charts.boxes import Box, Canvas, Label
from dashboard.charts.placement import Placement, canvas_of, foot_of, raster
from dashboard.charts.shapes import Point, Shapes

PITCH = 18.0  # pixels from line to line
LEADER = 18.0  # between map and column
LEAST_SCALE = 0.9  # of the map without columns


def _lines(feet: list[float], *, height: float) -> list[float]:
    """Return a place for each line: near its foot, no closer than a pitch, inside the canvas."""
    places: list[float] = []
    for foot in feet:
        least = places[-1] + PITCH if places else PITCH / 2
        places.append(max(foot, least))
    most = height - PITCH / 2
    for n in range(len(places) - 1, -1, -1):
        places[n] = min(places[n], most)
        most = places[n] - PITCH
    return places


def _foot(canvas: Canvas, shapes: Shapes, code: str) -> Point:
    rings = shapes.rings[code]
    return foot_of(raster(canvas, rings), canvas.pixels(rings[0][0]))


def _column(
    widths: Mapping[str, float],
    feet: Mapping[str, Point],
    *,
    edge: float,
    side: Literal["left", "right"],
    height: float,
) -> Iterator[Label]:
    """Stack the labels of one side in the order of their feet, flush with the map's edge."""
    codes = sorted(widths, key=lambda code: (feet[code][1], code))
    lines = _lines([feet[code][1] for code in codes], height=height)
    for code, y in zip(codes, lines, strict=True):
        x = edge + widths[code] / (2 if side == "right" else -2)
        yield Label(
            code, Box(x, y, widths[code], PITCH), feet[code], is_small=True, is_line=True, side=side
        )


@lru_cache(maxsize=64)
def place_beside(
    shapes: Shapes,
    codes: tuple[str, ...],
    widths: tuple[tuple[str, float], ...],
    *,
    width: float,
    height: float,
) -> Placement | None:
    """Place one line a label, left and right of the map; None where that is no help.

    It helps where most areas find a line, and the map is narrow and hardly smaller for it.

    Args:
        shapes: the outlines.
        codes: all areas of the map.
        widths: code and width of the line in pixels, those first that must not be left out.
        width: of the canvas in pixels.
        height: of the canvas in pixels.
    """
    kept = widths[: 2 * int(height / PITCH)]
    column = max((wide for _, wide in kept), default=0.0) + LEADER
    west, south, east, north = shapes.bounds(codes)
    # A leader into the middle of a wide map crosses half of it.
    if 2 * len(kept) < len(codes) or east - west > north - south:
        return None
    canvas = canvas_of(shapes, codes, size=(width, height), padding=column)
    if canvas.scale < LEAST_SCALE * canvas_of(shapes, codes, size=(width, height), padding=0).scale:
        return None
    feet = {code: _foot(canvas, shapes, code) for code, _ in kept}
    by_x = sorted(kept, key=lambda one: (feet[one[0]][0], one[0]))
    half = (len(by_x) + 1) // 2
    left = canvas.pixels((west, 0.0))[0] - LEADER
    right = canvas.pixels((east, 0.0))[0] + LEADER
    labels = [
        *_column(dict(by_x[:half]), feet, edge=left, side="left", height=height),
        *_column(dict(by_x[half:]), feet, edge=right, side="right", height=height),
    ]
    return Placement(canvas, tuple(sorted(labels, key=lambda one: one.code)))
