"""The panels of the page on the three devices."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import polars as pl

from dashboard import formats, theme
from dashboard.blocks import block
from dashboard.charts.base import text_width
from dashboard.charts.device_grid import BOTTOM, ROW, TOP, device_grid_figure, state_words
from dashboard.components import chart, panel, state_message, table_twin
from dashboard.look.css_topics import PITCH
from dashboard.look.tables import TWO_LINES, table, whole_rows
from dashboard.messages import t
from dashboard.panels.equipment.lists import columns_of, list_twin
from dashboard.queries import equipment as queries
from dashboard.queries.clinics import inside
from dashboard.reading.registries import ledger_note
from dashboard.reading.topics import county_names, values_of
from dashboard.view import View
from pipeline.contracts.words import THREE_DEVICES

AWAY = {
    "institution_name": "equipment.institution",
    "device_zh": "equipment.device",
    "state_zh": "equipment.state",
    "plan_zh": "equipment.plan",
    "who_zh": "overdue.who",
}
# In the download also the county, and the days in figures.
FILE = {
    "county_name": "clinics.county",
    "institution_code": "table.area_code",
    "days_out": "equipment.days",
}
COUNTS = {
    "device_zh": "equipment.device",
    "in_use": "equipment.in_use",
    "out_of_use": "equipment.out",
    "missing": "equipment.missing",
    "planned": "equipment.planned",
    "institutions": "equipment.institutions",
    "share_zh": "equipment.share",
    "devices": "equipment.devices",
}
THREE = "three_device_coverage"
ONE_BLOCK, TWO_BLOCKS = 8, 20  # institutions that stand in one, in two columns
LONG_NAME = 9  # characters; beside longer ones a laptop has no room for three columns
COUNTY_WIDTH = 1254  # of a county's whole grid on a laptop
# Columns of institutions: above a county, whose list says the rest, no more than show whole names.
MOST_BLOCKS, MOST_BLOCKS_ABOVE = 3, 2
LEAST_ROW, MOST_ROW = 24, 48  # pixels
AWAY_NAME, AWAY_OFFICE = 228, 148  # pixels of an institution's and an office's line in the list


def _states(view: View) -> pl.DataFrame:
    return queries.device_states(
        view.scan("devices"),
        where=inside(view.area, view.places),
        on=view.marts.as_of,  # the ledger's own day; of earlier months it has no list
    )


def _away(view: View, states: pl.DataFrame) -> pl.DataFrame:
    """Return the institutions one device would complete; a late plan first, then no plan."""
    due, day = pl.col("planned_on"), view.marts.as_of
    rank = pl.when(due < day).then(0).when(pl.col("devices_planned") == 0).then(1).otherwise(2)
    found = queries.one_away(states, names=county_names(view)).sort(
        [rank, "days_out", "county_code", "institution_code"],
        descending=[False, True, False, False],
        nulls_last=True,
    )
    rows = found.to_dicts()
    words = {
        "device_zh": [t(f"device_short.{row['device_type']}") for row in rows],
        "state_zh": [_state(row) for row in rows],
        "plan_zh": [_plan(row, on=day) for row in rows],
        "who_zh": [_office(row) for row in rows],
    }
    series = {name: pl.Series(texts, dtype=pl.String) for name, texts in words.items()}
    return found.with_columns(**series, is_late=(due < day).fill_null(value=False))


def _office(row: dict[str, Any]) -> str:
    return t("doubts.office", county=row["county_name"] or t("doubts.county_unknown"))


def _state(row: dict[str, Any]) -> str:
    """Say the state and since when; the day of a plan stands in its own column."""
    return state_words(row | {"planned_on": None})


def _plan(row: dict[str, Any], *, on: dt.date) -> str:
    """Say that a gap is planned for, by which day, and how long that day has passed."""
    if not row["devices_planned"]:
        return formats.DASH
    due = row["planned_on"]
    if due is None:
        return t("equipment.plan_some")
    if due >= on:
        return formats.iso_day(due)
    short = f"{due:%m-%d}" if due.year == on.year else formats.iso_day(due)
    return t("equipment.plan_late", day=short, n=(on - due).days)


def claim(view: View) -> str:
    """Say how many institutions have all three, how many nearly, and what is planned."""
    states = _states(view)
    if states.is_empty():
        return ""
    if not view.is_latest:
        return _claim_of_month(view)
    every = states["institution_code"].n_unique()
    lacking = queries.incomplete(states)["institution_code"].n_unique()
    away = queries.one_away(states, names=county_names(view))
    said = t("equipment.claim", ready=every - lacking, all=every)
    said += t("equipment.claim_away", away=away.height) if away.height else ""
    planned = away.filter(pl.col("devices_planned") > 0).height
    if not planned:
        return said
    key = "equipment.claim_all_planned" if planned == away.height else "equipment.claim_planned"
    return said + t(key, n=planned)


def _claim_of_month(view: View) -> str:
    """Say of an earlier month what its indicator says; its ledger is not kept by device."""
    row = values_of(view, view.catalogue.indicators[THREE], [view.area.code]).row(0, named=True)
    if row["denominator"] is None:
        return ""
    return t("equipment.claim", ready=row["numerator"], all=row["denominator"])


def _rows_a_block(institutions: int, blocks: int) -> int:
    return max(-(-institutions // blocks), 1)


def grid_height(view: View) -> int:
    """Return the height of a panel in which a county's whole grid is seen."""
    states = _states(view)
    n = states["institution_code"].n_unique()
    is_long = states["institution_name"].str.len_chars().gt(LONG_NAME).any()
    blocks = 1 + (n > ONE_BLOCK) + (n > TWO_BLOCKS and not is_long)
    return 84 + TOP + ROW * _rows_a_block(n, blocks) + BOTTOM


def _most(height: int, *, blocks: int) -> int:
    """Return how many institutions a panel can show without one lying over another."""
    return blocks * max((height - 84 - TOP - BOTTOM) // LEAST_ROW, 1)


def _neediest(states: pl.DataFrame, most: int) -> pl.DataFrame:
    """Keep the institutions that lack most, in the order of the grid."""
    lacking = (pl.col("state") != "in_use").sum()
    codes = (
        states.group_by("institution_code")
        .agg(lacking=lacking)
        .sort(["lacking", "institution_code"], descending=[True, False])
        .head(most)["institution_code"]
    )
    return states.filter(pl.col("institution_code").is_in(codes.to_list()))


def _layout(institutions: int, *, height: int, row: int, most: int) -> tuple[int, int]:
    """Return the columns of institutions a panel needs, as few as may be, and a row's height."""
    room = height - 84 - TOP - BOTTOM
    blocks = min(_rows_a_block(institutions, max(room // row, 1)), most)
    pitch = room // _rows_a_block(institutions, blocks)
    return blocks, min(max(pitch, LEAST_ROW), MOST_ROW)


@block
def grid_panel(view: View, *, height: int, width: int = 1020) -> None:
    """Draw institutions by device: all of a county, of a city those that lack something."""
    states = _states(view)
    is_small = view.county is not None
    shown = states if is_small else queries.incomplete(states)
    n = shown["institution_code"].n_unique()
    notes = [t("equipment.grid_county" if is_small else "equipment.grid_city", n=n)]
    if not is_small and not view.meeting:  # a meeting's screen has nothing to choose
        notes.append(t("equipment.grid_more"))
    most_blocks = MOST_BLOCKS if is_small else MOST_BLOCKS_ABOVE
    most = _most(height, blocks=most_blocks)
    if n > most:
        shown, n = _neediest(shown, most), most
        notes.append(t("equipment.grid_first", n=most))
    note = _dated(view, "；".join(notes))
    twin = None if view.meeting else partial(_grid_twin, states)
    note = note if n else ""
    with panel("grid", title=t("equipment.grid"), note=note, height=height, twin=twin):
        if states.is_empty():
            state_message("state.no_rows")
        elif shown.is_empty():
            state_message("equipment.complete")
        else:
            row = LEAST_ROW if view.meeting else ROW
            blocks, pitch = _layout(n, height=height, row=row, most=most_blocks)
            # Beside each other the columns have no room for two names.
            is_beside = blocks > 1 and not is_small
            named = shown if is_small or is_beside else _with_counties(view, shown)
            figure = device_grid_figure(
                named, blocks=blocks, has_long_names=is_beside, width=width, pitch=pitch
            )
            chart(figure, key=f"grid-{blocks}", alt=t("equipment.grid"))


def _dated(view: View, note: str) -> str:
    """Add of which day the list is, where that is not the page's."""
    return "，".join(part for part in (note, ledger_note(view)) if part)


def _with_counties(view: View, states: pl.DataFrame) -> pl.DataFrame:
    names = county_names(view).select(county_code="area_code", county_name="area_name")
    return states.join(names.collect(), on="county_code", how="left", validate="m:1")


def _grid_twin(states: pl.DataFrame) -> None:
    wide = states.with_columns(
        state_zh=pl.Series([t(f"device_state.{s}") for s in states["state"]], dtype=pl.String)
    ).pivot(on="device_type", index=["institution_code", "institution_name"], values="state_zh")
    devices = {d: t(f"device.{d}") for d in THREE_DEVICES if d in wide.columns}
    table_twin(
        wide.sort("institution_code"),
        key="grid",
        name_zh=t("equipment.grid"),
        columns={
            "institution_code": t("table.area_code"),
            "institution_name": t("equipment.institution"),
            **devices,
        },
    )


@block
def away_panel(view: View, *, height: int) -> None:
    """List the institutions that one device would complete."""
    states = _states(view)
    found = _away(view, states)
    printed = found.with_columns(
        days_out=pl.Series([formats.count(d) for d in found["days_out"]], dtype=pl.String)
    )
    planned = found.filter(pl.col("devices_planned") > 0).height
    key = "equipment.one_away_planned" if planned else "equipment.one_away_note"
    key = "equipment.one_away_all_planned" if 0 < planned == found.height else key
    note = _dated(view, t(key, n=found.height, planned=planned) if found.height else "")
    empty = "state.no_rows" if states.is_empty() else "equipment.none_away"
    twin = (
        None
        if view.meeting
        else partial(list_twin, view, printed, AWAY | FILE, "equipment.one_away")
    )
    with panel("away", title=t("equipment.one_away"), note=note, height=height, twin=twin):
        columns = columns_of(AWAY, strong="institution_name")
        draw_list = whole_rows if view.meeting else table
        pitch = _pitch(found)
        draw_list(printed, columns, height=height - 84, empty=empty, worse="is_late", pitch=pitch)


def _pitch(found: pl.DataFrame) -> int:
    """Return the height of all rows: that of two lines where a name or an office needs them."""
    rooms = {"institution_name": AWAY_NAME, "who_zh": AWAY_OFFICE}
    wraps = any(
        text_width(text, size=theme.SIZE_BODY) > room
        for column, room in rooms.items()
        for text in found[column].drop_nulls()
    )
    return TWO_LINES if wraps else PITCH


@block
def counts_panel(view: View, *, height: int) -> None:
    """List the device types with the institutions that have, miss or cannot use them."""
    found = queries.device_counts(view.scan("devices"), where=inside(view.area, view.places))
    printed = found.with_columns(
        device_zh=pl.Series([t(f"device.{d}") for d in found["device_type"]], dtype=pl.String),
        share_zh=pl.Series([formats.rate(v) for v in found["share"]], dtype=pl.String),
    )
    note = _dated(view, t("equipment.table_note"))
    twin = None if view.meeting else partial(list_twin, view, printed, COUNTS, "equipment.table")
    with panel("counts", title=t("equipment.table"), note=note, height=height, twin=twin):
        table(printed, columns_of(COUNTS, strong="device_zh"), height=height - 84)
