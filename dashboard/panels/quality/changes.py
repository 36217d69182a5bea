"""What changed since the snapshot before: values of indicators, and the files they come from."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message
from dashboard.look import grids
from dashboard.look.markup import Markup
from dashboard.messages import t
from dashboard.panels.quality.snapshots import kept
from dashboard.panels.shared.reference_frame import csv_button, list_height, source_name
from dashboard.queries import snapshot_changes as queries
from dashboard.store import Marts, open_marts
from dashboard.view import View
from pipeline.errors import PipelineError

MOST = 12  # indicators listed; the download has them all
CHANGED = ("changed", "settled", "added")
FILES = ("new", "other", "gone", "rows_before", "rows_now")


def before(view: View) -> Marts | None:
    """Open the sound snapshot published before the shown one; None where none is kept."""
    ids = [line.id for line in kept() if line.as_of is not None]
    older = ids[ids.index(view.marts.id) + 1 :] if view.marts.id in ids else []
    try:
        return open_marts(older[0], scope=view.marts.scope) if older else None
    except PipelineError:
        return None


def changes_of(view: View, earlier: Marts) -> pl.DataFrame:
    """Return what the indicators of the area and its counties say differently."""
    counties = (view.county,) if view.county is not None else view.counties
    areas = dict.fromkeys([view.area.code, *(county.code for county in counties)])
    scans = earlier.scan("indicator_monthly"), view.scan("indicator_monthly")
    found = queries.indicator_changes(*scans, areas=tuple(areas))
    # An earlier program may have known other indicators.
    return found.filter(pl.col("indicator_id").is_in(list(view.catalogue.indicators)))


def _value(view: View, indicator_id: str, value: float | None) -> str:
    indicator = view.catalogue.indicators[indicator_id]
    printed = formats.indicator_value(value, indicator, decimals=indicator.decimals + 1)
    return printed + (indicator.unit_zh if value is not None else "")


def largest_words(view: View, change: dict[str, Any]) -> str:
    """Say where an indicator changed most, from what to what."""
    if change["area_code"] is None:
        return formats.DASH
    place = view.places.get(change["area_code"])
    return t(
        "changes.largest_words",
        name=place.name if place else change["area_code"],
        month=formats.month(change["month"]),
        before=_value(view, change["indicator_id"], change["value_before"]),
        now=_value(view, change["indicator_id"], change["value"]),
    )


def download(view: View, changes: pl.DataFrame) -> pl.DataFrame:
    """Return the changes as they leave: one row per indicator."""
    rows = [
        {
            t("pick.indicator"): view.catalogue.indicators[change["indicator_id"]].name_zh,
            **{t(f"changes.{name}"): change[name] for name in CHANGED},
            t("changes.largest"): largest_words(view, change),
        }
        for change in changes.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _indicator_row(view: View, change: dict[str, Any]) -> Markup:
    settled = "num strong" if change["settled"] else "num"
    looks = {"changed": "num", "settled": settled, "added": "num quiet"}
    return grids.row(
        (
            grids.cell(view.catalogue.indicators[change["indicator_id"]].name_zh),
            *(grids.cell(formats.count(change[n]), cls=cls) for n, cls in looks.items()),
            grids.cell(largest_words(view, change), cls="quiet"),
        )
    )


@block
def values_panel(view: View, earlier: Marts | None) -> None:
    """Draw which indicators say something else than in the snapshot before."""
    changes = None if earlier is None else changes_of(view, earlier)
    note, button = "", None
    if earlier is not None and changes is not None:
        note = t("changes.note", id=earlier.id, day=formats.day(earlier.as_of))
        if changes.height:
            table = partial(download, view, changes)
            button = partial(csv_button, view, table, key="changes", name_zh=t("changes.file"))
    with panel(
        "changes", title=t("changes.values"), note=note, height=list_height(view), button=button
    ):
        if changes is None or changes.is_empty():
            state_message("changes.no_earlier" if changes is None else "changes.no_values")
            return
        heads = [
            grids.head(
                t("pick.indicator"),
                *((t(f"changes.{name}"), "num") for name in CHANGED),
                t("changes.largest"),
            )
        ]
        rows = [_indicator_row(view, change) for change in changes.head(MOST).iter_rows(named=True)]
        draw(grids.grid(heads, rows, label=t("changes.values"), cls="files"))


@block
def files_panel(view: View, earlier: Marts | None) -> None:
    """Draw which sources brought other files than in the snapshot before."""
    with panel("changed-files", title=t("changes.files"), height=list_height(view)):
        if earlier is None:
            state_message("changes.no_earlier")
            return
        found = queries.file_changes(
            earlier.snapshot.manifest.inputs, view.marts.snapshot.manifest.inputs
        )
        if found.is_empty():
            state_message("changes.no_files")
            return
        titles = ((t(f"changes.{name}"), "num") for name in FILES)
        rows = [
            grids.row(
                (
                    grids.row_head(source_name(change["source"])),
                    *(grids.cell(formats.count(change[name]), cls="num") for name in FILES),
                )
            )
            for change in found.iter_rows(named=True)
        ]
        heads = [grids.head(t("quality.source"), *titles)]
        draw(grids.grid(heads, rows, label=t("changes.files"), cls="files"))
