"""Tables as escaped HTML: hairlines, figures right, equal decimals, the unit in the header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.components import draw, notice
from dashboard.exports import collect
from dashboard.formats import DASH
from dashboard.look.css_topics import COMPACT_ROW, PITCH
from dashboard.look.markup import Markup, div, el
from dashboard.messages import t
from dashboard.remembering import remembered

LIMIT = 200  # rows drawn; the rest is found by search or in the download
HEAD, NOTE = 36, 46  # pixels of the header, and of the note below
TWO_LINES = 45  # of a row whose texts may wrap once


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: where it comes from and how it stands."""

    name: str
    title: str
    is_number: bool = False
    is_strong: bool = False


def _cell(row: dict[str, object], column: Column, worse: str | None) -> Markup:
    value = row[column.name]
    classes = ["num"] if column.is_number else []
    if column.is_strong:
        classes.append("strong")
    if worse is not None and row.get(worse) and column.is_strong:
        classes.append("worse")
    text = DASH if value is None else str(value)
    # A name too long for its column is whole in the tip.
    return el("td", text, cls=" ".join(classes), title=text if column.is_strong else None)


@remembered
def _box(
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    height: int,
    worse: str | None,
    compact: bool,
    pitch: int,
    total: int,
) -> Markup:
    """Write the rows that are drawn; two hundred take longer than all questions of a page."""
    head = el(
        "tr",
        [
            el("th", column.title, cls="num" if column.is_number else "", scope="col")
            for column in columns
        ],
    )
    rows = [
        el("tr", [_cell(row, column, worse) for column in columns])
        for row in frame.iter_rows(named=True)
    ]
    body = el(
        "table",
        el("thead", head),
        el("tbody", rows),
        cls="grid compact" if compact else "grid",
        # Of a table shown in part, for who hears it and for a slide: all rows with the header.
        aria_rowcount=total + 1 if total > frame.height else None,
    )
    # The box takes the keyboard, so that it can be scrolled by it.
    label = t("table.region", columns="、".join(column.title for column in columns))
    reach: dict[str, str | int] = {"tabindex": 0, "role": "region", "aria_label": label}
    style = f"height:{int(height)}px;--pitch:{int(pitch)}px"
    return div(body, cls="grid-box", style=style, **reach)


def table(
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    height: int,
    worse: str | None = None,
    empty: str = "state.no_rows",
    compact: bool = False,
    pitch: int = PITCH,
    total: int | None = None,
) -> None:
    """Draw a table that scrolls inside its height.

    Args:
        frame: one row a row; texts and figures are printed as they are.
        columns: what to show, in order.
        height: of the scrolling part, in pixels.
        worse: name of a column of booleans; strong cells of its rows get the warm ink.
        compact: rows and text as small as may be, for one screen.
        empty: key of the sentence that replaces a table without rows.
        pitch: height of each row in pixels, where the screen is wide; a list that scrolls ends
            below a whole row.
        total: how many rows there are, where `frame` are the first of them.
    """
    if frame.is_empty():
        notice(t(empty))
        return
    renamed = {column.title: pl.col(column.name) for column in columns}
    collect.table("", lambda: frame.select(**renamed))
    shown = frame.head(LIMIT)
    draw(
        _box(
            shown,
            tuple(columns),
            height=height,
            worse=worse,
            compact=compact,
            pitch=pitch,
            total=total or frame.height,
        )
    )
    if frame.height > LIMIT:
        draw(div(t("table.cut", shown=LIMIT, total=frame.height), cls="note count"))


def whole_rows(
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    height: int,
    worse: str | None = None,
    empty: str = "state.no_rows",
    pitch: int = PITCH,
) -> None:
    """Draw a table where nothing scrolls: as many whole rows as there is room for, and say so."""
    compact = HEAD + pitch * frame.height > height
    shown = frame
    if HEAD + COMPACT_ROW * frame.height > height:
        shown = frame.head(max((height - HEAD - NOTE) // COMPACT_ROW, 1))
    used = height - (NOTE if shown.height < frame.height else 0)
    table(
        shown,
        columns,
        height=used,
        worse=worse,
        empty=empty,
        compact=compact,
        pitch=pitch,
        total=frame.height,
    )
    if shown.height < frame.height:
        draw(div(t("table.cut_meeting", shown=shown.height, total=frame.height), cls="note count"))
