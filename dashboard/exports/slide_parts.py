"""Rows too tall for a slide, cut into parts: whole panels first, long tables between their rows.

Every part of a table repeats its header. A table that would take more slides than a meeting leafs
through, or that its page shows in part, is a register: it is drawn as far as one slide goes, which
says where the rest is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from dashboard import theme
from dashboard.exports.page_tree import Node
from dashboard.exports.slide_rows import PADDING, Block, Item, Row, Ruler
from dashboard.exports.text_tables import AIR, row_heights
from dashboard.exports.texts import glossary_columns
from dashboard.messages import t

MOST_AIR = 48.0  # pixels between rows, beyond what they need
MOST_PARTS = 3  # of one table; a meeting leafs no further
Stack: TypeAlias = tuple[Block, ...]
Rooms: TypeAlias = tuple[float, float]  # heights on the first slide, and on every other


def table_of(block: Block) -> Node | None:
    """Return the table of a block that shows one table, notes beside; else None."""
    texts = [item for item in block.items if isinstance(item, Node)]
    tables = [table for text in texts for table in text.all(tag="table")]
    return tables[0] if len(tables) == 1 and not block.charts else None


def terms_of(block: Block) -> Node | None:
    """Return the list of terms of a block that shows nothing else; else None."""
    texts = [item for item in block.items if isinstance(item, Node)]
    lists = [terms for text in texts for terms in text.all(cls="terms")]
    is_alone = len(block.items) == len(lists) == 1
    return lists[0] if is_alone else None


def _replaced(node: Node, old: Node, new: Node) -> Node:
    """Return a tree in which one element is another."""
    if node is old:
        return new
    return replace(node, children=[_replaced(child, old, new) for child in node.children])


def spread(block: Block, spare: float) -> Block:
    """Return a block whose table takes a spare height, row by row, as far as it reads well."""
    table = table_of(block)
    if table is None:
        return block
    air = min(spare / max(len(table.all(tag="tr")), 1), MOST_AIR)
    airy = replace(table, attributes={**table.attributes, AIR: f"{max(air, 0):.2f}"})
    items = (_replaced(i, table, airy) for i in block.items if isinstance(i, Node))
    return replace(block, items=tuple(items))


def _parted(block: Block, whole: Node, first: Node, rest: Node) -> tuple[Block, Block]:
    """Return a block that shows the first part of a list, and one of the rest that says so."""

    def with_part(part: Node) -> tuple[Item, ...]:
        return tuple(_replaced(item, whole, part) for item in block.items if isinstance(item, Node))

    title = block.title
    if title and not block.goes_on:
        title = t("export.continued", title=title)
    shown = replace(block, items=with_part(first))
    return shown, replace(block, title=title, items=with_part(rest), goes_on=True)


@dataclass(frozen=True)
class _Long:
    """A block with a long table: its rows in groups that a wide cell holds together."""

    block: Block
    table: Node
    heads: list[Node]
    groups: list[list[Node]]

    def parted(self, end: int) -> tuple[Block, Block]:
        """Return the block with the groups before an end, and with those behind it."""
        parts = (self._some(self.groups[:end]), self._some(self.groups[end:]))
        return _parted(self.block, self.table, *parts)

    def _some(self, groups: list[list[Node]]) -> Node:
        head = [Node("thead", children=self.heads)] if self.heads else []
        rows = [row for group in groups for row in group]
        return replace(self.table, children=[*head, Node("tbody", children=rows)])


def _long(block: Block, table: Node) -> _Long:
    heads = [row for head in table.all(tag="thead") for row in head.all(tag="tr")]
    known = {id(row) for row in heads}
    groups: list[list[Node]] = []
    reach = 0  # rows below that a cell still covers
    for row in (row for row in table.all(tag="tr") if id(row) not in known):
        if reach > 0:
            groups[-1].append(row)
        else:
            groups.append([row])
        spans = (int(cell.attributes.get("rowspan") or 1) for cell in row.children)
        reach = max(reach, *spans, 1) - 1
    return _Long(block, table, heads, groups)


def _without_count(block: Block) -> Block:
    """Return a block without the line that counts the rows of its page: a slide shows fewer."""
    return replace(block, items=tuple(item for item in block.items if not _counts_rows(item)))


def _counts_rows(item: Item) -> bool:
    return isinstance(item, Node) and item.first(cls="count") is not None


def _ends(heights: list[float], rooms: Rooms) -> list[int]:
    """Return where each part but the last ends, all filled: the first, and every other."""
    ends = []
    used, (room, later) = 0.0, rooms
    for n, height in enumerate(heights):
        if used and used + height > room:
            ends.append(n)
            used, room = 0.0, later
        used += height
    return ends


def _even_ends(heights: list[float], rooms: Rooms) -> list[int]:
    """Return where each part but the last ends: no more of them than rooms ask, the tallest low."""
    found = _ends(heights, rooms)
    low, high = 0.0, max(rooms)
    while high - low > 1:  # a pixel
        most = (low + high) / 2
        ends = _ends(heights, (min(rooms[0], most), min(rooms[1], most)))
        if len(ends) <= len(found):
            found, high = ends, most
        else:
            low = most
    return found


def _cut_terms(
    block: Block, terms: Node, width: float, room: float, ruler: Ruler
) -> tuple[Block, Block | None]:
    """Cut off the first of the fewest equal parts of whole lines that fit a room each."""
    columns = glossary_columns(width - 2 * PADDING[0])
    lines = math.ceil(len(terms.children) / columns)
    parts: tuple[Block, Block | None] = (block, None)
    for count in range(2, lines + 1):
        size = math.ceil(lines / count) * columns
        some = [terms.children[n : n + size] for n in range(0, len(terms.children), size)]
        first, *others = (replace(terms, children=shown) for shown in some)
        rest = replace(terms, children=terms.children[size:])
        parts = _parted(block, terms, first, rest)
        blocks = [parts[0], *(_parted(block, terms, first, other)[1] for other in others)]
        if max(ruler.natural(part, width) for part in blocks) <= room:
            break
    return parts


def _cut(block: Block, width: float, rooms: Rooms, ruler: Ruler) -> tuple[Block, Block | None]:
    """Cut off what of a block stands on the first slide; parts are of about equal heights.

    Anything but one table or one list of terms stays whole, and so does a register: who draws it
    draws the rows that there is room for.
    """
    whole = ruler.natural(block, width)
    table, terms = table_of(block), terms_of(block)
    if whole > rooms[0] and terms is not None:
        return _cut_terms(block, terms, width, min(rooms), ruler)
    if whole <= rooms[0] or table is None:
        return block, None
    long = _long(block, table)
    rows = row_heights(table, width - 2 * PADDING[0])
    frame = whole - sum(rows[len(long.heads) :])
    sizes = iter(rows[len(long.heads) :])
    heights = [sum(next(sizes) for _ in group) for group in long.groups]
    first, later = (max(room - frame, 1.0) for room in rooms)
    ends = _even_ends(heights, (first, later))
    if len(ends) >= MOST_PARTS or any(map(_counts_rows, block.items)):
        return _without_count(block), None
    return long.parted(ends[0]) if ends else (block, None)


def _first_slide(stack: Stack, width: float, rooms: Rooms, ruler: Ruler) -> tuple[Stack, Stack]:
    """Return what of a column stands on the first slide, block below block, and the rest."""
    shown: list[Block] = []
    free, full = rooms
    for n, block in enumerate(stack):
        gap = theme.GAP if shown else 0.0
        if shown and ruler.least(block, width) > free - gap:
            return tuple(shown), stack[n:]
        part, rest = _cut(block, width, (free - gap, full), ruler)
        shown.append(part)
        if rest is not None:
            return tuple(shown), (rest, *stack[n + 1 :])
        free -= gap + ruler.least(part, width)
    return tuple(shown), ()


def parts_of(row: Row, width: float, rooms: Rooms, ruler: Ruler) -> list[Row]:
    """Cut a row into rows that fit a slide each; a column that has ended leaves its room.

    Args:
        row: of the page.
        width: of the slide's room in pixels.
        rooms: height of the room on the row's first slide, and on every other.
        ruler: measures.
    """
    if ruler.row(row, width)[0] <= rooms[0]:
        return [row]
    columns = [
        _first_slide(stack, row.width(n, width), rooms, ruler) for n, stack in enumerate(row.stacks)
    ]
    first = Row(row.spans, tuple(shown for shown, _ in columns))
    left = [(span, rest) for span, (_, rest) in zip(row.spans, columns, strict=True) if rest]
    if not left:
        return [first]
    rest = Row(tuple(span for span, _ in left), tuple(stack for _, stack in left))
    # The rest is measured anew: where a column has ended, the others are wider.
    return [first, *parts_of(rest, width, (rooms[1], rooms[1]), ruler)]
