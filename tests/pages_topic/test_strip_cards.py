"""The strip of cards: what the gate says of the change, and how far the target is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.panels.shared import topic_cards
from dashboard.panels.shared.topic_cards import Card
from dashboard.reading import topics
from dashboard.reading.facts import Fact, read_facts
from dashboard.reading.measured import Reading
from dashboard.reading.week import Change
from dashboard.view import View
from tests.builders.pages import view_in

OUTFLOW, CONTRACTS = "out_of_county_inpatient_rate", "contract_rate"
MINUTES = "contact_to_catheter_minutes"
DEVICES, BUNDLED = "three_device_coverage", "bundled_execution_rate"
FEBRUARY, MARCH = dt.date(2025, 2, 1), dt.date(2025, 3, 1)


@pytest.fixture
def view(small_world: Path) -> View:
    return view_in(small_world, page="outflow", indicator=OUTFLOW)


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
    tested = Change(verdict="improved", difference=0.012, reports=23)
    contracts = replace(fact_of(view, CONTRACTS), change=tested)
    assert topic_cards._tested_change(contracts) == "较以往 +1.2个百分点"
    assert topic_cards._tested_change(replace(contracts, change=Change(verdict="normal"))) == ""
    outflow = replace(fact_of(view, OUTFLOW), change=tested)
    assert topic_cards._tested_change(outflow) == ""


def test_a_stock_of_an_earlier_month_is_compared_with_the_month_before(small_world: Path) -> None:
    seen = view_in(small_world, page="equipment", indicator=DEVICES, area="410225", month=-4)
    values = {
        month: topics.values_of(replace(seen, month=month), seen.indicator, ["410225"])["value"][0]
        for month in (FEBRUARY, MARCH)
    }
    change = 100 * (values[MARCH] - values[FEBRUARY])
    words = f"{abs(change):.1f}个百分点" if change else "持平"
    drawn = topic_cards.indicator_cards(seen, [seen.indicator.id])[0]
    assert drawn.lines[-1].startswith("3月环比")
    assert drawn.lines[-1].endswith(words)
    assert drawn.verdict == ("", "")


def test_weeks_go_on_to_the_day_of_the_cards(small_world: Path) -> None:
    seen = view_in(small_world, page="equipment", indicator=DEVICES, area="410225", month=-4)
    weeks = topics.series_of(seen, seen.indicator, seen.area)
    course = topics.up_to_day(seen, seen.indicator, weeks, area="410225")
    value = topics.values_of(seen, seen.indicator, ["410225"])["value"][0]
    assert weeks["period"][-1] == dt.date(2025, 3, 28)
    assert course.select("period", "value").row(-1) == (dt.date(2025, 3, 31), value)
    assert course.head(-1).equals(weeks)
    assert topics.up_to_day(seen, seen.indicator, course, area="410225").equals(course)


def test_what_is_reported_by_month_is_compared_with_the_report_before(
    small_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = view_in(small_world, page="consortium", indicator=BUNDLED)
    assert seen.data_date == dt.date(2025, 6, 30)
    now = topics.values_of(seen, seen.indicator, [seen.area.code])["value"][0]
    assert topic_cards.indicator_cards(seen, [BUNDLED])[0].lines[-1] == "6月环比 持平"
    monkeypatch.setattr(topic_cards, "_month_before", lambda *_: now - 0.079)
    assert topic_cards.indicator_cards(seen, [BUNDLED])[0].lines[-1] == "6月环比 +7.9个百分点"
    # Before the month's end its report is still to come, and the value is of the one before.
    monkeypatch.setattr(View, "data_date", dt.date(2025, 6, 20))
    assert topic_cards.indicator_cards(seen, [BUNDLED])[0].lines[-1] == ""
