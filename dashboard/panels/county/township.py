"""A township: every clinic by name, the centre's devices, the contracts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard import freshness
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message, table_twin
from dashboard.look import cards
from dashboard.look.markup import Markup, div, span
from dashboard.look.tables import Column, table, whole_rows
from dashboard.messages import t
from dashboard.panels.shared import town_notes
from dashboard.queries import townships as questions
from dashboard.reading import topics
from dashboard.reading.facts import Fact, read_facts
from dashboard.reading.registries import clinics_of, ledger_note
from dashboard.view import View

OUTFLOW = (
    "out_of_county_inpatient_rate",
    "fund_outflow_rate",
    "in_county_visit_rate",
    "primary_settlement_share",
)
SHOWN = ("contract_rate", "key_group_contract_rate", "fulfilment_rate", "standardised_clinic_rate")
LIST_HEIGHT, SIDE_HEIGHT, DEVICES_HEIGHT = 852, 232, 352
WITHOUT_BAR = 56  # pixels more of list and devices in a meeting, whose screen has no navigation
DONE = ("completed", "accepted")
DATES = ("started_on", "completed_on", "accepted_on")
COLUMNS = {
    "clinic_name": "clinics.name",
    "village_name": "clinics.village",
    "status_zh": "clinics.status",
    "started_on": "clinics.started",
    "completed_on": "clinics.completed",
    "accepted_on": "clinics.accepted",
    "doctors": "clinics.doctors",
    "served_population": "clinics.population",
    "clinic_code": "clinics.code",
}
NUMBERS = ("doctors", "served_population")


def own_facts(view: View, ids: Sequence[str] = SHOWN) -> list[Fact]:
    """Read the indicators that exist for townships."""
    known = [view.catalogue.indicators[id_] for id_ in ids]
    found = read_facts(view, indicators=known, areas=[view.area.code])
    return [found[i.id, view.area.code] for i in known]


def clinics(view: View) -> pl.DataFrame:
    """One row per clinic of the township, those with work left first."""
    found = questions.clinics_of(clinics_of(view), township=view.area.code)
    words = {s: t(f"clinic_status.{s}") for s in ("not_started", "in_progress", *DONE)}
    return found.with_columns(
        pl.when("is_planned")
        .then(pl.col("status").replace_strict(words, return_dtype=pl.String))
        .otherwise(pl.lit(t("township.unplanned")))
        .alias("status_zh"),
        *(pl.col(name).dt.to_string("%Y-%m-%d") for name in DATES),
        is_open=pl.col("is_planned") & ~pl.col("status").is_in(DONE),
    )


def _height(view: View, height: int) -> int:
    return height + WITHOUT_BAR * view.meeting


def claim(listed: pl.DataFrame, facts: list[Fact]) -> str:
    """Say how many clinics are done and how many residents are contracted, as far as is known."""
    rate, said = facts[0], []
    if listed.height:
        done = listed.filter(pl.col("status").is_in(DONE)).height
        said.append(t("township.claim_clinics", n=listed.height, done=done))
    if rate.is_known:
        value = cards.value_words(rate) + rate.indicator.unit_zh
        said.append(t("township.claim_rate", name=rate.indicator.name_zh, rate=value))
    return "；".join(said)


@block
def draw_clinics(view: View, listed: pl.DataFrame) -> None:
    """Draw every clinic with its status and dates."""
    name = t("county.clinics", name=view.area.name)
    headers = {column: t(key) for column, key in COLUMNS.items()}

    def twin() -> None:
        table_twin(
            listed,
            key="clinic-list",
            name_zh=f"{name}{view.data_date:%Y%m%d}",
            columns=headers,
        )

    height = _height(view, LIST_HEIGHT)
    with panel(
        "clinic-list",
        title=name,
        note=t("township.list_note", n=listed.height) if listed.height else "",
        height=height if listed.height else "stretch",
        twin=None if view.meeting else twin,
    ):
        draw_list = whole_rows if view.meeting else table
        draw_list(
            listed,
            [
                Column(
                    name=column,
                    title=title,
                    is_number=column in NUMBERS,
                    is_strong=column == "status_zh",
                )
                for column, title in headers.items()
            ],
            height=height - 90,
            worse="is_open",
            empty="township.no_clinics" if freshness.was_sent(view, "clinics") else "state.no_rows",
        )


def _figure(fact: Fact) -> Markup:
    unit = fact.indicator.unit_zh if fact.is_known else ""
    return div(
        span(fact.indicator.name_zh, cls="pair-name"),
        span(f"{cards.value_words(fact)}{unit}", cls="pair-value"),
        span(cards.fraction_words(fact), cls="pair-side"),
        cls="pair pair-wide",
    )


@block
def draw_contracts(facts: list[Fact]) -> None:
    """Draw the rates of the township with numerator and denominator."""
    with panel("contracts", title=t("township.contracts"), height=SIDE_HEIGHT):
        draw(div([_figure(fact) for fact in facts], cls="pairs"))


def _why_unknown(view: View) -> str:
    if not freshness.was_sent(view, "settlements"):
        return "state.no_rows"
    return "towns.no_panel" if town_notes.has_quarter(view) else "towns.early_panel"


@block
def draw_outflow(view: View) -> None:
    """Draw where the residents of the township are treated, up to the end of a quarter."""
    known = view.catalogue.indicators[OUTFLOW[0]]
    facts = [] if not topics.towns_of(view, known) else own_facts(view, OUTFLOW)
    note = topics.period_words(view, known, view.area) if facts else ""
    with panel("outflow", title=t("towns.panel"), note=note, height=SIDE_HEIGHT):
        if not facts:
            state_message(_why_unknown(view))
            return
        draw(div([_figure(fact) for fact in facts], cls="pairs"))


@block
def draw_devices(view: View) -> None:
    """Draw each centre's devices with their state."""
    found = questions.devices_of(view.scan("devices"), township=view.area.code)
    name = t("county.devices", name=view.area.name)
    note = "，".join(part for part in (t("township.devices_note"), ledger_note(view)) if part)
    with panel("devices", title=name, note=note, height=_height(view, DEVICES_HEIGHT)):
        if found.is_empty():
            state_message("township.no_centre")
            return
        if not found["is_sent"].all():
            state_message("state.no_rows")
            return
        for (institution,), rows in found.group_by("institution_name", maintain_order=True):
            draw(div(str(institution), cls="point-title"))
            draw(div([_device(row) for row in rows.iter_rows(named=True)], cls="pairs"))


def _device(row: dict[str, object]) -> Markup:
    in_use = row["state"] == "in_use"
    words = t(f"device_state.{row['state']}")
    since = row["reported_broken_on"]
    mark = cards.mark_image("plain" if in_use else "worse")
    return div(
        span(t(f"device.{row['device_type']}"), cls="pair-name"),
        span(mark, f" {words}", cls="pair-value" if in_use else "pair-value bad"),
        span(str(since) if since and not in_use else "", cls="pair-side"),
        cls="pair pair-wide",
    )
