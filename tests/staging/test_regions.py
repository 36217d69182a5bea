"""Area codes in force at the row's date: the day before, the day itself, the years between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.reference import load_reference
from pipeline.staging.references import References, references_of

from .conftest import REGISTER, Stage, accepted, reasons, small_reference

ONE: dict[str, Any] = {
    "settlement_id": "S1",
    "person": 7,
    "institution_code": "H1",
    "care_type": "inpatient",
    "total": 1000_00,
    "fund": 600_00,
    "place_of_care": "same_city",
}
# Former code, code of today, and the year in which one took over from the other.
SUCCESSIONS = [
    ("410224", "410212", 2014),
    ("410211", "410202", 2014),
    ("411222", "411203", 2015),
    ("411023", "411003", 2016),
    ("410728", "410783", 2019),
    ("411626", "411603", 2019),
    ("410381", "410307", 2021),
    ("410306", "410308", 2021),
    ("410322", "410308", 2021),
]
REFERENCES = references_of(load_reference(), as_of=date(2025, 6, 30)).with_register(REGISTER)


@pytest.mark.parametrize(("former", "today", "year"), SUCCESSIONS)
def test_both_codes_hold_through_the_year_of_the_change(
    stage: Stage, former: str, today: str, year: int
) -> None:
    days = [date(year - 1, 12, 31), date(year, 1, 1), date(year, 12, 31), date(year + 1, 1, 1)]
    rows = [
        ONE | {"settlement_id": f"{code}-{day}", "insured_area": code, "settled_on": day}
        for code in (former, today)
        for day in days
    ]
    staged = stage("settlements", *rows, refs=REFERENCES)
    warnings = staged.accounts["_warning"].to_list()
    is_merged_into = today == "410202"  # 龙亭区 was there before 金明区 was merged into it
    early = None if is_merged_into else "REGION_PERIOD"
    assert reasons(staged) == [None] * 4 + [early] + [None] * 3
    assert warnings[:4] == [None, None, None, "REGION_STALE"]
    assert {county for (county,) in accepted(staged, "settlements", "insured_county")} == {today}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("410200", "REGION_LEVEL"),
        ("410000", "REGION_LEVEL"),
        ("410225001", "REGION_LEVEL"),
        ("410225999", "REGION_LEVEL"),  # a township by its length, though none we know
        ("410225001001", "REGION_LEVEL"),
        ("410299", "UNKNOWN_CODE"),
        ("4102", "UNKNOWN_CODE"),
        ("兰考县", "UNKNOWN_CODE"),
    ],
)
def test_only_a_known_county_insures(stage: Stage, code: str, reason: str) -> None:
    row = ONE | {"insured_area": code, "settled_on": date(2025, 3, 2)}
    staged = stage("settlements", row)
    assert staged.accounts.select("_reason", "_detail").row(0) == (reason, code)


def test_a_place_of_care_that_no_province_has_is_refused(stage: Stage) -> None:
    row = ONE | {"insured_area": "410225", "settled_on": date(2025, 3, 2), "care_area": "990100"}
    staged = stage("settlements", row)
    assert staged.accounts.select("_reason", "_column").row(0) == ("UNKNOWN_CODE", "care_area")
    worded = stage("settlements", row | {"care_area": "北京"})
    assert reasons(worded) == [None]


DAY, LONG_AGO = date(2025, 6, 30), date(2011, 6, 30)
# Of sources that tell of a day: its column, that of the code, and what else a row needs.
DATED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("settlements", "settled_on", "insured_area", ONE),
    ("clinics", "extract_date", "county_code", {"clinic_code": "C1", "township_name": "城关"}),
    ("institutions", "extract_date", "county_code", {"institution_code": "N1"}),
    ("activity", "month", "county_code", {"item": "远程心电传输人次", "value": "1"}),
    (
        *("referrals", "referred_on", "insured_area"),
        {"referral_id": "F1", "direction": "up", "from_institution": "T1"},
    ),
]
UNDATED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("targets", "due_on", "area_code", {"indicator_id": "contract_rate", "target": "50%"}),
    ("population", "year", "area_code", {"sex": "male", "age_band": "0—4岁", "persons": 1}),
    ("income", "year", "area_code", {"rural_income": 18_000_00}),
]


def _with_ended_code() -> References:
    """Know 410298 to the end of 2012; nothing has followed it."""
    reference = small_reference()
    ended = reference.areas.filter(area_code="410225").with_columns(
        area_code=pl.lit("410298"), area_name=pl.lit("某县"), valid_until=date(2012, 12, 31)
    )
    known = replace(reference, areas=pl.concat([reference.areas, ended]))
    return references_of(known, as_of=DAY).with_register(REGISTER)


@pytest.mark.parametrize(("source", "when", "code", "row"), [*DATED, *UNDATED])
def test_a_code_that_nothing_followed_is_refused_after_its_time_and_only_then(
    stage: Stage, source: str, when: str, code: str, row: dict[str, Any]
) -> None:
    days = [day.year if when == "year" else day for day in (LONG_AGO, DAY)]
    refs = _with_ended_code()
    then, now = (
        stage(source, row | {code: "410298", when: day}, refs=refs).accounts.row(0, named=True)
        for day in days
    )
    assert then["_reason"] is None
    assert (now["_reason"], now["_column"], now["_warning"]) == ("REGION_PERIOD", code, None)


@pytest.mark.parametrize(("source", "when", "code", "row"), DATED)
def test_a_code_is_refused_before_its_time(
    stage: Stage, source: str, when: str, code: str, row: dict[str, Any]
) -> None:
    staged = stage(source, row | {code: "411603", when: LONG_AGO}, refs=REFERENCES)
    assert staged.accounts.select("_reason", "_column").row(0) == ("REGION_PERIOD", code)


def test_a_code_without_years_holds_always(stage: Stage) -> None:
    areas = REFERENCES.areas.with_columns(
        valid_from=pl.lit(None, dtype=pl.Date), valid_until=pl.lit(None, dtype=pl.Date)
    )
    row = ONE | {"insured_area": "411603", "settled_on": date(2000, 1, 1)}
    staged = stage("settlements", row, refs=replace(REFERENCES, areas=areas))
    assert reasons(staged) == [None]
