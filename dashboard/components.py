"""The parts pages are made of: cards, panels, messages, charts that can be clicked, table twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.charts.base import CONFIG
from dashboard.exports import collect, csv_file
from dashboard.look.markup import Markup, div, span
from dashboard.messages import t
from dashboard.places import PRINTED_CODES
from dashboard.selectors import area_jump, go_to_area

Height = int | Literal["content", "stretch"]
AREAS = ("area_code", "area_name")  # columns of most frames of areas


def draw(
    markup: Markup, *, width: Literal["stretch", "content"] = "stretch", taken_along: bool = True
) -> None:
    """Put escaped markup on the page; the only door to `st.html` beside the constant CSS.

    Args:
        markup: built by `dashboard.look.markup`.
        width: of the element.
        taken_along: belongs to what the panel says, and so to the page's picture.

    Raises:
        TypeError: the text was not built by `dashboard.look.markup`.
    """
    if not isinstance(markup, Markup):
        raise TypeError("draw takes Markup, never a plain string")
    if taken_along:
        collect.markup(markup)
    st.html(str(markup), width=width)


def notice(text: str, *, cls: str = "state") -> None:
    """Show a sentence that takes the place of what cannot be shown."""
    draw(div(text, cls=cls))


def state_message(key: str, **values: object) -> None:
    """Show one of the catalogue's state sentences, for example `state.no_rows`."""
    notice(t(key, **values))


@contextmanager
def panel(
    key: str,
    *,
    title: str = "",
    note: str = "",
    height: Height = "stretch",
    twin: Callable[[], None] | None = None,
    button: Callable[[], None] | None = None,
) -> Iterator[None]:
    """Open a white card with a title, a grey note beside it, and the table twin at its right.

    Args:
        key: unique on the page; becomes the CSS class `st-key-panel-<key>`.
        title: the question the card answers.
        note: how to read it: unit, period.
        height: in pixels, or as tall as its row.
        twin: draws the twin by `table_twin`; called when it is looked at or taken along, for most
            never are. None leaves it out, as in meeting mode.
        button: draws a button in the twin's place.
    """
    fixed = height if isinstance(height, int) else None
    with (
        collect.panel(key, title=title, note=note, height=fixed),
        st.container(border=True, key=f"panel-{key}", height=height, gap="small"),
    ):
        if title:
            _head(key, title, note, twin=twin, button=button)
        yield


def _head(
    key: str,
    title: str,
    note: str,
    *,
    twin: Callable[[], None] | None,
    button: Callable[[], None] | None,
) -> None:
    """Draw title, note and what stands at their right.

    Only another button needs a row with the words: the twin's has one size, so that the style puts
    it there, which is a message less.
    """
    is_beside = twin is not None and button is None
    words = div(
        span(title, cls="panel-title"),
        span(note, cls="panel-note"),
        cls="head beside" if is_beside else "head",
    )
    if button is None:
        draw(words, taken_along=False)
        if twin is not None:
            _twin_button(key, twin)
        return
    with st.container(key=f"head-{key}", horizontal=True, vertical_alignment="center", gap="small"):
        draw(words, taken_along=False)
        button()


def _twin_button(key: str, twin: Callable[[], None]) -> None:
    """Draw the button under which the twin stands once it is opened."""
    collect.later(twin)
    opened = st.popover(t("table.show"), type="tertiary", key=f"twin-{key}", on_change="rerun")
    if opened.open:
        with opened:
            twin()


def clicked_code(key: str) -> str | None:
    """Return the area code of the mark clicked in a chart, or None."""
    event = st.session_state.get(key) or {}
    points = event.get("selection", {}).get("points", [])
    if not points:
        return None
    data = points[0].get("customdata", points[0].get("location"))
    if isinstance(data, Mapping):  # plotly sends one-column customdata as {"0": value}
        data = next(iter(data.values()), None)
    if isinstance(data, list | tuple):
        data = data[0] if data else None
    return None if data is None else str(data)


def chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    on_click: Callable[[str], None] | None = None,
) -> None:
    """Draw a figure; `on_click` gets the `customdata` (area code) of the mark clicked."""
    collect.figure(figure)
    if on_click is None:
        st.plotly_chart(figure, key=key, theme=None, config=dict(CONFIG), alt=alt)
        return

    def follow() -> None:
        code = clicked_code(key)
        if code is not None:
            on_click(code)

    st.plotly_chart(
        figure,
        key=key,
        theme=None,
        config=dict(CONFIG),
        alt=alt,
        on_select=follow,
        selection_mode="points",
    )


def table_twin(
    frame: pl.DataFrame,
    *,
    key: str,
    name_zh: str,
    columns: Mapping[str, str],
    areas: tuple[str, str] = AREAS,
    follow: Callable[[str], None] = go_to_area,
) -> None:
    """Draw a chart's numbers as a table, with the CSV download.

    A table of areas also opens each of them: what the chart gives the mouse, it gives the keyboard.

    Args:
        frame: the chart's data, sorted.
        key: unique on the page.
        name_zh: file name without ending.
        columns: column -> Chinese header, in order; the others are left out.
        areas: the shown columns of area codes and names, if the table has them.
        follow: what choosing an area does.
    """
    shown = csv_file.readable(frame.select([pl.col(n).alias(head) for n, head in columns.items()]))
    if areas[0] in columns:
        shown = shown.with_columns(pl.col(columns[areas[0]]).replace(PRINTED_CODES))
    collect.table(name_zh, lambda: shown)
    if collect.is_taken_along():
        return
    if set(areas) <= set(columns) and frame.height:
        names = dict(frame.select(areas).drop_nulls().iter_rows())
        area_jump(names, key=f"open-{key}", follow=follow)
    st.dataframe(shown, hide_index=True, key=f"table-{key}", width=720, placeholder=formats.DASH)
    csv_download(lambda: shown, name_zh, key=key, look="secondary")


def csv_download(
    frame: Callable[[], pl.DataFrame],
    *name: str,
    key: str,
    look: Literal["secondary", "tertiary"] = "tertiary",
) -> None:
    """Draw the download of a table; the file is made when it is asked for.

    Args:
        frame: gives the table, with printed headers.
        name: parts of the file's name.
        key: unique on the page.
        look: of the button.
    """
    origin = collect.origin()
    st.download_button(
        t("table.download"),
        data=lambda: csv_file.to_csv(frame(), origin=origin),
        file_name=csv_file.file_name(*name, ending=".csv"),
        mime="text/csv; charset=utf-8",
        on_click="ignore",
        type=look,
        key=f"csv-{key}",
    )
