"""The same small line chart for several groups, on one scale."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import (
    font,
    line,
    new_figure,
    nice_range,
    note,
    say_nothing_reported,
    shortened,
)
from dashboard.formats import DASH, plain, rounded, signed
from dashboard.messages import t
from dashboard.remembering import drawn_once

COLUMNS = 5  # charts side by side
GAP_X, GAP_Y = 0.035, 0.45
CHANGE = 44  # pixels, of the change beside the last value
NARROW = 590  # pixels, the least width of a panel
HEADROOM = 0.2  # of a scale, above its top: a line there lies clear of the words over it


def _domain(i: int, *, rows: int) -> tuple[list[float], list[float]]:
    row, column = divmod(i, COLUMNS)
    width = (1 - GAP_X * (COLUMNS - 1)) / COLUMNS
    height = 1 / (rows + GAP_Y * (rows - 1) + GAP_Y)
    left = column * (width + GAP_X)
    top = 1 - row * height * (1 + GAP_Y) - height * GAP_Y
    return [left, min(left + width, 1.0)], [max(top - height, 0.0), top]


def _one(
    figure: go.Figure,
    rows: pl.DataFrame,
    *,
    i: int,
    name: str,
    place: tuple[list[float], list[float]],
    limits: tuple[float, float, float],
    room: float,
) -> None:
    suffix = "" if i == 0 else str(i + 1)
    values = [None if v is None else v * 100 for v in rows["value"].to_list()]
    months = rows["month"].to_list()
    known = [v for v in values if v is not None]
    figure.add_scatter(
        x=months,
        y=values,
        mode="lines" if len(known) > 1 else "markers",  # a line of one month is invisible
        line={"color": theme.ACCENT, "width": 2.5},
        marker={"color": theme.ACCENT, "size": 7},
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
        text=[
            f"{name}<br>{t('chart.month', year=m.year, month=m.month)} "
            f"<b>{DASH if v is None else rounded(v, 1)}%</b>"
            for m, v in zip(months, values, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    last = rounded(known[-1], 1) if known else DASH
    change = _change(known)
    label = f"{shortened(name, size=theme.SIZE_NOTE, room=room)} <b>{last}</b>{change}"
    _frame(figure, i=i, place=place, limits=limits, label=label)


def _change(known: list[float]) -> str:
    """Print how many points the values moved; nothing of a single one."""
    if len(known) < 2:
        return ""
    moved = signed(rounded(known[-1] - known[0], 1))
    return "  " + (moved if moved.strip("0.") else t("change.flat"))


def _frame(
    figure: go.Figure,
    *,
    i: int,
    place: tuple[list[float], list[float]],
    limits: tuple[float, float, float],
    label: str,
) -> None:
    """Lay out the axes of one chart; the first of each row prints its scale."""
    (left, right), (bottom, top) = place
    is_first = left == 0
    suffix = "" if i == 0 else str(i + 1)
    note(figure, label, x=left, y=top, yanchor="bottom", colour=theme.TEXT_1)
    x_axis = {"domain": [left, right], "anchor": f"y{suffix}", "visible": False, "type": "date"}
    y_axis = {
        "domain": [bottom, top],
        "anchor": f"x{suffix}",
        "range": [limits[0], limits[1] + HEADROOM * (limits[1] - limits[0])],
        "showticklabels": is_first,
        "tickvals": list(limits[:2]),
        "tickfont": font(colour=theme.TEXT_3),
        "showgrid": True,
        "gridcolor": theme.GRID,
        "zeroline": False,
        "ticks": "",
    }
    figure.update_layout({f"xaxis{suffix}": x_axis, f"yaxis{suffix}": y_axis})
    line(
        figure,
        start=(left, bottom),
        end=(right, bottom),
        xref="paper",
        yref="paper",
        colour=theme.LINE,
    )


@drawn_once
def small_multiples_figure(
    series: pl.DataFrame,
    *,
    names: Mapping[str, str],
    height: int = 260,
    width: int = NARROW,
) -> go.Figure:
    """Draw one small line chart a group, all on the same scale, lowest last value first.

    Args:
        series: group, month, value (a fraction).
        names: group -> printed name.
        height: in pixels.
        width: the least width in pixels; longer names are cut.
    """
    figure = new_figure(height=height, margin=(40, 6, 8, 8))
    known = [value * 100 for value in series["value"].to_list() if value is not None]
    if not known:
        return say_nothing_reported(figure)
    courses = series.sort("group", "month").partition_by("group", maintain_order=True)
    order = sorted(courses, key=_lowest_last_first)
    limits = nice_range(known, wanted=3, floor=0.0, ceiling=100.0)
    rows = -(-len(order) // COLUMNS)
    room = (width - 48) * (1 - GAP_X * (COLUMNS - 1)) / COLUMNS - 42 - CHANGE
    for i, one in enumerate(order):
        name, place = plain(names[one["group"][0]]), _domain(i, rows=rows)
        _one(figure, one, i=i, name=name, place=place, limits=limits, room=room)
    return figure


def _lowest_last_first(one: pl.DataFrame) -> tuple[bool, float, str]:
    """Order charts by their last value; those without one come last."""
    last = one["value"][-1]
    return last is None, last or 0.0, one["group"][0]
