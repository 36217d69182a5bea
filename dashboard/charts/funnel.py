"""Areas by size and value inside the limits that chance alone would leave them in."""

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
    nice_step,
    note,
    say_nothing_reported,
)
from dashboard.charts.measure import Measure
from dashboard.charts.over_time import EndLabel, write_end_labels
from dashboard.formats import count, plain, rounded
from dashboard.messages import t
from dashboard.remembering import drawn_once

RIGHT = 120
STEPS = 60
MARKS: dict[str, tuple[str, str, str]] = {  # mark -> symbol, fill, edge
    "worse": ("diamond", theme.WORSE, theme.WORSE),
    "better": ("circle", theme.BETTER, theme.BETTER),
}
UNCLAIMED = ("circle", theme.CARD, theme.SIMILAR)
BANDS = {"95": "6px,4px", "998": "solid"}


@drawn_once
def funnel_figure(
    points: pl.DataFrame,
    measure: Measure,
    *,
    count_unit_zh: str,
    centre_zh: str,
    selected: str | None = None,
    height: int = 420,
) -> go.Figure:
    """Draw a funnel plot: the denominator across, the value up, 95 % and 99.8 % limits.

    Args:
        points: area_code, area_name, numerator, denominator, centre, lower_95, upper_95,
            lower_998, upper_998, mark (better, worse or anything else); one row an area. Only
            areas with a mark, and the chosen one, are named.
        measure: what the value is.
        count_unit_zh: of the denominator.
        centre_zh: what the centre line is.
        selected: code of the chosen area.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(52, 20, RIGHT, 64), click=True)
    frame = _drawn(points, measure.factor)
    if frame.is_empty():
        return say_nothing_reported(figure)
    scale = measure.scale([*frame["value"], *frame["lower_95"], *frame["upper_95"]])
    labels = _limits(figure, frame)
    _dots(figure, frame, measure)
    _sizes_axis(figure, frame, count_unit_zh=count_unit_zh)
    _values_axis(figure, scale, decimals=measure.decimals)
    _names(figure, frame, selected=selected)
    centre = float(frame["centre"][0])
    line(figure, start=(0, centre), end=(1, centre), xref="paper", colour=theme.TEXT_2, width=1.5)
    words = f"{plain(centre_zh)} {rounded(centre, measure.decimals)}"
    labels.append((centre, words, theme.TEXT_2, 700))
    inside = [label for label in labels if scale.low <= label[0] <= scale.high]
    write_end_labels(figure, inside, scale, height=height - 84)
    return figure


def _drawn(points: pl.DataFrame, factor: float) -> pl.DataFrame:
    """Return the areas that have a size, smallest first, in the drawn unit."""
    known = points.filter((pl.col("denominator") > 0) & pl.col("centre").is_not_null())
    bounds = [f"{side}_{level}" for level in BANDS for side in ("lower", "upper")]
    return known.sort("denominator").with_columns(
        pl.col("centre", *bounds) * factor,
        value=pl.col("numerator") / pl.col("denominator") * factor,
    )


def _limits(figure: go.Figure, frame: pl.DataFrame) -> list[EndLabel]:
    """Draw the limits as smooth curves through the areas; return their labels at the right."""
    labels: list[EndLabel] = []
    for level, dash in BANDS.items():
        for side in ("upper", "lower"):
            xs, ys = _curve(frame, f"{side}_{level}")
            figure.add_scatter(
                x=xs,
                y=ys,
                mode="lines",
                line={"color": theme.AXIS, "width": 1.5, "dash": dash},
                hoverinfo="skip",
                name=f"{side}_{level}",
            )
            if side == "upper":
                labels.append((ys[-1], t(f"chart.limit_{level}"), theme.TEXT_3, 400))
    return labels


def _curve(frame: pl.DataFrame, bound: str) -> tuple[list[float], list[float]]:
    """Return a limit over all sizes: its distance from the centre squared is a + b / n.

    That form holds for plain limits (a is zero) and for widened ones alike, so it is fitted to
    the distances the method gave for the areas themselves.
    """
    centre = float(frame["centre"][0])
    sizes = [1.0 / n for n in frame["denominator"]]
    squares = [(value - centre) ** 2 for value in frame[bound]]
    mean_size, mean_square = sum(sizes) / len(sizes), sum(squares) / len(squares)
    spread = sum((s - mean_size) ** 2 for s in sizes)
    pairs = zip(sizes, squares, strict=True)
    covered = sum((s - mean_size) * (q - mean_square) for s, q in pairs)
    slope = covered / spread if spread > 0 else 0.0
    base = mean_square - slope * mean_size
    first, last = float(frame["denominator"][0]), float(frame["denominator"][-1])
    xs = [first + (last - first) * k / STEPS for k in range(STEPS + 1)]
    sign = 1.0 if bound.startswith("upper") else -1.0
    return xs, [centre + sign * max(base + slope / x, 0.0) ** 0.5 for x in xs]


def _dots(figure: go.Figure, frame: pl.DataFrame, measure: Measure) -> None:
    looks = [MARKS.get(mark or "", UNCLAIMED) for mark in frame["mark"]]
    figure.add_scatter(
        x=frame["denominator"].to_list(),
        y=frame["value"].to_list(),
        mode="markers",
        customdata=frame["area_code"].to_list(),
        marker={
            "size": 12,
            "opacity": 1,
            "symbol": [symbol for symbol, _, _ in looks],
            "color": [fill for _, fill, _ in looks],
            "line": {"color": [edge for _, _, edge in looks], "width": 2},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        text=[_hover(row, measure) for row in frame.iter_rows(named=True)],
        hovertemplate="%{text}<extra></extra>",
        name="area",
    )


def _hover(row: dict[str, Any], measure: Measure) -> str:
    share = f"{count(row['numerator'])}／{count(row['denominator'])}"
    value = f"{rounded(row['value'], measure.decimals)}{plain(measure.unit_zh)}"
    return f"<b>{plain(row['area_name'])}</b><br>{value}（{share}）"


def _names(figure: go.Figure, frame: pl.DataFrame, *, selected: str | None) -> None:
    middle = frame["denominator"].max()
    for row in frame.iter_rows(named=True):
        is_chosen = row["area_code"] == selected
        if row["mark"] not in MARKS and not is_chosen:
            continue
        is_right = row["denominator"] > 0.75 * middle  # type: ignore[operator]  # max of numbers
        note(
            figure,
            plain(row["area_name"]),
            x=row["denominator"],
            y=row["value"],
            xref="x",
            yref="y",
            xanchor="right" if is_right else "left",
            xshift=-12 if is_right else 12,
            colour=theme.TEXT_1,
            weight=700 if is_chosen else 400,
        )


def _sizes_axis(figure: go.Figure, frame: pl.DataFrame, *, count_unit_zh: str) -> None:
    first, last = float(frame["denominator"][0]), float(frame["denominator"][-1])
    room = (last - first) * 0.05 or last * 0.05
    stride = nice_step(last - first or last)
    ticks = [
        stride * k for k in range(int((last + room) / stride) + 1) if stride * k >= first - room
    ]
    figure.update_xaxes(
        range=[first - room, last + room],
        tickvals=ticks,
        ticktext=[count(int(tick)) for tick in ticks],
        showgrid=False,
        showline=True,
        linecolor=theme.AXIS,
        title={"text": t("chart.size_of", unit=count_unit_zh), "font": font()},
        zeroline=False,
        tickfont=font(),
        ticks="",
    )


def _values_axis(figure: go.Figure, scale: Scale, *, decimals: int) -> None:
    figure.update_yaxes(
        range=[scale.low, scale.high],
        tickvals=scale.ticks,
        ticktext=[rounded(place, 0 if scale.step >= 1 else decimals) for place in scale.ticks],
        gridcolor=theme.GRID,
        zeroline=False,
        tickfont=font(),
        ticks="",
    )
