"""A value over months or weeks: settled solid, provisional dashed and hollow, target dotted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import font, line, month_ticks, new_figure, nice_range, note, text_width
from dashboard.formats import plain, rounded
from dashboard.messages import t

RIGHT = 96
SETTLED = "final"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A second line, thin and grey, for instance the city's beside a county's."""

    name_zh: str
    series: pl.DataFrame


def _scaled(series: pl.DataFrame, factor: float) -> pl.DataFrame:
    return series.sort("period").select(
        "period",
        value=pl.col("value") * factor,
        is_final=pl.col("status").cast(pl.String) == SETTLED,
    )


def _settled(
    figure: go.Figure, frame: pl.DataFrame, *, printed: list[str], with_markers: bool
) -> None:
    final = frame.with_columns(pl.when("is_final").then("value").alias("value"))
    figure.add_trace(
        go.Scatter(
            x=final["period"].to_list(),
            y=final["value"].to_list(),
            mode="lines+markers" if with_markers else "lines",
            connectgaps=False,
            line={"color": theme.ACCENT, "width": 2.5},
            marker={"size": 6, "color": theme.ACCENT},
            text=printed,
            hovertemplate="%{text}<extra></extra>",
            name=t("chart.settled"),
        )
    )


def _provisional(figure: go.Figure, frame: pl.DataFrame, *, printed: list[str]) -> None:
    """Draw the months still filling up: band, dashed grey line from the last settled month."""
    waiting = frame.with_row_index("row").filter(
        ~pl.col("is_final") & pl.col("value").is_not_null()
    )
    if waiting.is_empty():
        return
    first = int(waiting["row"][0])
    tail = frame[max(first - 1, 0) :]
    periods = frame["period"].to_list()
    step = (periods[1] - periods[0]) / 2 if len(periods) > 1 else dt.timedelta(days=15)
    figure.add_vrect(
        x0=periods[first] - step,
        x1=periods[-1] + step,
        fillcolor=theme.PROVISIONAL_BAND,
        line_width=0,
        layer="below",
    )
    figure.add_trace(
        go.Scatter(
            x=tail["period"].to_list(),
            y=tail["value"].to_list(),
            mode="lines",
            line={"color": theme.AXIS, "width": 2, "dash": "6px,4px"},
            hoverinfo="skip",
            name=t("chart.provisional"),
        )
    )
    figure.add_trace(
        go.Scatter(
            x=waiting["period"].to_list(),
            y=waiting["value"].to_list(),
            mode="markers",
            marker={
                "size": 9,
                "color": theme.CARD,
                "line": {"color": theme.AXIS, "width": 2},
            },
            text=[printed[row] + t("chart.provisional_suffix") for row in waiting["row"].to_list()],
            hovertemplate="%{text}<extra></extra>",
            name=t("chart.provisional"),
        )
    )
    note(
        figure,
        t("chart.provisional"),
        x=periods[first] - step,
        y=1,
        xref="x",
        xshift=4,
        yanchor="top",
        colour=theme.TEXT_2,
    )


def spread(places: list[float], *, gap: float) -> list[float]:
    """Move labels apart to a least distance, upwards from the lowest; order is kept."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + gap)
    return moved


def _end_labels(
    figure: go.Figure,
    labels: list[tuple[float, str, str, int]],
    *,
    span: float,
    top: float,
    height: int,
) -> None:
    """Write the words at the right end of each line, moved apart where they would touch."""
    gap = span * 20 / max(height, 1)
    values = [value for value, *_ in labels]
    if max(values, default=top) + gap > top:
        # No room above: move apart downwards.
        places = [-place for place in spread([-value for value in values], gap=gap)]
    else:
        places = spread(values, gap=gap)
    for place, (_, words, colour, weight) in zip(places, labels, strict=True):
        note(figure, words, x=1, y=place, yref="y", xshift=8, colour=colour, weight=weight)


def _axes(
    figure: go.Figure, frame: pl.DataFrame, *, low: float, high: float, step: float, decimals: int
) -> None:
    periods = frame["period"].to_list()
    ticks, words = month_ticks(periods[0].replace(day=1), periods[-1])
    half = (periods[1] - periods[0]) / 2 if len(periods) > 1 else dt.timedelta(days=15)
    figure.update_xaxes(
        range=[periods[0] - half, periods[-1] + half],
        tickvals=ticks,
        ticktext=words,
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
    count = int((high - low) / step + 1e-9)
    places = [low + step * k for k in range(count + 1)]
    shown = 0 if step >= 1 else min(decimals, 1 if step >= 0.1 else 2)
    figure.update_yaxes(
        range=[low, high],
        tickvals=places,
        ticktext=[rounded(place, shown) for place in places],
        gridcolor=theme.GRID,
        zeroline=False,
        showline=False,
        tickfont=font(),
        ticks="",
    )


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
    frame = _scaled(series, factor)
    known = [value for value in frame["value"].to_list() if value is not None]
    if not known:
        figure.update_xaxes(visible=False)
        figure.update_yaxes(visible=False)
        note(figure, t("chart.no_rows"), x=0.5, y=0.5, xanchor="center", size=theme.SIZE_BODY)
        return figure
    other = _scaled(comparison.series, factor) if comparison else None
    others = [v for v in other["value"].to_list() if v is not None] if other is not None else []
    goals = [target * factor] if target is not None else []
    low, high, step = nice_range(
        [*known, *others, *goals], floor=0.0, ceiling=100.0 if unit_zh == "%" else None
    )
    if other is not None and comparison is not None:
        _comparison(figure, other)
    printed = [
        f"{_period_words(period)}<br><b>{rounded(value, decimals)}{plain(unit_zh)}</b>"
        if value is not None
        else ""
        for period, value in zip(frame["period"].to_list(), frame["value"].to_list(), strict=True)
    ]
    _provisional(figure, frame, printed=printed)
    _settled(figure, frame, printed=printed, with_markers=frame.height <= 40)
    _axes(figure, frame, low=low, high=high, step=step, decimals=decimals)
    labels = _labels(frame, other, comparison, name_zh=name_zh, decimals=decimals)
    if target is not None:
        goal = target * factor
        line(
            figure,
            start=(0, goal),
            end=(1, goal),
            xref="paper",
            colour=theme.TEXT_2,
            width=1.5,
            dash="2px,4px",
        )
        labels.append((goal, f"{t('chart.target')} {rounded(goal, decimals)}", theme.TEXT_2, 400))
    widest = max((text_width(words, size=theme.SIZE_NOTE) for _, words, *_ in labels), default=0)
    figure.update_layout(margin_r=int(widest) + 16)
    _end_labels(figure, labels, span=high - low, top=high, height=height - 70)
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


def _labels(
    frame: pl.DataFrame,
    other: pl.DataFrame | None,
    comparison: Comparison | None,
    *,
    name_zh: str,
    decimals: int,
) -> list[tuple[float, str, str, int]]:
    labels: list[tuple[float, str, str, int]] = []
    final = frame.filter(pl.col("is_final") & pl.col("value").is_not_null())
    if final.height:
        last = float(final["value"][-1])
        labels.append(
            (last, f"{plain(name_zh)} {rounded(last, decimals)}".strip(), theme.ACCENT, 700)
        )
    if other is not None and comparison is not None:
        ends = other.filter(pl.col("is_final") & pl.col("value").is_not_null())
        if ends.height:
            last = float(ends["value"][-1])
            words = f"{plain(comparison.name_zh)} {rounded(last, decimals)}"
            labels.append((last, words, theme.TEXT_3, 400))
    return labels


def _period_words(period: dt.date) -> str:
    """Print a period for the hover box: a first of the month is the month, else the day."""
    key = "chart.month" if period.day == 1 else "chart.day"
    return t(key, year=period.year, month=period.month, day=period.day)
