"""Tables of our markup on the canvas: widths by content, cells that wrap, rows while they fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from dashboard import theme
from dashboard.exports import faces, look
from dashboard.exports.canvas import Align, Box, Canvas, Ink
from dashboard.exports.page_tree import Node, rows_left
from dashboard.exports.rich_text import LEADING, wrapped
from dashboard.messages import t

GAP, ROW_AIR = 16.0, 9.0
MATRIX_GAP = 6.0  # tiles part the cells of a matrix
MOST_LINES = 3  # of one cell
LEAST_COLUMN = 46.0
AIR = "air"  # attribute of a table: pixels that each row is higher than it needs
TILE = 2.0  # air between the cells of a matrix
MARK = 15.0  # pixels from the middle of a mark to its figure
INDENT = 22.0  # of a text that a mark stands before


@dataclass(frozen=True)
class Cell:
    """One cell: its lines, and how they look."""

    lines: tuple[str, ...]
    quiet: int  # of the lines, those at the end that are small print
    classes: frozenset[str]
    span: int
    is_head: bool  # names its row or column
    in_head: bool  # stands above the body

    @property
    def align(self) -> Align:
        """Return the side the text stands at."""
        return "right" if "num" in self.classes else "left"

    @property
    def weight(self) -> int:
        """Return the weight of the text."""
        return look.weight_of(self.classes)

    @property
    def mark(self) -> str | None:
        """Return the kind of verdict that a mark before the text stands for."""
        return next((c[3:] for c in self.classes if c.startswith("mk-")), None)

    @property
    def indent(self) -> float:
        """Return the pixels that a mark before the text takes."""
        return INDENT if self.mark is not None and self.align == "left" else 0.0


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    cells: tuple[Cell, ...]
    is_head: bool


def _cell(node: Node, row: Node, *, in_head: bool) -> Cell:
    inner = frozenset(c for child in node.all(cls="mk") for c in child.classes)
    return Cell(
        tuple(node.lines),
        sum(len(small.lines) for small in node.all(tag="small")),
        node.classes | row.classes | inner,
        int(node.attributes.get("colspan") or 1),
        node.tag == "th",
        in_head,
    )


def _rows_of_cells(table: Node, heads: set[int]) -> Iterator[tuple[Node, list[Cell]]]:
    """Yield the rows with their cells; a cell that reaches down stands empty in the rows below."""
    reaching: dict[int, int] = {}  # column -> rows still covered from above
    for row in table.all(tag="tr"):
        cells: list[Cell] = []
        place = 0
        for node in (child for child in row.children if child.tag in {"td", "th"}):
            while reaching.get(place, 0):
                reaching[place] -= 1
                cells.append(Cell((), 0, frozenset(), 1, is_head=False, in_head=id(row) in heads))
                place += 1
            cell = _cell(node, row, in_head=id(row) in heads)
            down = int(node.attributes.get("rowspan") or 1) - 1
            reaching |= {place + n: down for n in range(cell.span)}
            cells.append(cell)
            place += cell.span
        yield row, cells


def rows_of(table: Node) -> list[Row]:
    """Return the rows of a table, those of the head first."""
    heads = {id(row) for head in table.all(tag="thead") for row in head.all(tag="tr")}
    return [Row(tuple(cells), id(row) in heads) for row, cells in _rows_of_cells(table, heads)]


DIAMONDS = {"unexplained": theme.TEXT_1, "worse": theme.WORSE}
Line: TypeAlias = tuple[str, bool]  # with whether it is small print


def _lines(cell: Cell) -> list[Line]:
    plain = len(cell.lines) - cell.quiet
    return [(line, n >= plain) for n, line in enumerate(cell.lines)]


def _size(row: Row, *, is_compact: bool, is_small: bool = False) -> int:
    return theme.SIZE_NOTE if row.is_head or is_compact or is_small else theme.SIZE_BODY


def _gap(table: Node) -> float:
    """Return the pixels that a column is wider than its texts."""
    return MATRIX_GAP if "matrix" in table.classes else GAP


def _wanted(rows: list[Row], *, is_compact: bool, gap: float) -> list[float]:
    """Return the widths of the columns by content."""
    count = max(sum(cell.span for cell in row.cells) for row in rows)
    widths = [LEAST_COLUMN] * count
    for row in rows:
        place = 0
        for cell in row.cells:
            if cell.span == 1:
                wide = (
                    faces.width(
                        line,
                        size=_size(row, is_compact=is_compact, is_small=is_small),
                        weight=cell.weight,
                    )
                    for line, is_small in _lines(cell)
                )
                widths[place] = max(widths[place], max(wide, default=0.0) + cell.indent + gap)
            place += cell.span
    return widths


def _widths(rows: list[Row], room: float, *, is_compact: bool, gap: float) -> list[float]:
    """Return the widths of the columns: by content, the widest cut back, or all stretched."""
    widths = _wanted(rows, is_compact=is_compact, gap=gap)
    count = len(widths)
    if sum(widths) > room:
        cap = max(widths)
        while sum(min(w, cap) for w in widths) > room and cap > LEAST_COLUMN:
            cap -= 4
        return [min(w, cap) for w in widths]
    extra = (room - sum(widths)) / count
    return [w + extra for w in widths]


@dataclass(frozen=True)
class _Layout:
    widths: list[float]
    is_compact: bool
    is_matrix: bool
    gap: float
    air: float = 0.0  # pixels a row is higher where there is room

    def texts(self, row: Row) -> list[list[Line]]:
        """Return the wrapped lines of each cell of a row."""
        found, place = [], 0
        for cell in row.cells:
            # A hair wider than what it was measured at, so that nothing wraps by rounding.
            room = sum(self.widths[place : place + cell.span]) - cell.indent - self.gap + 1
            lines = [
                (part, is_small)
                for line, is_small in _lines(cell)
                for part in wrapped(
                    line,
                    size=_size(row, is_compact=self.is_compact, is_small=is_small),
                    room=room,
                    weight=cell.weight,
                    most=MOST_LINES,
                )
            ]
            found.append(lines[: MOST_LINES + 1])
            place += cell.span
        return found

    def height(self, row: Row, texts: list[list[Line]]) -> float:
        """Return the height of a row in pixels."""
        size = _size(row, is_compact=self.is_compact)
        lines = max((len(text) for text in texts), default=1)
        return max(lines, 1) * size * LEADING + (4 if self.is_compact else ROW_AIR) + self.air


def _layout(table: Node, rows: list[Row], room: float) -> _Layout:
    is_compact = "compact" in table.classes
    gap = _gap(table)
    widths = _widths(rows, room, is_compact=is_compact, gap=gap)
    air = float(table.attributes.get(AIR, 0))
    return _Layout(widths, is_compact, "matrix" in table.classes, gap, air)


def table_width(table: Node) -> float:
    """Return the width at which no cell of a table wraps, in pixels."""
    rows = rows_of(table)
    if not rows:
        return 0.0
    return sum(_wanted(rows, is_compact="compact" in table.classes, gap=_gap(table)))


def row_heights(table: Node, room: float) -> list[float]:
    """Return the heights of all rows of a table as wide as its room, in pixels."""
    rows = rows_of(table)
    layout = _layout(table, rows, room)
    return [layout.height(row, layout.texts(row)) for row in rows]


def draw_table(canvas: Canvas, table: Node, box: Box) -> float:
    """Draw a table into a box; return where it ends. Of rows that do not fit it says where."""
    rows = rows_of(table)
    if not rows:
        return box.top
    layout = _layout(table, rows, box.width)
    y, note = box.top, theme.SIZE_NOTE * LEADING
    for n, row in enumerate(rows):
        texts = layout.texts(row)
        height = layout.height(row, texts)
        is_last = n == len(rows) - 1
        if y + height + (0 if is_last else note) > box.bottom:
            words = t("export.more_rows", n=rows_left(table, n))
            canvas.words(box.left, y + note / 2, words, size=theme.SIZE_NOTE, colour=theme.TEXT_3)
            return y + note
        _draw_row(canvas, row, texts, layout, Box(box.left, y, box.width, height))
        y += height
    return y


def _draw_row(canvas: Canvas, row: Row, texts: list[list[Line]], layout: _Layout, box: Box) -> None:
    size, x, place = _size(row, is_compact=layout.is_compact), box.left, 0
    for cell, lines in zip(row.cells, texts, strict=True):
        width = sum(layout.widths[place : place + cell.span])
        rest = Box(x, box.top, width, box.height)
        is_centred = layout.is_matrix and place > 0 and (cell.in_head or not cell.is_head)
        align: Align = "center" if is_centred else cell.align
        _draw_cell(canvas, cell, lines, rest, size=size, layout=layout, align=align)
        x, place = x + width, place + cell.span
    if not layout.is_matrix:
        colour = theme.AXIS if row.is_head else theme.GRID
        canvas.line([(box.left, box.bottom), (box.right, box.bottom)], Ink(colour))


def _draw_cell(
    canvas: Canvas,
    cell: Cell,
    lines: list[Line],
    box: Box,
    *,
    size: int,
    layout: _Layout,
    align: Align,
) -> None:
    ink = theme.TEXT_3 if cell.in_head else look.ink_of(cell.classes)
    for name in cell.classes & look.FILLS.keys():
        fill, ink = look.FILLS[name]
        canvas.box(box.inset(TILE / 2, TILE / 2), fill, Ink(theme.LINE))
    if cell.mark is not None:
        x = box.left + 7
        if align == "right":  # right before its figure
            x = box.right - GAP - MARK - faces.width(lines[0][0], size=size, weight=cell.weight)
        _verdict(canvas, cell.mark, x, box.top + (ROW_AIR + layout.air + size * LEADING) / 2)
    pen = {
        "left": box.left + cell.indent,
        "center": box.left + box.width / 2,
        "right": box.right - GAP,
    }
    top = box.top + (box.height - len(lines) * size * LEADING) / 2
    if not layout.is_matrix:
        top = box.top + (2 if layout.is_compact else ROW_AIR / 2) + layout.air / 2
    for n, (line, is_small) in enumerate(lines):
        is_quiet = is_small and not layout.is_matrix
        canvas.words(
            pen[align],
            top + size * LEADING * (n + 0.5),
            line,
            size=theme.SIZE_NOTE if is_small or (n > 0 and layout.is_matrix) else size,
            colour=theme.TEXT_3 if is_quiet else ink,
            weight=400 if is_quiet else cell.weight,
            align=align,
        )


def _verdict(canvas: Canvas, kind: str, x: float, y: float) -> None:
    """Draw the mark of a verdict, as the style sheet does."""
    ring = Ink(theme.ACCENT, 2)
    if kind in DIAMONDS:
        canvas.area([[(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)]], DIAMONDS[kind])
    elif kind == "not_computable":
        canvas.disc(x, y, 5.5, theme.CARD, Ink(theme.AXIS, 2))
    elif kind == "explained":
        canvas.disc(x, y, 5.5, theme.CARD, ring)
        canvas.clipped(Box(x - 8, y - 8, 8, 16)).disc(x, y, 5.5, theme.ACCENT)
    else:
        canvas.disc(x, y, 5.5, theme.ACCENT, ring)
