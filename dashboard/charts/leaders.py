"""Find places outside the areas for labels that fit in none, each with a leader line to its foot.

Greedy, in several orders; the cheapest whole wins. Cheap are short leaders that cross no text and
lead nobody astray; a label that has no cheap place has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts.boxes import GAP, ROW, Box, Canvas, Label, Rows
from dashboard.charts.shapes import Point

STEP = 6  # pixels between places tried
CELL = 4.0  # width of a raster cell
REACH = 420.0  # longer leaders are no help
NEAR = 10.0  # pixels; a leader this near to another's foot seems to end there
CROSSED_TEXT, COVERED_LEADER, MIXED_LEADERS, NO_PLACE = 200.0, 400.0, 120.0, 5000.0
ALONE = 120.0  # price of a leader from which on the value alone, inside, is easier to read


@dataclass(frozen=True)
class Wanted:
    """A label that needs a place outside."""

    code: str
    foot: Point
    size: tuple[float, float]
    alone: Label | None = None  # its value inside, where it fits


def _masks(land: Rows) -> list[int]:
    """Return each raster row as bits, one a cell that has land."""
    masks = []
    for row in land:
        mask = 0
        for left, right in row:
            first, last = max(int(left / CELL), 0), max(int(right / CELL), 0)
            mask |= ((1 << (last - first + 1)) - 1) << first
        masks.append(mask)
    return masks


def _free_boxes(canvas: Canvas, masks: Sequence[int], size: tuple[float, float]) -> Iterator[Box]:
    """Yield the boxes of a size that touch no land."""
    width, height = size
    cells = int((width + 2 * GAP) / CELL) + 1
    for y in range(int(height / 2) + 2, int(canvas.height - height / 2), STEP):
        first = max(int((y - height / 2 - GAP) / ROW), 0)
        last = int((y + height / 2 + GAP) / ROW)
        band = 0
        for mask in masks[first : last + 1]:
            band |= mask
        for x in range(int(width / 2) + 2, int(canvas.width - width / 2), STEP):
            start = max(int((x - width / 2 - GAP) / CELL), 0)
            if not (band >> start) & ((1 << cells) - 1):
                yield Box(float(x), float(y), width, height)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def is_crossing(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Say whether the segments a-b and c-d cross."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return how far a point lies from a segment."""
    right, down = end[0] - start[0], end[1] - start[1]
    along = (point[0] - start[0]) * right + (point[1] - start[1]) * down
    share = min(max(along / (right * right + down * down or 1.0), 0.0), 1.0)
    return math.dist(point, (start[0] + share * right, start[1] + share * down))


def are_mixed_up(foot: Point, end: Point, other_foot: Point, other_end: Point) -> bool:
    """Say whether two leaders cross, or one passes so near the other's foot that both fit it."""
    return (
        is_crossing(foot, end, other_foot, other_end)
        or _distance(foot, other_foot, other_end) < NEAR
        or _distance(other_foot, foot, end) < NEAR
    )


def penalty(box: Box, foot: Point, placed: Sequence[Label]) -> float:
    """Price what a leader, or the box itself, would cross."""
    end = box.nearest(foot)
    total = 0.0
    for label in placed:
        total += CROSSED_TEXT * label.box.is_crossed(foot, end)
        if label.foot is not None:
            other = label.box.nearest(label.foot)
            total += COVERED_LEADER * box.is_crossed(label.foot, other)
            total += MIXED_LEADERS * are_mixed_up(foot, end, label.foot, other)
    return total


def _nearest_first(free: Sequence[Box], foot: Point) -> list[tuple[float, Box]]:
    lengths = [(math.dist(box.nearest(foot), foot), i) for i, box in enumerate(free)]
    return [(length, free[i]) for length, i in sorted(lengths) if length < REACH]


def _cheapest(
    places: Sequence[tuple[float, Box]], one: Wanted, labels: Sequence[Label]
) -> tuple[float, Box | None]:
    """Return the cheapest free place; places come nearest first, so the search can stop early."""
    price, best = NO_PLACE if one.alone is None else ALONE, None
    for length, box in places:
        if length >= price:
            break
        if any(box.overlaps(label.box) for label in labels):
            continue
        total = length + penalty(box, one.foot, labels)
        if total < price:
            price, best = total, box
    return price, best


def _leads_across(label: Label, box: Box) -> bool:
    return label.foot is not None and box.is_crossed(label.foot, label.box.nearest(label.foot))


def _greedy(
    order: Sequence[Wanted], places: Mapping[str, list[tuple[float, Box]]], placed: list[Label]
) -> tuple[float, list[Label]]:
    total, labels = 0.0, list(placed)
    for one in order:
        price, box = _cheapest(places[one.code], one, labels)
        total += price
        if box is not None:
            labels.append(Label(one.code, box, one.foot))
        elif one.alone is not None:
            total += sum(COVERED_LEADER for label in labels if _leads_across(label, one.alone.box))
            labels.append(one.alone)
    return total, labels


def place_outside(
    canvas: Canvas, land: Rows, wanted: Sequence[Wanted], placed: list[Label]
) -> tuple[float, list[Label]]:
    """Return the price and all labels, those placed before included; some may find no place."""
    masks = _masks(land)
    free = {size: list(_free_boxes(canvas, masks, size)) for size in {one.size for one in wanted}}
    places = {one.code: _nearest_first(free[one.size], one.foot) for one in wanted}
    middle = (canvas.width / 2, canvas.height / 2)
    by_code = sorted(wanted, key=lambda one: one.code)
    orders = [
        sorted(by_code, key=lambda one: one.foot[1]),
        sorted(by_code, key=lambda one: -one.foot[1]),
        sorted(by_code, key=lambda one: one.foot[0]),
        sorted(by_code, key=lambda one: -one.foot[0]),
        sorted(by_code, key=lambda one: math.dist(one.foot, middle)),
    ]
    return min((_greedy(order, places, placed) for order in orders), key=lambda found: found[0])
