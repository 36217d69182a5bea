"""Work done against work planned: done solid, planned grey, target dotted, projection dashed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import (
    Scale,
    line,
    month_ticks,
    new_figure,
    nice_range,
    note,
    say_nothing_reported,
)
from dashboard.charts.over_time import EndLabel, date_and_value_axes, write_end_labels
from dashboard.formats import plain
from dashboard.messages import t
from dashboard.remembering import drawn_once

TOP, BOTTOM = 20, 50


@dataclass(frozen=True, kw_only=True)
class Goal:
    """The target in units, the day it is due, and the day the present pace reaches it."""

    units: int
    due: dt.date | None = None
    reached_on: dt.date | None = None


@drawn_once
def burn_up_figure(
    series: pl.DataFrame, *, unit_zh: str, goal: Goal | None = None, height: int = 300
) -> go.Figure:
    """Draw the work done week by week.

    Args:
        series: period (Date), numerator (done), denominator (planned); a row a week.
        unit_zh: of what is counted.
        goal: drawn as a dotted line; with the day of the projection as a dashed one.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(52, TOP, 96, BOTTOM))
    known = series.sort("period").drop_nulls(["numerator", "denominator"])
    if known.is_empty():
        return say_nothing_reported(figure)
    ahead = [day for day in (goal.due, goal.reached_on) if day] if goal else []
    first, last = known["period"][0], known["period"][-1]
    numbers = [*known["numerator"], *known["denominator"], *([goal.units] if goal else [])]
    scale = nice_range([float(n) for n in numbers], floor=0.0)
    _lines(figure, known, unit_zh=unit_zh)
    labels = [_label(known, "numerator", t("burn_up.done"), theme.ACCENT, 700)]
    labels.append(_label(known, "denominator", t("burn_up.planned"), theme.TEXT_3, 400))
    if goal is not None:
        labels.append(_goal(figure, goal))
        _projection(figure, known, goal, foot=scale.low)
    _axes(figure, (first, max([last, *ahead])), scale)
    inside = height - TOP - BOTTOM
    write_end_labels(figure, labels, scale, height=inside)
    return figure


def _label(frame: pl.DataFrame, column: str, words: str, colour: str, weight: int) -> EndLabel:
    last = int(frame[column][-1])
    return float(last), f"{words} {last}", colour, weight


def _lines(figure: go.Figure, known: pl.DataFrame, *, unit_zh: str) -> None:
    looks = {"denominator": (theme.TEXT_3, 1.5), "numerator": (theme.ACCENT, 2.5)}
    words = {"denominator": t("burn_up.planned"), "numerator": t("burn_up.done")}
    for column, (colour, width) in looks.items():
        figure.add_scatter(
            x=known["period"].to_list(),
            y=known[column].to_list(),
            mode="lines",
            line={"color": colour, "width": width},
            text=[
                f"{t('chart.day', year=day.year, month=day.month, day=day.day)}<br>"
                f"{words[column]} <b>{n}</b>{plain(unit_zh)}"
                for day, n in zip(known["period"], known[column], strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
            name=column,
        )


def _goal(figure: go.Figure, goal: Goal) -> EndLabel:
    line(
        figure,
        start=(0, goal.units),
        end=(1, goal.units),
        xref="paper",
        colour=theme.TEXT_2,
        width=1.5,
        dash="2px,4px",
    )
    if goal.due is not None:
        line(
            figure,
            start=(goal.due, 0),
            end=(goal.due, 1),
            yref="paper",
            colour=theme.AXIS,
            width=1,
            dash="2px,4px",
        )
        words = t("burn_up.due", month=goal.due.month, day=goal.due.day)
        _at_foot(figure, goal.due, words, up=26)
    return float(goal.units), f"{t('chart.target')} {goal.units}", theme.TEXT_2, 400


def _projection(figure: go.Figure, known: pl.DataFrame, goal: Goal, *, foot: float) -> None:
    if goal.reached_on is None:
        return
    start, day = known["period"][-1], goal.reached_on
    figure.add_scatter(
        x=[start, day],
        y=[int(known["numerator"][-1]), goal.units],
        mode="lines+markers",
        line={"color": theme.ACCENT, "width": 2, "dash": "6px,4px"},
        marker={
            "size": [0, 9],
            "color": theme.CARD,
            "line": {"color": theme.ACCENT, "width": 2},
        },
        text=["", t("burn_up.reached", year=day.year, month=day.month, day=day.day)],
        hovertemplate="%{text}<extra></extra>",
        name="projection",
    )
    line(figure, start=(day, goal.units), end=(day, foot), colour=theme.ACCENT, dash="6px,4px")
    words = t("burn_up.reached_short", month=day.month, day=day.day)
    _at_foot(figure, day, words, up=4, colour=theme.ACCENT)


def _at_foot(
    figure: go.Figure, day: dt.date, words: str, *, up: int, colour: str = theme.TEXT_2
) -> None:
    """Write beside the foot of an upright line, where the curves seldom are."""
    note(
        figure,
        words,
        x=day,
        y=0,
        xref="x",
        xanchor="right",
        yanchor="bottom",
        xshift=-5,
        yshift=up,
        colour=colour,
        bgcolor=theme.CARD,  # another upright line may stand behind the words
    )


def _axes(figure: go.Figure, days: tuple[dt.date, dt.date], scale: Scale) -> None:
    margin = dt.timedelta(days=4)
    date_and_value_axes(
        figure,
        span=(days[0] - margin, days[1] + margin),
        ticks=month_ticks(days[0].replace(day=1), days[1], wanted=6),
        values=(scale.low, scale.high + scale.span * 0.02),
        places=(scale.ticks, [str(round(place)) for place in scale.ticks]),
    )
