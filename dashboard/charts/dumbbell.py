"""Two dates of each area on one line: hollow before, filled after, the change at the right."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, note, say_nothing_reported
from dashboard.charts.measure import Measure
from dashboard.charts.ranked import value_axis
from dashboard.charts.rows import (
    GAP,
    Sides,
    clickable_rows,
    name_rows,
    room_for_names,
    shade_row,
    size_of_text,
    write_at_right,
)
from dashboard.formats import DASH, SUPPRESSED, plain
from dashboard.remembering import drawn_once

TOP, BOTTOM = 30, 34
SYMBOL = 13
CHANGE = 84  # pixels at the right for the arrow and the change
ARROW_UP, ARROW_DOWN = "\u2197", "\u2198"
AFTER: dict[str, tuple[str, str]] = {
    "worse": ("diamond", theme.WORSE),
    "better": ("circle", theme.BETTER),
}
PLAIN = ("circle", theme.ACCENT)
SIDES = ("earlier", "later")


def _printed(row: dict[str, Any], side: str) -> str:
    if row[f"{side}_status"] == "suppressed":
        return SUPPRESSED
    return plain(row[f"{side}_label"] or DASH)


def _hover(row: dict[str, Any], names: tuple[str, str]) -> str:
    values = [f"{plain(n)} {_printed(row, s)}" for n, s in zip(names, SIDES, strict=True)]
    return "<br>".join([f"<b>{plain(row['area_name'])}</b>", *values, plain(row["change_label"])])


def _bars(figure: go.Figure, rows: list[dict[str, Any]], factor: float) -> None:
    """Join the two dates of each area that has both."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for y, row in enumerate(rows):
        if row["change"] is not None:
            xs += [row["earlier_value"] * factor, row["later_value"] * factor, None]
            ys += [y, y, None]
    line = {"color": theme.AXIS, "width": 2.5}
    figure.add_scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", name="change")


def _dots(figure: go.Figure, rows: list[dict[str, Any]], side: str, *, factor: float) -> None:
    known = [(y, row) for y, row in enumerate(rows) if row[f"{side}_value"] is not None]
    is_later = side == "later"
    looks = [AFTER.get(row["mark"], PLAIN) if is_later else PLAIN for _, row in known]
    figure.add_scatter(
        x=[row[f"{side}_value"] * factor for _, row in known],
        y=[y for y, _ in known],
        mode="markers",
        marker={
            "symbol": [symbol for symbol, _ in looks],
            "color": [colour if is_later else theme.CARD for _, colour in looks],
            "size": SYMBOL if is_later else SYMBOL - 2,
            "opacity": 1,
            "line": {"color": [colour for _, colour in looks], "width": 2},
        },
        hoverinfo="skip",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        name=side,
    )


def _change_column(
    figure: go.Figure, rows: list[dict[str, Any]], *, size: int, header: str
) -> None:
    """Write the changes; an arrow only where the gate claims one."""
    for y, row in enumerate(rows):
        is_claimed = row["mark"] in AFTER
        arrow = (ARROW_UP if row["change"] > 0 else ARROW_DOWN) + " " if is_claimed else ""
        colour = AFTER.get(row["mark"], ("", theme.TEXT_1))[1]
        words, weight = arrow + plain(row["change_label"]), 700 if is_claimed else 400
        write_at_right(figure, y, words, size=size, colour=colour, weight=weight)
    above: dict[str, Any] = {"y": 1, "yanchor": "bottom", "yshift": 2}
    note(figure, plain(header), x=1, xanchor="right", colour=theme.TEXT_3, **above)


@drawn_once
def dumbbell_figure(
    rows: pl.DataFrame,
    measure: Measure,
    *,
    names: tuple[str, str],
    change_zh: str,
    selected: str | None = None,
    height: int = 480,
) -> go.Figure:
    """Draw two dates of some areas, in the order given.

    Args:
        rows: area_code, area_name, earlier_* and later_* of value, label and status, change and
            change_label (printed, without unit), mark (better or worse where claimed).
        measure: what the values are.
        names: of the earlier and the later date, for the hover.
        change_zh: header of the changes, with their unit.
        selected: code of the area whose row is shaded.
        height: in pixels, axis included.
    """
    found = rows.to_dicts()
    figure = new_figure(height=height, margin=(0, TOP, 0, BOTTOM), click=True)
    values = [row[f"{s}_value"] for row in found for s in SIDES]
    numbers = [value * measure.factor for value in values if value is not None]
    if not numbers:
        return say_nothing_reported(figure)
    sides = Sides(room_for_names(found) + GAP, CHANGE)
    shade_row(figure, found, selected=selected)
    value_axis(figure, measure.scale(numbers), sides, count=len(found))
    clickable_rows(figure, found, [_hover(row, names) for row in found])
    _bars(figure, found, measure.factor)
    for side in SIDES:
        _dots(figure, found, side, factor=measure.factor)
    size = size_of_text(len(found), height - TOP - BOTTOM)
    name_rows(figure, found, selected=selected, size=size)
    _change_column(figure, found, size=size, header=change_zh)
    return figure
