"""What charts over months or weeks share: the line, its provisional end, axes, labels."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import Scale, band, font, line, month_ticks, note, text_width
from dashboard.formats import plain, rounded
from dashboard.messages import t
from pipeline.methods.festival import NEW_YEARS, festival_window

SETTLED = "final"
EndLabel = tuple[float, str, str, int]  # place, words, colour, weight


def scaled(series: pl.DataFrame, factor: float) -> pl.DataFrame:
    """Return period, value in the drawn unit and is_final, by period."""
    is_final = pl.col("status").cast(pl.String) == SETTLED
    drawn = series.lazy().sort("period")
    return drawn.select("period", value=pl.col("value") * factor, is_final=is_final).collect()


def draw_settled(
    figure: go.Figure, frame: pl.DataFrame, *, printed: list[str], with_markers: bool
) -> None:
    """Draw the settled periods as a solid line; a missing one breaks it."""
    figure.add_scatter(
        x=frame["period"].to_list(),
        y=[value if is_final else None for _, value, is_final in frame.iter_rows()],
        mode="lines+markers" if with_markers else "lines",
        connectgaps=False,
        line={"color": theme.ACCENT, "width": 2.5},
        marker={"size": 6, "color": theme.ACCENT},
        text=printed,
        hovertemplate="%{text}<extra></extra>",
        name=t("chart.settled"),
    )


def draw_open_end(figure: go.Figure, frame: pl.DataFrame, *, first: int) -> None:
    """Draw the months still filling up as a dashed line from the one before the first of them."""
    tail = frame[max(first - 1, 0) :]
    figure.add_scatter(
        x=tail["period"].to_list(),
        y=tail["value"].to_list(),
        mode="lines",
        line={"color": theme.AXIS, "width": 2, "dash": "6px,4px"},
        hoverinfo="skip",
        name=t("chart.provisional"),
    )


def draw_provisional(figure: go.Figure, frame: pl.DataFrame, *, printed: list[str]) -> None:
    """Draw the months still filling up: band, dashed grey line from the last settled month."""
    waiting = [
        (row, period, value)
        for row, (period, value, is_final) in enumerate(frame.iter_rows())
        if not is_final and value is not None
    ]
    if not waiting:
        return
    first = waiting[0][0]
    _band(figure, frame["period"].to_list(), first=first)
    draw_open_end(figure, frame, first=first)
    figure.add_scatter(
        x=[period for _, period, _ in waiting],
        y=[value for _, _, value in waiting],
        mode="markers",
        marker={
            "size": 9,
            "color": theme.CARD,
            "line": {"color": theme.AXIS, "width": 2},
        },
        text=[printed[row] + t("chart.provisional_suffix") for row, _, _ in waiting],
        hovertemplate="%{text}<extra></extra>",
        name=t("chart.provisional"),
    )


def _half_step(periods: list[dt.date]) -> dt.timedelta:
    return (periods[1] - periods[0]) / 2 if len(periods) > 1 else dt.timedelta(days=15)


def _band(figure: go.Figure, periods: list[dt.date], *, first: int) -> None:
    start, end = periods[first] - _half_step(periods), periods[-1] + _half_step(periods)
    band(figure, start, end)
    # Above the plot, where no line runs, and ending with the band: beside it stand the names of
    # the lines, and a band of one month is narrower than its word.
    note(figure, t("chart.provisional"), x=1, y=1, xanchor="right", yanchor="bottom")


def draw_festivals(figure: go.Figure, frame: pl.DataFrame) -> None:
    """Mark where each Spring Festival lies among months: they compare badly from year to year.

    A month's point stands at its first day, so the window is drawn half a month early as well.
    Weekly series are not marked: they are of registries, which know no festival.
    """
    periods = frame["period"].to_list()
    if any(period.day != 1 for period in periods):
        return
    half = _half_step(periods)
    for year in range(periods[0].year, periods[-1].year + 1):
        if year not in NEW_YEARS:
            continue
        start, end = (day - half for day in festival_window(year))
        if periods[0] - half <= start and end <= periods[-1] + half:
            line(figure, start=(start, 0), end=(end, 0), yref="paper", colour=theme.TEXT_3, width=4)
            note(
                figure,
                t("chart.festival"),
                x=start + (end - start) / 2,
                y=0,
                xref="x",
                xanchor="center",
                yanchor="bottom",
                colour=theme.TEXT_3,
            )


def spread(places: list[float], *, gap: float) -> list[float]:
    """Move labels apart to a least distance, upwards from the lowest; order is kept."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + gap)
    return moved


def write_end_labels(
    figure: go.Figure,
    labels: list[EndLabel],
    scale: Scale,
    *,
    height: int,
) -> None:
    """Write the words at the right end of each line, moved apart where they would touch."""
    gap = scale.span * 20 / max(height, 1)
    values = [value for value, *_ in labels]
    if max(values, default=scale.high) + gap > scale.high:
        # No room above: move apart downwards.
        places = [-place for place in spread([-value for value in values], gap=gap)]
    else:
        places = spread(values, gap=gap)
    widest = max((text_width(words, size=theme.SIZE_NOTE) for _, words, *_ in labels), default=0)
    figure.update_layout(margin_r=int(widest) + 16)
    for place, (_, words, colour, weight) in zip(places, labels, strict=True):
        note(figure, words, x=1, y=place, yref="y", xshift=8, colour=colour, weight=weight)


def date_and_value_axes(
    figure: go.Figure,
    *,
    span: tuple[dt.date, dt.date],
    ticks: tuple[list[dt.date], list[str]],
    values: tuple[float, float],
    places: tuple[list[float], list[str]],
) -> None:
    """Lay a date axis below and a value axis at the left: ends, tick places, tick words."""
    figure.update_xaxes(
        range=list(span),
        tickvals=ticks[0],
        ticktext=ticks[1],
        showgrid=False,
        zeroline=False,
        linecolor=theme.AXIS,
        linewidth=1,
        showline=True,
        ticks="outside",
        ticklen=5,
        tickcolor=theme.AXIS,
        tickfont=font(),
        tickangle=0,
        type="date",
    )
    figure.update_yaxes(
        range=list(values),
        tickvals=places[0],
        ticktext=places[1],
        gridcolor=theme.GRID,
        zeroline=False,
        showline=False,
        tickfont=font(),
        ticks="",
    )


def time_axes(figure: go.Figure, frame: pl.DataFrame, scale: Scale, *, decimals: int) -> None:
    """Lay a month axis below and a value axis with round steps at the left."""
    periods = frame["period"].to_list()
    half = _half_step(periods)
    shown = 0 if scale.step >= 1 else min(decimals, 1 if scale.step >= 0.1 else 2)
    date_and_value_axes(
        figure,
        span=(periods[0] - half, periods[-1] + half),
        ticks=month_ticks(periods[0].replace(day=1), periods[-1]),
        values=(scale.low, scale.high),
        places=(scale.ticks, [rounded(place, shown) for place in scale.ticks]),
    )


def hover_words(frame: pl.DataFrame, *, unit_zh: str, decimals: int) -> list[str]:
    """Return what the box over each point says: the period and the value."""
    return [
        ""
        if value is None
        else f"{_period_words(period)}<br><b>{rounded(value, decimals)}{plain(unit_zh)}</b>"
        for period, value in frame.select("period", "value").iter_rows()
    ]


def draw_targets(
    figure: go.Figure, goals: list[float], *, decimals: int, name_zh: str | None = None
) -> list[EndLabel]:
    """Draw each target as a dotted line; return its label."""
    name = t("chart.target") if name_zh is None else name_zh
    for goal in goals:
        line(
            figure,
            start=(0, goal),
            end=(1, goal),
            xref="paper",
            colour=theme.TEXT_2,
            width=1.5,
            dash="2px,4px",
        )
    return [(goal, f"{name} {rounded(goal, decimals)}", theme.TEXT_2, 400) for goal in goals]


def last_label(
    frame: pl.DataFrame,
    name_zh: str,
    *,
    decimals: int,
    colour: str = theme.TEXT_3,
    weight: int = 400,
) -> list[EndLabel]:
    """Name the last settled value of a line."""
    known = [value for _, value, is_final in frame.iter_rows() if is_final and value is not None]
    if not known:
        return []
    last = float(known[-1])
    return [(last, f"{plain(name_zh)} {rounded(last, decimals)}".strip(), colour, weight)]


def _period_words(period: dt.date) -> str:
    """Print a period for the hover box: a first of the month is the month, else the day."""
    key = "chart.month" if period.day == 1 else "chart.day"
    return t(key, year=period.year, month=period.month, day=period.day)
