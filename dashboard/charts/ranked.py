"""Areas in order of need: a dot with its 95 % interval, the area line, the target, the value."""

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
    note,
    say_nothing_reported,
    shade_row,
    shortened,
    text_width,
)
from dashboard.charts.measure import Measure
from dashboard.charts.reference import Yardsticks, reference_lines
from dashboard.formats import DASH, SUPPRESSED, plain, rounded
from dashboard.remembering import drawn_once

TOP, BOTTOM = 34, 34
SYMBOL = 13
VALUE = 66  # room for the value at the right
NAME_ROOM = 250  # most pixels of a name: one overlong name leaves the others and the values theirs
AXIS_CHARACTERS = 18  # that stand side by side under a narrow figure
NOTHING = Yardsticks()
ROOMY = 24  # pixels a row, from which text has the larger size
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


def clickable_rows(
    figure: go.Figure, rows: list[dict[str, Any]], texts: list[str], scale: Scale
) -> None:
    """Lay an invisible bar over each row, so that a click anywhere in it chooses the area."""
    figure.add_bar(
        orientation="h",
        base=[scale.low] * len(rows),
        x=[scale.span] * len(rows),
        y=list(range(len(rows))),
        width=1,
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
        customdata=[row["area_code"] for row in rows],
        text=texts,
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        name="row",
    )


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


def shown_name(row: dict[str, Any]) -> str:
    """Return an area's name as it stands at its row; the hover tells a short one in full."""
    return shortened(plain(row.get("short_name") or row["area_name"]), room=NAME_ROOM)


def room_for_names(rows: list[dict[str, Any]]) -> float:
    """Return the width of the widest shown name, in pixels."""
    return max((text_width(shown_name(row), size=theme.SIZE_BODY) for row in rows), default=0)


def name_rows(
    figure: go.Figure, rows: list[dict[str, Any]], *, selected: str | None, left: float, size: int
) -> None:
    """Write the names at the left edge; the chosen area's is bold."""
    for y, row in enumerate(rows):
        is_chosen = row["area_code"] == selected
        note(
            figure,
            shown_name(row),
            x=0,
            y=y,
            yref="y",
            xshift=-left,
            size=size,
            colour=theme.TEXT_1,
            weight=700 if is_chosen else 400,
        )


def _right_column(
    figure: go.Figure, rows: list[dict[str, Any]], *, right: float, size: int
) -> None:
    """Write numerator and denominator, and the value, bold where something is claimed."""
    for y, row in enumerate(rows):
        mark = row.get("mark") or ""
        is_final = row["status"] == "final"
        colour = theme.WORSE if mark == "worse" else theme.TEXT_1 if is_final else theme.TEXT_3
        shown = row["label"] if row["value"] is not None else DASH
        if row["status"] == "suppressed":
            shown = SUPPRESSED
        note(
            figure,
            plain(shown),
            x=1,
            y=y,
            yref="y",
            xanchor="right",
            xshift=right,
            size=size,
            colour=colour,
            weight=700 if mark else 500,
        )
        if row.get("detail"):
            note(
                figure,
                plain(row["detail"]),
                x=1,
                y=y,
                yref="y",
                xanchor="right",
                xshift=right - 62,
                colour=theme.TEXT_3,
            )


def value_axis(figure: go.Figure, scale: Scale, *, count: int) -> None:
    """Lay the axis of values under `count` rows."""
    pad = scale.span * 0.04
    decimals = 0 if scale.step >= 1 else 1 if scale.step >= 0.1 else 2
    texts = [rounded(tick, decimals) for tick in scale.ticks]
    # Long figures would be turned on end: then only every second or third grid line has its own.
    every = -(-max(len(text) for text in texts) * len(texts) // AXIS_CHARACTERS)
    figure.update_xaxes(
        range=[scale.low - pad, scale.high + pad],
        tickvals=scale.ticks,
        ticktext=[text if k % every == 0 else "" for k, text in enumerate(texts)],
        tickangle=0,
        tickfont=font(colour=theme.TEXT_3),
        gridcolor=theme.GRID,
        zeroline=False,
        ticks="",
    )
    figure.update_yaxes(
        range=[count - 0.5, -0.5], showticklabels=False, showgrid=False, zeroline=False, ticks=""
    )


def _margins(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Return the room for names at the left, details and values at the right."""
    details = [text_width(plain(row.get("detail") or ""), size=theme.SIZE_NOTE) for row in rows]
    widest = max(details, default=0)
    return room_for_names(rows) + 16, VALUE + (widest + 14 if widest else 0)


def size_of_text(rows: int, room: float) -> int:
    """Return the size of text in so many rows over so many pixels."""
    return theme.SIZE_BODY if room / rows >= ROOMY else theme.SIZE_NOTE


def _numbers(rows: list[dict[str, Any]]) -> list[float]:
    return [
        row[field]
        for row in rows
        for field in ("value", "lower", "upper")
        if row["value"] is not None and row[field] is not None
    ]


def hairlines(
    figure: go.Figure,
    rows: list[dict[str, Any]],
    *,
    selected: str | None,
    left: float,
    right: float,
) -> None:
    """Rule a line under each row; the chosen area's is shaded."""
    for y, row in enumerate(rows):
        line(figure, start=(0, y + 0.5), end=(1, y + 0.5), xref="paper")
        if row["area_code"] == selected:
            shade_row(figure, y, left=left, right=right)


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
    left, right = _margins(rows)
    figure = new_figure(height=height, margin=(int(left), TOP, int(right), BOTTOM), click=True)
    numbers = _numbers(rows)
    if not numbers:
        return say_nothing_reported(figure)
    drawn = beside.times(measure.factor)
    scale = measure.scale([*(value * measure.factor for value in numbers), *drawn.values])
    value_axis(figure, scale, count=len(rows))
    reference_lines(figure, drawn, scale, decimals=measure.decimals)
    clickable_rows(figure, rows, [_hover(row, measure.unit_zh) for row in rows], scale)
    _intervals(figure, rows, measure.factor)
    _dots(figure, rows, measure)
    hairlines(figure, rows, selected=selected, left=left, right=right)
    size = size_of_text(len(rows), height - TOP - BOTTOM)
    name_rows(figure, rows, selected=selected, left=left, size=size)
    _right_column(figure, rows, right=right, size=size)
    return figure
