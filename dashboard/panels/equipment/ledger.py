"""How old the devices are, and which entries of the ledger need asking."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import panel
from dashboard.look.tables import LIMIT, table
from dashboard.messages import t
from dashboard.panels.equipment.lists import columns_of, list_twin
from dashboard.queries import equipment as queries
from dashboard.queries.clinics import inside
from dashboard.queries.device_conflicts import all_doubts
from dashboard.reading.registries import ledger_note
from dashboard.reading.topics import county_names
from dashboard.view import View

AGES = {
    "device_zh": "equipment.device",
    "institutions": "equipment.in_use",
    "median_zh": "ages.median",
    "from_0": "ages.from_0",
    "from_5": "ages.from_5",
    "from_8": "ages.from_8",
    "from_10": "ages.from_10",
    "unknown": "ages.unknown",
}
DOUBTS = {
    "institution_name": "equipment.institution",
    "device_zh": "equipment.device",
    "reason_zh": "doubts.reason",
    "check_zh": "doubts.check",
    "who_zh": "doubts.who",
}
OLDEST = {
    "county_name": "clinics.county",
    "institution_name": "equipment.institution",
    "device_zh": "equipment.device",
    "in_use_since": "ages.since",
    "years_zh": "ages.years",
}
CONFLICTS = "device_conflicts"
ROW = 34


def _with_device_words(frame: pl.DataFrame) -> pl.DataFrame:
    words = [t(f"device.{kind}") if kind else formats.DASH for kind in frame["device_type"]]
    return frame.with_columns(device_zh=pl.Series(words, dtype=pl.String))


@block
def ages_panel(view: View, *, height: int) -> None:
    """List the device types by the years their devices have been in use, the oldest first."""
    found = queries.device_ages(
        view.scan("devices"), where=inside(view.area, view.places), on=view.marts.as_of
    )
    medians = [
        formats.DASH if years is None else formats.rounded(years, 1) for years in found["median"]
    ]
    printed = _with_device_words(found).with_columns(median_zh=pl.Series(medians, dtype=pl.String))
    note = "，".join(part for part in (t("ages.note"), ledger_note(view)) if part)
    twin = partial(_oldest_twin, view)
    with panel("ages", title=t("ages.title"), note=note, height=height, twin=twin):
        table(printed, columns_of(AGES, strong="device_zh"), height=height - 84)


def _oldest_twin(view: View) -> None:
    """Name the institutions behind the last column; the other numbers stand on the page."""
    found = queries.oldest(
        view.scan("devices"),
        where=inside(view.area, view.places),
        names=county_names(view),
        on=view.marts.as_of,
    )
    years = pl.Series([formats.rounded(n, 1) for n in found["years"]], dtype=pl.String)
    printed = _with_device_words(found).with_columns(
        pl.col("in_use_since").dt.to_string("iso"), years_zh=years
    )
    list_twin(view, printed, OLDEST, "ages.oldest")


def _reason(row: dict[str, Any]) -> str:
    """Say what is doubtful of an entry, with its days and numbers."""
    return t(
        f"doubts.{row['reason']}",
        days=row["days"],
        other=row["other_institution_name"],
        before=formats.iso_day(row["earlier_extract"]),
        first=formats.iso_day(row["date_before"]),
        after=formats.iso_day(row["date_after"]),
        less=row["quantity_before"],
        more=row["quantity_after"],
    )


def _office(row: dict[str, Any]) -> str:
    return t("doubts.office", county=row["county_name"] or t("doubts.county_unknown"))


def _doubts(view: View) -> pl.DataFrame:
    """Return the doubts in words: what, how to check it, and who does."""
    found = all_doubts(
        view.scan("devices"),
        view.scan(CONFLICTS) if view.marts.has(CONFLICTS) else None,
        where=inside(view.area, view.places),
        names=county_names(view),
    )
    rows = found.to_dicts()
    words = {
        "reason_zh": [_reason(row) for row in rows],
        "check_zh": [t(f"check.{row['reason']}") for row in rows],
        "who_zh": [_office(row) for row in rows],
    }
    series = {name: pl.Series(texts, dtype=pl.String) for name, texts in words.items()}
    everyone = pl.col("institution_name").fill_null(t("doubts.everyone"))
    return _with_device_words(found).with_columns(everyone, **series)


@block
def doubts_panel(view: View, *, height: int) -> None:
    """List the entries of the ledger that contradict themselves, others or leave a date out.

    `height` is the most; a short list takes less.
    """
    printed = _doubts(view)
    height = min(height, 150 + ROW * printed.height)
    note = t("doubts.note", n=printed.height) if printed.height else ""
    empty = "doubts.none" if not _states(view).is_empty() else "state.no_rows"
    twin = partial(list_twin, view, printed, DOUBTS, "doubts.title")
    with panel("doubts", title=t("doubts.title"), note=note, height=height, twin=twin):
        columns = columns_of(DOUBTS, strong="institution_name")
        room, first = height - 84, printed.head(LIMIT)
        table(first, columns, height=room, empty=empty, total=printed.height)


def _states(view: View) -> pl.DataFrame:
    return view.scan("devices").filter(inside(view.area, view.places)).head(1).collect()
