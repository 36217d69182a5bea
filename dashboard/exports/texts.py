"""What our markup says, drawn: points with marks, lists of terms, tables, running text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from dashboard import theme
from dashboard.exports import faces, look
from dashboard.exports.canvas import Box, Canvas, Ink
from dashboard.exports.page_tree import Node, is_running_text
from dashboard.exports.pictures import draw_picture
from dashboard.exports.rich_text import LEADING, said, shortened, wrapped
from dashboard.exports.text_tables import draw_table

TERM = 128.0  # pixels of the left column of a list of terms
POINT_INDENT, MARK = 32.0, 16.0
TERM_COLUMN = 380.0
PAIR, PAIR_GAP = 30.0, 16.0  # height of a name with its value, and what parts them
NAME, WIDE_NAME = 130.0, 0.45  # least width of the names; where counts follow, of the room


def draw_node(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw an element into a box as far as it fits; return where it ends."""
    y = box.top
    for kind, draw in KINDS.items():
        if kind in node.classes or kind == node.tag:
            return draw(canvas, node, box)
    if node.first(cls="def-name") is not None and is_running_text(node):
        return _name(canvas, node, box)
    if node.tag and node.tag != "root" and is_running_text(node):
        return _running(canvas, node, box)
    for child in node.children:
        y = draw_node(canvas, child, Box(box.left, y, box.width, box.bottom - y))
    return y


def _running(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw running text, wrapped; the mark before it stays with its first line."""
    size, ink, weight = (
        look.size_of(node.classes),
        look.ink_of(node.classes),
        look.weight_of(node.classes),
    )
    x, y = box.left, box.top
    image = node.first(tag="img")
    if image is not None:
        draw_picture(canvas, image, Box(x, y + 3, MARK, MARK))
        x += MARK + 8
    for line in filter(None, map(said, node.lines)):
        for part in wrapped(line, size=size, room=box.right - x, weight=weight):
            if y + size * LEADING > box.bottom + 1:
                return y
            canvas.words(x, y + size * LEADING / 2 + 2, part, size=size, colour=ink, weight=weight)
            y += size * LEADING + 4
    return y + 4


def _points(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw points one below the other, a rule between: mark, bold title, text."""
    y = box.top
    for n, point in enumerate(node.all(cls="point")):
        if y + 60 > box.bottom:
            return y
        if n:
            canvas.line([(box.left, y), (box.right, y)], Ink(theme.GRID))
        y += 8
        image = point.first(tag="img")
        if image is not None:
            draw_picture(canvas, image, Box(box.left, y + 6, MARK, MARK))
        for cls in ("point-title", "point-text"):
            part = point.first(cls=cls)
            if part is not None:
                rest = Box(box.left + POINT_INDENT, y, box.width - POINT_INDENT, box.bottom - y)
                y = _running(canvas, part, rest) - 2
        y += 6
    return y


def _terms(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw the terms and definitions of a `dl`, one below the other."""
    size, y = theme.SIZE_BODY, box.top
    pairs = zip(node.all(tag="dt"), node.all(tag="dd"), strict=True)
    for term, meaning in pairs:
        room = box.width - TERM - 8
        chips = meaning.first(cls="classes")
        lines = [""] if chips else wrapped(_meaning(meaning), size=size, room=room)
        height = len(lines) * size * LEADING + 12
        if y + height > box.bottom:
            return y
        canvas.words(
            box.left, y + 6 + size * LEADING / 2, term.words, size=size, colour=theme.TEXT_3
        )
        if chips is not None:
            _chips(canvas, chips, Box(box.left + TERM, y + 4, room, height - 8))
        for n, line in enumerate(lines):
            middle = y + 6 + size * LEADING * (n + 0.5)
            canvas.words(box.left + TERM, middle, line, size=size, colour=theme.TEXT_1)
        y += height
        canvas.line([(box.left, y), (box.right, y)], Ink(theme.GRID))
    return y


def _meaning(node: Node) -> str:
    """Return the text of a definition; a pill stands in brackets before its text."""
    pill = node.first(cls="pill")
    if pill is None:
        return node.words
    return f"【{pill.words}】{node.words.removeprefix(pill.words).strip()}"


def _chips(canvas: Canvas, node: Node, box: Box) -> None:
    """Draw the classes of a map in their colours."""
    x, size = box.left, theme.SIZE_NOTE
    for chip in node.all(tag="span"):
        for name in chip.classes & look.CHIPS.keys():
            fill, ink = look.CHIPS[name]
            width = faces.width(chip.words, size=size) + 24
            canvas.box(Box(x, box.top, width, box.height), fill, Ink(theme.LINE))
            middle = box.top + box.height / 2
            canvas.words(x + width / 2, middle, chip.words, size=size, colour=ink, align="center")
            x += width


def _key(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw the classes of a map on a line of their own."""
    height = theme.SIZE_NOTE * LEADING + 6
    if box.top + height > box.bottom:
        return box.top
    _chips(canvas, node, Box(box.left, box.top + 6, box.width, height))
    return box.top + height + 10


def _pairs(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw names with their values at one line each; counts for which that has no room, below."""
    pairs = node.all(cls="pair")
    name, value, counts = (_widest(pairs, n) for n in range(3))
    is_below = name + value + counts + 2 * PAIR_GAP > box.width
    usual = box.width * WIDE_NAME if any("pair-wide" in p.classes for p in pairs) else NAME
    rest = value if is_below or not counts else value + PAIR_GAP + counts
    second = box.left + min(max(usual, name + PAIR_GAP), box.width - rest)
    y = box.top
    for pair in pairs:
        texts = pair.children[:3]
        height = PAIR * (2 if is_below and len(texts) > 2 else 1)
        if y + height > box.bottom:
            return y
        middle = y + PAIR / 2
        _part(canvas, texts[0], box.left, middle, room=second - box.left - PAIR_GAP / 2)
        for text in texts[1:2]:
            _part(canvas, text, second, middle, room=box.right - second)
        for text in texts[2:]:
            _part(canvas, text, box.right, y + height - PAIR / 2, room=box.width, align="right")
        y += height
    return y


def _widest(pairs: Sequence[Node], n: int) -> float:
    """Return the width of the widest of some texts; zero where none has an n-th one."""
    parts = [pair.children[n] for pair in pairs if len(pair.children) > n]
    style = [(look.size_of(part.classes), look.weight_of(part.classes)) for part in parts]
    return max(
        (faces.width(p.words, size=s, weight=w) for p, (s, w) in zip(parts, style, strict=True)),
        default=0.0,
    )


def _part(
    canvas: Canvas,
    part: Node,
    x: float,
    middle: float,
    *,
    room: float,
    align: Literal["left", "right"] = "left",
) -> None:
    size, weight = look.size_of(part.classes), look.weight_of(part.classes)
    words = shortened(part.words, size=size, room=room, weight=weight)
    ink = look.ink_of(part.classes)
    canvas.words(x, middle, words, size=size, colour=ink, weight=weight, align=align)


def glossary_columns(width: float) -> int:
    """Return how many short texts stand side by side."""
    return max(int(width // TERM_COLUMN), 1)


def _glossary(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw short texts in columns, each with its bold term above, where it has one."""
    count = glossary_columns(box.width)
    width = (box.width - 36 * (count - 1)) / count
    y, size = box.top, theme.SIZE_BODY
    parts = [child for child in node.children if child.tag]
    for first in range(0, len(parts), count):
        row = [(p.first(tag="b"), p) for p in parts[first : first + count]]
        texts = [
            wrapped(
                p.words.removeprefix(b.words).strip() if b else p.words,
                size=size,
                room=width,
                most=3,
            )
            for b, p in row
        ]
        has_term = any(b for b, _ in row)
        height = (max(len(x) for x in texts) + has_term) * size * LEADING + 10
        if y + height > box.bottom:
            return y
        for n, ((term, _), lines) in enumerate(zip(row, texts, strict=True)):
            x, top = box.left + n * (width + 36), y + 4
            if term is not None:
                words = shortened(term.words, size=size, room=width, weight=700)
                middle = top + size * LEADING / 2
                canvas.words(x, middle, words, size=size, colour=theme.TEXT_1, weight=700)
                top += size * LEADING
            for k, line in enumerate(lines):
                middle = top + size * LEADING * (k + 0.5)
                canvas.words(x, middle, line, size=size, colour=theme.TEXT_2)
            canvas.line([(x, y + height), (x + width, y + height)], Ink(theme.GRID))
        y += height
    return y


def _name(canvas: Canvas, node: Node, box: Box) -> float:
    """Draw the name of a definition with its subject beside it."""
    pen, middle = box.left, box.top + 18
    for child in node.children:
        is_name = "def-name" in child.classes
        size, weight = (26, 700) if is_name else (theme.SIZE_NOTE, 400)
        ink = theme.TEXT_1 if is_name else theme.TEXT_3
        pen += 16 + canvas.words(pen, middle, child.words, size=size, colour=ink, weight=weight)
    return box.top + 40


KINDS: dict[str, Callable[[Canvas, Node, Box], float]] = {
    "table": draw_table,
    "points": _points,
    "dl": _terms,
    "classes": _key,
    "pairs": _pairs,
    "terms": _glossary,
}
