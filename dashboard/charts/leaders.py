"""Find places outside the areas for labels that fit in none, each with a leader line to its foot.

Each in turn takes its cheapest place beside the others until nobody moves, in several orders; the
cheapest whole wins. Cheap are short leaders that cross no text and lead nobody astray; a label that
has no cheap place stands inside in the smallest print, with a brief name or none, or is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from zlib import crc32

from dashboard.charts.boxes import GAP, ROW, Box, Canvas, Label, Rows
from dashboard.charts.shapes import Point

STEP = 8  # pixels between places tried
CELL = 4.0  # width of a raster cell
REACH = 240.0  # longer leaders are no help
NEAR = 10.0  # pixels; a leader this near to another's foot seems to end there
TANGLED = 6.0  # pixels; two that begin this near to each other cannot be told apart there
COVERED_TEXT, COVERED_MARK, MIXED_LEADERS, NO_PLACE = 1000.0, 150.0, 250.0, 5000.0
BRIEF = 40.0  # length of a leader from which on the smallest print, inside, is easier to read
NAMELESS = 120.0  # and from which on a value without a name is
ROUNDS = 6  # most often nobody moves after the third
MORE_ORDERS = 20  # for a map whose labels are still in each other's way

Line = tuple[Point, Point]  # a leader: where it begins at the text, and its foot
Option = tuple[float, Label]  # price and place


@dataclass(frozen=True)
class Wanted:
    """A label that needs a place outside."""

    code: str
    foot: Point
    size: tuple[float, float]
    inside: tuple[Label, ...] = ()  # in the smallest print, where that fits; what is best first


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


def are_mixed_up(one: Line, other: Line) -> bool:
    """Say whether two leaders cross, or one passes so near an end of the other that both fit it."""
    return is_crossing(*one, *other) or any(
        _distance(end, *line) < near
        for (start, foot), line in ((one, other), (other, one))
        for end, near in ((start, TANGLED), (foot, NEAR))
    )


def _damage(one: Label, other: Label) -> float:
    """Price what a label's leader and mark do to the text and mark of another."""
    damage = 0.0
    if one.leader:
        damage += COVERED_TEXT * other.box.is_crossed(*one.leader)
        damage += COVERED_MARK * (other.mark is not None and other.mark.is_crossed(*one.leader))
    if one.mark:
        damage += COVERED_TEXT * one.mark.overlaps(other.box, gap=0)
    return damage


def conflict(one: Label, other: Label) -> float:
    """Price what two labels do to each other; infinite where their texts touch."""
    # Inside, a border runs between them.
    air = GAP if one.leader or other.leader else 0.0
    if one.box.overlaps(other.box, gap=air):
        return math.inf
    damage = _damage(one, other) + _damage(other, one)
    if one.leader and other.leader:
        damage += MIXED_LEADERS * are_mixed_up(one.leader, other.leader)
    return damage


def _options(one: Wanted, free: Sequence[Box], placed: Sequence[Label]) -> list[Option]:
    """Return what may become of a label, the cheapest first, as if it were the only one wanted."""
    found: list[Option] = []
    for label in one.inside:
        price = BRIEF if label.has_name else NAMELESS
        found.append((price + sum(conflict(label, other) for other in placed), label))
    most = max((price for price, _ in found), default=NO_PLACE)
    for box in free:
        length = math.dist(box.nearest(one.foot), one.foot)
        if length < min(most, REACH):
            label = Label(one.code, box, one.foot)
            price = length + sum(conflict(label, other) for other in placed)
            if price < most:
                found.append((price, label))
    return sorted(found, key=lambda option: option[0])


class _Prices:
    """What pairs of places do to each other, priced once each."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], float] = {}

    def of(self, one: Label, other: Label) -> float:
        """Return the price of two places; they must be those of one map, which outlive this."""
        pair = (id(one), id(other))
        if pair not in self._known:
            self._known[pair] = self._known[pair[::-1]] = conflict(one, other)
        return self._known[pair]


def _cheapest(
    options: Sequence[Option], others: Sequence[Label], prices: _Prices
) -> tuple[float, Label | None]:
    """Return the cheapest beside the others; options come cheapest first, so it can stop early."""
    price, best = NO_PLACE, None
    for alone, label in options:
        if alone >= price:
            break
        total = alone
        for other in others:
            total += prices.of(label, other)
            if total >= price:
                break
        else:
            price, best = total, label
    return price, best


def _settled(
    order: Sequence[Wanted], options: Mapping[str, Sequence[Option]], prices: _Prices
) -> tuple[float, list[Label]]:
    """Let each in turn take its cheapest place beside the others, until nobody moves."""
    found: dict[str, Label | None] = dict.fromkeys(one.code for one in order)
    total = math.inf
    for _ in range(ROUNDS):
        before, total = dict(found), 0.0
        for code in before:
            others = [label for of, label in found.items() if label and of != code]
            price, found[code] = _cheapest(options[code], others, prices)
            total += price
        if found == before:
            break
    return total, [label for label in found.values() if label]


def _orders(wanted: Sequence[Wanted], canvas: Canvas) -> list[list[Wanted]]:
    """Return in which orders the labels choose: from each edge, from the middle and to it."""
    middle = (canvas.width / 2, canvas.height / 2)
    by_code = sorted(wanted, key=lambda one: one.code)
    return [
        sorted(by_code, key=lambda one: one.foot[1]),
        sorted(by_code, key=lambda one: -one.foot[1]),
        sorted(by_code, key=lambda one: one.foot[0]),
        sorted(by_code, key=lambda one: -one.foot[0]),
        sorted(by_code, key=lambda one: math.dist(one.foot, middle)),
        sorted(by_code, key=lambda one: -math.dist(one.foot, middle)),
    ]


def _other_orders(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    """Yield orders as if by chance, always the same ones."""
    for n in range(MORE_ORDERS):
        yield sorted(wanted, key=lambda one: crc32(f"{n} {one.code}".encode()))


def place_outside(
    canvas: Canvas, land: Rows, wanted: Sequence[Wanted], placed: list[Label]
) -> tuple[float, list[Label]]:
    """Return the price and all labels, those placed before included; some may find no place."""
    masks = _masks(land)
    free = {size: list(_free_boxes(canvas, masks, size)) for size in {one.size for one in wanted}}
    options = {one.code: _options(one, free[one.size], placed) for one in wanted}
    prices = _Prices()
    found = [_settled(one, options, prices) for one in _orders(wanted, canvas)]
    price, labels = min(found, key=lambda one: one[0])
    if any(prices.of(one, other) for one, other in combinations(labels, 2)):
        more = [_settled(one, options, prices) for one in _other_orders(wanted)]
        price, labels = min([(price, labels), *more], key=lambda one: one[0])
    return price, placed + labels
