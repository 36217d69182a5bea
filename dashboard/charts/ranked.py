"""Areas in order of need: a dot with its 95 % interval, the area line, the target, the value."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import Scale, font, new_figure, say_nothing_reported, text_width
from dashboard.charts.measure import Measure
from dashboard.charts.reference import Yardsticks, reference_lines
from dashboard.charts.rows import (
    GAP,
    Sides,
    clickable_rows,
    hairlines,
    lay_rows,
    name_rows,
    room_for_names,
    shade_row,
    size_of_text,
    write_at_right,
)
from dashboard.formats import DASH, SUPPRESSED, plain, rounded
from dashboard.remembering import drawn_once

TOP, BOTTOM = 34, 34
SYMBOL = 13
VALUE, DETAIL = 66, 62  # pixels of the value at the right; from there to what it is made of
AXIS_CHARACTERS = 18  # that stand side by side under a narrow figure
NOTHING = Yardsticks()
MARKS: dict[str, tuple[str, str, str]] = {
    "worse": ("diamond", theme.WORSE, theme.WORSE),
    "better": ("circle", theme.BETTER, theme.BETTER),
    "": ("circle", theme.CARD, theme.SIMILAR),
}


def in_order_of_need(values: pl.DataFrame, polarity: theme.Polarity) -> pl.DataFrame:
    """Sort areas so that the neediest come first; ties by code, areas without a value last."""
    return values.sort(
        ["value", "area_code"],
        descending=[polarity != "higher_is_better", False],
        nulls_last=True,
    )


def _hover(row: dict[str, Any], unit_zh: str) -> str:
    unit = plain(unit_zh) if row["value"] is not None else ""
    label = row["label"] if row["status"] != "suppressed" else SUPPRESSED
    return f"<b>{plain(row['area_name'])}</b><br>{plain(label)}{unit}"


def _intervals(figure: go.Figure, rows: list[dict[str, Any]], factor: float) -> None:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for y, row in enumerate(rows):
        if row["lower"] is not None and row["upper"] is not None and row["value"] is not None:
            xs += [row["lower"] * factor, row["upper"] * factor, None]
            ys += [y, y, None]
    figure.add_scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"color": theme.TEXT_2, "width": 2.5},
        hoverinfo="skip",
        name="interval",
    )


def _dots(figure: go.Figure, rows: list[dict[str, Any]], measure: Measure) -> None:
    known = [(y, row) for y, row in enumerate(rows) if row["value"] is not None]
    marks = [MARKS.get(row.get("mark") or "", MARKS[""]) for _, row in known]
    figure.add_scatter(
        x=[row["value"] * measure.factor for _, row in known],
        y=[y for y, _ in known],
        mode="markers",
        cliponaxis=False,  # where long fractions leave no room, whole marks stand in one line
        customdata=[row["area_code"] for _, row in known],
        marker={
            "symbol": [symbol for symbol, _, _ in marks],
            "color": [fill for _, fill, _ in marks],
            "size": SYMBOL,
            "opacity": 1,
            "line": {"color": [edge for _, _, edge in marks], "width": 2},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        text=[_hover(row, measure.unit_zh) for _, row in known],
        hovertemplate="%{text}<extra></extra>",
        name="value",
    )


def _right_column(figure: go.Figure, rows: list[dict[str, Any]], *, size: int) -> None:
    """Write numerator and denominator, and the value, bold where something is claimed."""
    for y, row in enumerate(rows):
        mark = row.get("mark") or ""
        is_final = row["status"] == "final"
        colour = theme.WORSE if mark == "worse" else theme.TEXT_1 if is_final else theme.TEXT_3
        shown = row["label"] if row["value"] is not None else DASH
        if row["status"] == "suppressed":
            shown = SUPPRESSED
        weight = 700 if mark else 500
        write_at_right(figure, y, plain(shown), size=size, colour=colour, weight=weight)
        if row.get("detail"):
            write_at_right(figure, y, plain(row["detail"]), from_edge=DETAIL, colour=theme.TEXT_3)


def value_axis(figure: go.Figure, scale: Scale, sides: Sides, *, count: int) -> None:
    """Lay the axis of values under `count` rows, and a hairline under each."""
    pad = scale.span * 0.04
    ends = scale.low - pad, scale.high + pad
    decimals = 0 if scale.step >= 1 else 1 if scale.step >= 0.1 else 2
    texts = [rounded(tick, decimals) for tick in scale.ticks]
    # Long figures would be turned on end: then only every second or third grid line has its own.
    every = -(-max(len(text) for text in texts) * len(texts) // AXIS_CHARACTERS)
    figure.update_xaxes(
        tickvals=scale.ticks,
        ticktext=[text if k % every == 0 else "" for k, text in enumerate(texts)],
        tickangle=0,
        tickfont=font(colour=theme.TEXT_3),
        gridcolor=theme.GRID,
        zeroline=False,
        ticks="",
    )
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, ticks="")
    lay_rows(figure, ends, sides, count=count)
    hairlines(figure, ends, count=count)


def _sides(rows: list[dict[str, Any]]) -> Sides:
    """Return the room for names at the left, details and values at the right."""
    details = [text_width(plain(row.get("detail") or ""), size=theme.SIZE_NOTE) for row in rows]
    widest = max(details, default=0)
    return Sides(room_for_names(rows) + GAP, VALUE + (widest + 14 if widest else 0))


def _numbers(rows: list[dict[str, Any]]) -> list[float]:
    return [
        row[field]
        for row in rows
        for field in ("value", "lower", "upper")
        if row["value"] is not None and row[field] is not None
    ]


@drawn_once
def ranked_figure(
    values: pl.DataFrame,
    measure: Measure,
    *,
    beside: Yardsticks = NOTHING,
    selected: str | None = None,
    height: int = 480,
) -> go.Figure:
    """Draw areas in order of need.

    Args:
        values: area_code, area_name, value, lower, upper (fractions for rates), label (printed
            value without unit), mark (worse, better, or empty), status, and optionally detail
            (printed numerator and denominator) and short_name, where there is little room.
        measure: what the value is; its polarity says which end comes first.
        beside: what the areas are measured by, drawn as lines across them.
        selected: code of the area whose row is shaded.
        height: in pixels, axis included.
    """
    rows = in_order_of_need(values, measure.polarity).to_dicts()
    figure = new_figure(height=height, margin=(0, TOP, 0, BOTTOM), click=True)
    numbers = _numbers(rows)
    if not numbers:
        return say_nothing_reported(figure)
    drawn = beside.times(measure.factor)
    scale = measure.scale([*(value * measure.factor for value in numbers), *drawn.values])
    shade_row(figure, rows, selected=selected)
    value_axis(figure, scale, _sides(rows), count=len(rows))
    reference_lines(figure, drawn, scale, decimals=measure.decimals)
    clickable_rows(figure, rows, [_hover(row, measure.unit_zh) for row in rows])
    _intervals(figure, rows, measure.factor)
    _dots(figure, rows, measure)
    size = size_of_text(len(rows), height - TOP - BOTTOM)
    name_rows(figure, rows, selected=selected, size=size)
    _right_column(figure, rows, size=size)
    return figure
