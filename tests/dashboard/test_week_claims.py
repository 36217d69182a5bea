"""The week's tests: which areas are compared with which wholes, and what pages may look up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dashboard.places import Places
from dashboard.queries import claims as questions
from dashboard.queries.claims import Moment
from dashboard.reading.week import UNJUDGED, week_of
from dashboard.view import View
from pipeline.catalog import catalogue
from tests.builders.places import place

KNOWN = catalogue().indicators
STOCK, FLOW = KNOWN["contract_rate"], KNOWN["out_of_county_inpatient_rate"]
CLINICS, MONEY = KNOWN["standardised_clinic_rate"], KNOWN["fund_outflow_rate"]
MONTH, FINAL, DAY = dt.date(2025, 6, 1), dt.date(2025, 3, 1), dt.date(2025, 6, 30)
MOMENT = Moment(month=MONTH, final_month=FINAL, data_date=DAY)
Counts = tuple[int | None, int | None, str]

PLACES = Places(
    [
        place("all", "group", None),
        place("C1", "city", "P"),
        place("C2", "city", "P", is_complete=False),
        place("A", "county", "C1"),
        place("B", "county", "C1"),
        place("D", "county", "C2"),
        place("A1", "township", "A"),
        place("A2", "township", "A"),
    ]
)
LEVELS = {p.code: p.level for p in PLACES.by_code.values()}


def rows(indicator_id: str, values: dict[str, Counts], **columns: Any) -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            {
                "indicator_id": indicator_id,
                "area_code": code,
                "area_level": LEVELS[code],
                "numerator": numerator,
                "denominator": denominator,
                "status": status,
            }
            for code, (numerator, denominator, status) in values.items()
        ],
        schema_overrides={"numerator": pl.Int64, "denominator": pl.Int64},
    )
    literals = {name: pl.lit(value) for name, value in columns.items()}
    return frame.with_columns(value=pl.col("numerator") / pl.col("denominator"), **literals)


def months(values: dict[str, Counts], indicator_id: str = STOCK.id) -> pl.DataFrame:
    return rows(indicator_id, values, month=MONTH)


def years(
    values: dict[str, Counts], prior: dict[str, Counts], indicator_id: str = FLOW.id
) -> pl.DataFrame:
    now = rows(indicator_id, values, month=FINAL, period_kind="year")
    before = rows(indicator_id, prior).select(
        "area_code", **{f"prior_{c}": pl.col(c) for c in ("numerator", "denominator", "status")}
    )
    return now.join(before, on="area_code")


def weeks(counts: dict[str, list[int]], size: int, indicator_id: str) -> pl.DataFrame:
    newest = dt.date(2025, 6, 27)
    parts = []
    for code, numbers in counts.items():
        for n, number in enumerate(reversed(numbers)):
            day = newest - dt.timedelta(weeks=n)
            parts.append(rows(indicator_id, {code: (number, size, "final")}, week_ending=day))
    return pl.concat(parts)


EMPTY = {
    "indicator_monthly": months({"A": (1, 2, "final")}).clear(),
    "indicator_to_date": years({"A": (1, 2, "final")}, {"A": (1, 2, "final")}).clear(),
    "indicator_weekly": weeks({"A": [1]}, 2, STOCK.id).clear(),
}


def decided(*, below_county: bool = False, **marts: pl.DataFrame) -> pl.DataFrame:
    found = EMPTY | marts
    return questions.decided(
        lambda name: found[name].lazy(),
        PLACES,
        [STOCK, FLOW, CLINICS, MONEY],
        MOMENT,
        below_county=below_county,
    )


def marks(frame: pl.DataFrame) -> dict[tuple[str, str], str]:
    said = frame.filter(pl.col("kind") == "comparison")
    return {
        (area, other): mark
        for area, other, mark in said.select("area_code", "other_code", "mark").iter_rows()
    }


def test_counties_are_compared_with_their_city_and_the_group_townships_with_their_county() -> None:
    above = questions.pairs(PLACES, below_county=False).collect().rows()
    assert set(above) == {("C1", "all"), ("A", "C1"), ("A", "all"), ("B", "C1"), ("B", "all")}
    below = questions.pairs(PLACES, below_county=True).collect().rows()
    assert set(below) == {("A1", "A"), ("A2", "A")}


def test_without_a_group_only_cities_are_compared_with() -> None:
    alone = Places([place("C1", "city", "P"), place("A", "county", "C1")])
    assert questions.pairs(alone, below_county=False).collect().rows() == [("A", "C1")]


def test_a_county_is_marked_beside_its_city() -> None:
    values = {
        "A": (60_000, 100_000, "final"),
        "B": (50_000, 100_000, "final"),
        "C1": (110_000, 200_000, "final"),
    }
    found = marks(decided(indicator_monthly=months(values)))
    assert found == {("A", "C1"): "better", ("B", "C1"): "worse"}


@pytest.mark.parametrize("status", ["provisional", "suppressed", "missing"])
def test_what_is_not_final_is_neither_marked_nor_compared_with(status: str) -> None:
    values = {
        "A": (60_000, 100_000, status),
        "B": (50_000, 100_000, "final"),
        "C1": (110_000, 200_000, "final"),
    }
    assert marks(decided(indicator_monthly=months(values)))["A", "C1"] == "none"
    values["C1"] = (110_000, 200_000, status)
    assert set(marks(decided(indicator_monthly=months(values))).values()) == {"none"}


def test_townships_are_a_family_of_their_own() -> None:
    values = {
        "A": (60_000, 100_000, "final"),
        "A1": (20_000, 50_000, "final"),
        "C1": (120_000, 200_000, "final"),
    }
    found = marks(decided(indicator_monthly=months(values), below_county=True))
    assert found == {("A1", "A"): "worse"}


def test_money_shares_are_not_tested() -> None:
    values = {"A": (60_000, 100_000, "final"), "C1": (110_000, 200_000, "final")}
    assert decided(indicator_monthly=months(values, MONEY.id)).is_empty()


def test_a_flow_is_compared_with_the_same_days_of_last_year() -> None:
    now = {"A": (2_000, 10_000, "final"), "B": (2_500, 10_000, "final")}
    before = {"A": (2_500, 10_000, "final"), "B": (2_490, 10_000, "final")}
    frame = questions.change_rows(decided(indicator_to_date=years(now, before)))
    found = dict(frame.select("area_code", "verdict").iter_rows())
    assert found == {"A": "improved", "B": "normal"}


def test_a_stock_of_persons_is_tested_against_its_own_past() -> None:
    noise = [5000, 5030, 4990, 5010] * 6
    counts = {"A": [*noise, 5400, 5410, 5405], "B": [*noise, 5000, 5020, 4995]}
    frame = questions.change_rows(decided(indicator_weekly=weeks(counts, 10_000, STOCK.id)))
    found = {row["area_code"]: row for row in frame.iter_rows(named=True)}
    assert (found["A"]["verdict"], found["A"]["reports"]) == ("improved", 24)
    assert found["A"]["difference"] == pytest.approx(0.0398, abs=0.001)
    assert found["B"]["verdict"] == "normal"


def test_a_registry_is_counted_and_not_tested() -> None:
    frame = weeks({"A": [*range(400, 430)]}, 500, CLINICS.id)
    assert decided(indicator_weekly=frame).is_empty()
    facts = questions.registry_changes(
        lambda name: (EMPTY | {"indicator_weekly": frame})[name].lazy(), [CLINICS], MOMENT
    )
    assert facts.select("area_code", "change", "verdict").rows() == [("A", 1, "advanced")]


def test_a_place_of_honour_needs_certainty() -> None:
    values = {
        "A": (60_000, 100_000, "final"),
        "B": (50_000, 100_000, "final"),
        "C1": (110_000, 200_000, "final"),
    }

    def first(values: dict[str, Counts]) -> list[tuple[Any, ...]]:
        marts = EMPTY | {"indicator_monthly": months(values)}
        return questions.certain_first(
            lambda name: marts[name].lazy(), PLACES, [STOCK], MOMENT
        ).rows()

    assert first(values) == [(STOCK.id, "C1", "A")]
    assert first(values | {"B": (59_990, 100_000, "final")}) == []


def test_the_material_difference_follows_the_scale_of_the_value() -> None:
    per_thousand = dataclasses.replace(STOCK, per=1000, material_difference=20)
    declared = questions.declared([per_thousand]).collect()
    assert declared["material_difference"].to_list() == [pytest.approx(0.02)]


def test_pages_of_one_month_share_one_testing(view_of: Callable[..., View]) -> None:
    assert week_of(view_of("410225")) is week_of(view_of("410200"))
    assert week_of(view_of("410225")) is not week_of(view_of("410225", month=-2))


def test_old_months_are_forgotten(
    view_of: Callable[..., View], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.reading.week.KEPT", 1)
    monkeypatch.setattr("dashboard.reading.week._weeks", {})
    first = week_of(view_of("410225"))
    week_of(view_of("410225", month=-2))
    assert week_of(view_of("410225")) is not first


def test_what_was_not_tested_is_not_judged(view_of: Callable[..., View]) -> None:
    week = week_of(view_of("410225"))
    referrals = "upward_referrals"  # a count of papers: no share of anything
    assert week.change(referrals, "410225") is UNJUDGED
    assert week.mark(STOCK.id, "410225", None) == "none"
    assert week.mark(STOCK.id, "nowhere", "410200") == "none"
    assert week.claimed(referrals, "410225", "410200") == ""
    assert week.first(MONEY.id, "410200") is None


def test_shares_of_money_are_judged_by_their_months(view_of: Callable[..., View]) -> None:
    week = week_of(view_of("410225"))
    assert week.change(MONEY.id, "410225").statistic == "year"
    assert week.mark(MONEY.id, "410225", "410200") in {"better", "worse", "similar"}


def test_the_small_world_is_tested_down_to_its_townships(view_of: Callable[..., View]) -> None:
    view = view_of("410225")
    week = week_of(view)
    assert week.tests > 100
    assert week.change(CLINICS.id, "410225").verdict != "not_judged"
    assert week.change(STOCK.id, "410225").reports == 27
    towns = [p.code for p in view.places.children("410225")]
    found = {week.mark(STOCK.id, town, "410225") for town in towns}
    assert found <= {"better", "worse", "similar"}
    assert {week.claimed(STOCK.id, town, "410225") for town in towns} <= {"better", "worse", ""}
