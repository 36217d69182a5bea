"""Townships of a county in order of need: contracts with interval, clinics, devices, history."""

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

HEADER, LEGEND, TALLEST_ROW = 34, 32, 50.0
# In percent of a half; the other half is the same, moved.
NAME, DOT_LEFT, DOT_RIGHT, VALUE, CLINICS = 0.5, 21.0, 40.0, 51.0, 67.0
DEVICES, SPARK_LEFT, SPARK_RIGHT = 74.0, 86.0, 97.0
HALF, GUTTER = 50.0, 1.5
NAME_PIXELS = 118
HEAD = Style(theme.SIZE_NOTE, theme.TEXT_3)
HEAD_RIGHT = Style(theme.SIZE_NOTE, theme.TEXT_3, 400, "right")


@dataclass(frozen=True, kw_only=True)
class TownshipRow:
    """One township; rates are fractions, devices are in_use or broken in the order named."""

    code: str
    name: str
    value: float | None
    lower: float | None
    upper: float | None
    label: str
    mark: str
    clinics: str
    clinics_open: bool  # some planned clinic is not done yet
    devices: tuple[str, ...]
    series: tuple[float | None, ...]


def _x(half: int, percent: float) -> float:
    return half * (HALF + GUTTER / 2) + percent * (HALF - GUTTER / 2) / 100


def _header(grid: Grid, half: int) -> None:
    y = 14
    grid.text(_x(half, NAME), y, t("county.township"), HEAD)
    grid.text(_x(half, VALUE), y, t("county.contract_head"), HEAD_RIGHT)
    grid.text(_x(half, CLINICS), y, t("page.clinics"), HEAD_RIGHT)
    grid.text(_x(half, DEVICES - 1), y, t("page.equipment"), HEAD)
    grid.text(_x(half, SPARK_RIGHT), y, t("overview.span_months", n=12), HEAD_RIGHT)
    left, right = _x(half, 0), _x(half, 99)
    grid.line([(left, HEADER - 4), (right, HEADER - 4)], colour=theme.AXIS)


def _scale(rows: Sequence[TownshipRow], reference: float | None) -> tuple[float, float]:
    values = [v for r in rows for v in (r.value, r.lower, r.upper) if v is not None]
    values += [reference] if reference is not None else []
    if not values:
        return 0.0, 1.0
    return min(values), max(*values, min(values) + 1e-9)


def _draw(grid: Grid, row: TownshipRow, half: int, y: float, scale: tuple[float, float]) -> None:
    def place(value: float) -> float:
        share = (value - scale[0]) / (scale[1] - scale[0])
        return _x(half, DOT_LEFT + share * (DOT_RIGHT - DOT_LEFT))

    is_worse = row.mark == "worse"
    ink = theme.WORSE if is_worse else theme.TEXT_1
    grid.text(_x(half, NAME), y, shortened(row.name, room=NAME_PIXELS))
    if row.value is not None:
        if row.lower is not None and row.upper is not None:
            grid.line([(place(row.lower), y), (place(row.upper), y)], colour=theme.TEXT_2, width=2)
        grid.mark(place(row.value), y, row.mark or "similar", size=12)
    weight = 700 if is_worse else 400
    grid.text(_x(half, VALUE), y, row.label, Style(theme.SIZE_BODY, ink, weight, "right"))
    bold = 700 if row.clinics_open else 400
    style = Style(theme.SIZE_BODY, theme.TEXT_1, bold, "right")
    grid.text(_x(half, CLINICS), y, row.clinics, style)
    for n, state in enumerate(row.devices):
        grid.mark(_x(half, DEVICES + n * 3.6), y, state, size=12 if state == "in_use" else 13)


def _legend(grid: Grid, y: float, reference_label: str) -> None:
    note = Style(theme.SIZE_NOTE, theme.TEXT_3)
    grid.text(0.3, y, t("county.grid_note", value=reference_label), note)
    for x, kind, words in (
        (60.0, "in_use", t("county.in_use")),
        (66.0, "broken", t("county.broken")),
        (77.0, "worse", t("county.below")),
        (88.0, "better", t("county.above")),
    ):
        grid.mark(x, y, kind, size=11)
        grid.text(x + 1.0, y, words, note)


@drawn_once
def townships_figure(
    rows: Sequence[TownshipRow], *, reference: float | None, reference_label: str, height: int
) -> go.Figure:
    """Draw the grid in two halves; a click on a township gives its code.

    Args:
        rows: in the order shown, down the left half first.
        reference: the county's contract rate, drawn as a line.
        reference_label: its printed value.
        height: in pixels; with more townships than fit, rows grow closer.
    """
    grid = Grid(height=height)
    lines = (len(rows) + 1) // 2
    step = min((height - HEADER - LEGEND) / max(lines, 1), TALLEST_ROW)
    scale = _scale(rows, reference)
    for half, part in enumerate((rows[:lines], rows[lines:])):
        if not part:
            continue
        _header(grid, half)
        if reference is not None:
            share = (reference - scale[0]) / (scale[1] - scale[0])
            x = _x(half, DOT_LEFT + share * (DOT_RIGHT - DOT_LEFT))
            bottom = HEADER + step * len(part)
            grid.line([(x, HEADER), (x, bottom)], colour=theme.TEXT_2, width=1.4)
        for n, row in enumerate(part):
            y = HEADER + step * (n + 0.5)
            grid.line([(_x(half, 0), y + step / 2), (_x(half, 99), y + step / 2)])
            _draw(grid, row, half, y, scale)
            left, right = _x(half, SPARK_LEFT), _x(half, SPARK_RIGHT)
            grid.course(row.series, left=left, right=right, middle=y, reach=step / 2 - 8)
            hover = f"<b>{plain(row.name)}</b>　{plain(row.label)}%　{plain(row.clinics)}"
            left, width = _x(half, 0), _x(0, 99)
            grid.row(y, step, row.code, hover, left=left, width=width)
    _legend(grid, height - 12, reference_label)
    return grid.figure()
