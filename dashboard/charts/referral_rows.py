"""Counties with their referrals up and down, and how many of their outflow were referred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import shortened
from dashboard.charts.grid import Grid, Style
from dashboard.formats import plain
from dashboard.messages import t
from dashboard.remembering import drawn_once

HEADER, TALLEST_ROW = 40, 44.0
NAME_END = 20.0
# Left end and right end of each part, in percent of the width.
UP, DOWN = (20.0, 37.0), (38.0, 51.0)
RATIO_END, SHARE_END, COUNTS_END = 61.0, 76.0, 99.0
NUMBER = 8.0  # room for the number of a bar
AIR = 0.8  # between a number and its bar
BAR = 12.0  # pixels
PIXEL = 100 / 1040  # of a panel's nominal width, for the distance of a mark from its value
HEAD = Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "right")
QUIET = Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "right")
NUMBERS = Style(align="right")


@dataclass(frozen=True, kw_only=True)
class ReferralRow:
    """One county; words are printed, numbers are for the bars."""

    code: str
    name: str
    up: float | None
    down: float | None
    up_zh: str
    down_zh: str
    ratio_zh: str
    share_zh: str
    counts_zh: str
    mark: str = ""
    is_selected: bool = False


def _bar(
    grid: Grid, ends: tuple[float, float], y: float, value: float | None, words: str, *, most: float
) -> None:
    """Draw a bar from the left with its number before it."""
    left = ends[0] + NUMBER
    grid.text(left - AIR, y, words, NUMBERS)
    if value and most:
        width = (ends[1] - left) * value / most
        grid.box(left, left + width, y - BAR / 2, y + BAR / 2, theme.SEQUENTIAL[2])


def _header(grid: Grid) -> None:
    y = HEADER / 2
    for right, key in (
        (UP[0] + NUMBER - AIR, "referral.up"),
        (DOWN[0] + NUMBER - AIR, "referral.down"),
        (RATIO_END, "referral.ratio"),
        (SHARE_END, "referral.ordered"),
        (COUNTS_END, "referral.counts"),
    ):
        grid.text(right, y, t(key), HEAD)
    grid.line([(0, HEADER - 1), (100, HEADER - 1)], colour=theme.AXIS)


def _row(grid: Grid, row: ReferralRow, y: float, step: float, *, most: float) -> None:
    if row.is_selected:
        grid.box(0, 100, y - step / 2, y + step / 2, theme.BETTER_TINT)
    grid.line([(0, y + step / 2), (100, y + step / 2)])
    name = shortened(row.name, room=NAME_END / PIXEL)
    grid.text(0.8, y, name, Style(weight=700 if row.is_selected else 400))
    _bar(grid, UP, y, row.up, row.up_zh, most=most)
    _bar(grid, DOWN, y, row.down, row.down_zh, most=most)
    grid.text(RATIO_END, y, row.ratio_zh, NUMBERS)
    is_worse = row.mark == "worse"
    colour = theme.WORSE if is_worse else theme.TEXT_1
    weight = 700 if row.mark else 400
    grid.text(SHARE_END, y, row.share_zh, Style(theme.SIZE_BODY, colour, weight, "right"))
    if row.mark:
        grid.mark(SHARE_END - 52 * PIXEL, y, row.mark, size=10)
    grid.text(COUNTS_END, y, row.counts_zh, QUIET)
    hover = (
        f"<b>{plain(row.name)}</b><br>{t('referral.up')} {row.up_zh}　{t('referral.down')} "
        f"{row.down_zh}<br>{t('referral.ordered')} {row.share_zh}　{row.counts_zh}"
    )
    grid.row(y, step, row.code, hover)


@drawn_once
def referral_rows_figure(rows: Sequence[ReferralRow], *, height: int) -> go.Figure:
    """Draw one row per county, in the order given; a whole row can be clicked.

    Args:
        rows: what to draw.
        height: in pixels; rows share what the header leaves.
    """
    grid = Grid(height=height)
    step = min((height - HEADER) / max(len(rows), 1), TALLEST_ROW)
    most = max((value or 0.0 for row in rows for value in (row.up, row.down)), default=0.0)
    _header(grid)
    for n, row in enumerate(rows):
        _row(grid, row, HEADER + step * (n + 0.5), step, most=most)
    return grid.figure()
