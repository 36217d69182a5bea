"""The page as one picture of 1920 by 1080: title, cards, the first rows of panels, footer.

Rows of panels are drawn in the page's own pixels and made smaller together until they fit; rows
that would become too small are left to the workbook, and the footer says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from dashboard import boundaries, theme
from dashboard.charts.shapes import Shapes
from dashboard.exports.canvas import Box, Canvas, Ink, Sheet
from dashboard.exports.collect import Contents, Panel
from dashboard.exports.figure import Outlines, draw_figure
from dashboard.exports.page_tree import Node, read
from dashboard.exports.rich_text import LEADING, shortened
from dashboard.exports.slide_cards import cards_height, draw_cards
from dashboard.exports.slide_frame import FOOTER_TOP, SIDE, WIDTH, draw_footer, draw_title
from dashboard.exports.texts import draw_node
from dashboard.messages import t

HEIGHT = 1080
HEAD, PADDING = 38.0, (20.0, 14.0)
LEAST_ZOOM, LEAST_SQUEEZE, MOST_STRETCH = 0.8, 0.82, 1.45
LEAST_FIGURE = 0.62  # of its height on the page; below that its lower part is left out
BLANK_ROOM = 4000.0
MOST_ZOOM = 1.3  # of a map, whose legend keeps its distance only if all of it grows
CLICK = "点击"


@dataclass(frozen=True)
class Row:
    """One row of the page: columns with their spans, each a stack of panels."""

    spans: tuple[int, ...]
    stacks: tuple[tuple[Panel, ...], ...]


def rows_of(contents: Contents) -> list[Row]:
    """Return the rows of panels, top to bottom; a panel outside of columns is a row by itself."""
    rows: dict[int | str, list[Panel]] = {}
    for panel in contents.panels:
        rows.setdefault(panel.place.row if panel.place else panel.key, []).append(panel)
    found = []
    for key, panels in rows.items():
        if isinstance(key, str):
            found.append(Row((12,), (tuple(panels),)))
            continue
        spans = contents.rows[key]
        stacks = tuple(
            tuple(p for p in panels if p.place and p.place.column == n) for n in range(len(spans))
        )
        found.append(Row(spans, stacks))
    return found


def _nodes(panel: Panel) -> list[go.Figure | Node]:
    return [item if isinstance(item, go.Figure) else read(item) for item in panel.drawn]


def _figure_height(figure: go.Figure) -> float:
    return float(figure.layout.height or 300)


class _Blank(Sheet):
    """A sheet that draws nothing: texts are laid out on it to learn how high they are."""

    def add(self, artist: object, clip: object) -> None:
        """Leave the artist out."""


_BLANK: Final = _Blank(1, 1, background=theme.PAGE)


def _text_height(node: Node, width: float) -> float:
    return draw_node(Canvas(_BLANK), node, Box(0, 0, width, BLANK_ROOM))


def _width(row: Row, n: int, room: float) -> float:
    """Return the width of a column of a row."""
    free = room - theme.GAP * (len(row.spans) - 1)
    return free * row.spans[n] / sum(row.spans)


def natural_height(panel: Panel, width: float) -> float:
    """Return the height a panel has on the page, or needs for what it says."""
    if panel.height is not None:
        return float(panel.height)
    inner = width - 2 * PADDING[0]
    parts = [
        _figure_height(item) if isinstance(item, go.Figure) else _text_height(item, inner)
        for item in _nodes(panel)
    ]
    return HEAD * bool(panel.title) + sum(parts) + 2 * PADDING[1] + 8


def _row_height(row: Row, room: float) -> float:
    stacks = [
        sum(natural_height(p, _width(row, n, room)) for p in stack) + theme.GAP * (len(stack) - 1)
        for n, stack in enumerate(row.stacks)
    ]
    return max(stacks, default=0.0)


@dataclass(frozen=True)
class Fit:
    """How the rows stand on the picture: how many, how much smaller, how much lower."""

    count: int
    zoom: float
    heights: tuple[float, ...]  # of the rows, in pixels of the page


def fit(rows: Sequence[Row], room: Box) -> Fit:
    """Choose as many rows as can still be read."""
    for count in range(len(rows), 0, -1):
        for zoom in (1.0, 0.95, 0.9, 0.85, LEAST_ZOOM):
            natural = [_row_height(row, room.width / zoom) for row in rows[:count]]
            free = room.height / zoom - theme.GAP * (count - 1)
            squeeze = free / (sum(natural) or 1.0)
            if squeeze >= LEAST_SQUEEZE or (count == 1 and zoom == LEAST_ZOOM):
                squeeze = min(squeeze, MOST_STRETCH)
                return Fit(count, zoom, tuple(height * squeeze for height in natural))
    return Fit(0, 1.0, ())


def draw_slide(contents: Contents) -> bytes:
    """Draw the page's picture as PNG."""
    sheet = Sheet(WIDTH, HEIGHT, background=theme.PAGE)
    canvas = Canvas(sheet)
    top = draw_title(canvas, contents)
    wide = WIDTH - 2 * SIDE
    draw_cards(canvas, contents.cards, Box(SIDE, top, wide, HEIGHT))
    top += cards_height(contents.cards)
    rows = rows_of(contents)
    room = Box(SIDE, top, wide, FOOTER_TOP - 12 - top)
    found = fit(rows, room)
    _draw_rows(canvas, contents, rows[: found.count], found, room)
    left = [p.title for row in rows[found.count :] for stack in row.stacks for p in stack]
    draw_footer(canvas, contents, left_out=[title for title in left if title])
    return sheet.png()


def _draw_rows(
    canvas: Canvas, contents: Contents, rows: Sequence[Row], found: Fit, room: Box
) -> None:
    inner = canvas.window(room.left, room.top, zoom=found.zoom)
    width, y = room.width / found.zoom, 0.0

    def outlines() -> Shapes:
        return boundaries.shapes(contents.view)

    for row, height in zip(rows, found.heights, strict=True):
        x = 0.0
        for n, stack in enumerate(row.stacks):
            wide = _width(row, n, width)
            _draw_stack(inner, stack, Box(x, y, wide, height), outlines)
            x += wide + theme.GAP
        y += height + theme.GAP


def _draw_stack(canvas: Canvas, stack: Sequence[Panel], box: Box, outlines: Outlines) -> None:
    """Draw the panels of one column; what the column has to spare goes to all alike."""
    natural = [natural_height(panel, box.width) for panel in stack]
    free = box.height - theme.GAP * (len(stack) - 1)
    share = free / (sum(natural) or 1.0)
    y = box.top
    for panel, height in zip(stack, natural, strict=True):
        _draw_panel(canvas, panel, Box(box.left, y, box.width, height * share), outlines)
        y += height * share + theme.GAP


def _draw_panel(canvas: Canvas, panel: Panel, box: Box, outlines: Outlines) -> None:
    canvas.box(box, theme.CARD, Ink(theme.LINE), radius=theme.RADIUS)
    inner = box.inset(*PADDING)
    if panel.title:
        inner = _draw_head(canvas, panel, inner)
    items = _nodes(panel)
    texts = sum(_text_height(i, inner.width) for i in items if isinstance(i, Node))
    figures = sum(_figure_height(i) for i in items if isinstance(i, go.Figure))
    share = max(inner.height - texts, 0.4 * inner.height) / (figures or 1.0)
    y = inner.top
    for item in items:
        rest = Box(inner.left, y, inner.width, inner.bottom - y)
        if isinstance(item, Node):
            y = draw_node(canvas, item, rest)
        else:
            y = _draw_chart(canvas, item, rest, share, outlines)


def _draw_head(canvas: Canvas, panel: Panel, inner: Box) -> Box:
    size = theme.SIZE_CARD_TITLE
    title = shortened(panel.title, size=size, room=inner.width, weight=700)
    wide = canvas.words(
        inner.left, inner.top + 16, title, size=size, colour=theme.TEXT_1, weight=700
    )
    note = shortened(_said(panel.note), size=theme.SIZE_NOTE, room=inner.width - wide - 14)
    if len(note) > 1:
        left = inner.left + wide + 14
        canvas.words(left, inner.top + 18, note, size=theme.SIZE_NOTE, colour=theme.TEXT_3)
    return Box(inner.left, inner.top + HEAD, inner.width, inner.height - HEAD)


def _said(note: str) -> str:
    """Return a note without what only the screen can do."""
    return "；".join(part for part in note.split("；") if CLICK not in part)


def _draw_chart(
    canvas: Canvas, figure: go.Figure, box: Box, share: float, outlines: Outlines
) -> float:
    """Draw a chart as high as its share of the room; a tall one keeps its readable upper part."""
    height = _figure_height(figure)
    if any(trace.type == "choropleth" for trace in figure.data):
        zoom = min(share, MOST_ZOOM)
        inner = canvas.window(box.left, box.top, zoom=zoom)
        draw_figure(inner, figure, Box(0, 0, box.width / zoom, height), outlines)
        return box.top + height * zoom
    if share >= LEAST_FIGURE:
        height *= min(share, MOST_STRETCH)
        draw_figure(canvas, figure, Box(box.left, box.top, box.width, height), outlines)
        return box.top + height
    note = theme.SIZE_NOTE * LEADING
    shown = Box(box.left, box.top, box.width, height * share - note)
    whole = Box(box.left, box.top, box.width, height * LEAST_FIGURE)
    draw_figure(canvas.clipped(shown), figure, whole, outlines)
    words = t("export.cut_chart")
    canvas.words(
        box.left, shown.bottom + note / 2, words, size=theme.SIZE_NOTE, colour=theme.TEXT_3
    )
    return shown.bottom + note
