"""A rate over the years inside the wedge that the policy asks for, and its long-term goal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, nice_range, say_nothing_reported
from dashboard.charts.over_time import (
    EndLabel,
    draw_provisional,
    draw_settled,
    draw_targets,
    hover_words,
    last_label,
    scaled,
    time_axes,
    write_end_labels,
)
from dashboard.formats import rounded
from dashboard.messages import t
from dashboard.remembering import drawn_once

WEDGE = "rgba(110,123,127,0.16)"
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Wedge:
    """From where the policy counts, and the least and most points a year; fractions."""

    since: dt.date
    start: float
    least: float
    most: float

    def at(self, day: dt.date, rise: float) -> float:
        """Return where a rise a year leads by a day."""
        return self.start + rise * (day - self.since).days / DAYS_A_YEAR


@drawn_once
def policy_figure(
    series: pl.DataFrame,
    *,
    decimals: int,
    name_zh: str,
    goal: float,
    wedge: Wedge | None = None,
    height: int = 300,
) -> go.Figure:
    """Draw a share of persons by month.

    Args:
        series: period (Date), value (fraction), status.
        decimals: of printed values.
        name_zh: printed beside the last value.
        goal: the policy's long-term goal, a fraction, dotted.
        wedge: what the policy asks for a year, shaded; None where it asks for no pace.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(52, 20, 96, 50))
    frame = scaled(series, 100.0)
    if frame["value"].drop_nulls().is_empty():
        return say_nothing_reported(figure)
    last = frame["period"][-1]
    edges = [wedge.at(last, rise) * 100 for rise in (wedge.least, wedge.most)] if wedge else []
    numbers = [*frame["value"].drop_nulls(), *edges, goal * 100]
    scale = nice_range(numbers, floor=0.0, ceiling=100.0)
    if wedge is not None:
        _shade(figure, wedge, last)
    printed = hover_words(frame, unit_zh="%", decimals=decimals)
    draw_provisional(figure, frame, printed=printed)
    # A line through a single month could not be seen.
    draw_settled(figure, frame, printed=printed, with_markers=frame.height == 1)
    time_axes(figure, frame, scale, decimals=decimals)
    labels = last_label(frame, name_zh, decimals=decimals, colour=theme.ACCENT, weight=700)
    labels += draw_targets(figure, [goal * 100], decimals=0, name_zh=t("policy.goal"))
    labels += _edge_labels(wedge, edges)
    write_end_labels(figure, labels, scale, height=height - 70)
    return figure


def _shade(figure: go.Figure, wedge: Wedge, last: dt.date) -> None:
    corners = [
        (wedge.since, wedge.start),
        (last, wedge.at(last, wedge.most)),
        (last, wedge.at(last, wedge.least)),
        (wedge.since, wedge.start),
    ]
    figure.add_scatter(
        x=[day for day, _ in corners],
        y=[value * 100 for _, value in corners],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=WEDGE,
        hoverinfo="skip",
        name="wedge",
    )


def _edge_labels(wedge: Wedge | None, edges: list[float]) -> list[EndLabel]:
    if wedge is None:
        return []
    return [
        (edge, t("policy.edge", points=rounded(rise * 100, 0)), theme.TEXT_3, 400)
        for edge, rise in zip(edges, (wedge.least, wedge.most), strict=True)
    ]
