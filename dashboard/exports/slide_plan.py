"""Which rows of the page stand on which slide, how large and how high."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.printed import is_map
from dashboard.exports.canvas import Box
from dashboard.exports.collect import Contents
from dashboard.exports.slide_cards import cards_height
from dashboard.exports.slide_frame import FOOTER_TOP, SIDE, WIDTH, title_bottom
from dashboard.exports.slide_parts import parts_of
from dashboard.exports.slide_rows import Row, Ruler, pressed, rows_of

# Never below the page's own size: its small print is as small as a meeting can read.
LARGEST, STEP = 1.45, 0.05
MOST_STRETCH = 2.4  # of the height of charts, so that one row of them fills a slide
MOST_SPREAD = 2.0  # of the height of tables, whose rows move apart
GAP_BELOW = 12.0


@dataclass(frozen=True)
class Fit:
    """How rows stand on a slide: how much larger, how high, how much room stays empty."""

    zoom: float
    heights: tuple[float, ...]  # of the rows, in pixels of the page
    empty: float  # share of the room


@dataclass(frozen=True)
class Slide:
    """One slide of the page."""

    number: int  # from 1
    count: int
    rows: tuple[Row, ...]
    fit: Fit
    room: Box
    is_first: bool  # of its page: has the claim and the cards

    @property
    def titles(self) -> list[str]:
        """Return the titles of what it shows."""
        return [title for row in self.rows for title in row.titles]

    @property
    def has_map(self) -> bool:
        """Say whether it shows a map."""
        items = (item for row in self.rows for block in row.blocks for item in block.items)
        return any(isinstance(item, go.Figure) and is_map(item) for item in items)


def _heights(rows: Sequence[Row], width: float, free: float, ruler: Ruler) -> list[float]:
    """Share a height among rows: as high as they want, charts pressed or stretched to fit."""
    sizes = [ruler.row(row, width) for row in rows]
    natural = sum(high for _, high in sizes)
    if natural > free:
        return pressed(sizes, free)
    charts = sum(high for (_, high), row in zip(sizes, rows, strict=True) if row.has_figures)
    most = MOST_STRETCH if charts else MOST_SPREAD
    stretch = min(1 + (free - natural) / (charts or natural or 1.0), most)
    return [
        high * stretch if row.has_figures or not charts else high
        for (_, high), row in zip(sizes, rows, strict=True)
    ]


def _gaps(rows: Sequence[Row]) -> float:
    return theme.GAP * (len(rows) - 1)


def _zooms(rows: Sequence[Row], width: float, ruler: Ruler) -> Iterator[float]:
    """Yield zooms from the largest at which no table wraps that stands whole on the page.

    Charts stay as large as on the page: they cut their names for the width they have there.
    """
    zoom = 1.0 if any(row.has_figures for row in rows) else LARGEST
    while zoom > 1:
        if all(ruler.wrapping(row, width / zoom) == ruler.wrapping(row, width) for row in rows):
            yield zoom
        zoom = round(zoom - STEP, 2)
    yield 1.0


def fit(rows: Sequence[Row], room: Box, ruler: Ruler) -> Fit | None:
    """Return the largest zoom at which rows want no more than a room; None if they never fit."""
    if sum(ruler.row(row, room.width)[0] for row in rows) + _gaps(rows) > room.height:
        return None
    for zoom in _zooms(rows, room.width, ruler):
        free = room.height / zoom - _gaps(rows)
        width = room.width / zoom
        if zoom == 1 or sum(ruler.row(row, width)[1] for row in rows) <= free:
            break
    heights = _heights(rows, width, free, ruler)
    empty = 1 - (sum(heights) + _gaps(rows)) * zoom / room.height
    return Fit(zoom, tuple(heights), empty)


def _fit_alone(row: Row, room: Box, ruler: Ruler) -> Fit:
    """Press a row into a room that is too low for it."""
    return fit([row], room, ruler) or Fit(1.0, (room.height,), 0.0)


def share_out(
    rows: Sequence[Row], room_of: Callable[[bool], Box], ruler: Ruler
) -> list[tuple[tuple[Row, ...], Fit]]:
    """Share rows out among the fewest slides, in order, with the least room left empty.

    Args:
        rows: none taller than a slide, unless it cannot be cut.
        room_of: the room on the first slide (True), and on every other.
        ruler: measures.
    """
    # What the rows before each one take: slides, emptiness, and the slides themselves.
    best: list[tuple[int, float, list[tuple[tuple[Row, ...], Fit]]]] = [(0, 0.0, [])]
    for last in range(1, len(rows) + 1):
        found = []
        for first in range(last):
            some, room = tuple(rows[first:last]), room_of(first == 0)
            fitted = fit(some, room, ruler)
            if fitted is None and len(some) == 1:
                fitted = _fit_alone(some[0], room, ruler)
            if fitted is not None:
                count, empty, slides = best[first]
                found.append((count + 1, empty + fitted.empty**2, [*slides, (some, fitted)]))
        best.append(min(found, key=lambda one: one[:2]))
    return best[-1][2]


def plan(contents: Contents) -> list[Slide]:
    """Lay a page out on slides; a page without panels is one slide of its title."""
    ruler, wide = Ruler(), WIDTH - 2 * SIDE

    def room_of(is_first: bool) -> Box:
        top = title_bottom(contents, is_first=is_first)
        top += cards_height(contents.cards) if is_first else 0.0
        return Box(SIDE, top, wide, FOOTER_TOP - GAP_BELOW - top)

    rows: list[Row] = []
    for row in rows_of(contents):
        rooms = (room_of(not rows).height, room_of(False).height)
        rows += parts_of(row, wide, rooms, ruler)
    shared = share_out(rows, room_of, ruler) or [((), Fit(1.0, (), 1.0))]
    return [
        Slide(n, len(shared), some, fitted, room_of(n == 1), is_first=n == 1)
        for n, (some, fitted) in enumerate(shared, start=1)
    ]
