from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .conftest import Stage, accepted, reasons

MONTH = date(2025, 5, 1)
WIDE: dict[str, Any] = {"county_name": "兰考县", "month": MONTH}
LONG: dict[str, Any] = WIDE | {"item": "远程心电传输人次", "value": "12"}
COLUMNS = ("county_code", "month", "item", "value")


def test_a_wide_row_gives_a_row_for_each_item_that_is_reported(stage: Stage) -> None:
    staged = stage("activity", WIDE | {"remote_ecg": 5, "bundled_surplus_fen": 100_00})
    assert accepted(staged, "activity", *COLUMNS) == [
        ("410225", MONTH, "bundled_surplus_fen", 100_00),
        ("410225", MONTH, "remote_ecg", 5),
    ]
    assert reasons(staged) == [None]


@pytest.mark.parametrize(
    ("row", "item", "value"),
    [
        ({}, "remote_ecg", 12),
        ({"item": " 远程心电 传输人次"}, "remote_ecg", 12),
        ({"item": "打包资金累计结余", "unit": "万元"}, "bundled_surplus_fen", 12_000_000),
        ({"item": "打包资金累计结余(万元)"}, "bundled_surplus_fen", 12_000_000),
        ({"item": "打包资金累计结余（元）", "value": "12.34"}, "bundled_surplus_fen", 1_234),
        ({"item": "打包资金累计结余", "value": "12 万元"}, "bundled_surplus_fen", 12_000_000),
        ({"item": "打包资金累计结余", "value": "12元"}, "bundled_surplus_fen", 1_200),
        ({"value": "12人次"}, "remote_ecg", 12),
        ({"value": "12 次", "unit": "人次"}, "remote_ecg", 12),
    ],
)
def test_a_long_row_gives_its_item_in_its_unit(
    stage: Stage, row: dict[str, Any], item: str, value: int
) -> None:
    staged = stage("activity", LONG | row)
    assert accepted(staged, "activity", "item", "value") == [(item, value)]


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ({"item": "没有的项目"}, "UNKNOWN_CODE", "item"),
        ({"value": "若干"}, "BAD_NUMBER", "value"),
        ({"value": "12人"}, "BAD_NUMBER", "value"),
        ({"value": "/"}, "BAD_NUMBER", "value"),
        ({"unit": "小时"}, "UNKNOWN_CODE", "unit"),
        ({"unit": "万人次"}, "UNKNOWN_CODE", "unit"),
        ({"item": "打包资金累计结余", "unit": "千元"}, "UNKNOWN_CODE", "unit"),
        ({"item": "打包资金累计结余"}, "MISSING_VALUE", "unit"),
        ({"item": "打包资金累计结余", "unit": "元", "value": "12万元"}, "BAD_NUMBER", "value"),
        ({"value": None}, "MISSING_VALUE", "value"),
        ({"item": None}, "MISSING_VALUE", "item"),
        ({"month": None}, "MISSING_VALUE", "month"),
        ({"county_name": None}, "MISSING_VALUE", "county_name"),
        ({"month": date(2025, 7, 1)}, "FUTURE_DATE", "month"),
        ({"county_name": "没有县"}, "UNKNOWN_CODE", "county_name"),
        ({"county_code": "999999"}, "UNKNOWN_CODE", "county_code"),
        ({"county_code": "410200"}, "REGION_LEVEL", "county_code"),
    ],
)
def test_a_row_that_says_nothing_usable_is_refused(
    stage: Stage, row: dict[str, Any], reason: str, column: str
) -> None:
    staged = stage("activity", LONG | row)
    assert staged.accounts.select("_reason", "_column").row(0) == (reason, column)


def test_a_refusal_names_the_unit_that_is_meant(stage: Stage) -> None:
    staged = stage("activity", LONG | {"unit": "小时"}, LONG | {"value": "12人"})
    assert staged.accounts["_detail"].to_list() == ["小时（应为人次）", "12人（单位为人次）"]


def test_the_same_item_twice_is_one_report(stage: Stage) -> None:
    assert reasons(stage("activity", LONG, LONG)) == [None, "DUPLICATE_ROW"]
    both = stage("activity", WIDE | {"remote_ecg": 5}, LONG)
    assert accepted(both, "activity", "value") == [(12,)]


def test_a_county_code_is_read_where_there_is_one(stage: Stage) -> None:
    row = LONG | {"county_code": "410225", "county_name": None}
    assert accepted(stage("activity", row), "activity", "county_code") == [("410225",)]


ABOVE = {"village_doctors": 10, "village_doctors_licensed": 11, "remote_ecg": 5}
DOCTORS = LONG | {"item": "村医数", "value": "10"}
LICENSED = LONG | {"item": "取得执业（助理）医师资格的村医数", "value": "11"}


def test_a_wide_row_that_counts_a_part_above_its_whole_is_refused(stage: Stage) -> None:
    staged = stage("activity", WIDE | ABOVE, WIDE | ABOVE | {"village_doctors_licensed": 10})
    assert staged.accounts.select("_reason", "_column", "_detail").row(0) == (
        *("RANGE", "village_doctors_licensed"),
        "11（应不大于10）",
    )
    assert reasons(staged)[1] is None


def test_of_a_part_above_its_whole_in_the_long_shape_neither_is_taken(stage: Stage) -> None:
    staged = stage("activity", DOCTORS, LONG, LICENSED)
    assert reasons(staged) == ["RANGE", None, "RANGE"]
    assert staged.accounts.select("_column", "_detail").row(0) == (
        "value",
        "取得执业（助理）医师资格的村医数 11（应不大于村医数 10）",
    )


@pytest.mark.parametrize(
    "other",
    [
        {"value": "11"},
        {"month": date(2025, 4, 1)},
        {"county_name": "祥符区"},
        {"value": "若干"},
    ],
)
def test_a_part_is_held_against_its_own_whole_only(stage: Stage, other: dict[str, Any]) -> None:
    assert reasons(stage("activity", DOCTORS | other, LICENSED))[1] is None
