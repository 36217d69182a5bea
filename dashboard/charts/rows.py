"""Charts of one row an area: a name at the left, values at the right, a click anywhere between.

Plotly hears no click in a margin. So there is none at the sides: invisible shapes, measured in
pixels, hold the ends of the axis away from the edges by what names and values need, and
invisible bars on a second axis, over the whole width, take the click.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import line, note, shortened, text_width
from dashboard.formats import plain

NAME_ROOM = 250  # most pixels of a name: one overlong name leaves the others and the values theirs
ROOMY = 24  # pixels a row, from which text has the larger size
GAP = 16  # pixels between a name and the axis


class Sides(NamedTuple):
    """Pixels beside an axis: for names at its left, for values at its right."""

    left: float
    right: float


def shown_name(row: dict[str, Any]) -> str:
    """Return an area's name as it stands at its row; the hover tells a short one in full."""
    return shortened(plain(row.get("short_name") or row["area_name"]), room=NAME_ROOM)


def room_for_names(rows: list[dict[str, Any]]) -> float:
    """Return the width of the widest shown name, in pixels."""
    return max((text_width(shown_name(row), size=theme.SIZE_BODY) for row in rows), default=0)


def size_of_text(rows: int, room: float) -> int:
    """Return the size of text in so many rows over so many pixels."""
    return theme.SIZE_BODY if room / rows >= ROOMY else theme.SIZE_NOTE


def lay_rows(figure: go.Figure, ends: tuple[float, float], sides: Sides, *, count: int) -> None:
    """Lay an axis from end to end between names and values, and `count` rows from the top."""
    low, high = ends
    for anchor, start, end in ((low, -sides.left, 0.0), (high, 0.0, sides.right)):
        figure.add_shape(
            type="rect",
            xsizemode="pixel",
            xanchor=anchor,
            x0=start,
            x1=end,
            yref="paper",
            y0=0,
            y1=1,
            line={"width": 0},
            layer="below",
        )
    figure.update_xaxes(autorange=True, fixedrange=True)  # the shapes take part in it
    figure.update_yaxes(range=[count - 0.5, -0.5], fixedrange=True)  # both: a pointing hand


def clickable_rows(figure: go.Figure, rows: list[dict[str, Any]], texts: list[str]) -> None:
    """Lay invisible bars over each row, so that a click anywhere in it chooses the area.

    Two a row, from both edges to the middle: words are shown where a bar ends, and at an edge they
    would hide the names or the values of the rows around.
    """
    axis = {"overlaying": "x", "range": [0, 2], "visible": False, "fixedrange": True}
    figure.update_layout(xaxis2=axis)
    count = len(rows)
    figure.add_bar(
        orientation="h",
        xaxis="x2",
        base=[0] * count + [2] * count,
        x=[1] * count + [-1] * count,
        y=[*range(count)] * 2,
        width=1,
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
        customdata=[row["area_code"] for row in rows] * 2,
        text=texts * 2,
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        name="row",
    )


def shade_row(figure: go.Figure, rows: list[dict[str, Any]], *, selected: str | None) -> None:
    """Shade the chosen area's row; before anything else, or it would lie over lines and grid."""
    for y, row in enumerate(rows):
        if row["area_code"] == selected:
            figure.add_shape(
                type="rect",
                xref="paper",
                x0=0,
                x1=1,
                y0=y - 0.5,
                y1=y + 0.5,
                fillcolor=theme.PROVISIONAL_BAND,
                line={"width": 0},
                layer="below",
            )


def name_rows(
    figure: go.Figure, rows: list[dict[str, Any]], *, selected: str | None, size: int
) -> None:
    """Write the names at the left edge; the chosen area's is bold."""
    for y, row in enumerate(rows):
        note(
            figure,
            shown_name(row),
            x=0,
            y=y,
            yref="y",
            size=size,
            colour=theme.TEXT_1,
            weight=700 if row["area_code"] == selected else 400,
        )


def write_at_right(
    figure: go.Figure, y: int, text: str, *, from_edge: float = 0, **look: Any
) -> None:
    """Write in a row's right column, so many pixels from the edge; `look` is as in `note`."""
    note(figure, text, x=1, y=y, yref="y", xanchor="right", xshift=-from_edge, **look)


def hairlines(figure: go.Figure, ends: tuple[float, float], *, count: int) -> None:
    """Rule a line under each row, as long as the axis."""
    for y in range(count):
        line(figure, start=(ends[0], y + 0.5), end=(ends[1], y + 0.5))
