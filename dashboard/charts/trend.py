"""A value over months or weeks: settled solid, provisional dashed and hollow, target dotted."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, nice_range, say_nothing_reported
from dashboard.charts.over_time import (
    draw_provisional,
    draw_settled,
    draw_targets,
    hover_words,
    last_label,
    scaled,
    time_axes,
    write_end_labels,
)
from dashboard.memory import drawn_once

RIGHT = 96


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A second line, thin and grey, for instance the city's beside a county's."""

    name_zh: str
    series: pl.DataFrame


@drawn_once
def trend_figure(
    series: pl.DataFrame,
    *,
    unit_zh: str,
    decimals: int,
    name_zh: str = "",
    target: float | None = None,
    comparison: Comparison | None = None,
    height: int = 300,
) -> go.Figure:
    """Draw a value over time.

    Args:
        series: period (Date), value (fractions for rates), status; one row a month or week.
        unit_zh: of the value; "%" is drawn times one hundred.
        decimals: of printed values.
        name_zh: printed beside the last settled value.
        target: in the same measure as the value.
        comparison: a second, thin line.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(52, 20, RIGHT, 50))
    factor = 100.0 if unit_zh == "%" else 1.0
    frame = scaled(series, factor)
    if frame["value"].drop_nulls().is_empty():
        return say_nothing_reported(figure)
    other = scaled(comparison.series, factor) if comparison else frame.clear()
    goals = [] if target is None else [target * factor]
    numbers = [*frame["value"].drop_nulls(), *other["value"].drop_nulls(), *goals]
    ceiling = 100.0 if unit_zh == "%" else None
    low, high, step = nice_range(numbers, floor=0.0, ceiling=ceiling)
    if comparison is not None:
        _comparison(figure, other)
    printed = hover_words(frame, unit_zh=unit_zh, decimals=decimals)
    draw_provisional(figure, frame, printed=printed)
    draw_settled(figure, frame, printed=printed, with_markers=frame.height <= 40)
    time_axes(figure, frame, low=low, high=high, step=step, decimals=decimals)
    labels = last_label(frame, name_zh, decimals=decimals, colour=theme.ACCENT, weight=700)
    if comparison is not None:
        labels += last_label(other, comparison.name_zh, decimals=decimals)
    labels += draw_targets(figure, goals, decimals=decimals)
    write_end_labels(figure, labels, span=high - low, top=high, height=height - 70)
    return figure


def _comparison(figure: go.Figure, other: pl.DataFrame) -> None:
    figure.add_trace(
        go.Scatter(
            x=other["period"].to_list(),
            y=other["value"].to_list(),
            mode="lines",
            connectgaps=False,
            line={"color": theme.AXIS, "width": 1.5},
            hoverinfo="skip",
            name="comparison",
        )
    )
