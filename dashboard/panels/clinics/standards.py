"""Floor area and ownership of the clinics, area by area."""

from __future__ import annotations

from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import panel, state_message, table_twin
from dashboard.look.tables import Column, table
from dashboard.messages import t
from dashboard.reading.topics import ranked_places, values_of
from dashboard.view import View

SHOWN = {"area_standard_rate": "area", "public_ownership_rate": "public"}
COLUMNS = {
    "area_name": "table.area",
    "all": "clinics.all",
    "area_n": "clinics.area_met",
    "area_rate": "clinics.area_rate",
    "public_n": "clinics.public",
    "public_rate": "clinics.public_rate",
}


def standards(view: View) -> pl.DataFrame:
    """One row per area: clinics, those of standard area, those publicly owned; neediest first."""
    places = ranked_places(view, view.catalogue.indicators["area_standard_rate"])
    frame = pl.DataFrame(
        {"area_code": [p.code for p in places], "area_name": [p.name for p in places]},
        schema={"area_code": pl.String, "area_name": pl.String},
    )
    for id_, name in SHOWN.items():
        found = values_of(view, view.catalogue.indicators[id_], frame["area_code"].to_list())
        frame = frame.with_columns(
            found["numerator"].alias(f"{name}_n"),
            found["denominator"].alias(f"{name}_all"),
            found["value"].alias(name),
        )
    return frame.sort("area", "area_code", nulls_last=True)


@block
def standards_panel(view: View, *, height: int) -> None:
    """List how many clinics meet the standard of area and are publicly owned."""
    found = standards(view)
    texts = {
        name: pl.Series([formats.count(v) for v in found[column]], dtype=pl.String)
        for name, column in (("all", "area_all"), ("area_n", "area_n"), ("public_n", "public_n"))
    }
    rates = {
        f"{name}_rate": pl.Series([formats.rate(v) for v in found[name]], dtype=pl.String)
        for name in SHOWN.values()
    }
    printed = found.select("area_code", "area_name").with_columns(**texts, **rates)
    twin = partial(_twin, view, printed)
    note = t("clinics.standards_note")
    with panel("standards", title=t("clinics.standards"), note=note, height=height, twin=twin):
        columns = [
            Column(
                name=name,
                title=t(key),
                is_number=name != "area_name",
                is_strong=name == "area_rate",
            )
            for name, key in COLUMNS.items()
        ]
        if found["area"].is_null().all() and not view.is_latest:
            state_message("clinics.standards_undated")
            return
        table(printed, columns, height=height - 84)


def _twin(view: View, printed: pl.DataFrame) -> None:
    table_twin(
        printed,
        key="standards",
        name_zh=f"{view.area.name}{t('clinics.standards')}",
        columns={"area_code": t("table.area_code")} | {k: t(v) for k, v in COLUMNS.items()},
    )
