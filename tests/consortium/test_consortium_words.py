"""How figures of the page are derived and printed."""

from __future__ import annotations

import pytest

from dashboard.panels.consortium import values
from dashboard.panels.consortium.fund import Line, ledger_words, surplus_of
from dashboard.panels.consortium.values import Figure
from pipeline.catalog import catalogue

KNOWN = catalogue().indicators
SHARE = KNOWN["primary_visit_share"]
MINUTES = KNOWN["contact_to_catheter_minutes"]
PERSONS = KNOWN["backbone_doctors_dispatched"]
CASES = KNOWN["thrombolysis"]
COST = KNOWN["inpatient_cost_per_stay"]
MONEY = KNOWN["fund_outflow_rate"]


def test_a_quotient_divides_values_and_those_of_a_year_before() -> None:
    upper = Figure(value=30.0, prior=20.0, numerator=5, denominator=2, status="final")
    found = values.quotient(upper, Figure(value=60.0, prior=50.0, status="final"))
    assert found == Figure(value=30 / 60, prior=20 / 50, status="final")


@pytest.mark.parametrize("lower", [Figure(), Figure(value=0.0, status="final")])
def test_a_quotient_by_nothing_is_nothing(lower: Figure) -> None:
    found = values.quotient(Figure(value=30.0, status="final"), lower)
    assert (found.value, found.prior) == (None, None)
    assert found.status == lower.status


def test_a_quotient_is_as_hidden_as_what_it_divides() -> None:
    hidden = Figure(status="suppressed")
    assert values.quotient(hidden, Figure(value=1.0, status="final")).status == "suppressed"
    assert values.quotient(Figure(value=1.0, status="final"), hidden).status == "suppressed"


@pytest.mark.parametrize(
    ("figure", "indicator", "words"),
    [
        (Figure(value=0.61, prior=0.6, status="final"), SHARE, "+1.0个百分点"),
        (Figure(value=0.6, prior=0.6004, status="final"), SHARE, "持平"),
        (Figure(value=58.0, prior=62.0, status="final"), MINUTES, "\u22124分钟"),
        (Figure(value=62.2, prior=62.0, status="final"), MINUTES, "持平"),
        (Figure(value=12.0, prior=10.0, status="final"), PERSONS, "+2人"),
        (Figure(value=120.0, prior=100.0, status="final"), CASES, "+20.0%"),
        (Figure(value=5_500.0, prior=5_000.0, status="final"), COST, "+10.0%"),
        (Figure(value=120.0, prior=0.0, status="final"), CASES, "—"),
        (Figure(value=120.0, status="final"), CASES, "—"),
        (Figure(prior=120.0), CASES, "—"),
        (Figure(value=1.0, prior=2.0, status="suppressed"), CASES, "—"),
    ],
)
def test_a_change_is_told_in_its_own_unit(figure: Figure, indicator: object, words: str) -> None:
    assert values.change_words(figure, indicator) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("figure", "indicator", "words"),
    [
        (Figure(numerator=60, denominator=100), SHARE, "60／100人次"),
        (Figure(numerator=1_000_000, denominator=4_000_000), MONEY, "1.0万／4.0万元"),
        (Figure(numerator=600, denominator=10), MINUTES, ""),
        (Figure(numerator=600), PERSONS, ""),
    ],
)
def test_parts_are_told_where_they_have_one_unit(
    figure: Figure, indicator: object, words: str
) -> None:
    assert values.fraction_words(figure, indicator) == words  # type: ignore[arg-type]


def test_a_value_says_when_it_is_provisional_hidden_or_absent() -> None:
    provisional = Figure(value=0.5, status="provisional")
    printed = values.value_words(provisional, SHARE)
    assert values.with_unit(printed, "%", provisional) == "50.0%（暂定）"
    assert values.with_unit("50.0", "%", Figure(value=0.5, status="final")) == "50.0%"
    hidden = Figure(status="suppressed")
    assert values.with_unit(values.value_words(hidden, SHARE), "%", hidden) == "＊"
    assert values.with_unit(values.value_words(Figure(), SHARE), "%", Figure()) == "—"


def test_a_range_needs_two_counties() -> None:
    assert values.spread_words([0.5], SHARE) == "—"
    assert values.spread_words([0.55, 0.4, 0.6], SHARE) == "40.0～60.0"
    assert values.spread_words([7, 3], PERSONS) == "3～7"
    assert values.spread_words([1.0, 1.0], SHARE) == "均为100.0"


def test_the_ledger_compares_spending_with_the_even_pace() -> None:
    line = Line(budget=120_000_000, prepaid=54_000_000, spent=66_000_000, time_done=6 / 12)
    assert (line.due, line.balance) == (60_000_000, -6_000_000)
    assert ledger_words(line) == {
        "budget": "120.0",
        "prepaid": "54.0",
        "prepaid_rate": "45.0",
        "spent": "66.0",
        "spent_rate": "55.0",
        "due": "60.0",
        "balance": "\u22126.0",
    }


def test_a_county_that_sent_no_ledger_has_dashes() -> None:
    line = Line(budget=None, prepaid=None, spent=None, time_done=0.5)
    assert set(ledger_words(line).values()) == {"—"}


def test_a_surplus_is_shared_and_a_deficit_is_not() -> None:
    left = surplus_of(Figure(numerator=900, denominator=1_000), "bundled")
    assert left is not None
    assert (left.amount, left.parts) == (100, (60, 30, 10))
    chronic = surplus_of(Figure(numerator=900, denominator=1_000), "chronic")
    assert chronic is not None
    assert chronic.parts == (20, 50, 30)
    over = surplus_of(Figure(numerator=1_100, denominator=1_000), "bundled")
    assert over is not None
    assert (over.amount, over.parts) == (-100, None)
    assert surplus_of(Figure(), "bundled") is None
