"""One county against all: a bar of the counties' range per indicator, right is always better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import shortened, text_width
from dashboard.charts.grid import Grid, Style
from dashboard.formats import plain
from dashboard.messages import t
from dashboard.remembering import drawn_once

HEADER, TALLEST_ROW = 34, 38.0
NAME, VALUE, FRACTION, REFERENCE, BEST = 0.5, 26.0, 42.5, 48.5, 60.0
BAR_LEFT, BAR_RIGHT, SPARK_LEFT, SPARK_RIGHT = 62.0, 85.5, 88.5, 99.0
BEST_PIXELS = 122  # between the reference's value and the bar, where the panel is narrowest
HEAD = Style(theme.SIZE_NOTE, theme.TEXT_3)
HEAD_RIGHT = Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "right")
HEAD_CENTRE = Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "center")


@dataclass(frozen=True, kw_only=True)
class SpineRow:
    """One indicator: the county's value among its sisters; all values fractions or counts."""

    code: str  # indicator id, given back by a click
    name: str
    value: float | None
    label: str
    fraction: str
    reference: float | None
    reference_label: str
    best: str
    peers: tuple[float, ...]
    is_higher_better: bool
    mark: str
    series: tuple[float | None, ...]
    is_selected: bool = False


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the lower and upper quartile by linear interpolation."""
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

    return at(0.25), at(0.75)


def _bar(grid: Grid, row: SpineRow, y: float) -> None:
    if row.reference is None or len(row.peers) < 2:
        return
    reference, sign = row.reference, 1 if row.is_higher_better else -1
    reach = max(abs(v - reference) for v in row.peers) or 1.0
    centre, half = (BAR_LEFT + BAR_RIGHT) / 2, (BAR_RIGHT - BAR_LEFT) / 2

    def place(value: float) -> float:
        return centre + sign * (value - reference) / reach * half

    ends = sorted((place(min(row.peers)), place(max(row.peers))))
    grid.box(ends[0], ends[1], y - 7, y + 7, theme.RANGE)
    low, high = sorted(place(v) for v in quartiles(row.peers))
    grid.box(low, high, y - 7, y + 7, theme.MIDDLE)
    if row.value is not None:
        grid.mark(place(row.value), y, row.mark or "similar", size=14)


def _compared_header(grid: Grid, reference_zh: str, y: float) -> None:
    grid.text(REFERENCE, y, reference_zh, HEAD_RIGHT)
    grid.text(BEST, y, t("county.best"), HEAD_RIGHT)
    grid.text(BAR_LEFT, y, t("county.worse_side"), HEAD)
    grid.text((BAR_LEFT + BAR_RIGHT) / 2, y, reference_zh, HEAD_CENTRE)
    grid.text(BAR_RIGHT, y, t("county.better_side"), HEAD_RIGHT)


def _header(grid: Grid, reference_zh: str, span_zh: str, *, is_compared: bool) -> None:
    y = 14
    grid.text(NAME, y, t("pick.indicator"), HEAD)
    bold = Style(theme.SIZE_NOTE, theme.TEXT_1, 700, "right")
    grid.text(VALUE, y, t("county.this"), bold)
    grid.text(FRACTION, y, t("county.fraction"), HEAD_RIGHT)
    if is_compared:
        _compared_header(grid, reference_zh, y)
    grid.text(SPARK_RIGHT, y, span_zh, HEAD_RIGHT)
    grid.line([(0, HEADER - 4), (100, HEADER - 4)], colour=theme.AXIS)


def _left(grid: Grid, row: SpineRow, y: float) -> None:
    grid.text(NAME, y, row.name)
    colour = theme.WORSE if row.mark == "worse" else theme.TEXT_1
    grid.text(VALUE, y, row.label, Style(19, colour, 700, "right"))
    small = Style(theme.SIZE_NOTE, theme.TEXT_2, 400, "right")
    grid.text(FRACTION, y, row.fraction, small)


def best_words(best: str) -> str:
    """Cut the name before the best value to its column; the table beside has it in full."""
    name, gap, value = best.rpartition(" ")
    room = BEST_PIXELS - text_width(gap + value, size=theme.SIZE_NOTE)
    return shortened(name, room=room, size=theme.SIZE_NOTE) + gap + value


def _compared(grid: Grid, row: SpineRow, y: float) -> None:
    grid.text(REFERENCE, y, row.reference_label, Style(theme.SIZE_BODY, align="right"))
    colour, weight = theme.TEXT_2, 400
    if row.best == t("county.this"):
        colour, weight = theme.TEXT_1, 700
    grid.text(BEST, y, best_words(row.best), Style(theme.SIZE_NOTE, colour, weight, "right"))
    _bar(grid, row, y)


@drawn_once
def spine_figure(
    rows: Sequence[SpineRow], *, reference_zh: str, span_zh: str, height: int
) -> go.Figure:
    """Draw the comparison; a click on a row gives the indicator id.

    Args:
        rows: in the order shown.
        reference_zh: what the middle line stands for, for example 全市.
        span_zh: what the small lines span, for example 近24个月.
        height: in pixels.
    """
    grid = Grid(height=height)
    step = min((height - HEADER) / max(len(rows), 1), TALLEST_ROW)
    is_compared = any(row.reference is not None for row in rows)
    _header(grid, reference_zh, span_zh, is_compared=is_compared)
    if is_compared:
        x = (BAR_LEFT + BAR_RIGHT) / 2
        grid.line([(x, HEADER), (x, HEADER + step * len(rows))], colour=theme.TEXT_2, width=1.4)
    for n, row in enumerate(rows):
        y = HEADER + step * (n + 0.5)
        if row.is_selected:
            grid.box(0, 100, y - step / 2, y + step / 2, theme.PAGE)
        grid.line([(0, y + step / 2), (100, y + step / 2)])
        _left(grid, row, y)
        if is_compared:
            _compared(grid, row, y)
        grid.course(row.series, left=SPARK_LEFT, right=SPARK_RIGHT, middle=y, reach=step / 2 - 7)
        grid.row(y, step, row.code, f"<b>{plain(row.name)}</b>　{plain(row.label)}")
    return grid.figure()
