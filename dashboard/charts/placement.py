"""Place map labels: inside an area where the text fits, else outside with a leader line.

Works in pixels of a nominal canvas, since text has a size on the screen and not on the ground.
Deterministic: the same areas and texts give the same places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from dashboard.charts.shapes import (
    Point,
    Ring,
    Shapes,
    Span,
    intersect,
    project,
    spans_at,
    unproject,
)

ROW = 4.0  # height of a raster row
LINE = 21.0  # height of one text line
GAP = 6.0  # air around a label
CROWDED = 16  # above this many areas there is no room for leader lines
PADDINGS = (0.0, 44.0, 88.0)  # side margins tried until every label finds a place


@dataclass(frozen=True)
class Canvas:
    """A pixel frame over the projected plane; x to the right, y downwards."""

    width: float
    height: float
    scale: float  # pixels a projected degree
    west: float
    north: float

    def pixels(self, point: Point) -> Point:
        """Convert a projected point to pixels."""
        return (point[0] - self.west) * self.scale, (self.north - point[1]) * self.scale

    def lonlat(self, point: Point) -> Point:
        """Convert pixels to longitude and latitude."""
        return unproject(self.west + point[0] / self.scale, self.north - point[1] / self.scale)

    def to_pixels(self, lon: float, lat: float) -> Point:
        """Convert longitude and latitude to pixels."""
        return self.pixels(project(lon, lat))


@dataclass(frozen=True)
class Box:
    """A text box by its centre, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box, *, gap: float = GAP) -> bool:
        """Say whether two boxes come closer than the gap."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width + 2 * gap
            and abs(self.y - other.y) * 2 < self.height + other.height + 2 * gap
        )

    def nearest(self, point: Point) -> Point:
        """Return the point of the box's edge or inside nearest to a point."""
        return (
            min(max(point[0], self.x - self.width / 2), self.x + self.width / 2),
            min(max(point[1], self.y - self.height / 2), self.y + self.height / 2),
        )

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Say whether a segment passes through the box (sampled every twentieth)."""
        return any(
            abs(start[0] + (end[0] - start[0]) * k / 20 - self.x) * 2 < self.width
            and abs(start[1] + (end[1] - start[1]) * k / 20 - self.y) * 2 < self.height
            for k in range(21)
        )


@dataclass(frozen=True)
class Label:
    """Where one area's text goes: a box, and the leader's foot when the box lies outside."""

    code: str
    box: Box
    foot: Point | None = None
    has_name: bool = True


@dataclass(frozen=True)
class Placement:
    """The canvas and the labels of a map."""

    canvas: Canvas
    labels: tuple[Label, ...]


Rows = list[list[Span]]


def _raster(canvas: Canvas, rings: tuple[Ring, ...]) -> Rows:
    pixels = tuple(tuple(canvas.pixels(point) for point in ring) for ring in rings)
    return [spans_at(pixels, (k + 0.5) * ROW) for k in range(int(canvas.height / ROW))]


def _canvas(shapes: Shapes, codes: tuple[str, ...], *, size: Point, padding: float) -> Canvas:
    west, south, east, north = shapes.bounds(codes)
    width, height = size
    scale = min((width - 2 * padding - 8) / (east - west), (height - 8) / (north - south))
    return Canvas(
        width,
        height,
        scale,
        (west + east) / 2 - width / 2 / scale,
        (south + north) / 2 + height / 2 / scale,
    )


def _centroid(rows: Rows) -> Point:
    cells = [((a + b) / 2, (k + 0.5) * ROW, b - a) for k, row in enumerate(rows) for a, b in row]
    total = sum(weight for _, _, weight in cells)
    if not total:
        return 0.0, 0.0
    return sum(x * w for x, _, w in cells) / total, sum(y * w for _, y, w in cells) / total


def _fit(rows: Rows, *, width: float, height: float) -> Box | None:
    """Return the box inside the area that lies nearest to its centroid."""
    middle = _centroid(rows)
    reach = int((height / 2 - 1) / ROW) + 1
    best: tuple[float, Box] | None = None
    for k in range(reach, len(rows) - reach):
        spans = rows[k]
        for row in rows[k - reach : k + reach + 1]:
            spans = intersect(spans, row)
        for left, right in spans:
            half = width / 2 + 1
            if right - left < 2 * half:
                continue
            x, y = min(max(middle[0], left + half), right - half), (k + 0.5) * ROW
            # Off-centre places are accepted sooner than cramped ones.
            cost = abs(x - middle[0]) + abs(y - middle[1]) - 0.2 * min(right - left - 2 * half, 60)
            if best is None or cost < best[0]:
                best = cost, Box(x, y, width, height)
    return best[1] if best else None


def _foot(rows: Rows) -> Point:
    """Return a point well inside the area for a leader line to end on."""
    middle = _centroid(rows)
    spans = [
        (abs((a + b) / 2 - middle[0]) + abs((k + 0.5) * ROW - middle[1]) - (b - a) / 2, a, b, k)
        for k, row in enumerate(rows)
        for a, b in row
    ]
    _, a, b, k = min(spans)
    return (a + b) / 2, (k + 0.5) * ROW


def _is_free(box: Box, land: Rows, placed: list[Label]) -> bool:
    first = max(int((box.y - box.height / 2 - GAP) / ROW), 0)
    last = min(int((box.y + box.height / 2 + GAP) / ROW), len(land) - 1)
    left, right = box.x - box.width / 2 - GAP, box.x + box.width / 2 + GAP
    if any(a < right and b > left for row in land[first : last + 1] for a, b in row):
        return False
    return not any(box.overlaps(label.box) for label in placed)


def _cost(box: Box, foot: Point, placed: list[Label]) -> float:
    end = box.nearest(foot)
    length = math.dist(end, foot)
    crossed = sum(label.box.is_crossed(foot, end) for label in placed)
    covers = sum(
        box.is_crossed(label.foot, label.box.nearest(label.foot)) for label in placed if label.foot
    )
    return length + 150 * crossed + 400 * covers


def _outside(
    canvas: Canvas, land: Rows, foot: Point, size: Point, placed: list[Label]
) -> tuple[float, Box] | None:
    best: tuple[float, Box] | None = None
    width, height = size
    for row in range(int(height / 2) + 2, int(canvas.height - height / 2), 6):
        for column in range(int(width / 2) + 2, int(canvas.width - width / 2), 6):
            box = Box(float(column), float(row), width, height)
            if abs(box.x - foot[0]) + abs(box.y - foot[1]) > 420:
                continue
            if not _is_free(box, land, placed):
                continue
            cost = _cost(box, foot, placed)
            if best is None or cost < best[0]:
                best = cost, box
    return best


def _inside_labels(
    rasters: dict[str, Rows], widths: dict[str, tuple[float, float]]
) -> tuple[list[Label], list[str]]:
    placed: list[Label] = []
    left: list[str] = []
    for code, rows in rasters.items():
        name, value = widths[code]
        box = _fit(rows, width=max(name, value), height=2 * LINE)
        if box:
            placed.append(Label(code, box))
        else:
            left.append(code)
    return placed, left


def _value_only(
    rasters: dict[str, Rows], widths: dict[str, tuple[float, float]], codes: list[str]
) -> list[Label]:
    boxes = ((c, _fit(rasters[c], width=widths[c][1], height=LINE)) for c in codes)
    return [Label(code, box, has_name=False) for code, box in boxes if box]


def _try(
    shapes: Shapes, widths: dict[str, tuple[float, float]], canvas: Canvas
) -> tuple[list[Label], int]:
    rasters = {code: _raster(canvas, shapes.rings[code]) for code in widths}
    placed, left = _inside_labels(rasters, widths)
    if len(widths) > CROWDED:
        return placed + _value_only(rasters, widths, left), 0
    land = [
        [span for row in together for span in row]
        for together in zip(*rasters.values(), strict=True)
    ]
    missing = 0
    for code in sorted(left, key=lambda c: (_foot(rasters[c])[1], c)):
        foot = _foot(rasters[code])
        size = (max(widths[code]), 2 * LINE)
        found = _outside(canvas, land, foot, size, placed)
        if found is None:
            missing += 1
            continue
        placed.append(Label(code, found[1], foot))
    return placed, missing


@lru_cache(maxsize=128)
def place_labels(
    shapes: Shapes, widths: tuple[tuple[str, float, float], ...], *, width: float, height: float
) -> Placement:
    """Place the labels of some areas on a canvas.

    Args:
        shapes: the outlines.
        widths: code, width of the name and width of the value in pixels, one per area.
        width: of the canvas in pixels.
        height: of the canvas in pixels.
    """
    by_code = {code: (name, value) for code, name, value in widths}
    codes = tuple(by_code)
    best: tuple[int, Placement] | None = None
    for padding in PADDINGS:
        canvas = _canvas(shapes, codes, size=(width, height), padding=padding)
        labels, missing = _try(shapes, by_code, canvas)
        if best is None or missing < best[0]:
            best = missing, Placement(canvas, tuple(sorted(labels, key=lambda one: one.code)))
        if missing == 0:
            break
    assert best is not None  # PADDINGS is not empty
    return best[1]
