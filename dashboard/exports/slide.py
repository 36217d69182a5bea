"""A slide of the page as a picture of 1920 by 1080: title, cards, rows of panels, footer.

Panels are drawn in the page's own pixels, or larger where a slide has room for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import boundaries, theme
from dashboard.charts.printed import is_map
from dashboard.charts.shapes import Shapes
from dashboard.exports.canvas import Box, Canvas, Ink, Sheet
from dashboard.exports.collect import Contents
from dashboard.exports.figure import Outlines, draw_figure
from dashboard.exports.page_tree import Node
from dashboard.exports.rich_text import LEADING, said, shortened
from dashboard.exports.slide_cards import draw_cards
from dashboard.exports.slide_frame import SIDE, WIDTH, draw_footer, draw_title, title_bottom
from dashboard.exports.slide_parts import spread
from dashboard.exports.slide_plan import LARGEST, MOST_STRETCH, STEP, Slide, plan
from dashboard.exports.slide_rows import (
    HEAD,
    PADDING,
    Block,
    Ruler,
    figure_height,
    pressed,
)
from dashboard.exports.texts import draw_node
from dashboard.messages import t

HEIGHT = 1080
LEAST_SHARE = 0.4  # of a panel that also holds text, for its charts
LEAST_FIGURE = 0.62  # of its height on the page; below that its lower part is left out
MAP_STRETCH = 1.05  # the legend below a map keeps its distance only if the height hardly grows
MAP_ZOOM, MAP_WIDTH = 1.4, 520.0  # a map grows as a whole, as long as its legend has its words
LEAST_MAP = 0.8  # of its height, down to which a map is drawn lower with words of their own size


def draw_first(contents: Contents) -> bytes:
    """Draw the first slide as PNG, which names what the others show."""
    slides = plan(contents)
    others = [title for slide in slides[1:] for title in slide.titles]
    left_out = t("export.left_out", titles="、".join(dict.fromkeys(others))) if others else ""
    return draw(contents, slides[0], left_out=left_out)


def draw(contents: Contents, slide: Slide, *, left_out: str = "") -> bytes:
    """Draw a slide as PNG.

    Args:
        contents: of the page.
        slide: of its plan.
        left_out: a sentence on what other slides show.
    """
    sheet = Sheet(WIDTH, HEIGHT, background=theme.PAGE)
    canvas = Canvas(sheet)
    draw_title(canvas, contents, is_first=slide.is_first)
    if slide.is_first:
        top = title_bottom(contents, is_first=True)
        draw_cards(canvas, contents.cards, Box(SIDE, top, WIDTH - 2 * SIDE, HEIGHT))
    _draw_rows(canvas, contents, slide)
    number = t("export.slide_number", number=slide.number, count=slide.count)
    number = number if slide.count > 1 else ""
    draw_footer(canvas, contents, number=number, has_map=slide.has_map, left_out=left_out)
    return sheet.png()


def _draw_rows(canvas: Canvas, contents: Contents, slide: Slide) -> None:
    room, zoom = slide.room, slide.fit.zoom
    inner = canvas.window(room.left, room.top, zoom=zoom)
    width, y, ruler = room.width / zoom, 0.0, Ruler()

    def outlines() -> Shapes:
        return boundaries.shapes(contents.view)

    for row, height in zip(slide.rows, slide.fit.heights, strict=True):
        x = 0.0
        for n, stack in enumerate(row.stacks):
            wide = row.width(n, width)
            _draw_stack(inner, stack, Box(x, y, wide, height), outlines, ruler)
            x += wide + theme.GAP
        y += height + theme.GAP


def _draw_stack(
    canvas: Canvas, stack: Sequence[Block], box: Box, outlines: Outlines, ruler: Ruler
) -> None:
    """Draw the blocks of one column; its last one ends with the row."""
    sizes = [(ruler.least(b, box.width), ruler.natural(b, box.width)) for b in stack]
    heights = pressed(sizes, box.height - theme.GAP * (len(stack) - 1))
    y = box.top
    for n, (block, height) in enumerate(zip(stack, heights, strict=True)):
        high = box.bottom - y if n == len(stack) - 1 else height
        _draw_block(canvas, block, Box(box.left, y, box.width, high), outlines, ruler)
        y += high + theme.GAP


def _draw_block(canvas: Canvas, block: Block, box: Box, outlines: Outlines, ruler: Ruler) -> None:
    canvas.box(box, theme.CARD, Ink(theme.LINE), radius=theme.RADIUS)
    inner = box.inset(*PADDING)
    if block.title:
        inner = _draw_head(canvas, block, inner)
    zoom = _growth(block, inner, ruler)
    if zoom > 1:
        canvas = canvas.window(inner.left, inner.top, zoom=zoom)
        inner = Box(0, 0, inner.width / zoom, inner.height / zoom)
    _draw_items(canvas, block, inner, outlines, ruler)


def _growth(block: Block, box: Box, ruler: Ruler) -> float:
    """Return how much larger than on the page points that stand alone fill their panel."""
    if len(block.items) != 1 or not isinstance(block.items[0], Node):
        return 1.0
    points, zoom = block.items[0], LARGEST
    if points.first(cls="points") is None:
        return 1.0
    while zoom > 1 and ruler.text(points, box.width / zoom) * zoom > box.height:
        zoom = round(zoom - STEP, 2)
    return zoom


def _draw_items(canvas: Canvas, block: Block, inner: Box, outlines: Outlines, ruler: Ruler) -> None:
    heights = [ruler.text(i, inner.width) if isinstance(i, Node) else 0.0 for i in block.items]
    texts = sum(heights)
    block = spread(block, inner.height - texts - 2)
    share = max(inner.height - texts, LEAST_SHARE * inner.height) / (block.charts or 1.0)
    y = before = inner.top
    for n, item in enumerate(block.items):
        rest = Box(inner.left, y, inner.width, inner.bottom - y)
        if isinstance(item, Node):
            # What stands below a list too long for its room keeps its own.
            below = sum(heights[n + 1 :]) if item.first(tag="table") else 0.0
            rest = Box(rest.left, rest.top, rest.width, rest.height - below)
            before, y = y, draw_node(canvas, item, rest)
        elif block.is_beside(n):
            corner = Box(inner.right - 0.4 * inner.width, before, 0.4 * inner.width, y - before)
            draw_figure(canvas, item, corner, outlines)
        else:
            before, y = y, _draw_chart(canvas, item, rest, share, outlines)


def _draw_head(canvas: Canvas, block: Block, inner: Box) -> Box:
    size = theme.SIZE_CARD_TITLE
    title = shortened(block.title, size=size, room=inner.width, weight=700)
    wide = canvas.words(
        inner.left, inner.top + 16, title, size=size, colour=theme.TEXT_1, weight=700
    )
    note = shortened(said(block.note), size=theme.SIZE_NOTE, room=inner.width - wide - 14)
    if len(note) > 1:
        left = inner.left + wide + 14
        canvas.words(left, inner.top + 18, note, size=theme.SIZE_NOTE, colour=theme.TEXT_3)
    return Box(inner.left, inner.top + HEAD, inner.width, inner.height - HEAD)


def _draw_map(canvas: Canvas, figure: go.Figure, box: Box, outlines: Outlines) -> None:
    """Draw a map as large as it can be read in a box, in its middle."""
    share = box.height / figure_height(figure)
    zoom = min(share, max(min(MAP_ZOOM, box.width / MAP_WIDTH), 1.0))
    zoom = 1.0 if LEAST_MAP <= share < 1 else zoom
    high = figure_height(figure) * min(share / zoom, MAP_STRETCH)
    inner = canvas.window(box.left, box.top + (box.height - high * zoom) / 2, zoom=zoom)
    draw_figure(inner, figure, Box(0, 0, box.width / zoom, high), outlines)


def _draw_chart(
    canvas: Canvas, figure: go.Figure, box: Box, share: float, outlines: Outlines
) -> float:
    """Draw a chart as high as its share of the room; a tall one keeps its readable upper part."""
    height = figure_height(figure)
    if is_map(figure):
        _draw_map(canvas, figure, Box(box.left, box.top, box.width, height * share), outlines)
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
