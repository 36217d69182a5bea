"""The county's profile: against the city, at a glance, its townships, its trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.spine import SpineRow, spine_figure
from dashboard.components import chart, panel, table_twin
from dashboard.look import cards
from dashboard.messages import t
from dashboard.panels.overview import board
from dashboard.places import Place
from dashboard.reading.facts import Fact, read_facts
from dashboard.reading.week import week_of
from dashboard.selectors import navigate
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods.claims import Mark

SHOWN = (
    "out_of_county_inpatient_rate",
    "fund_outflow_rate",
    "referred_outflow_share",
    "standardised_clinic_rate",
    "three_device_coverage",
    "contract_rate",
    "key_group_contract_rate",
    "fulfilment_rate",
    "recommended_standard_rate",
)
TOP_HEIGHT = 440
Facts = dict[tuple[str, str], Fact]
Verdict = Mark | Literal["absent"]


def indicators(view: View) -> list[Indicator]:
    """Return the indicators of the profile."""
    return [view.catalogue.indicators[id_] for id_ in SHOWN]


def own_facts(view: View, county: Place) -> Facts:
    """Read the county and its reference with their history."""
    areas = [county.code, *([view.reference.code] if view.reference else [])]
    return read_facts(view, indicators=indicators(view), areas=areas)


def peer_facts(view: View, places: Sequence[Place] | None = None) -> Facts:
    """Read the counties compared with, values only; the sister counties unless told."""
    codes = [p.code for p in (view.counties if places is None else places)]
    return read_facts(view, indicators=indicators(view), areas=codes, history=False)


def reference_of(view: View, own: Facts, indicator: Indicator) -> Fact | None:
    """Return what is known of the reference, if there is one."""
    return own.get((indicator.id, view.reference.code)) if view.reference else None


def mark_of(view: View, county: Place, indicator: Indicator) -> Mark:
    """Return what is claimed of the county beside its reference on one indicator."""
    reference = view.reference.code if view.reference else None
    return week_of(view).mark(indicator.id, county.code, reference)


def claim(view: View, own: Facts, county: Place) -> str:
    """Say on how many indicators the county is worse than the reference, better, or neither."""
    if view.reference is None:
        return ""
    verdicts = [_verdict(view, own[i.id, county.code], county) for i in indicators(view)]
    return claim_words(verdicts, board.reference_words(view))


def _verdict(view: View, fact: Fact, county: Place) -> Verdict:
    """Return what is claimed; of what has no value, shown or hidden, there is nothing to judge."""
    has_value = fact.is_known or fact.status == "suppressed"
    return mark_of(view, county, fact.indicator) if has_value else "absent"


def claim_words(verdicts: Sequence[Verdict], reference: str) -> str:
    """Count the verdicts, what needs attention first; a verdict that nobody got is not named."""
    parts = [
        t(f"county.claim_{kind}", n=verdicts.count(kind), reference=reference)
        for kind in ("worse", "better", "similar", "none", "absent")
        if kind in verdicts
    ]
    return t("county.claim", n=len(verdicts), parts="，".join(parts))


def _codes(peers: Facts) -> set[str]:
    return {code for _, code in peers}


def _best(view: View, peers: Facts, county: Place, indicator: Indicator) -> str:
    """Print the best value of the counties; its county only where it is certainly the first."""
    values = [peers[indicator.id, code].reading.value for code in sorted(_codes(peers))]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return formats.DASH
    best = max(known) if indicator.polarity == "higher_is_better" else min(known)
    printed = formats.rate(best, decimals=indicator.decimals)
    city = view.reference.code if view.reference else ""
    first = view.places.get(week_of(view).first(indicator.id, city))
    # Tested among the counties of the city; of another group nothing is claimed.
    if first is None or _codes(peers) != {p.code for p in view.counties}:
        return printed
    if first.code == county.code:
        return t("county.this")
    return t("county.best_of", name=view.places.short_name(first), value=printed)


def _spine_row(view: View, own: Facts, peers: Facts, county: Place, i: Indicator) -> SpineRow:
    fact, reference = own[i.id, county.code], reference_of(view, own, i)
    series = fact.months if i.kind == "flow" else fact.final_months
    mark = mark_of(view, county, i)
    return SpineRow(
        code=i.id,
        name=i.name_zh,
        value=fact.reading.value,
        label=cards.value_words(fact) + (i.unit_zh if fact.is_known else ""),
        fraction=cards.fraction_words(fact),
        reference=reference.reading.value if reference else None,
        reference_label=cards.value_words(reference) if reference else formats.DASH,
        best=_best(view, peers, county, i),
        peers=tuple(
            v
            for code in sorted(_codes(peers))
            if (v := peers[i.id, code].reading.value) is not None
        ),
        is_higher_better=i.polarity == "higher_is_better",
        mark=mark if mark in {"better", "worse"} else "",
        series=tuple(p.reading.value for p in series if p.status == "final"),
        is_selected=i.id == view.indicator.id,
    )


@block
def draw_spine(view: View, own: Facts, peers: Facts, county: Place) -> None:
    """Draw the county against its sisters; a click chooses the indicator of the trend."""
    rows = [_spine_row(view, own, peers, county, i) for i in indicators(view)]
    words = board.reference_words(view) or t("topic.whole_city")
    title, note = t("county.compare", reference=words), ""
    if view.reference is None:
        title = t("county.main_indicators")
    else:
        note = t("county.compare_note", n=len(_codes(peers)))
    with panel(
        "spine",
        title=title,
        note=note,
        height=TOP_HEIGHT,
        twin=None if view.meeting else lambda: _spine_twin(view, rows, county),
    ):
        figure = spine_figure(
            rows, reference_zh=words, span_zh=t("overview.span_months", n=24), height=364
        )
        chart(
            figure,
            key="spine",
            alt=title,
            on_click=lambda id_: navigate(indicator=id_),
        )


def _spine_twin(view: View, rows: Sequence[SpineRow], county: Place) -> None:
    frame = pl.DataFrame(
        {
            "name": [r.name for r in rows],
            "label": [r.label for r in rows],
            "fraction": [r.fraction for r in rows],
            "reference": [r.reference_label for r in rows],
            "best": [r.best for r in rows],
        }
    )
    table_twin(
        frame,
        key="spine",
        name_zh=f"{county.name}{t('page.county')}{view.data_date:%Y%m%d}",
        columns={
            "name": t("pick.indicator"),
            "label": t("county.this"),
            "fraction": t("county.fraction"),
            "reference": board.reference_words(view) or t("topic.whole_city"),
            "best": t("county.best"),
        },
    )
