"""Counts of one area side by side over months, each with its own mark and its name at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import band, new_figure, nice_range, note, say_nothing_reported
from dashboard.charts.over_time import (
    SETTLED,
    EndLabel,
    draw_open_end,
    hover_words,
    last_label,
    time_axes,
    write_end_labels,
)
from dashboard.messages import t
from dashboard.remembering import drawn_once

RIGHT = 96
HEADROOM = 1.12  # above the highest count, for the word over the provisional months
HALF_MONTH = dt.timedelta(days=15)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One of the lines: its column, its name, and a mark that tells it apart without colour."""

    column: str
    name_zh: str
    symbol: str
    colour: str


UPWARD = ("triangle-up", theme.ACCENT)
DOWNWARD = ("triangle-down", theme.SIMILAR)


@drawn_once
def two_lines_figure(
    series: pl.DataFrame, lines: Sequence[Line], *, unit_zh: str, height: int
) -> go.Figure:
    """Draw counts by month from zero; a hidden month breaks its line.

    Args:
        series: period (Date), status, and a column of counts per line, each may be null.
        lines: what to draw.
        unit_zh: of the counts.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(52, 20, RIGHT, 50))
    known = [v for one in lines for v in series[one.column].drop_nulls()]
    if not known:
        return say_nothing_reported(figure)
    frames = {one.column: _frame(series, one.column) for one in lines}
    scale = nice_range([0.0, *(HEADROOM * v for v in known)], floor=0.0)
    _provisional_band(figure, next(iter(frames.values())))
    labels: list[EndLabel] = []
    for one in lines:
        _draw(figure, frames[one.column], one, unit_zh=unit_zh)
        labels += last_label(
            frames[one.column], one.name_zh, decimals=0, colour=one.colour, weight=700
        )
    first = frames[lines[0].column]
    time_axes(figure, first, scale, decimals=0)
    write_end_labels(figure, labels, scale, height=height - 70)
    return figure


def _frame(series: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return period, value and is_final of one line."""
    is_final = pl.col("status").cast(pl.String) == SETTLED
    drawn = series.lazy().sort("period")
    return drawn.select(
        "period", value=pl.col(column).cast(pl.Float64), is_final=is_final
    ).collect()


def _waiting(frame: pl.DataFrame) -> list[int]:
    """Return the rows of the months that are still filling up."""
    return [row for row, is_final in enumerate(frame["is_final"].to_list()) if not is_final]


def _provisional_band(figure: go.Figure, frame: pl.DataFrame) -> None:
    waiting, periods = _waiting(frame), frame["period"].to_list()
    if not waiting:
        return
    start, end = periods[waiting[0]] - HALF_MONTH, periods[-1] + HALF_MONTH
    band(figure, start, end)
    # The band may be narrower than its word, and beside it stand the names of the lines.
    note(figure, t("chart.provisional"), x=1, y=1, xanchor="right", xshift=-4, yanchor="top")


def _draw(figure: go.Figure, frame: pl.DataFrame, one: Line, *, unit_zh: str) -> None:
    """Draw the settled months solid, the others dashed and hollow."""
    printed = [
        f"{one.name_zh}　{words}" if words else ""
        for words in hover_words(frame, unit_zh=unit_zh, decimals=0)
    ]
    periods, values = frame["period"].to_list(), frame["value"].to_list()
    waiting = _waiting(frame)
    figure.add_scatter(
        x=periods,
        y=[None if row in waiting else value for row, value in enumerate(values)],
        mode="lines+markers",
        connectgaps=False,
        line={"color": one.colour, "width": 2.5},
        marker={"symbol": one.symbol, "size": 9, "color": one.colour},
        text=printed,
        hovertemplate="%{text}<extra></extra>",
        name=one.name_zh,
    )
    if not waiting:
        return
    draw_open_end(figure, frame, first=waiting[0])
    figure.add_scatter(
        x=[periods[row] for row in waiting],
        y=[values[row] for row in waiting],
        mode="markers",
        marker={
            "symbol": one.symbol,
            "size": 11,
            "color": theme.CARD,
            "line": {"color": one.colour, "width": 1.5},
        },
        text=[printed[row] + t("chart.provisional_suffix") for row in waiting],
        hovertemplate="%{text}<extra></extra>",
        name=one.name_zh,
    )
