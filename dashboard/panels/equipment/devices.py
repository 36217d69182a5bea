"""The panels of the page on the three devices."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.device_grid import BOTTOM, ROW, TOP, device_grid_figure, state_words
from dashboard.components import chart, panel, state_message, table_twin
from dashboard.look.tables import Column, table, whole_rows
from dashboard.messages import t
from dashboard.queries import equipment as queries
from dashboard.queries.clinics import inside
from dashboard.reading.topics import county_names
from dashboard.view import View

AWAY = {
    "institution_name": "equipment.institution",
    "county_name": "clinics.county",
    "device_zh": "equipment.device",
    "state_zh": "equipment.state",
    "plan_zh": "equipment.plan",
}
DAYS = {"days_out": "equipment.days"}  # in figures, for the download
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
ONE_BLOCK, TWO_BLOCKS = 8, 20  # institutions that stand in one, in two columns
MEETING_ROW, MOST_ROW = 26, 48  # pixels
TEXTS = {"institution_name", "county_name", "device_zh", "state_zh", "plan_zh"}


def _states(view: View) -> pl.DataFrame:
    return queries.device_states(
        view.scan("devices"),
        where=inside(view.area, view.places),
        on=view.data_date,
    )


def _columns(titles: dict[str, str], *, strong: str) -> list[Column]:
    return [
        Column(name=name, title=t(key), is_number=name not in TEXTS, is_strong=name == strong)
        for name, key in titles.items()
    ]


def _away(view: View, states: pl.DataFrame) -> pl.DataFrame:
    found = queries.one_away(states, names=county_names(view))
    return found.with_columns(
        device_zh=pl.Series([t(f"device.{d}") for d in found["device_type"]], dtype=pl.String),
        state_zh=pl.Series([_state(row) for row in found.to_dicts()], dtype=pl.String),
        plan_zh=pl.Series([_plan(row) for row in found.to_dicts()], dtype=pl.String),
    )


def _state(row: dict[str, Any]) -> str:
    """Say the state and since when; the day of a plan stands in its own column."""
    return state_words(row | {"planned_on": None})


def _plan(row: dict[str, Any]) -> str:
    """Say that a gap is planned for, and by which day."""
    if not row["devices_planned"]:
        return formats.DASH
    due = row["planned_on"]
    return formats.iso_day(due) if due else t("equipment.plan_some")


def claim(view: View) -> str:
    """Say how many institutions have all three, how many nearly, and what is planned."""
    states = _states(view)
    if states.is_empty():
        return ""
    every = states["institution_code"].n_unique()
    lacking = queries.incomplete(states)["institution_code"].n_unique()
    away = queries.one_away(states, names=county_names(view))
    said = t("equipment.claim", ready=every - lacking, all=every, away=away.height)
    planned = away.filter(pl.col("devices_planned") > 0).height
    return said + (t("equipment.claim_planned", n=planned) if planned else "")


def _blocks(institutions: int) -> int:
    return 1 + (institutions > ONE_BLOCK) + (institutions > TWO_BLOCKS)


def grid_height(view: View) -> int:
    """Return the height of a panel in which a county's whole grid is seen."""
    n = _states(view)["institution_code"].n_unique()
    return 84 + TOP + ROW * max(-(-n // _blocks(n)), 1) + BOTTOM


def _pitch(institutions: int, blocks: int, *, height: int) -> int:
    """Return the height of a row: few institutions fill the panel."""
    rows = max(-(-institutions // blocks), 1)
    return min(max((height - 84 - TOP - BOTTOM) // rows, ROW), MOST_ROW)


@block
def grid_panel(view: View, *, height: int, width: int = 1020) -> None:
    """Draw institutions by device: all of a county, of a city those that lack something."""
    states = _states(view)
    is_small = view.county is not None
    shown = states if is_small else queries.incomplete(states)
    n = shown["institution_code"].n_unique()
    note = t("equipment.grid_county" if is_small else "equipment.grid_city", n=n)
    twin = None if view.meeting else partial(_grid_twin, view, states)
    note = note if n else ""
    with panel("grid", title=t("equipment.grid"), note=note, height=height, twin=twin):
        if states.is_empty():
            state_message("state.no_rows")
        elif shown.is_empty():
            state_message("equipment.complete")
        else:
            blocks = _blocks(n)
            pitch = MEETING_ROW if view.meeting else _pitch(n, blocks, height=height)
            figure = device_grid_figure(shown, blocks=blocks, width=width, pitch=pitch)
            chart(figure, key="grid", alt=t("equipment.grid"))


def _grid_twin(view: View, states: pl.DataFrame) -> None:
    wide = states.with_columns(
        state_zh=pl.Series([t(f"device_state.{s}") for s in states["state"]], dtype=pl.String)
    ).pivot(on="device_type", index=["institution_code", "institution_name"], values="state_zh")
    devices = {d: t(f"device.{d}") for d in queries.THREE if d in wide.columns}
    table_twin(
        wide.sort("institution_code"),
        key="grid",
        name_zh=t("equipment.grid"),
        columns={
            "institution_code": t("table.area_code"),
            "institution_name": t("equipment.institution"),
            **devices,
        },
        demonstration=view.marts.is_demonstration,
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
    note = t(key, n=found.height, planned=planned) if found.height else ""
    empty = "state.no_rows" if states.is_empty() else "equipment.none_away"
    twin = (
        None if view.meeting else partial(_twin, view, printed, AWAY | DAYS, "equipment.one_away")
    )
    with panel("away", title=t("equipment.one_away"), note=note, height=height, twin=twin):
        columns = _columns(AWAY, strong="institution_name")
        draw_list = whole_rows if view.meeting else table
        draw_list(printed, columns, height=height - 84, empty=empty)


@block
def counts_panel(view: View, *, height: int) -> None:
    """List the device types with the institutions that have, miss or cannot use them."""
    found = queries.device_counts(view.scan("devices"), where=inside(view.area, view.places))
    printed = found.with_columns(
        device_zh=pl.Series([t(f"device.{d}") for d in found["device_type"]], dtype=pl.String),
        share_zh=pl.Series([formats.rate(v) for v in found["share"]], dtype=pl.String),
    )
    note = t("equipment.table_note")
    twin = None if view.meeting else partial(_twin, view, printed, COUNTS, "equipment.table")
    with panel("counts", title=t("equipment.table"), note=note, height=height, twin=twin):
        table(printed, _columns(COUNTS, strong="device_zh"), height=height - 84)


def _twin(view: View, frame: pl.DataFrame, titles: dict[str, str], title: str) -> None:
    table_twin(
        frame,
        key=title.replace(".", "-"),
        name_zh=f"{view.area.name}{t(title)}",
        columns={name: t(key) for name, key in titles.items()},
        demonstration=view.marts.is_demonstration,
    )
