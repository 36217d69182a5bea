"""Areas against indicators: one as dots with intervals, the others as figures with marks."""

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

HEADER, LEGEND = 58, 34
NAME_END, DOTS_END, VALUE_END, CELLS = 14.5, 32.0, 40.0, 41.5
TALLEST_ROW, LEAST_ROW = 44.0, 30.0
PIXEL = 100 / 719  # of a panel's nominal width, for the distance between a mark and its value
HEAD = Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "right")
HEAD_MAIN = Style(theme.SIZE_NOTE, theme.TEXT_1, 700, "center")
NOTE = Style(theme.SIZE_NOTE, theme.TEXT_3)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A printed value with its mark: better, worse, or nothing."""

    label: str
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class ScoreRow:
    """One area; values are fractions (or counts) of the main indicator."""

    code: str
    name: str
    value: float | None
    lower: float | None
    upper: float | None
    main: Cell
    cells: tuple[Cell, ...]
    hover: str = ""
    is_reference: bool = False
    is_selected: bool = False
    heading: str = ""  # a line above the row, for it and those below


@dataclass(frozen=True, kw_only=True)
class Main:
    """The indicator drawn as dots."""

    title: str
    note: str
    reference: float | None
    reference_zh: str
    target: float | None
    target_zh: str


def _scale(rows: Sequence[ScoreRow], main: Main) -> tuple[float, float]:
    values = [v for r in rows for v in (r.value, r.lower, r.upper) if v is not None]
    values += [v for v in (main.reference, main.target) if v is not None]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    pad = (high - low) * 0.06 or 0.01
    return low - pad, high + pad


def _header(grid: Grid, main: Main, heads: Sequence[str], columns: Sequence[float]) -> None:
    middle = (NAME_END + VALUE_END) / 2
    grid.text(middle, 14, main.title, HEAD_MAIN)
    grid.text(middle, 38, main.note, Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "center"))
    for x, head in zip(columns, heads, strict=True):
        grid.text(x, 38, head, HEAD)


def _cell(grid: Grid, x: float, y: float, height: float, cell: Cell, *, width: float) -> None:
    if cell.mark == "worse":
        half = min(height, 38) / 2 - 2
        grid.box(x - width + 1.2, x + 0.9, y - half, y + half, theme.WORSE_TINT)
    if cell.mark in {"worse", "better"}:
        grid.mark(
            x - (text_width(cell.label, size=theme.SIZE_BODY) + 12) * PIXEL, y, cell.mark, size=10
        )
    is_worse = cell.mark == "worse"
    colour = theme.WORSE if is_worse else theme.TEXT_1
    grid.text(x, y, cell.label, Style(theme.SIZE_BODY, colour, 700 if is_worse else 400, "right"))


def _dot(grid: Grid, row: ScoreRow, y: float, scale: tuple[float, float]) -> None:
    if row.value is None:
        return
    low, high = scale

    def place(value: float) -> float:
        return NAME_END + 1.5 + (value - low) / (high - low) * (DOTS_END - NAME_END - 2.5)

    if row.lower is not None and row.upper is not None:
        ends = [(place(row.lower), y), (place(row.upper), y)]
        grid.line(ends, colour=theme.TEXT_2, width=2.5)
    kind = "plain" if row.is_reference else row.main.mark or "similar"
    grid.mark(place(row.value), y, kind, size=11 if row.is_reference else 13)


def _guides(grid: Grid, main: Main, scale: tuple[float, float], top: float, bottom: float) -> None:
    low, high = scale
    span = DOTS_END - NAME_END - 2.5
    for value, dash in ((main.reference, "solid"), (main.target, "dot")):
        if value is not None:
            x = NAME_END + 1.5 + (value - low) / (high - low) * span
            grid.line([(x, top), (x, bottom)], colour=theme.TEXT_2, width=1.4, dash=dash)


def _legend(grid: Grid, main: Main, y: float) -> None:
    if main.reference is None:
        return
    x = 1.4
    for kind, words in (
        ("better", t("mark.better", reference=main.reference_zh)),
        ("worse", t("mark.worse", reference=main.reference_zh)),
    ):
        grid.mark(x, y, kind, size=11)
        grid.text(x + 1.8, y, words, NOTE)
        x += 15
    grid.text(x - 1, y, t("overview.legend_similar"), NOTE)
    if main.reference is not None:
        grid.line([(68.5, y), (71.5, y)], colour=theme.TEXT_2, width=1.4)
        grid.text(72, y, main.reference_zh, NOTE)
    if main.target is not None:
        grid.line([(81, y), (84, y)], colour=theme.TEXT_2, width=1.4, dash="dot")
        grid.text(84.5, y, main.target_zh, NOTE)


def rows_in(height: int) -> int:
    """Return how many rows and headings a scorecard of a height has room for."""
    return int((height - HEADER - LEGEND) / LEAST_ROW)


@drawn_once
def scorecard_figure(
    rows: Sequence[ScoreRow], *, main: Main, heads: Sequence[str], height: int
) -> go.Figure:
    """Draw the scorecard; the whole row is clickable and carries the area code.

    Args:
        rows: in the order shown, the reference first.
        main: the indicator drawn as dots.
        heads: short names of the other indicators, one per cell of a row.
        height: in pixels; rows share what header and legend leave.
    """
    grid = Grid(height=height)
    lines = len(rows) + sum(bool(row.heading) for row in rows)
    step = min((height - HEADER - LEGEND) / max(lines, 1), TALLEST_ROW)
    width = (100 - CELLS) / max(len(heads), 1)
    columns = [CELLS + width * (n + 1) - 1 for n in range(len(heads))]
    scale = _scale(rows, main)
    _header(grid, main, heads, columns)
    top, since = float(HEADER), HEADER + step
    for row in rows:
        if row.heading:
            _guides(grid, main, scale, since, top)
            grid.text(0.8, top + step / 2, row.heading, NOTE)
            grid.line([(0, top + step), (100, top + step)])
            top = since = top + step
        y = top + step / 2
        _row(grid, row, y, step, columns=columns, width=width, scale=scale)
        top += step
    _guides(grid, main, scale, since, top)
    _legend(grid, main, height - 12)
    return grid.figure()


def _row(
    grid: Grid,
    row: ScoreRow,
    y: float,
    step: float,
    *,
    columns: Sequence[float],
    width: float,
    scale: tuple[float, float],
) -> None:
    if row.is_reference or row.is_selected:
        fill = theme.PAGE if row.is_reference else theme.BETTER_TINT
        grid.box(0, 100, y - step / 2, y + step / 2, fill)
    grid.line([(0, y + step / 2), (100, y + step / 2)])
    is_worse = row.main.mark == "worse"
    strong = row.is_reference or row.is_selected or is_worse
    name = shortened(row.name, room=(NAME_END + 0.7) / PIXEL)
    grid.text(0.8, y, name, Style(weight=700 if row.is_reference or row.is_selected else 400))
    _dot(grid, row, y, scale)
    colour = theme.WORSE if is_worse else theme.TEXT_1
    weight = 700 if strong or row.main.mark == "better" else 400
    grid.text(VALUE_END, y, row.main.label, Style(theme.SIZE_BODY, colour, weight, "right"))
    for x, cell in zip(columns, row.cells, strict=True):
        if row.is_reference:
            style = Style(theme.SIZE_BODY, theme.TEXT_1, 700, "right")
            grid.text(x, y, cell.label, style)
        else:
            _cell(grid, x, y, step, cell, width=width)
    grid.row(y, step, row.code, row.hover or plain(row.name))


def narrow_intervals(rows: Sequence[ScoreRow]) -> bool:
    """Say whether every interval is hidden by its symbol, so that the header must say so."""
    known = [r for r in rows if r.value is not None]
    widths = [r.upper - r.lower for r in known if r.lower is not None and r.upper is not None]
    values = [r.value for r in known if r.value is not None]
    if not widths or len(values) < 2:
        return False
    return max(widths) < 0.07 * (max(values) - min(values))
