"""Codes and names side by side: a name that means another place or measure refuses its row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .conftest import Stage, reasons

DAY = date(2025, 6, 30)
ROWS: dict[str, dict[str, Any]] = {
    "population": {
        "area_code": "410225",
        "year": 2024,
        "sex": "male",
        "age_band": "0—4岁",
        "persons": 10,
    },
    "income": {"area_code": "410225", "year": 2024, "rural_income": 2_000_000},
    "targets": {
        "indicator_id": "out_of_county_inpatient_rate",
        "area_code": "410225",
        "due_on": date(2025, 12, 31),
        "target": "0.1",
    },
    "contracts": {"institution_code": "T1", "residents": 1000, "extract_date": DAY},
}
NAME = {"contracts": "county_name"}
REFERRAL: dict[str, Any] = {
    "referral_id": "Z1",
    "referred_on": date(2025, 3, 1),
    "direction": "up",
    "from_institution": "T1",
    "to_institution": "H1",
}


@pytest.mark.parametrize("source", ROWS)
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("兰考县", None),
        ("兰考", None),
        ("开封市兰考县", None),
        (None, None),
        ("兰考县（含示范区）", None),  # nobody's name: it contradicts nothing
        ("祥符区", "CODE_NAME_CONFLICT"),
        ("开封市", "CODE_NAME_CONFLICT"),
        ("鼓楼区", "CODE_NAME_CONFLICT"),  # of two cities, neither is meant
    ],
)
def test_a_name_that_means_another_area_contradicts_the_code(
    stage: Stage, source: str, name: str | None, reason: str | None
) -> None:
    column = NAME.get(source, "area_name")
    staged = stage(source, ROWS[source] | {column: name})
    assert reasons(staged) == [reason]
    if reason:
        assert staged.accounts["_column"].to_list() == [column]
        assert staged.accounts["_detail"].to_list() == [f"{name}（代码为410225）"]


def test_a_former_name_beside_the_code_of_today_is_right(stage: Stage) -> None:
    row = ROWS["income"] | {"area_code": "411603", "area_name": "淮阳县"}
    assert reasons(stage("income", row)) == [None]


def test_a_city_may_have_a_target_under_its_own_name(stage: Stage) -> None:
    row = ROWS["targets"] | {"area_code": "410200"}
    assert reasons(stage("targets", row | {"area_name": "开封市"})) == [None]
    assert reasons(stage("targets", row | {"area_name": "周口市"})) == ["CODE_NAME_CONFLICT"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (None, None),
        ("县域外 住院占比", None),
        ("外转率", None),  # what a county calls it
        ("三大件覆盖率", "CODE_NAME_CONFLICT"),
    ],
)
def test_a_target_under_the_name_of_another_indicator_is_refused(
    stage: Stage, name: str | None, reason: str | None
) -> None:
    staged = stage("targets", ROWS["targets"] | {"indicator_name": name})
    assert reasons(staged) == [reason]


@pytest.mark.parametrize(
    ("change", "reason", "column"),
    [
        ({"from_institution_name": "城关镇卫生院"}, None, None),
        ({"to_institution_name": "兰考县人民医院"}, None, None),
        ({"to_institution": "B9", "to_institution_name": "某医院"}, None, None),
        (
            {"from_institution_name": "兰考县人民医院"},
            "CODE_NAME_CONFLICT",
            "from_institution_name",
        ),
        ({"to_institution_name": "城关镇卫生院"}, "CODE_NAME_CONFLICT", "to_institution_name"),
    ],
)
def test_both_ends_of_a_referral_are_called_as_in_the_register(
    stage: Stage, change: dict[str, Any], reason: str | None, column: str | None
) -> None:
    staged = stage("referrals", REFERRAL | change)
    assert staged.accounts.select("_reason", "_column").row(0) == (reason, column)
