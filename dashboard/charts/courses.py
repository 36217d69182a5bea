"""The months of several areas side by side, one small line each, all on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import (
    Scale,
    new_figure,
    nice_range,
    say_nothing_reported,
    shortened,
    text_width,
)
from dashboard.charts.grid import Grid, Style
from dashboard.formats import rounded
from dashboard.remembering import drawn_once

MOST_COLUMNS = 10
HEADER, GAP_Y, FOOT = 54.0, 16.0, 8.0  # pixels above, between and below the lines
SCALE_PIXELS, GAP_PIXELS = 44.0, 22.0
SCALE_WORDS = Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "right")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One month: the value in the printed unit, and whether it is settled."""

    value: float | None
    is_final: bool


@dataclass(frozen=True, kw_only=True)
class Course:
    """The months of one area, ascending; `hover` is escaped."""

    code: str
    name: str
    label: str  # the last settled value as printed
    mark: str  # worse, better, or empty
    moments: tuple[Moment, ...]
    hover: str


@dataclass(frozen=True)
class _Cell:
    """Where one area stands: percent from the left, pixels from the top."""

    left: float
    width: float
    top: float
    height: float

    def point(self, share: float, value: float, scale: Scale) -> tuple[float, float]:
        """Return the place of a value at a share of the width."""
        down = (scale.high - value) / scale.span
        return self.left + share * self.width, self.top + HEADER + down * (self.height - HEADER)


def _cells(count: int, *, height: int, width: int) -> list[_Cell]:
    """Share the room out among areas, in rows of like length."""
    lines = math.ceil(count / MOST_COLUMNS)
    columns = math.ceil(count / lines)
    gap, scale = 100 * GAP_PIXELS / width, 100 * SCALE_PIXELS / width
    wide = (100 - scale - gap * (columns - 1)) / columns
    high = (height - FOOT - GAP_Y * (lines - 1)) / lines
    places = (divmod(n, columns) for n in range(count))
    return [
        _Cell(scale + column * (wide + gap), wide, row * (high + GAP_Y), high)
        for row, column in places
    ]


def _drawn(grid: Grid, cell: _Cell, moments: Sequence[Moment], scale: Scale, *, own: bool) -> None:
    """Draw a line: settled months solid, then dashed; a month without a value breaks it."""
    last = max(len(moments) - 1, 1)
    ends = list(enumerate(moments))
    first_open = next((n for n, moment in ends if not moment.is_final and n), len(ends))
    parts = (
        (ends[:first_open], theme.ACCENT, 2.5, "solid"),
        (ends[max(first_open - 1, 0) :] if own else [], theme.AXIS, 2.0, "6px,4px"),
    )
    for part, colour, width, dash in parts:
        for known, run in groupby(part, key=lambda one: one[1].value is not None):
            points = [cell.point(n / last, float(one.value or 0), scale) for n, one in run]
            if known and own:
                grid.line(points, colour=colour, width=width, dash=dash)
                if len(points) == 1 and dash == "solid":
                    grid.mark(*points[0], "accent", size=3)
            elif known:
                grid.line(points, colour=theme.AXIS, width=1.2)


def _head(grid: Grid, cell: _Cell, course: Course, *, pixel: float) -> None:
    """Write name and value over a line, one below the other; a claim has its mark and its ink."""
    ink = theme.WORSE if course.mark == "worse" else theme.TEXT_1
    grid.text(cell.left, cell.top + 13, shortened(course.name, room=cell.width / pixel))
    grid.text(cell.left, cell.top + 36, course.label, Style(theme.SIZE_BODY, ink, 700))
    if course.mark:
        right = text_width(course.label, size=theme.SIZE_BODY) + 12
        grid.mark(cell.left + right * pixel, cell.top + 36, course.mark, size=11)


def _frame(grid: Grid, cell: _Cell, scale: Scale) -> None:
    """Draw the ends of the scale; the first area of a line prints them."""
    for value in (scale.low, scale.high):
        start, end = (cell.point(share, value, scale) for share in (0.0, 1.0))
        grid.line([start, end], colour=theme.AXIS if value == scale.low else theme.GRID)


def _scale_words(grid: Grid, cell: _Cell, scale: Scale, *, pixel: float) -> None:
    decimals = 0 if scale.step >= 1 else 1
    for value, away in ((scale.low, -8), (scale.high, 8)):
        x, y = cell.point(0, value, scale)
        grid.text(x - 8 * pixel, y + away, rounded(value, decimals), SCALE_WORDS)


@drawn_once
def courses_figure(
    courses: Sequence[Course], reference: Sequence[Moment], *, height: int, width: int
) -> go.Figure:
    """Draw one small line an area, the whole thin behind each; every area can be clicked.

    Args:
        courses: in the order shown, all over the same months.
        reference: the same months of the whole; empty without one.
        height: in pixels.
        width: nominal, for the room of names; in pixels.
    """
    moments = [moment for one in courses for moment in one.moments] + list(reference)
    known = [moment.value for moment in moments if moment.value is not None]
    if not known:
        return say_nothing_reported(new_figure(height=height))
    scale = nice_range(known, wanted=3)
    grid, pixel = Grid(height=height), 100 / width
    cells = _cells(len(courses), height=height, width=width)
    for cell, course in zip(cells, courses, strict=True):
        _frame(grid, cell, scale)
        if cell.left == cells[0].left:
            _scale_words(grid, cell, scale, pixel=pixel)
        _drawn(grid, cell, reference, scale, own=False)
        _drawn(grid, cell, course.moments, scale, own=True)
        _head(grid, cell, course, pixel=pixel)
        middle = cell.top + cell.height / 2
        grid.row(middle, cell.height, course.code, course.hover, left=cell.left, width=cell.width)
    return grid.figure()
