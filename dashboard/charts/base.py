"""What all figures share: Plotly's configuration, fonts, margins, month axes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.sheet import Sheet
from dashboard.messages import t

# An empty topojson of our own keeps Plotly from fetching its world map; the URL is relative so
# that it survives a sub-path behind a proxy.
CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "displaylogo": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "topojsonURL": "./app/static/topojson/",
    "locale": "zh-CN",
    "locales": {
        "zh-CN": {
            "dictionary": {},
            "format": {
                "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
                "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
                "months": [f"{n}月" for n in range(1, 13)],
                "shortMonths": [f"{n}月" for n in range(1, 13)],
                "date": "%Y-%m-%d",
            },
        }
    },
}

ELLIPSIS = "…"
LEAST_SPAN = 0.04  # of the highest value
CJK_FROM = "\u2e80"


def font(
    size: int = theme.SIZE_NOTE, *, colour: str | Sequence[str] = theme.TEXT_2, weight: int = 400
) -> dict[str, Any]:
    """Return a Plotly font."""
    return {"family": theme.FONT_FAMILY, "size": size, "color": colour, "weight": weight}


def text_width(text: str, *, size: int) -> float:
    """Estimate a text's width in pixels: Chinese one em, the rest 0.57 em."""
    return sum(1.0 if char >= CJK_FROM else 0.57 for char in text) * size


def shortened(text: str, *, size: int = theme.SIZE_BODY, room: float) -> str:
    """Cut a text that is wider than its room; the ellipsis shows it, the hover box has it all."""
    if text_width(text, size=size) <= room:
        return text
    kept = text
    while kept and text_width(kept + ELLIPSIS, size=size) > room:
        kept = kept[:-1]
    return kept + ELLIPSIS


def new_figure(
    *, height: int, margin: tuple[int, int, int, int] = (0, 0, 0, 0), click: bool = False
) -> Sheet:
    """Return an empty figure in the page's look.

    Args:
        height: in pixels; the width follows the container.
        margin: left, top, right, bottom in pixels.
        click: marks can be clicked.
    """
    left, top, right, bottom = margin
    return Sheet(
        height=height,
        margin={"l": left, "t": top, "r": right, "b": bottom, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font=font(),
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        clickmode="event+select" if click else "event",
        hoverlabel={
            "bgcolor": theme.CARD,
            "bordercolor": theme.AXIS,
            "font": font(colour=theme.TEXT_1),
            "align": "left",
        },
    )


def note(
    figure: go.Figure,
    text: str,
    *,
    x: float | str | dt.date,
    y: float | str | dt.date,
    size: int = theme.SIZE_NOTE,
    colour: str = theme.TEXT_2,
    weight: int = 400,
    **options: Any,
) -> None:
    """Write a text without an arrow; paper coordinates unless told."""
    options = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "middle"} | options
    figure.add_annotation(
        text=text,
        x=x,
        y=y,
        showarrow=False,
        font=font(size, colour=colour, weight=weight),
        **options,
    )


def line(
    figure: go.Figure,
    *,
    start: tuple[Any, Any],
    end: tuple[Any, Any],
    colour: str = theme.GRID,
    width: float = 1,
    dash: str = "solid",
    **options: Any,
) -> None:
    """Draw a straight line; axis coordinates unless told."""
    figure.add_shape(
        type="line",
        x0=start[0],
        y0=start[1],
        x1=end[0],
        y1=end[1],
        line={"color": colour, "width": width, "dash": dash},
        **({"layer": "below"} | options),
    )


def band(figure: go.Figure, start: Any, end: Any) -> None:
    """Shade a stretch of the horizontal axis: what is provisional."""
    figure.add_shape(
        type="rect",
        xref="x",
        yref="paper",
        x0=start,
        x1=end,
        y0=0,
        y1=1,
        fillcolor=theme.PROVISIONAL_BAND,
        line={"width": 0},
        layer="below",
    )


def say_instead(figure: go.Figure, text: str) -> go.Figure:
    """Put a sentence in place of the axes."""
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    note(figure, text, x=0.5, y=0.5, xanchor="center", size=theme.SIZE_BODY)
    return figure


def say_nothing_reported(figure: go.Figure) -> go.Figure:
    """Put the sentence of an empty chart in place of its axes."""
    return say_instead(figure, t("chart.no_rows"))


def month_ticks(
    first: dt.date, last: dt.date, *, wanted: int = 8
) -> tuple[list[dt.date], list[str]]:
    """Return tick places and labels of a month axis.

    Quarter starts, or Januaries and Julys, or Januaries, whichever first needs no more ticks than
    wanted; the year stands under the first tick of each year. A year of a single tick at the
    beginning is left out: there is no room for it beside the next.
    """
    months = [
        dt.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= dt.date(year, month, 1) <= last
    ]
    ticks = months[-1:]
    for step in (1, 3, 6, 12):
        ticks = [m for m in months if (m.month - 1) % step == 0] or ticks
        if len(ticks) <= wanted:
            break
    labels: list[str] = []
    for i, tick in enumerate(ticks):
        is_new_year = i == 0 or ticks[i - 1].year != tick.year
        is_crowded = i == 0 and step < 12 and len(ticks) > 1 and ticks[1].year != tick.year
        year = f"<br>{tick.year}年" if is_new_year and not is_crowded else ""
        labels.append(f"{tick.month}月{year}")
    return ticks, labels


class Scale(NamedTuple):
    """A value axis: its two ends, and the round distance between its grid lines."""

    low: float
    high: float
    step: float

    @property
    def span(self) -> float:
        """Return the length of the axis."""
        return self.high - self.low

    @property
    def ticks(self) -> list[float]:
        """Return the places of the grid lines."""
        # A hair of tolerance: 0.3 / 0.1 is a little under three.
        return [self.low + self.step * k for k in range(int(self.span / self.step + 1e-9) + 1)]


def nice_step(span: float, *, wanted: int = 4) -> float:
    """Return a round distance between grid lines (1, 2 or 5 times a power of ten)."""
    if span <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(span / wanted))
    return next(
        factor * power for factor in (1.0, 2.0, 5.0, 10.0) if span <= wanted * factor * power
    )


def nice_range(
    values: Sequence[float],
    *,
    wanted: int = 4,
    floor: float | None = None,
    ceiling: float | None = None,
) -> Scale:
    """Return an axis around some values; it need not start at zero.

    Where the values hardly differ the axis is widened downwards, so that noise looks like noise.
    """
    low, high = min(values), max(values)
    if high - low < abs(high) * LEAST_SPAN:
        low = high - abs(high) * LEAST_SPAN
    step = nice_step(max(high - low, abs(high) * 0.02, 1e-6), wanted=wanted)
    bottom = step * math.floor(low / step + 1e-9)
    top = step * math.ceil(high / step - 1e-9)
    if bottom == top:
        top += step
    if floor is not None:
        bottom = max(bottom, floor)
    if ceiling is not None and high <= ceiling:
        top = min(top, ceiling)
    return Scale(bottom, top, step)
