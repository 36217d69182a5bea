"""A value over months or weeks: settled solid, provisional dashed and hollow, target dotted."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, say_nothing_reported
from dashboard.charts.measure import Measure
from dashboard.charts.over_time import (
    draw_festivals,
    draw_provisional,
    draw_settled,
    draw_targets,
    hover_words,
    last_label,
    scaled,
    time_axes,
    write_end_labels,
)
from dashboard.remembering import drawn_once

RIGHT = 96


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A second line, thin and grey, for instance the city's beside a county's."""

    name_zh: str
    series: pl.DataFrame


@drawn_once
def trend_figure(
    series: pl.DataFrame,
    measure: Measure,
    *,
    name_zh: str = "",
    target: float | None = None,
    comparison: Comparison | None = None,
    height: int = 300,
) -> go.Figure:
    """Draw a value over time.

    Args:
        series: period (Date), value (fractions for rates), status; one row a month or week.
        measure: what the value is.
        name_zh: printed beside the last settled value.
        target: in the same measure as the value.
        comparison: a second, thin line.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(52, 20, RIGHT, 50))
    frame = scaled(series, measure.factor)
    if frame["value"].drop_nulls().is_empty():
        return say_nothing_reported(figure)
    other = scaled(comparison.series, measure.factor) if comparison else frame.clear()
    goals = [] if target is None else [target * measure.factor]
    numbers = [*frame["value"].drop_nulls(), *other["value"].drop_nulls(), *goals]
    scale, decimals = measure.scale(numbers), measure.decimals
    if comparison is not None:
        _comparison(figure, other)
    printed = hover_words(frame, unit_zh=measure.unit_zh, decimals=decimals)
    draw_festivals(figure, frame)
    draw_provisional(figure, frame, printed=printed)
    draw_settled(figure, frame, printed=printed, with_markers=frame.height <= 40)
    time_axes(figure, frame, scale, decimals=decimals)
    labels = last_label(frame, name_zh, decimals=decimals, colour=theme.ACCENT, weight=700)
    if comparison is not None:
        labels += last_label(other, comparison.name_zh, decimals=decimals)
    labels += draw_targets(figure, goals, decimals=decimals)
    write_end_labels(figure, labels, scale, height=height - 70)
    return figure


def _comparison(figure: go.Figure, other: pl.DataFrame) -> None:
    figure.add_scatter(
        x=other["period"].to_list(),
        y=other["value"].to_list(),
        mode="lines",
        connectgaps=False,
        line={"color": theme.AXIS, "width": 1.5},
        hoverinfo="skip",
        name="comparison",
    )
