"""The strip of cards: what the gate says of the change, and how far the target is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.panels.shared import topic_cards
from dashboard.panels.shared.topic_cards import Card
from dashboard.reading.facts import Fact, read_facts
from dashboard.reading.measured import Reading
from dashboard.reading.week import Change
from dashboard.view import View
from tests.builders.pages import view_in

OUTFLOW, CONTRACTS = "out_of_county_inpatient_rate", "contract_rate"
MINUTES = "contact_to_catheter_minutes"


@pytest.fixture
def view(small_world: Path, monkeypatch: pytest.MonkeyPatch) -> View:
    return view_in(small_world, monkeypatch, page="outflow", indicator=OUTFLOW)


def fact_of(view: View, indicator_id: str) -> Fact:
    indicator = view.catalogue.indicators[indicator_id]
    area = view.area.code
    return read_facts(view, indicators=[indicator], areas=[area])[indicator_id, area]


def card(label: str) -> Card:
    return Card(
        label=label,
        value="26.5",
        unit="%",
        verdict=("↘ 好转", "good"),
        target="目标 ≤23.0%",
        distance=("worse", "差3.5个百分点"),
    )


def test_verdict_stands_beside_the_label_and_the_target_below_the_value() -> None:
    top, foot = topic_cards._markup(card("县域外住院占比")).split('<div class="strip-foot">')
    assert '<span class="card-verdict good">↘ 好转</span>' in top
    assert "目标 ≤23.0%" in foot
    assert "<span>差3.5个百分点</span>" in foot
    assert "好转" not in foot


def test_beside_a_long_label_the_verdict_stands_with_the_target() -> None:
    top, foot = topic_cards._markup(card("县域外住院占比（本乡镇1—3月）")).split("strip-foot")
    assert "好转" not in top
    assert '目标 ≤23.0%</span><span class="card-verdict good">↘ 好转</span>' in foot


def test_a_card_without_a_place_for_targets_has_no_foot() -> None:
    assert "strip-foot" not in topic_cards._markup(Card(label="一致", value="113", unit="项"))


def test_how_far_a_target_is_is_said_in_points_of_shares_alone(view: View) -> None:
    missed = replace(fact_of(view, OUTFLOW), reading=Reading(value=0.265), target=0.23)
    assert topic_cards._distance(missed) == ("worse", "差3.5个百分点")
    minutes = replace(fact_of(view, MINUTES), reading=Reading(value=95.0), target=90.0)
    assert topic_cards._distance(minutes) == ("none", "")


def test_the_change_of_contracts_is_the_one_that_was_tested(view: View) -> None:
    tested = Change(verdict="improved", difference=0.012)
    contracts = replace(fact_of(view, CONTRACTS), change=tested)
    assert topic_cards._tested_change(contracts) == "较往期 +1.2个百分点"
    assert topic_cards._tested_change(replace(contracts, change=Change(verdict="normal"))) == ""
    outflow = replace(fact_of(view, OUTFLOW), change=tested)
    assert topic_cards._tested_change(outflow) == ""
