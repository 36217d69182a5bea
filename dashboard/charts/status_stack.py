"""Village clinics by state of building, one bar an area, from not started to accepted."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, note, say_nothing_reported, text_width
from dashboard.charts.rows import (
    Sides,
    clickable_rows,
    lay_rows,
    name_rows,
    room_for_names,
    shade_row,
    write_at_right,
)
from dashboard.formats import DASH, plain, rate
from dashboard.messages import t
from dashboard.remembering import drawn_once

# Finished work grows from the left edge, so that completion reads off one common axis.
STACK = ("accepted", "completed", "in_progress", "not_started")
INK = {
    "accepted": theme.CARD,
    "completed": theme.TEXT_1,
    "in_progress": theme.TEXT_1,
    "not_started": theme.TEXT_2,
}
TOP, ROW = 38, 34
GAP, RIGHT = 14, 158  # pixels between names and bars, and at the right of these
WIDTH, DIGIT = 560, 9  # pixels of a panel of four columns, and of a figure


def least_done(counts: pl.DataFrame) -> pl.DataFrame:
    """Sort areas so that the least finished come first, those without a plan last."""
    total = pl.sum_horizontal(STACK)
    return counts.with_columns(
        total=total,
        done=pl.when(total > 0).then((pl.col("accepted") + pl.col("completed")) / total),
    ).sort(["done", "area_code"], nulls_last=True)


def _fits(count: int, share: float, room: float) -> bool:
    """Say whether a count stands inside its part of a bar."""
    return share / 100 * room >= DIGIT * len(str(count)) + 6


def _bars(figure: go.Figure, rows: list[dict[str, Any]], *, room: float) -> None:
    for status in STACK:
        shares = [row[status] / row["total"] * 100 if row["total"] else 0.0 for row in rows]
        figure.add_bar(
            orientation="h",
            x=shares,
            y=list(range(len(rows))),
            name=t(f"clinic_status.{status}"),
            marker={
                "color": theme.CLINIC_STATUS[status],
                "line": {"color": theme.CARD, "width": 1},
            },
            text=[
                str(row[status]) if _fits(row[status], share, room) else ""
                for row, share in zip(rows, shares, strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={
                "color": INK[status],
                "size": theme.SIZE_NOTE,
                "family": theme.FONT_FAMILY,
            },
            hoverinfo="skip",  # the row tells all four
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )


def _hover(row: dict[str, Any]) -> str:
    words = [
        t("chart.items", name=t(f"clinic_status.{status}"), value=row[status]) for status in STACK
    ]
    return "<br>".join([f"<b>{plain(row['area_name'])}</b>", *words])


def _key(figure: go.Figure) -> None:
    """Name the four states above names and bars, in the order in which they are stacked."""
    shift = 0.0
    for status in STACK:
        figure.add_shape(
            type="rect",
            xref="paper",
            yref="paper",
            xsizemode="pixel",
            ysizemode="pixel",
            xanchor=0,
            yanchor=1,
            x0=shift,
            x1=shift + 14,
            y0=13,
            y1=27,
            fillcolor=theme.CLINIC_STATUS[status],
            line={"color": theme.AXIS, "width": 1 if status == "not_started" else 0},
        )
        words = t(f"clinic_status.{status}")
        note(figure, words, x=0, y=1, xshift=shift + 20, yshift=20)
        shift += 20 + text_width(words, size=theme.SIZE_NOTE) + 18


@drawn_once
def status_stack_figure(
    counts: pl.DataFrame, *, selected: str | None = None, pitch: int = ROW
) -> go.Figure:
    """Draw the clinics of each area by state.

    Args:
        counts: area_code, area_name, not_started, in_progress, completed, accepted; completed
            without the accepted ones; optionally short_name, where there is little room.
        selected: code of the area whose row is shaded.
        pitch: height of a row in pixels.

    The height follows the number of areas.
    """
    rows = least_done(counts).to_dicts()
    count = max(len(rows), 2)
    height = TOP + pitch * count + 6
    figure = new_figure(height=height, margin=(0, TOP, 0, 6), click=True)
    if not rows:
        return say_nothing_reported(figure)
    figure.update_layout(barmode="stack", bargap=0.22 if pitch >= ROW else 0.1)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    shade_row(figure, rows, selected=selected)
    sides = Sides(room_for_names(rows) + GAP, RIGHT)
    lay_rows(figure, (0, 100), sides, count=count)
    _key(figure)
    _bars(figure, rows, room=max(WIDTH - sum(sides), 100))
    clickable_rows(figure, rows, [_hover(row) for row in rows])
    name_rows(figure, rows, selected=selected, size=theme.SIZE_BODY)
    for y, row in enumerate(rows):
        _row_texts(figure, y, row)
    return figure


def _row_texts(figure: go.Figure, y: int, row: dict[str, Any]) -> None:
    """Write finished over planned, and the rate of one row."""
    done = row["accepted"] + row["completed"]
    shown = f"{done}／{row['total']}" if row["total"] else DASH
    write_at_right(figure, y, shown, from_edge=74, colour=theme.TEXT_3)
    look: dict[str, Any] = {"size": theme.SIZE_BODY, "colour": theme.TEXT_1, "weight": 700}
    write_at_right(figure, y, rate(row["done"]), from_edge=6, **look)
