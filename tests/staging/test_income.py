"""Incomes by county and year: what is taken, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Stage, accepted, reasons

INCOME: dict[str, Any] = {
    "area_code": "410225",
    "year": 2024,
    "urban_income": 3_900_000,
    "rural_income": 2_000_050,
}


def test_an_income_is_kept_in_fen_for_its_county_and_year(stage: Stage) -> None:
    staged = stage("income", INCOME)
    columns = ("area_code", "year", "urban_fen", "rural_fen")
    assert accepted(staged, "income", *columns) == [("410225", 2024, 3_900_000, 2_000_050)]


def test_an_old_code_is_carried_to_the_county_of_today(stage: Stage) -> None:
    staged = stage("income", INCOME | {"area_code": "411626", "year": 2018})
    assert accepted(staged, "income", "area_code") == [("411603",)]


@pytest.mark.parametrize("column", ["urban_income", "rural_income"])
def test_one_of_the_two_incomes_is_enough(stage: Stage, column: str) -> None:
    assert reasons(stage("income", INCOME | {column: None})) == [None]


@pytest.mark.parametrize(
    ("change", "reason", "column"),
    [
        ({"urban_income": None, "rural_income": None}, "MISSING_VALUE", "rural_income"),
        ({"rural_income": 99_999}, "AMOUNT_RANGE", "rural_income"),
        ({"urban_income": 50_000_001}, "AMOUNT_RANGE", "urban_income"),
        ({"year": 2026}, "FUTURE_DATE", "year"),
        ({"area_code": "410200"}, "REGION_LEVEL", "area_code"),
        ({"area_code": "999999"}, "UNKNOWN_CODE", "area_code"),
    ],
)
def test_what_cannot_be_an_income_of_a_county_is_refused(
    stage: Stage, change: dict[str, Any], reason: str, column: str
) -> None:
    staged = stage("income", INCOME | change)
    assert reasons(staged) == [reason]
    assert staged.accounts["_column"].to_list() == [column]


@pytest.mark.parametrize("fen", [100_000, 50_000_000])
def test_the_least_and_the_most_are_taken(stage: Stage, fen: int) -> None:
    assert reasons(stage("income", INCOME | {"rural_income": fen})) == [None]


def test_a_county_has_one_income_a_year(stage: Stage) -> None:
    staged = stage("income", INCOME, INCOME | {"rural_income": 2_100_000})
    assert sorted(reasons(staged), key=str) == ["DUPLICATE_KEY", None]
