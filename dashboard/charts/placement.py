"""Place map labels: inside an area where the text fits, else outside with a leader line.

Works in pixels of a nominal canvas, since text has a size on the screen and not on the ground.
Deterministic: the same areas and texts give the same places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from dashboard.charts.boxes import LINE, ROW, SMALL, SMALLEST, Box, Canvas, Label, Rows
from dashboard.charts.leaders import NO_PLACE, Wanted, place_outside
from dashboard.charts.shapes import Point, Ring, Shapes, intersect, spans_at

CROWDED = 16  # above this many areas there is no room for leader lines
LINE_HIGH = 16.0  # pixels of a line of name and value
MARK, MARK_BESIDE = 14.0, 12.0  # pixels; width of a mark, and from the value to its middle
PADDINGS = (0.0, 44.0, 88.0)  # side margins tried until every label finds a place


class Widths(NamedTuple):
    """How wide the two lines of a label are, in pixels."""

    name: float
    brief: float  # the name without its last character, in the same size
    value: float  # of most values of the map: by it is judged whether a label fits into its area
    own: float  # of this value, where it has a digit more: so much leaders and marks stay clear of


@dataclass(frozen=True)
class Placement:
    """The canvas and the labels of a map."""

    canvas: Canvas
    labels: tuple[Label, ...]
    spots: tuple[tuple[str, Point], ...] = ()  # where marks stand that are beside no label


def raster(canvas: Canvas, rings: tuple[Ring, ...]) -> Rows:
    """Return where the land of some rings lies on a canvas, row by row."""
    pixels = tuple(tuple(canvas.pixels(point) for point in ring) for ring in rings)
    return [spans_at(pixels, (k + 0.5) * ROW) for k in range(int(canvas.height / ROW))]


def canvas_of(shapes: Shapes, codes: tuple[str, ...], *, size: Point, padding: float) -> Canvas:
    """Fit some areas into a canvas with free margins at both sides."""
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
    return sum(x * w for x, _, w in cells) / total, sum(y * w for _, y, w in cells) / total


def _fit(rows: Rows, *, width: float, height: float) -> Box | None:
    """Return the box inside the area that lies nearest to its centroid."""
    if not any(rows):
        return None
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


def foot_of(rows: Rows, corner: Point) -> Point:
    """Return a point well inside the area for a leader line to end on; a speck has its corner."""
    if not any(rows):
        return corner
    middle = _centroid(rows)
    spans = [
        (abs((a + b) / 2 - middle[0]) + abs((k + 0.5) * ROW - middle[1]) - (b - a) / 2, a, b, k)
        for k, row in enumerate(rows)
        for a, b in row
    ]
    _, a, b, k = min(spans)
    return (a + b) / 2, (k + 0.5) * ROW


def _mark_of(box: Box, value: float, *, has_name: bool) -> Box:
    """Return where the mark of a label inside its area stands: right of the value."""
    down = box.height / 4 if has_name else 0
    return Box(box.x + value / 2 + MARK_BESIDE, box.y + down, MARK, MARK)


def _inside_labels(
    rasters: dict[str, Rows], widths: dict[str, Widths], *, has_marks: bool
) -> tuple[list[Label], list[str]]:
    placed: list[Label] = []
    left: list[str] = []
    for code, rows in rasters.items():
        name, _, value, own = widths[code]
        for scale in (1.0, SMALL):
            box = _fit(rows, width=max(name, value) * scale, height=2 * LINE * scale)
            if box:
                mark = _mark_of(box, own, has_name=True) if has_marks else None
                taken = replace(box, width=max(box.width, own * scale))
                placed.append(Label(code, taken, is_small=scale < 1, mark=mark))
                break
        else:
            left.append(code)
    return placed, left


def _in_smallest_print(
    rasters: dict[str, Rows],
    widths: dict[str, Widths],
    code: str,
    *,
    has_marks: bool,
) -> tuple[Label, ...]:
    """Return what fits in the smallest print: a value under a brief name, and the value alone."""
    _, brief, value, own = widths[code]
    found = []
    for has_name, wide, lines in ((True, brief * SMALL, 2), (False, 0.0, 1)):
        width = max(wide, value * SMALLEST)
        box = _fit(rasters[code], width=width, height=lines * LINE * SMALLEST)
        if box:
            mark = _mark_of(box, own, has_name=has_name) if has_marks else None
            taken = replace(box, width=max(width, own * SMALLEST))
            found.append(Label(code, taken, has_name=has_name, is_brief=has_name, mark=mark))
    return tuple(found)


def _land(rasters: Mapping[str, Rows]) -> Rows:
    """Return where any area lies, row by row."""
    return [
        [span for row in together for span in row]
        for together in zip(*rasters.values(), strict=True)
    ]


def _try(
    shapes: Shapes,
    widths: dict[str, Widths],
    canvas: Canvas,
    *,
    mark_room: float,
) -> tuple[float, list[Label]]:
    rasters = {code: raster(canvas, shapes.rings[code]) for code in widths}
    has_marks = mark_room > 0
    placed, left = _inside_labels(rasters, widths, has_marks=has_marks)
    least = {code: _in_smallest_print(rasters, widths, code, has_marks=has_marks) for code in left}
    if len(widths) > CROWDED:
        return 0.0, placed + [labels[0] for labels in least.values() if labels]
    if not left:
        return 0.0, placed
    wanted = [
        Wanted(
            code,
            foot_of(rasters[code], canvas.pixels(shapes.rings[code][0][0])),
            (max(widths[code].name, widths[code].own + mark_room), 2 * LINE),
            least[code],
        )
        for code in left
    ]
    return place_outside(canvas, _land(rasters), wanted, placed)


@lru_cache(maxsize=128)
def place_labels(
    shapes: Shapes,
    widths: tuple[tuple[str, Widths], ...],
    *,
    width: float,
    height: float,
    mark_room: float = 0.0,
) -> Placement:
    """Place the labels of some areas on a canvas.

    Args:
        shapes: the outlines.
        widths: code and widths of its label, one per area.
        width: of the canvas in pixels.
        height: of the canvas in pixels.
        mark_room: pixels kept free beside a value outside, for its mark.
    """
    by_code = dict(sorted(widths))
    best: tuple[float, Placement] | None = None
    for padding in PADDINGS:
        canvas = canvas_of(shapes, tuple(by_code), size=(width, height), padding=padding)
        price, labels = _try(shapes, by_code, canvas, mark_room=mark_room)
        if best is None or price < best[0]:
            best = price, Placement(canvas, tuple(sorted(labels, key=lambda one: one.code)))
        if price < NO_PLACE:
            break
    assert best is not None  # PADDINGS is not empty
    return best[1]


@lru_cache(maxsize=64)
def place_claimed(
    shapes: Shapes,
    codes: tuple[str, ...],
    marked: tuple[str, ...],
    lines: tuple[tuple[str, float], ...],
    *,
    width: float,
    height: float,
) -> Placement:
    """Place the marks of a map too crowded for labels, and one line outside for a few of them.

    Args:
        shapes: the outlines.
        codes: all areas of the map.
        marked: the areas with a mark.
        lines: code and width in pixels of each line; what finds no room is left out.
        width: of the canvas in pixels.
        height: of the canvas in pixels.
    """
    canvas = canvas_of(shapes, codes, size=(width, height), padding=0)
    rasters = {code: raster(canvas, shapes.rings[code]) for code in codes}
    spots = {
        code: foot_of(rasters[code], canvas.pixels(shapes.rings[code][0][0])) for code in marked
    }
    wanted = [Wanted(code, spots[code], (wide, LINE_HIGH)) for code, wide in lines]
    _, labels = place_outside(canvas, _land(rasters), wanted, [])
    return Placement(
        canvas, tuple(replace(one, is_line=True) for one in labels), tuple(spots.items())
    )
