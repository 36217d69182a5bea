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
from dashboard.exports.rich_text import LEADING, said, shortened
from dashboard.exports.slide_cards import cards_height, draw_cards
from dashboard.exports.slide_frame import FOOTER_TOP, SIDE, WIDTH, draw_footer, draw_title
from dashboard.exports.texts import draw_node
from dashboard.messages import t

HEIGHT = 1080
HEAD, PADDING = 38.0, (20.0, 14.0)
ZOOMS = (1.0, 0.95, 0.9, 0.85, 0.8)  # below that the small print is too small
LEAST_SQUEEZE, MOST_STRETCH = 0.82, 1.45  # of the height of charts
LEAST_LIST = 530.0  # pixels of a row of lists
LEAST_SHARE = 0.4  # of a panel that also holds text, for its charts
SMALL_FIGURE = 150.0
LEAST_FIGURE = 0.62  # of its height on the page; below that its lower part is left out
BLANK_ROOM = 4000.0
MAP_STRETCH = 1.05  # the legend below a map keeps its distance only if the height hardly grows


@dataclass(frozen=True)
class Row:
    """One row of the page: columns with their spans, each a stack of panels."""

    spans: tuple[int, ...]
    stacks: tuple[tuple[Panel, ...], ...]

    def width(self, n: int, room: float) -> float:
        """Return the width of a column."""
        return (room - theme.GAP * (len(self.spans) - 1)) * self.spans[n] / sum(self.spans)

    @property
    def has_figures(self) -> bool:
        """Say whether a chart is among what the row shows."""
        return any(isinstance(d, go.Figure) for s in self.stacks for p in s for d in p.drawn)


def rows_of(contents: Contents) -> list[Row]:
    """Return the rows of panels, top to bottom; a panel outside of columns is a row by itself.

    Panels that only hold buttons, and columns of nothing else, are left out.
    """
    rows: dict[int | str, list[Panel]] = {}
    for panel in contents.panels:
        if panel.drawn:
            rows.setdefault(panel.place.row if panel.place else panel.key, []).append(panel)
    found = []
    for key, panels in rows.items():
        if isinstance(key, str):
            found.append(Row((12,), (tuple(panels),)))
            continue
        stacks = [
            (span, tuple(p for p in panels if p.place and p.place.column == n))
            for n, span in enumerate(contents.rows[key])
        ]
        filled = [(span, stack) for span, stack in stacks if stack]
        found.append(Row(tuple(x for x, _ in filled), tuple(stack for _, stack in filled)))
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
    return max(
        sum(natural_height(p, row.width(n, room)) for p in stack) + theme.GAP * (len(stack) - 1)
        for n, stack in enumerate(row.stacks)
    )


@dataclass(frozen=True)
class Fit:
    """How the rows stand on the picture: how many, how much smaller, how high."""

    count: int
    zoom: float
    heights: tuple[float, ...]  # of the rows, in pixels of the page


def _heights(rows: Sequence[Row], width: float, free: float) -> tuple[float, ...] | None:
    """Share a height among rows; None when one would become too low to be read.

    A list can end early, a chart only be pressed a little; what is left over goes to charts.
    """
    natural = [_row_height(row, width) for row in rows]
    least = [
        height * LEAST_SQUEEZE if row.has_figures else min(height, LEAST_LIST)
        for row, height in zip(rows, natural, strict=True)
    ]
    if sum(least) > free:
        return None
    give = sum(natural) - sum(least)
    share = min((free - sum(least)) / give, 1.0) if give else 1.0
    heights = [low + (high - low) * share for low, high in zip(least, natural, strict=True)]
    spare = free - sum(heights)
    charts = sum(h for h, row in zip(heights, rows, strict=True) if row.has_figures)
    stretch = min(1 + spare / charts, MOST_STRETCH) if charts else 1.0
    return tuple(
        h * stretch if row.has_figures else h for h, row in zip(heights, rows, strict=True)
    )


def fit(rows: Sequence[Row], room: Box) -> Fit:
    """Choose as many rows as can still be read, and the largest zoom for them."""
    for count in range(len(rows), 0, -1):
        for zoom in ZOOMS:
            free = room.height / zoom - theme.GAP * (count - 1)
            heights = _heights(rows[:count], room.width / zoom, free)
            if heights is not None:
                return Fit(count, zoom, heights)
    # A single row too tall for the picture is pressed into it.
    return Fit(len(rows[:1]), ZOOMS[-1], tuple(room.height / ZOOMS[-1] for _ in rows[:1]))


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
            wide = row.width(n, width)
            _draw_stack(inner, stack, Box(x, y, wide, height), outlines)
            x += wide + theme.GAP
        y += height + theme.GAP


def _draw_stack(canvas: Canvas, stack: Sequence[Panel], box: Box, outlines: Outlines) -> None:
    """Draw the panels of one column; its last one ends with the row."""
    natural = [natural_height(panel, box.width) for panel in stack]
    free = box.height - theme.GAP * (len(stack) - 1)
    share = min(free / (sum(natural) or 1.0), 1.0)
    y = box.top
    for n, (panel, height) in enumerate(zip(stack, natural, strict=True)):
        high = box.bottom - y if n == len(stack) - 1 else height * share
        _draw_panel(canvas, panel, Box(box.left, y, box.width, high), outlines)
        y += high + theme.GAP


def _draw_panel(canvas: Canvas, panel: Panel, box: Box, outlines: Outlines) -> None:
    canvas.box(box, theme.CARD, Ink(theme.LINE), radius=theme.RADIUS)
    inner = box.inset(*PADDING)
    if panel.title:
        inner = _draw_head(canvas, panel, inner)
    items = _nodes(panel)
    texts = sum(_text_height(i, inner.width) for i in items if isinstance(i, Node))
    figures = sum(_figure_height(i) for i in items if _is_chart(i)) or 1.0
    share = max(inner.height - texts, LEAST_SHARE * inner.height) / figures
    y = before = inner.top
    for item in items:
        rest = Box(inner.left, y, inner.width, inner.bottom - y)
        if isinstance(item, Node):
            before, y = y, draw_node(canvas, item, rest)
        elif _is_chart(item):
            before, y = y, _draw_chart(canvas, item, rest, share, outlines)
        else:
            corner = Box(inner.right - 0.4 * inner.width, before, 0.4 * inner.width, y - before)
            draw_figure(canvas, item, corner, outlines)


def _is_chart(item: go.Figure | Node) -> bool:
    """Say whether a figure has a line of its own; a small one stands beside the text before it."""
    return isinstance(item, go.Figure) and _figure_height(item) > SMALL_FIGURE


def _draw_head(canvas: Canvas, panel: Panel, inner: Box) -> Box:
    size = theme.SIZE_CARD_TITLE
    title = shortened(panel.title, size=size, room=inner.width, weight=700)
    wide = canvas.words(
        inner.left, inner.top + 16, title, size=size, colour=theme.TEXT_1, weight=700
    )
    note = shortened(said(panel.note), size=theme.SIZE_NOTE, room=inner.width - wide - 14)
    if len(note) > 1:
        left = inner.left + wide + 14
        canvas.words(left, inner.top + 18, note, size=theme.SIZE_NOTE, colour=theme.TEXT_3)
    return Box(inner.left, inner.top + HEAD, inner.width, inner.height - HEAD)


def _draw_chart(
    canvas: Canvas, figure: go.Figure, box: Box, share: float, outlines: Outlines
) -> float:
    """Draw a chart as high as its share of the room; a tall one keeps its readable upper part."""
    height = _figure_height(figure)
    if any(trace.type == "choropleth" for trace in figure.data):
        zoom, stretch = min(share, 1.0), min(max(share, 1.0), MAP_STRETCH)
        air = max(height * (share - stretch), 0) / 2 if share > 1 else 0.0
        inner = canvas.window(box.left, box.top + air, zoom=zoom)
        draw_figure(inner, figure, Box(0, 0, box.width / zoom, height * stretch), outlines)
        return box.top + height * share
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
