"""The headline cards of the picture: those of the overview and the strips of the other pages."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import theme
from dashboard.exports import faces, look
from dashboard.exports.canvas import Box, Canvas, Ink
from dashboard.exports.page_tree import Node, read
from dashboard.exports.pictures import draw_picture
from dashboard.exports.rich_text import shortened, wrapped
from dashboard.look.markup import Markup

CARD_HEIGHT, STRIP_HEIGHT = 218.0, 112.0
MOST_IN_A_ROW = 6
PAD = 16.0
VALUE, LONG_VALUE, LONG = 44, 32, 7  # sizes of a strip's value, and the length that is long


def _rows(cards: Sequence[Markup]) -> list[list[Node]]:
    nodes = [node for card in cards for node in read(card).children]
    count = -(-len(nodes) // MOST_IN_A_ROW)
    size = -(-len(nodes) // max(count, 1))
    return [nodes[n : n + size] for n in range(0, len(nodes), max(size, 1))]


def _height(row: Sequence[Node]) -> float:
    return CARD_HEIGHT if any("card" in node.classes for node in row) else STRIP_HEIGHT


def cards_height(cards: Sequence[Markup]) -> float:
    """Return the height of all cards, in rows."""
    return sum(_height(row) + theme.GAP for row in _rows(cards))


def draw_cards(canvas: Canvas, cards: Sequence[Markup], box: Box) -> None:
    """Draw the cards side by side, equally wide."""
    y = box.top
    for row in _rows(cards):
        width = (box.width - theme.GAP * (len(row) - 1)) / len(row)
        for n, node in enumerate(row):
            outer = Box(box.left + n * (width + theme.GAP), y, width, _height(row))
            canvas.box(outer, theme.CARD, Ink(theme.LINE), radius=theme.RADIUS)
            inner = outer.inset(PAD, 12)
            if "card" in node.classes:
                _card(canvas, node, inner)
            else:
                _strip(canvas, node, inner)
        y += _height(row) + theme.GAP


def _text(node: Node | None) -> str:
    return "" if node is None else node.words


def _sides(canvas: Canvas, row: Node, middle: float, box: Box, *, size: int, weight: int) -> None:
    """Draw one row of a card: words at the left, words with their mark at the right."""
    parts = [child for child in row.children if child.tag]
    if not parts:
        return
    left, right = parts[0], parts[1] if len(parts) > 1 else None
    taken = 0.0
    if right is not None:
        is_low = bool(row.classes & {"card-low", "strip-foot"})
        ink = look.ink_of(right.classes, theme.TEXT_2)
        bold = 700 if is_low else 400
        words, small = right.words, theme.SIZE_NOTE
        taken = canvas.words(
            box.right, middle, words, size=small, colour=ink, weight=bold, align="right"
        )
        image = right.first(tag="img")
        if image is not None:
            draw_picture(canvas, image, Box(box.right - taken - 20, middle - 7, 14, 14))
            taken += 22
    words = shortened(left.words, size=size, room=box.width - taken - 8, weight=weight)
    canvas.words(
        box.left, middle, words, size=size, colour=look.ink_of(left.classes), weight=weight
    )


def _card(canvas: Canvas, node: Node, box: Box) -> None:
    rows = [row for row in node.all(cls="card-row") if "card-middle" not in row.classes]
    if rows:
        _sides(canvas, rows[0], box.top + 14, box, size=theme.SIZE_BODY, weight=700)
    absent = node.first(cls="card-absent")
    if absent is not None:
        for n, line in enumerate(wrapped(absent.words, size=theme.SIZE_BODY, room=box.width)):
            middle = box.top + 70 + n * 28
            canvas.words(box.left, middle, line, size=theme.SIZE_BODY, colour=theme.TEXT_2)
        return
    value, unit = _text(node.first(cls="card-value")), _text(node.first(cls="card-unit"))
    middle = box.top + 60
    wide = canvas.words(
        box.left, middle, value, size=theme.SIZE_VALUE, colour=theme.TEXT_1, weight=700
    )
    canvas.words(
        box.left + wide + 5,
        middle + 9,
        unit,
        size=theme.SIZE_UNIT,
        colour=theme.TEXT_1,
        weight=700,
    )
    spark = node.first(cls="spark")
    if spark is not None:
        draw_picture(canvas, spark, Box(box.right - 108, middle - 23, 108, 46))
    for n, row in enumerate(rows[1:]):
        size = theme.SIZE_BODY if n == 0 else theme.SIZE_NOTE
        at = box.top + 104 if n == 0 else box.top + 113 + 24 * n
        _sides(canvas, row, at, box, size=size, weight=400)
    canvas.line([(box.left, box.top + 121), (box.right, box.top + 121)], Ink(theme.GRID))


def _strip(canvas: Canvas, node: Node, box: Box) -> None:
    label, value = _text(node.first(cls="strip-label")), _text(node.first(cls="strip-value"))
    unit = _text(node.first(cls="strip-unit"))
    canvas.words(
        box.left, box.top + 11, label, size=theme.SIZE_LABEL, colour=theme.TEXT_1, weight=700
    )
    size = VALUE if len(value) <= LONG else LONG_VALUE
    middle = box.top + 46
    wide = canvas.words(box.left, middle, value, size=size, colour=theme.TEXT_1, weight=700)
    canvas.words(box.left + wide + 5, middle + 7, unit, size=22, colour=theme.TEXT_1, weight=700)
    taken = faces.width(label, size=theme.SIZE_LABEL, weight=700) + 12
    _strip_side(canvas, node, box, beside_label=taken, beside_value=wide + 44)
    _strip_foot(canvas, node, box)


def _strip_side(
    canvas: Canvas, node: Node, box: Box, *, beside_label: float, beside_value: float
) -> None:
    """Draw the verdict beside the label, and the short lines beside the value."""
    side = node.first(cls="strip-side")
    lines = [child for child in side.children if child.tag] if side is not None else []
    for n, line in enumerate(lines):
        size = theme.SIZE_NOTE if n == 0 else theme.SIZE_BODY
        room = box.width - (beside_label if n == 0 else beside_value)
        words = shortened(line.words, size=size, room=room)
        verdict = line.first(cls="card-verdict")
        ink = look.ink_of(line.classes if verdict is None else verdict.classes)
        middle = box.top + 11 + n * 23
        weight = 400 if verdict is None else 700
        canvas.words(box.right, middle, words, size=size, colour=ink, weight=weight, align="right")


def _strip_foot(canvas: Canvas, node: Node, box: Box) -> None:
    """Draw the target, the verdict of a card with a long label, and the distance."""
    foot = node.first(cls="strip-foot")
    if foot is not None:
        _sides(canvas, foot, box.bottom - 9, box, size=theme.SIZE_NOTE, weight=400)
