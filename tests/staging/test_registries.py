# ruff: noqa: RUF001 - full-width letters are what is tested
from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.reference import load_reference
from pipeline.staging.equipment import device_type
from pipeline.staging.references import references_of

from .conftest import Stage, accepted, reasons

DAY = date(2025, 6, 30)
CLINIC: dict[str, Any] = {
    "clinic_code": "C1",
    "clinic_name": "甲村卫生室",
    "county_name": "兰考",
    "township_name": "城关",
    "status": "accepted",
    "extract_date": DAY,
}
DEVICE: dict[str, Any] = {
    "device_code": "D1",
    "device_name": "DR",
    "institution_code": "T1",
    "state": "in_use",
    "extract_date": DAY,
}
CONTRACT: dict[str, Any] = {"institution_code": "T1", "residents": 100, "extract_date": DAY}
INSTITUTION: dict[str, Any] = {
    "institution_code": "N1",
    "institution_name": "甲",
    "institution_type": "township_health_centre",
    "county_code": "410225",
    "extract_date": DAY,
}
REFERRAL: dict[str, Any] = {
    "referral_id": "F1",
    "referred_on": date(2025, 3, 2),
    "direction": "up",
    "from_institution": "T1",
}
PEOPLE: dict[str, Any] = {
    "area_code": "410225",
    "year": 2024,
    "sex": "male",
    "age_band": "0—4岁",
    "persons": 10,
}
TARGET: dict[str, Any] = {
    "indicator_id": "contract_rate",
    "area_code": "410200",
    "due_on": date(2025, 12, 31),
    "target": "60%",
}

MINUTES = TARGET | {"indicator_id": "door_to_needle_minutes"}


@pytest.mark.parametrize(
    ("source", "row", "reason", "column"),
    [
        ("clinics", CLINIC | {"county_name": "没有县"}, "UNKNOWN_CODE", "county_name"),
        ("clinics", CLINIC | {"county_code": "999999"}, "UNKNOWN_CODE", "county_code"),
        ("clinics", CLINIC | {"extract_date": date(2025, 7, 1)}, "FUTURE_DATE", "extract_date"),
        ("equipment", DEVICE | {"institution_code": "XX"}, "UNKNOWN_CODE", "institution_code"),
        ("equipment", DEVICE | {"extract_date": date(2026, 1, 1)}, "FUTURE_DATE", "extract_date"),
        ("contracts", CONTRACT | {"institution_code": "XX"}, "UNKNOWN_CODE", "institution_code"),
        ("institutions", INSTITUTION | {"county_code": "999999"}, "UNKNOWN_CODE", "county_code"),
        ("institutions", INSTITUTION | {"county_code": "410200"}, "REGION_LEVEL", "county_code"),
        ("referrals", REFERRAL | {"from_institution": "X"}, "UNKNOWN_CODE", "from_institution"),
        ("referrals", REFERRAL | {"referred_on": date(2026, 1, 1)}, "FUTURE_DATE", "referred_on"),
        ("population", PEOPLE | {"area_code": "410200"}, "REGION_LEVEL", "area_code"),
        ("population", PEOPLE | {"age_band": "合计"}, "BAD_TEXT", "age_band"),
        ("population", PEOPLE | {"year": 2026}, "FUTURE_DATE", "year"),
        ("targets", TARGET | {"indicator_id": "nothing"}, "UNKNOWN_CODE", "indicator_id"),
        ("targets", TARGET | {"area_code": "999999"}, "UNKNOWN_CODE", "area_code"),
        ("targets", TARGET | {"target": "60"}, "RANGE", "target"),
        ("targets", TARGET | {"target": "-5%"}, "RANGE", "target"),
        ("targets", TARGET | {"target": "95分"}, "BAD_NUMBER", "target"),
        ("targets", MINUTES | {"target": "60%"}, "BAD_NUMBER", "target"),
        ("targets", MINUTES | {"target": "1.5小时"}, "BAD_NUMBER", "target"),
        ("targets", MINUTES | {"target": "-1"}, "RANGE", "target"),
    ],
)
def test_what_cannot_be_looked_up_is_refused(
    stage: Stage, source: str, row: dict[str, Any], reason: str, column: str
) -> None:
    staged = stage(source, row)
    assert staged.accounts.select("_reason", "_column").row(0) == (reason, column)
    assert all(frame.is_empty() for frame in staged.accepted.values())


def test_a_clinic_is_placed_by_names_and_planned_unless_it_says_otherwise(stage: Stage) -> None:
    row = CLINIC | {"ownership": "private", "doctors": 2, "floor_area_m2": 80.5}
    staged = stage("clinics", row, CLINIC | {"clinic_code": "C2", "is_planned": False})
    columns = ("county_code", "township_code", "is_planned", "is_public", "doctors")
    assert accepted(staged, "clinics", *columns) == [
        ("410225", "410225001", True, False, 2),
        ("410225", "410225001", False, None, None),
    ]


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (date(2024, 3, 14), "DATE_ORDER"),
        (date(2024, 3, 1), None),  # some day of March
        (date(2024, 1, 1), None),  # some day of 2024
        (date(2024, 2, 1), "DATE_ORDER"),
        (date(2023, 1, 1), "DATE_ORDER"),
    ],
)
def test_the_first_of_a_month_or_year_may_stand_for_any_of_its_days(
    stage: Stage, ended: date, reason: str | None
) -> None:
    row = CLINIC | {"started_on": date(2024, 3, 15), "completed_on": ended}
    assert reasons(stage("clinics", row)) == [reason]


def test_a_county_code_goes_before_the_name_and_old_codes_are_carried_on(stage: Stage) -> None:
    staged = stage("clinics", CLINIC | {"county_code": "411626", "county_name": "淮阳"})
    assert accepted(staged, "clinics", "county_code") == [("411603",)]
    assert staged.accounts["_warning"].to_list() == ["REGION_STALE"]


def test_a_name_of_two_counties_means_the_one_of_the_files_city(stage: Stage) -> None:
    drum = CLINIC | {"clinic_code": "C2", "county_name": "鼓楼区"}
    by_neighbours = stage("clinics", CLINIC, drum, _city=None)
    assert accepted(by_neighbours, "clinics", "county_code") == [("410225",), ("410204",)]
    by_name = stage("clinics", drum, _city="410200")
    assert accepted(by_name, "clinics", "county_code") == [("410204",)]
    assert reasons(stage("clinics", drum, _city=None)) == ["UNKNOWN_CODE"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DR", "dr"),
        ("数字化X线摄影系统（ＤＲ）", "dr"),
        ("数字化 X 射线摄影系统", "dr"),
        ("彩超", "colour_ultrasound"),
        ("彩色多普勒超声诊断仪", "colour_ultrasound"),
        ("全自动生化分析仪", "biochemistry_analyser"),
        ("半自动生化分析仪", "other"),
        ("心电图机", "ecg"),
        ("心电监护仪", "other"),
        ("CT", "ct"),
        ("口腔CT", "other"),
        ("负压救护车", "ambulance"),
        ("电脑", "other"),
    ],
)
def test_the_kind_of_a_device_follows_from_its_name(name: str, kind: str) -> None:
    assert pl.select(device_type(pl.lit(name))).item() == kind


def test_a_device_takes_the_place_of_its_institution(stage: Stage) -> None:
    staged = stage("equipment", DEVICE | {"funding": "renewal", "price": 5})
    columns = ("device_type", "quantity", "price_fen", "is_renewal_project")
    assert accepted(staged, "devices", *columns) == [("dr", 1, 5, True)]
    assert staged.accounts["_county"].to_list() == ["410225"]


def test_contracts_become_totals_and_one_row_per_group_that_says_anything(stage: Stage) -> None:
    row = CONTRACT | {"teams": 3, "disabled.persons": 5, "disabled.contracted": 5}
    staged = stage("contracts", row | {"hypertension.managed": 7})
    totals = ("institution_code", "county_code", "township_code", "teams", "residents")
    assert accepted(staged, "contracts", *totals) == [("T1", "410225", "410225001", 3, 100)]
    groups = staged.accepted["contract_groups"].sort("group")
    assert groups.select("group", "persons", "managed", "contracted").rows() == [
        ("hypertension", None, 7, None),
        ("disabled", 5, None, 5),
    ]


def test_an_institution_may_have_several_membership_periods(stage: Stage) -> None:
    row = INSTITUTION | {"role": "lead", "township_name": "城关镇"}
    staged = stage("institutions", row, row | {"member_from": date(2023, 1, 1)}, row)
    assert reasons(staged) == [None, None, "DUPLICATE_ROW"]
    columns = ("township_code", "is_lead")
    assert accepted(staged, "institutions", *columns) == [("410225001", True)] * 2


@pytest.mark.parametrize(
    ("code", "name", "reason", "column"),
    [
        ("410225002", None, None, None),
        ("410225001", "城关", None, None),
        ("410225001000", "城关镇", None, None),  # as the statistics office writes it
        ("410225001", "没有镇", None, None),  # an unknown name contradicts nothing
        ("410225002", "城关镇", "CODE_NAME_CONFLICT", "township_name"),
        ("410225999", "城关镇", "UNKNOWN_CODE", "township_code"),
        ("410225", "城关镇", "UNKNOWN_CODE", "township_code"),
    ],
)
def test_a_townships_code_and_name_mean_one_township(
    stage: Stage, code: str, name: str | None, reason: str | None, column: str | None
) -> None:
    staged = stage("institutions", INSTITUTION | {"township_code": code, "township_name": name})
    assert staged.accounts.select("_reason", "_column").row(0) == (reason, column)
    expected = [] if reason else [(code[:9],)]
    assert accepted(staged, "institutions", "township_code") == expected


def test_a_township_of_another_county_is_refused_and_says_so(stage: Stage) -> None:
    """Of 祥符 no township is known: only one known to lie elsewhere can be told to be wrong."""
    there = INSTITUTION | {"county_code": "410212"}
    elsewhere = there | {"township_code": "410225001", "institution_code": "N2"}
    staged = stage("institutions", there | {"township_code": "410212001"}, elsewhere)
    assert reasons(staged) == [None, "CODE_NAME_CONFLICT"]
    assert staged.accounts["_detail"].to_list() == [None, "410225001（不在410212）"]
    assert accepted(staged, "institutions", "township_code") == [(None,)]


def test_a_referral_counts_where_it_starts_and_one_down_where_it_arrives(stage: Stage) -> None:
    staged = stage(
        "referrals",
        REFERRAL | {"to_institution": "K1", "insured_area": "410225"},
        REFERRAL
        | {
            "referral_id": "F2",
            "direction": "down",
            "from_institution": "far",
            "to_institution": "K1",
        },
        REFERRAL | {"referral_id": "F3", "to_area": "410100"},
    )
    columns = ("county_code", "to_county", "insured_county")
    assert accepted(staged, "referrals", *columns) == [
        ("410225", "410212", "410225"),
        ("410212", "410212", None),
        ("410225", "410100", None),
    ]


def test_age_bands_begin_with_their_first_year(stage: Stage) -> None:
    staged = stage("population", PEOPLE, PEOPLE | {"age_band": "85岁及以上", "sex": "female"})
    assert accepted(staged, "population", "age_from", "sex") == [(0, "male"), (85, "female")]


@pytest.mark.parametrize(
    ("indicator", "written", "target"),
    [
        ("contract_rate", "60%", 0.6),
        ("contract_rate", "６０．５ ％", 0.605),
        ("contract_rate", "0.6", 0.6),
        ("remote_ecg", "1,500", 1500.0),
        ("remote_ecg", "500人次", 500.0),
        ("door_to_needle_minutes", "85分", 85.0),
        ("door_to_needle_minutes", "85 分钟", 85.0),
        ("public_health_fund", "1200.5万元", 1200.5),
    ],
)
def test_a_target_is_read_in_the_unit_of_its_indicator(
    stage: Stage, indicator: str, written: str, target: float
) -> None:
    staged = stage("targets", TARGET | {"indicator_id": indicator, "target": written})
    assert accepted(staged, "targets", "target") == [(target,)]


def test_a_township_of_a_zone_lies_in_the_county_around_it_as_well() -> None:
    seats = set(references_of(load_reference(), as_of=DAY).seats.iter_rows())
    assert {("6109HK", "610902107"), ("610902", "610902107")} <= seats
    assert ("410225", "610902107") not in seats
