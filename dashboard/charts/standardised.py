"""Crude beside standardised rates: hollow and filled, joined by a line."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import (
    Scale,
    font,
    line,
    new_figure,
    nice_range,
    note,
    say_nothing_reported,
)
from dashboard.formats import DASH, plain, rounded
from dashboard.remembering import drawn_once

TOP, LEFT, RIGHT = 34, 130, 200
COLUMNS = (84, 190)  # right edges of the printed figures, from the plot's edge
SYMBOL = 13


@drawn_once
def standardised_figure(
    rates: pl.DataFrame,
    *,
    decimals: int,
    crude_zh: str,
    adjusted_zh: str,
    height: int,
    unknown_zh: str = DASH,
) -> go.Figure:
    """Draw one row per area, highest standardised rate first, then those without one.

    Args:
        rates: area_name, short_name, crude, value, lower, upper; fractions, each may be null.
        decimals: of printed percentages.
        crude_zh: what the hollow mark is.
        adjusted_zh: what the filled mark is.
        height: in pixels.
        unknown_zh: printed for a standardised rate that there is not.
    """
    figure = new_figure(height=height, margin=(LEFT, TOP, RIGHT, 30))
    known = [v for c in ("crude", "value", "lower", "upper") for v in rates[c].drop_nulls()]
    if not known:
        return say_nothing_reported(figure)
    frame = rates.sort("value", "crude", descending=True, nulls_last=True)
    scale = nice_range([100 * v for v in known], floor=0.0, ceiling=100.0)
    rows = frame.rows(named=True)
    for y, row in enumerate(rows):
        _row(figure, row, y, decimals=decimals, unknown_zh=unknown_zh)
    for shift, words in zip(COLUMNS, (crude_zh, adjusted_zh), strict=True):
        note(figure, words, x=1, y=1, yshift=16, xshift=shift, xanchor="right")
    _marks(figure, rows, "crude", fill=theme.CARD, name=crude_zh)
    _marks(figure, rows, "value", fill=theme.ACCENT, name=adjusted_zh)
    _axes(figure, scale, rows=len(rows))
    return figure


def _axes(figure: go.Figure, scale: Scale, *, rows: int) -> None:
    figure.update_yaxes(range=[rows - 0.5, -0.5], visible=False)
    figure.update_xaxes(
        range=[scale.low, scale.high],
        tickvals=scale.ticks,
        ticktext=[rounded(tick, 0) for tick in scale.ticks],
        gridcolor=theme.GRID,
        zeroline=False,
        tickfont=font(),
        ticks="",
    )


def _row(figure: go.Figure, row: dict[str, Any], y: int, *, decimals: int, unknown_zh: str) -> None:
    """Write name and both values, and draw the interval of the standardised one."""
    name = plain(row["short_name"])
    note(figure, name, x=0, y=y, yref="y", xshift=-LEFT, size=theme.SIZE_BODY)
    for shift, value, unknown in (
        (COLUMNS[0], row["crude"], DASH),
        (COLUMNS[1], row["value"], unknown_zh),
    ):
        words = unknown if value is None else rounded(100 * value, decimals)
        note(figure, words, x=1, y=y, yref="y", xshift=shift, xanchor="right")
    if row["lower"] is not None:
        ends = ((100 * row["lower"], y), (100 * row["upper"], y))
        line(figure, start=ends[0], end=ends[1], colour=theme.AXIS, width=2)


def _marks(
    figure: go.Figure, rows: list[dict[str, Any]], column: str, *, fill: str, name: str
) -> None:
    known = [(y, row) for y, row in enumerate(rows) if row[column] is not None]
    figure.add_scatter(
        x=[100 * row[column] for _, row in known],
        y=[y for y, _ in known],
        mode="markers",
        marker={
            "size": SYMBOL,
            "color": fill,
            "line": {"color": theme.ACCENT, "width": 2},
        },
        text=[
            f"<b>{plain(row['area_name'])}</b><br>{name} {rounded(100 * row[column], 1)}"
            for _, row in known
        ],
        hovertemplate="%{text}<extra></extra>",
        name=name,
    )
