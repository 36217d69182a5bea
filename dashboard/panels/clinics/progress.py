"""The panels of the page on village clinics."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats, freshness
from dashboard.blocks import block
from dashboard.charts.rows import room_for_names
from dashboard.charts.status_stack import least_done, status_stack_figure
from dashboard.components import chart, csv_download, notice, panel, table_twin
from dashboard.exports import collect
from dashboard.look.tables import LIMIT, Column, table, whole_rows
from dashboard.messages import t
from dashboard.panels.clinics import pace
from dashboard.panels.shared.topic_panels import follow
from dashboard.queries import clinics as queries
from dashboard.reading.registries import clinics_of
from dashboard.reading.topics import county_names, ranked_places
from dashboard.view import View

COLUMNS = {
    "clinic_name": "clinics.name",
    "village_name": "clinics.village",
    "township_name": "clinics.township",
    "county_name": "clinics.county",
    "status_zh": "clinics.status",
    "started_zh": "clinics.started",
    "completed_zh": "clinics.completed",
    "accepted_zh": "clinics.accepted",
    "doctors": "clinics.doctors",
}
# A screen has no room for these.
FILE = COLUMNS | {
    "floor_area_m2": "clinics.floor_area",
    "owner_zh": "clinics.owner",
    "clinic_code": "clinics.code",
}
SHORT_NAMES = 100  # pixels
LEAST_ROW, MOST_ROW = 21, 46  # pixels; in less a count can no longer be read
WORDS, STATES = "clinic-words", "clinic-states"


def _counts(view: View) -> dict[str, int]:
    return queries.total_counts(clinics_of(view), where=queries.inside(view.area, view.places))


def claim(view: View) -> str:
    """Say in one sentence how far the work is from its target, and when it gets there."""
    counts = _counts(view)
    if not any(counts.values()):
        return ""
    states = {"building": counts["in_progress"], "idle": counts["not_started"]}
    found = pace.pace_to_target(view)
    if found is None:
        return t("clinics.claim", done=counts["completed"] + counts["accepted"], **states)
    return pace.claim_words(found, **states)


@block
def stack_panel(view: View, *, height: int) -> None:
    """Draw the states of the clinics of every county, or of a county's townships."""
    places = ranked_places(view, view.indicator)
    counts = queries.status_counts(clinics_of(view), areas=places)
    twin = None if view.meeting else partial(_stack_twin, counts)
    short = view.places.short_names(places)
    names = pl.col("area_code").replace_strict(short, return_dtype=pl.String)
    drawn, note = counts.with_columns(short_name=names), t("clinics.stack_note")
    most = max((height - 130) // LEAST_ROW, 1)
    if view.meeting and counts.height > most:
        drawn = least_done(drawn).head(most)
        note += "；" + t("towns.first", n=most).rstrip("。")
    with panel("stack", title=t("clinics.stack"), note=note, height=height, twin=twin):
        pitch = min(MOST_ROW, max((height - 130) // max(drawn.height, 1), LEAST_ROW))
        figure = status_stack_figure(drawn, selected=view.area.code, pitch=pitch)
        # On a phone only short names leave room for bars; beside long ones the chart scrolls.
        key = "stack" if room_for_names(drawn.to_dicts()) <= SHORT_NAMES else "stack-wide"
        chart(figure, key=key, alt=t("clinics.stack"), on_click=partial(follow, view))


def _stack_twin(counts: pl.DataFrame) -> None:
    states = {state: t(f"clinic_status.{state}") for state in queries.STATES}
    table_twin(
        counts,
        key="stack",
        name_zh=t("clinics.stack"),
        columns={"area_code": t("table.area_code"), "area_name": t("table.area"), **states},
    )


def _printed(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the texts of state and dates."""
    states = {state: t(f"clinic_status.{state}") for state in queries.STATES}
    return frame.with_columns(
        pl.when("is_planned")
        .then(pl.col("status").replace_strict(states, return_dtype=pl.String))
        .otherwise(pl.lit(t("clinics.outside_plan")))
        .alias("status_zh"),
        *(
            pl.col(f"{name}_on").dt.to_string("iso").fill_null(formats.DASH).alias(f"{name}_zh")
            for name in ("started", "completed", "accepted")
        ),
        owner_zh=pl.when("is_public")
        .then(pl.lit(t("clinics.owner_public")))
        .when(~pl.col("is_public"))
        .then(pl.lit(t("clinics.owner_other"))),
    )


def _shown(view: View) -> list[str]:
    """Return the columns on screen: where all clinics lie, the page's own line says."""
    here = {"county": {"county_name"}, "township": {"county_name", "township_name"}}
    return [name for name in COLUMNS if name not in here.get(view.area.level, set())]


def _columns(names: list[str]) -> list[Column]:
    return [
        Column(
            name=name,
            title=t(COLUMNS[name]),
            is_number=name == "doctors",
            is_strong=name == "clinic_name",
        )
        for name in names
    ]


def _listed(
    view: View,
    printed: pl.DataFrame,
    columns: list[Column],
    *,
    height: int,
    empty: str,
    total: int,
) -> None:
    """Draw a list; in a meeting, which cannot scroll, as many whole rows as there is room for."""
    if view.meeting:
        whole_rows(printed, columns, height=height, empty=empty)
    else:
        table(printed.head(LIMIT), columns, height=height, empty=empty, total=total)


@block
def list_panel(view: View, *, height: int, most: int = LIMIT) -> None:
    """List every clinic of the area with its dates; words and states narrow the list.

    At most `most` rows are drawn; search finds the others, and downloads hold them all.
    """
    words: str = st.session_state.get(WORDS, "")
    states: tuple[str, ...] = tuple(st.session_state.get(STATES, ())) or queries.STATES
    found = queries.clinic_list(
        clinics_of(view),
        where=queries.inside(view.area, view.places),
        names=county_names(view),
        words=words,
        states=states,
    )
    planned = int(found["is_planned"].sum())
    note = ""
    if found.height:
        note = t("clinics.list_note", name=view.area.name, n=found.height, planned=planned)
    printed = _printed(found)
    whole = partial(_whole, printed)
    names = (view.area.name, t("clinics.list"))
    button = None if view.meeting else partial(csv_download, whole, *names, key="clinics")
    with panel("clinics", title=t("clinics.list"), note=note, height=height, button=button):
        collect.table(t("clinics.list"), whole)
        if not view.meeting:
            _search()
        is_cut = found.height > most and not view.meeting
        used = 82 + (28 if is_cut else 0) + (0 if view.meeting else 50)
        drawn = printed.head(most) if is_cut else printed
        columns = _columns(_shown(view))
        empty = "clinics.none_found" if freshness.was_sent(view, "clinics") else "state.no_rows"
        room = height - used
        _listed(view, drawn, columns, height=room, empty=empty, total=found.height)
        if is_cut:
            notice(t("table.cut", shown=most, total=found.height), cls="note count")


def _search() -> None:
    """Draw the two filters; the list above their run reads them from the session."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text_input(
            t("clinics.search"),
            key=WORDS,
            label_visibility="collapsed",
            placeholder=t("clinics.search"),
            max_chars=40,
        )
        st.segmented_control(
            t("clinics.status"),
            queries.STATES,
            format_func=lambda state: t(f"clinic_status.{state}"),
            selection_mode="multi",
            key=STATES,
            label_visibility="collapsed",
        )


def _whole(printed: pl.DataFrame) -> pl.DataFrame:
    """Return all that is found, with the columns a screen has no room for."""
    return printed.select(pl.col(name).alias(t(key)) for name, key in FILE.items())
