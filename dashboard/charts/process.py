"""A series beside its own past: mean, three-sigma limits, points that chance does not explain."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, say_nothing_reported
from dashboard.charts.measure import Measure
from dashboard.charts.over_time import (
    EndLabel,
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
from dashboard.formats import rounded
from dashboard.messages import t
from dashboard.remembering import drawn_once

RIGHT = 96
SPECIAL: dict[str, tuple[str, str]] = {  # point type -> symbol, colour
    "special_cause_improvement": ("circle", theme.BETTER),
    "special_cause_concern": ("diamond", theme.WORSE),
    "special_cause_neutral_high": ("square", theme.TEXT_1),
    "special_cause_neutral_low": ("square", theme.TEXT_1),
}
LIMITS = ("lower_limit", "upper_limit")


@drawn_once
def process_figure(
    series: pl.DataFrame,
    measure: Measure,
    *,
    target: float | None = None,
    height: int = 300,
) -> go.Figure:
    """Draw an XmR chart after "Making Data Count": the line, its mean and limits, its signals.

    Args:
        series: period (Date), value, status, and the columns of `claims.process_marks`: mean,
            lower_limit, upper_limit, special_cause, point_type; limits may be null.
        measure: what the value is.
        target: in the same measure as the value.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(52, 20, RIGHT, 50))
    frame = scaled(series, measure.factor)
    if frame["value"].drop_nulls().is_empty():
        return say_nothing_reported(figure)
    limits = _scaled_limits(series, measure)
    goals = [] if target is None else [target * measure.factor]
    numbers = [*frame["value"].drop_nulls(), *goals]
    for name in LIMITS:
        numbers.extend(limits[name].drop_nulls())
    scale, decimals = measure.scale(numbers), measure.decimals
    printed = hover_words(frame, unit_zh=measure.unit_zh, decimals=decimals)
    _limit_lines(figure, limits)
    draw_festivals(figure, frame)
    draw_provisional(figure, frame, printed=printed)
    draw_settled(figure, frame, printed=printed, with_markers=frame.height <= 40)
    _signals(figure, frame, limits, printed=printed)
    time_axes(figure, frame, scale, decimals=decimals)
    labels = last_label(frame, "", decimals=decimals, colour=theme.ACCENT, weight=700)
    labels += _mean_label(limits, decimals=decimals)
    labels += draw_targets(figure, goals, decimals=decimals)
    write_end_labels(figure, labels, scale, height=height - 70)
    return figure


def _scaled_limits(series: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """Return mean and limits in the drawn unit; a share has none below nothing or above all."""
    factor = measure.factor
    return series.sort("period").select(
        "period",
        "point_type",
        "special_cause",
        (pl.col("mean") * factor),
        *((pl.col(name) * factor).clip(0.0, measure.ceiling) for name in LIMITS),
    )


def _limit_lines(figure: go.Figure, limits: pl.DataFrame) -> None:
    """Draw mean and limits stretch by stretch; a null between two stretches breaks the line."""
    looks = {"mean": "solid", **dict.fromkeys(LIMITS, "6px,4px")}
    for name, dash in looks.items():
        figure.add_scatter(
            x=limits["period"].to_list(),
            y=limits[name].to_list(),
            mode="lines",
            connectgaps=False,
            line={"color": theme.AXIS, "width": 1.5, "dash": dash, "shape": "hvh"},
            hoverinfo="skip",
            name=name,
        )


def _signals(
    figure: go.Figure, frame: pl.DataFrame, limits: pl.DataFrame, *, printed: list[str]
) -> None:
    """Draw the special points larger, by shape and colour, and say which rule each met."""
    found = [
        (row, kind, cause)
        for row, (kind, cause) in enumerate(
            zip(limits["point_type"], limits["special_cause"], strict=True)
        )
        if kind in SPECIAL
    ]
    figure.add_scatter(
        x=[frame["period"][row] for row, _, _ in found],
        y=[frame["value"][row] for row, _, _ in found],
        mode="markers",
        marker={
            "size": 12,
            "symbol": [SPECIAL[kind][0] for _, kind, _ in found],
            "color": [SPECIAL[kind][1] for _, kind, _ in found],
            "line": {"color": theme.CARD, "width": 1},
        },
        text=[f"{printed[row]}<br>{t(f'chart.rule_{cause}')}" for row, _, cause in found],
        hovertemplate="%{text}<extra></extra>",
        name="signal",
    )


def _mean_label(limits: pl.DataFrame, *, decimals: int) -> list[EndLabel]:
    known = limits["mean"].drop_nulls()
    if known.is_empty():
        return []
    mean = float(known[-1])
    return [(mean, t("chart.mean", value=rounded(mean, decimals)), theme.TEXT_3, 400)]
