"""Where residents are treated outside their county, month by month, stacked from the axis."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import (
    band,
    font,
    month_ticks,
    new_figure,
    nice_step,
    note,
    say_nothing_reported,
)
from dashboard.charts.over_time import spread
from dashboard.formats import DASH, SUPPRESSED, plain, rounded
from dashboard.messages import t
from dashboard.remembering import drawn_once

# Farthest at the bottom, where lengths compare best.
STACK = ("other_province", "same_province", "same_city")
PRINTED = (*STACK, "same_county")
RIGHT = 176
LONE_BAR = 22 * 24 * 3_600_000  # milliseconds; Plotly measures a bar by its neighbour's distance
LEAST = 0.05  # of all admissions: the least height of the axis
HEADROOM = 1.1  # for the word above the provisional months


def _bars(figure: go.Figure, shares: pl.DataFrame) -> None:
    """Add one stacked trace a tier."""
    for tier in STACK:
        rows = shares.filter(pl.col("tier") == tier)
        _bar(figure, rows, name=t(f"tier.{tier}"), colour=theme.DESTINATION[tier])


def _bar(figure: go.Figure, rows: pl.DataFrame, *, name: str, colour: str) -> None:
    """Add a trace of months, ascending; provisional ones are hatched in white."""
    waits = [status == "provisional" for status in rows["status"].to_list()]
    values = [None if v is None else v * 100 for v in rows["share"].to_list()]
    figure.add_bar(
        x=rows["month"].to_list(),
        y=values,
        width=LONE_BAR if rows.height == 1 else None,
        name=name,
        marker={
            "color": colour,
            "line": {"color": theme.CARD, "width": 1},
            "pattern": {
                "shape": ["/" if wait else "" for wait in waits],
                "fgcolor": theme.CARD,
                "fillmode": "overlay",
                "size": 7,
                "solidity": 0.35,
            },
        },
        text=[
            f"{t('chart.month', year=m.year, month=m.month)}<br>{name} "
            f"<b>{DASH if v is None else rounded(v, 1)}%</b>"
            + (t("chart.provisional_suffix") if wait else "")
            for m, v, wait in zip(rows["month"].to_list(), values, waits, strict=True)
        ],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )


def _provisional_band(figure: go.Figure, shares: pl.DataFrame) -> None:
    waiting = shares.filter(pl.col("status") == "provisional")["month"]
    if waiting.is_empty():
        return
    first = min(waiting.to_list()) - dt.timedelta(days=15)
    last = max(shares["month"].to_list()) + dt.timedelta(days=15)
    band(figure, first, last)
    note(
        figure,
        t("chart.provisional"),
        x=first + (last - first) / 2,
        y=1,
        xref="x",
        xanchor="center",
        yanchor="top",
        yshift=-3,
    )


def _axes(figure: go.Figure, months: list[dt.date], top: float) -> float:
    step = nice_step(top * HEADROOM, wanted=7)
    high = step * math.ceil(top * HEADROOM / step)
    ticks, words = month_ticks(months[0], months[-1])
    half = dt.timedelta(days=16)
    figure.update_xaxes(
        range=[months[0] - half, months[-1] + half],
        type="date",
        tickvals=ticks,
        ticktext=words,
        tickfont=font(),
        tickangle=0,
        showgrid=False,
        showline=True,
        linecolor=theme.AXIS,
        ticks="outside",
        ticklen=5,
        tickcolor=theme.AXIS,
    )
    places = [step * k for k in range(round(high / step) + 1)]
    figure.update_yaxes(
        range=[0, high],
        tickvals=places,
        ticktext=[rounded(place, 0 if step >= 1 else 1) for place in places],
        tickfont=font(),
        gridcolor=theme.GRID,
        zeroline=False,
        ticks="",
    )
    return high


def _key_places(totals: Mapping[str, float | None], *, high: float, height: int) -> list[float]:
    """Return where the four shares are printed beside the stack; the own county's stands above."""
    base, places = 0.0, []
    for tier in STACK:
        share = (totals.get(tier) or 0.0) * 100
        places.append(base + share / 2)
        base += share
    gap = high * 27 / max(height - 62, 1)
    places = [max(place, gap / 3) for place in places]  # a share of nothing stands on the axis
    moved = spread([*places, max(high - gap, base + gap)], gap=gap)
    # Under the period above them, each under the next.
    return [min(place, high - gap * (len(moved) - n - 0.5)) for n, place in enumerate(moved)]


def _key_row(figure: go.Figure, tier: str, share_zh: str, *, place: float) -> None:
    """Print one distance: its colour, its name, its share."""
    figure.add_shape(
        type="rect",
        xref="paper",
        xsizemode="pixel",
        xanchor=1,
        x0=16,
        x1=28,
        yref="y",
        ysizemode="pixel",
        yanchor=place,
        y0=-7,
        y1=7,
        fillcolor=theme.DESTINATION[tier],
        line={"color": theme.AXIS, "width": 1 if tier == "same_county" else 0},
    )
    note(figure, t(f"tier.{tier}"), x=1, y=place, yref="y", xshift=36, colour=theme.TEXT_1)
    note(
        figure,
        share_zh,
        x=1,
        y=place,
        yref="y",
        xshift=RIGHT,
        xanchor="right",
        colour=theme.TEXT_1,
        weight=700,
    )


def _key(
    figure: go.Figure,
    totals: Mapping[str, float | None],
    unknown: str,
    *,
    high: float,
    height: int,
) -> None:
    """Print the four shares beside the stack."""
    places = _key_places(totals, high=high, height=height)
    for tier, place in zip(PRINTED, places, strict=True):
        share = totals.get(tier)
        printed = unknown if share is None else rounded(share * 100, 1)
        _key_row(figure, tier, printed, place=place)


@drawn_once
def destinations_figure(
    shares: pl.DataFrame,
    *,
    totals: Mapping[str, float | None],
    period_zh: str,
    outside: pl.DataFrame | None = None,
    height: int = 300,
) -> go.Figure:
    """Draw the out-of-county part of all admissions, by how far residents went.

    Args:
        shares: month, tier, share (fraction of all admissions), status; four tiers a month.
        totals: the four shares over the settled period that is printed beside the bars.
        period_zh: that period, printed.
        outside: month, share, status of all admissions outside; drawn undivided in the months
            whose parts are hidden.
        height: in pixels.
    """
    figure = new_figure(height=height, margin=(40, 30, RIGHT, 50))
    figure.update_layout(barmode="stack", bargap=0.18)
    of_tiers = shares.lazy().filter(pl.col("tier").is_in(STACK)).sort("month")
    shown = of_tiers.with_columns(pl.col("status").cast(pl.String)).collect()
    whole = _whole_months(shown)
    undivided = _undivided(whole, outside)
    if shown["share"].drop_nulls().is_empty() and undivided.is_empty():
        return say_nothing_reported(figure)
    months = sorted(set(shown["month"].to_list()))
    high = _axes(figure, months, _highest(whole, undivided, totals) * 100)
    _provisional_band(figure, pl.concat([shown, undivided], how="diagonal"))
    _bars(figure, whole)
    if undivided.height:
        _bar(figure, undivided.sort("month"), name=t("chart.outside"), colour=theme.AXIS)
    _hidden(figure, whole, undivided)
    unknown = SUPPRESSED if (shown["status"] == "suppressed").any() else DASH
    note(figure, plain(period_zh), x=1, y=1, xanchor="right", yanchor="bottom", xshift=RIGHT)
    _key(figure, totals, unknown, high=high, height=height)
    return figure


def _highest(
    whole: pl.DataFrame, undivided: pl.DataFrame, totals: Mapping[str, float | None]
) -> float:
    """Return the highest stack, of a month or of the settled period."""
    sums = pl.concat([whole, undivided], how="diagonal").group_by("month")
    tops: list[float] = sums.agg(pl.col("share").sum())["share"].to_list()
    return max([*tops, sum(totals.get(tier) or 0.0 for tier in STACK), LEAST])


def _whole_months(shown: pl.DataFrame) -> pl.DataFrame:
    """Blank the months in which a part is hidden: a stack without it would look like a fall."""
    is_whole = pl.col("share").is_not_null().all().over("month")
    return shown.with_columns(share=pl.when(is_whole).then("share"))


def _undivided(whole: pl.DataFrame, outside: pl.DataFrame | None) -> pl.DataFrame:
    """Return the months whose parts are hidden and whose sum is not: month, share, status."""
    if outside is None:
        return pl.DataFrame(
            schema={name: whole.schema[name] for name in ("month", "share", "status")}
        )
    hidden = whole.filter(pl.col("share").is_null())["month"].unique()
    known = pl.col("month").is_in(hidden.to_list()) & pl.col("share").is_not_null()
    return outside.filter(known)


def _hidden(figure: go.Figure, whole: pl.DataFrame, undivided: pl.DataFrame) -> None:
    """Mark the months of which nothing may be told, and say why parts are missing."""
    hidden = whole.filter(pl.col("share").is_null())["month"].unique().sort().to_list()
    for month in sorted(set(hidden) - set(undivided["month"].to_list())):
        note(figure, SUPPRESSED, x=month, y=0, xref="x", xanchor="center", yanchor="bottom")
    if hidden:
        words = t("chart.undivided" if undivided.height else "state.suppressed")
        note(figure, words, x=0, y=1, yanchor="bottom", yshift=4)
