"""Registers that name an institution without its code: exactly, confirmed, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.staging.references import References

from .conftest import AS_OF, Stage, reasons

DEVICE: dict[str, Any] = {
    "device_code": "D1",
    "device_name": "DR",
    "state": "in_use",
    "extract_date": AS_OF,
}
REGISTER = pl.DataFrame(
    {
        "institution_code": ["T1", "T2", "T3", "H1"],
        "institution_name": ["城关镇卫生院", "城关镇卫生院", "张市镇中心卫生院", "兰考县人民医院"],
        "county_code": ["410225", "410212", "410225", "410225"],
        "township_code": [None] * 4,
        "hospital_level": [None] * 4,
        "extract_date": [AS_OF] * 4,
        "member_from": [None] * 4,
    },
    schema_overrides={
        "township_code": pl.String,
        "hospital_level": pl.String,
        "member_from": pl.Date,
    },
)


@pytest.fixture
def refs(references: References) -> References:
    confirmed = pl.DataFrame({"institution_code": ["T3"], "alias_name": ["张市卫生院"]})
    return replace(references.with_register(REGISTER), aliases=confirmed)


def device(**given: Any) -> dict[str, Any]:
    return DEVICE | given


def test_the_name_of_an_earlier_extract_contradicts_nothing(
    stage: Stage, references: References
) -> None:
    before = REGISTER.filter(pl.col("institution_code") == "H1").with_columns(
        institution_name=pl.lit("红十字会医院"), extract_date=date(2024, 3, 31)
    )
    rows = [
        device(institution_code="H1", institution_name="红十字会医院"),
        device(institution_name="红十字会医院"),
        device(institution_code="H1", institution_name="张市镇中心卫生院"),
    ]
    given = [r | {"device_code": str(at)} for at, r in enumerate(rows)]
    for extracts, expected in (
        ([before, REGISTER], [None, None, "CODE_NAME_CONFLICT"]),
        ([REGISTER], ["CODE_NAME_CONFLICT", "UNKNOWN_CODE", "CODE_NAME_CONFLICT"]),
    ):
        known = references.with_register(pl.concat(extracts))
        assert reasons(stage("equipment", *given, refs=known)) == expected


def test_a_name_as_registered_or_confirmed_stands_for_its_code(
    stage: Stage, refs: References
) -> None:
    rows = [
        device(institution_name="兰考县人民医院"),
        device(institution_name="张市卫生院"),
        device(institution_code="T1"),
        device(institution_name="兰考县　人民 医院"),
    ]
    staged = stage(
        "equipment", *(r | {"device_code": str(at)} for at, r in enumerate(rows)), refs=refs
    )
    assert reasons(staged) == [None] * 4
    named = staged.accepted["devices"].sort("device_code")["institution_code"].to_list()
    assert named == ["H1", "T3", "T1", "H1"]


def test_a_likeness_is_named_and_not_taken(stage: Stage, refs: References) -> None:
    staged = stage("equipment", device(institution_name="张市镇卫生院"), refs=refs)
    assert staged.accounts.select("_reason", "_column", "_detail").row(0) == (
        "UNKNOWN_CODE",
        "institution_name",
        "张市镇卫生院（名录中相近的名称：张市镇中心卫生院）",
    )


@pytest.mark.parametrize(
    ("given", "reason", "detail"),
    [
        ({}, "MISSING_VALUE", None),
        ({"institution_name": "没有的卫生院"}, "UNKNOWN_CODE", "没有的卫生院"),
        ({"institution_code": "X"}, "UNKNOWN_CODE", "X"),
        (
            {"institution_code": "H1", "institution_name": "城关镇卫生院"},
            "CODE_NAME_CONFLICT",
            "城关镇卫生院（名录中为兰考县人民医院）",
        ),
        (
            {"institution_name": "城关镇卫生院"},
            "UNKNOWN_CODE",
            "城关镇卫生院（名录中相近的名称：城关镇卫生院）",
        ),
    ],
)
def test_what_means_none_or_two_is_refused(
    stage: Stage, refs: References, given: dict[str, Any], reason: str, detail: str | None
) -> None:
    staged = stage("equipment", device(**given), refs=refs)
    assert staged.accounts.select("_reason", "_detail").row(0) == (reason, detail)


def test_of_two_of_one_name_the_one_in_the_files_county_is_meant(
    stage: Stage, refs: References
) -> None:
    line = {"extract_date": AS_OF, "residents": 10}
    rows = [{"institution_code": "H1"}, {"institution_name": "城关镇卫生院"}]
    staged = stage("contracts", *(line | row for row in rows), refs=refs)
    assert staged.accepted["contracts"]["institution_code"].to_list() == ["H1", "T1"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("兰考县", None),
        ("兰考", None),
        ("兰考　县", None),
        ("祥 符区", "CODE_NAME_CONFLICT"),
        ("没有县", None),
        (None, None),
    ],
)
def test_county_code_and_county_name_mean_one_county(
    stage: Stage, name: str | None, reason: str | None
) -> None:
    place = {"county_code": "410225", "county_name": name}
    clinic = place | {"clinic_code": "C", "clinic_name": "甲", "status": "completed"}
    assert reasons(stage("clinics", clinic | {"extract_date": AS_OF})) == [reason]
    report = place | {"month": date(2025, 3, 1), "item": "远程心电传输人次", "value": "5"}
    assert reasons(stage("activity", report)) == [reason]
