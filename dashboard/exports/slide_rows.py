"""What stands on slides: blocks, which are panels read, in rows; and how much room they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import plotly.graph_objects as go
from matplotlib.path import Path

from dashboard import theme
from dashboard.exports import faces
from dashboard.exports.canvas import Align, Box, Canvas, Ink, Points, Sheet
from dashboard.exports.collect import Contents, Panel
from dashboard.exports.page_tree import Node, read
from dashboard.exports.text_tables import table_width
from dashboard.exports.texts import draw_node

HEAD, PADDING = 38.0, (20.0, 14.0)
LEAST_SQUEEZE = 0.82  # of the height of charts
SMALL_FIGURE = 150.0
SENTENCE_SPAN = 2  # of twelve, at most
BLANK_ROOM = 40_000.0
Item: TypeAlias = go.Figure | Node


@dataclass(frozen=True, eq=False)
class Block:
    """One panel or a part of it, its markup read."""

    title: str
    note: str
    items: tuple[Item, ...]
    goes_on: bool = False  # with what an earlier slide has begun

    @property
    def charts(self) -> float:
        """Return the height of all charts that have lines of their own."""
        return sum(
            figure_height(item)
            for n, item in enumerate(self.items)
            if isinstance(item, go.Figure) and not self.is_beside(n)
        )

    def is_beside(self, n: int) -> bool:
        """Say whether an item is a figure so small that it stands beside the text before it."""
        item, has_text = self.items[n], any(isinstance(one, Node) for one in self.items[:n])
        return has_text and isinstance(item, go.Figure) and figure_height(item) <= SMALL_FIGURE


@dataclass(frozen=True)
class Row:
    """One row of the page: columns with their spans, each a stack of blocks."""

    spans: tuple[int, ...]
    stacks: tuple[tuple[Block, ...], ...]

    def width(self, n: int, room: float) -> float:
        """Return the width of a column."""
        return (room - theme.GAP * (len(self.spans) - 1)) * self.spans[n] / sum(self.spans)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks, column by column."""
        return tuple(block for stack in self.stacks for block in stack)

    @property
    def titles(self) -> list[str]:
        """Return the titles of the blocks that have one."""
        return [block.title for block in self.blocks if block.title]

    @property
    def has_figures(self) -> bool:
        """Say whether a chart is among what the row shows."""
        return any(isinstance(item, go.Figure) for block in self.blocks for item in block.items)


def block_of(panel: Panel) -> Block:
    """Read a panel."""
    items = (item if isinstance(item, go.Figure) else read(item) for item in panel.drawn)
    return Block(panel.title, panel.note, tuple(items))


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
            found.append(Row((12,), (tuple(map(block_of, panels)),)))
            continue
        stacks = [
            (span, tuple(block_of(p) for p in panels if p.place and p.place.column == n))
            for n, span in enumerate(contents.rows[key])
        ]
        filled = [(span, stack) for span, stack in stacks if stack]
        found.append(Row(_spans(filled), tuple(stack for _, stack in filled)))
    return found


def _is_sentence(stack: Sequence[Block]) -> bool:
    """Say whether a column only tells why it shows nothing."""
    items = [item for block in stack for item in block.items]
    texts = [item for item in items if isinstance(item, Node) and item.first(tag="table") is None]
    return len(texts) == len(items) and any(text.first(cls="state") for text in texts)


def _spans(columns: Sequence[tuple[int, Sequence[Block]]]) -> tuple[int, ...]:
    """Return the spans of columns; one of a sentence leaves its room to what is drawn beside it."""
    brief = [_is_sentence(stack) for _, stack in columns]
    if all(brief):
        return tuple(span for span, _ in columns)
    return tuple(
        min(span, SENTENCE_SPAN) if is_brief else span
        for (span, _), is_brief in zip(columns, brief, strict=True)
    )


def figure_height(figure: go.Figure) -> float:
    """Return the height a figure asks for in pixels."""
    return float(figure.layout.height or 300)


def pressed(sizes: Sequence[tuple[float, float]], free: float) -> list[float]:
    """Share a height among least and natural heights: all as high as they want, or pressed."""
    least, natural = sum(low for low, _ in sizes), sum(high for _, high in sizes)
    if natural <= free:
        return [high for _, high in sizes]
    if least > free:
        return [low * free / least for low, _ in sizes]
    share = (free - least) / (natural - least)
    return [low + (high - low) * share for low, high in sizes]


class _Measuring(Canvas):
    """A canvas that draws nothing: texts are laid out on it to learn how high they are."""

    def words(
        self,
        x: float,  # noqa: ARG002
        middle: float,  # noqa: ARG002
        text: str,
        *,
        size: float,
        colour: str,  # noqa: ARG002
        weight: int = 400,
        align: Align = "left",  # noqa: ARG002
    ) -> float:
        """Return the width of a line."""
        return faces.width(text, size=size, weight=weight)

    def line(self, points: Points, ink: Ink) -> None:
        """Draw nothing."""

    def _patch(self, path: Path, fill: str | None, ink: Ink, *, hatch: str = "") -> None:
        """Draw nothing."""


_MEASURING: Final = _Measuring(Sheet(1, 1, background=theme.PAGE))


def text_height(node: Node, width: float) -> float:
    """Return the height of a text in a column of a width."""
    return draw_node(_MEASURING, node, Box(0, 0, width, BLANK_ROOM))


class Ruler:
    """Heights of blocks in pixels of the page, each measured once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[int, int], float] = {}
        self._kept: list[Node] = []  # an id stays taken as long as its element is held

    def text(self, node: Node, width: float) -> float:
        """Return the height of a text."""
        key = (id(node), round(width))
        if key not in self._texts:
            self._texts[key] = text_height(node, width)
            self._kept.append(node)
        return self._texts[key]

    def texts(self, block: Block, width: float) -> float:
        """Return the height of all texts of a block."""
        inner = width - 2 * PADDING[0]
        return sum(self.text(item, inner) for item in block.items if isinstance(item, Node))

    def _table(self, node: Node) -> float:
        """Return the width that the tables of a text want."""
        key = (id(node), 0)
        if key not in self._texts:
            self._texts[key] = max(map(table_width, node.all(tag="table")), default=0.0)
            self._kept.append(node)
        return self._texts[key]

    def wrapping(self, row: Row, room: float) -> int:
        """Count the texts of a row as wide as the room whose tables do not stand whole in it."""
        return sum(
            self._table(item) > row.width(n, room) - 2 * PADDING[0]
            for n, stack in enumerate(row.stacks)
            for block in stack
            for item in block.items
            if isinstance(item, Node)
        )

    def natural(self, block: Block, width: float) -> float:
        """Return the height a block needs for what it says."""
        frame = HEAD * bool(block.title) + 2 * PADDING[1] + 8
        return frame + self.texts(block, width) + block.charts

    def least(self, block: Block, width: float) -> float:
        """Return the height down to which a block can be pressed: only its charts can."""
        return self.natural(block, width) - (1 - LEAST_SQUEEZE) * block.charts

    def row(self, row: Row, room: float) -> tuple[float, float]:
        """Return the least and the natural height of a row as wide as the room."""
        least, natural = [], []
        for n, stack in enumerate(row.stacks):
            width, gaps = row.width(n, room), theme.GAP * (len(stack) - 1)
            least.append(gaps + sum(self.least(block, width) for block in stack))
            natural.append(gaps + sum(self.natural(block, width) for block in stack))
        return max(least), max(natural)
