"""Rows too tall for a slide, cut into parts: whole panels first, long tables between their rows.

Every part of a table repeats its header. A table that would take more slides than a meeting leafs
through is a register: it is drawn as far as one slide goes, which says where the rest is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from dashboard import theme
from dashboard.exports.page_tree import Node
from dashboard.exports.slide_rows import PADDING, Block, Item, Row, Ruler
from dashboard.exports.text_tables import AIR, row_heights
from dashboard.exports.texts import glossary_columns
from dashboard.messages import t

MOST_AIR = 48.0  # pixels between rows, beyond what they need
MOST_PARTS = 3  # of one table; a meeting leafs no further


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


def _part(block: Block, whole: Node, part: Node, *, is_first: bool) -> Block:
    """Return a block that shows a part of a list; later ones say that they go on."""
    items = (_replaced(item, whole, part) for item in block.items if isinstance(item, Node))
    title = block.title
    if title and not is_first:
        title = t("export.continued", title=title)
    return replace(block, title=title, items=tuple(items))


@dataclass(frozen=True)
class _Long:
    """A block with a long table: its rows in groups that a wide cell holds together."""

    block: Block
    table: Node
    heads: list[Node]
    groups: list[list[Node]]

    def part(self, first: int, last: int) -> Block:
        """Return the block with some of the groups; later ones say that they go on."""
        head = [Node("thead", children=self.heads)] if self.heads else []
        rows = [row for group in self.groups[first:last] for row in group]
        shown = replace(self.table, children=[*head, Node("tbody", children=rows)])
        return _part(self.block, self.table, shown, is_first=first == 0)


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


def _ends(heights: list[float], rooms: tuple[float, float]) -> Iterator[int]:
    """Yield where each part ends that fills its room: that of the first, and of every other."""
    used, (room, later) = 0.0, rooms
    for n, height in enumerate(heights):
        if used and used + height > room:
            yield n
            used, room = 0.0, later
        used += height


def _shares(heights: list[float], rooms: Sequence[float]) -> tuple[float, float]:
    """Return how much of its room the first part fills, and every other: about the same."""
    first, later = rooms
    total, tallest = sum(heights), max(heights)
    others = max(math.ceil((total - first) / later), 1)
    first = min(first, total / (others + 1) + tallest)
    return first, min(later, (total - first) / others + tallest)


def _cut_terms(block: Block, terms: Node, width: float, room: float, ruler: Ruler) -> list[Block]:
    """Cut a list of terms into the fewest equal parts of whole lines that fit a room each."""
    columns = glossary_columns(width - 2 * PADDING[0])
    lines, parts = math.ceil(len(terms.children) / columns), [block]
    for count in range(2, lines + 1):
        size = math.ceil(lines / count) * columns
        shown = {n: terms.children[n : n + size] for n in range(0, len(terms.children), size)}
        parts = [
            _part(block, terms, replace(terms, children=some), is_first=n == 0)
            for n, some in shown.items()
        ]
        if max(ruler.natural(part, width) for part in parts) <= room:
            break
    return parts


def _cut(block: Block, width: float, rooms: tuple[float, float], ruler: Ruler) -> list[Block]:
    """Cut a block into parts no taller than their rooms, of about equal heights.

    Anything but one table or one list of terms stays whole, and so does a table of more than the
    most parts: who draws it draws the rows that there is room for.
    """
    whole = ruler.natural(block, width)
    table, terms = table_of(block), terms_of(block)
    if whole > rooms[0] and terms is not None:
        return _cut_terms(block, terms, width, min(rooms), ruler)
    if whole <= rooms[0] or table is None:
        return [block]
    long = _long(block, table)
    rows = row_heights(table, width - 2 * PADDING[0])
    frame = whole - sum(rows[len(long.heads) :])
    sizes = iter(rows[len(long.heads) :])
    heights = [sum(next(sizes) for _ in group) for group in long.groups]
    ends = list(_ends(heights, _shares(heights, [max(r - frame, 1.0) for r in rooms])))
    if len(ends) >= MOST_PARTS:
        return [_without_count(block)]
    bounds = zip([0, *ends], [*ends, len(heights)], strict=True)
    return [long.part(first, last) for first, last in bounds]


def _pages(
    stack: tuple[Block, ...], width: float, rooms: tuple[float, float], ruler: Ruler
) -> list[list[Block]]:
    """Lay the blocks of a column onto slides, one below the other."""
    free, full = rooms
    pages: list[list[Block]] = [[]]
    for block in stack:
        gap = theme.GAP if pages[-1] else 0.0
        if pages[-1] and ruler.least(block, width) > free - gap:
            pages.append([])
            free, gap = full, 0.0
        for n, part in enumerate(_cut(block, width, (free - gap, full), ruler)):
            if n:
                pages.append([])
                free = full
            pages[-1].append(part)
            free -= gap + ruler.least(part, width)
    return pages


def parts_of(row: Row, width: float, rooms: tuple[float, float], ruler: Ruler) -> list[Row]:
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
        _pages(stack, row.width(n, width), rooms, ruler) for n, stack in enumerate(row.stacks)
    ]
    parts = []
    for pages in zip_longest(*columns, fillvalue=[]):
        shown = [(span, tuple(page)) for span, page in zip(row.spans, pages, strict=True) if page]
        parts.append(Row(tuple(span for span, _ in shown), tuple(stack for _, stack in shown)))
    return parts
