"""Counters of settlements that need more than the row: the register, and what an extract tells."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.counters import settlements
from pipeline.counters.institutions import primary_institutions
from tests.counters import rows

DAY, LATER = date(2025, 1, 10), date(2025, 1, 20)
HOME = "410202"
Counted = dict[tuple[str, str, date], int]
RESETTLED = ("inpatient_not_resettled", "inpatient_not_resettled_outside")
PRIMARY = ("settlements_primary", "fund_paid_primary_fen")


def counted(*given: dict, **options: object) -> Counted:
    settled = rows.settled(rows.settlements(*given), **options)
    return rows.values(rows.flow_counters(settled))


def of(found: Counted, *counters: str, county: str = HOME, day: date = DAY) -> list[int | None]:
    return [found.get((counter, county, day)) for counter in counters]


def test_the_resettled_are_left_out_of_both_sides_of_the_rate() -> None:
    away = {"destination_tier": "other_province"}
    found = counted(
        {}, {}, {"is_resettled": True}, away, away | {"care_type": "maternity"},
        away | {"is_resettled": True}, away | {"is_resettled": True, "care_type": "outpatient"},
    )  # fmt: skip
    assert of(found, "inpatient_settlements", "inpatient_out_of_county") == [6, 3]
    assert of(found, *RESETTLED) == [4, 2]


def test_a_cancelled_stay_of_a_resettled_person_is_cancelled_on_both_sides() -> None:
    stay = {"is_resettled": True, "destination_tier": "same_city"}
    found = counted({}, stay, stay | {"sign": -1, "total_fen": -1000, "fund_fen": -500})
    assert of(found, "inpatient_settlements", *RESETTLED) == [1, 1, 0]


def test_one_admission_that_does_not_say_leaves_the_month_of_its_county_open() -> None:
    """Half a month without the resettled would be no rate of any month."""
    february = {"service_date": date(2025, 2, 3), "settled_on": date(2025, 2, 3)}
    found = counted(
        {}, {"service_date": LATER, "settled_on": LATER, "is_resettled": None},
        {"insured_county": "410203"}, february,
    )  # fmt: skip
    assert of(found, *RESETTLED) == [None, None]
    assert of(found, *RESETTLED, day=LATER) == [None, None]
    assert of(found, *RESETTLED, county="410203") == [1, 0]
    assert of(found, *RESETTLED, day=date(2025, 2, 3)) == [1, 0]
    assert of(found, "inpatient_settlements") == [1]


def test_what_outpatients_say_of_themselves_leaves_no_month_open() -> None:
    found = counted({}, {"care_type": "outpatient", "is_resettled": None})
    assert of(found, *RESETTLED) == [1, 0]


def test_primary_is_what_the_register_says_it_is_and_lies_in_the_county() -> None:
    centre = {"institution_code": "H1", "fund_fen": 300}
    found = counted(
        centre, centre | {"care_type": "outpatient"}, centre | {"care_type": "pharmacy"},
        centre | {"destination_tier": "same_city"},
        {"institution_code": "H9", "fund_fen": 7}, {"institution_code": None, "fund_fen": 1},
    )  # fmt: skip
    assert of(found, *PRIMARY) == [2, 600]
    assert of(found, "settlements_in_county", "fund_paid_inside_fen") == [4, 608]


def test_without_a_primary_institution_in_the_register_its_share_is_not_known() -> None:
    hospital = rows.institutions({"institution_type": "secondary_hospital"})
    for register in (hospital, rows.institutions(), rows.institutions({"county_code": "410203"})):
        found = counted({"institution_code": "H1"}, register=register)
        assert of(found, *PRIMARY) == [None, None]
        assert of(found, "settlements_in_county") == [1]


@pytest.mark.parametrize(
    ("kind", "is_primary"),
    [
        ("township_health_centre", True),
        ("community_health_centre", True),
        ("community_health_station", True),
        ("primary_hospital", False),
        ("secondary_hospital", False),
        ("other", False),
    ],
)
def test_a_small_hospital_is_no_primary_institution(kind: str, is_primary: bool) -> None:
    found = primary_institutions(rows.institutions({"institution_type": kind})).collect()
    assert found["institution_code"].to_list() == (["H1"] if is_primary else [])


def test_the_latest_extract_says_what_an_institution_is() -> None:
    """A centre that has become a hospital, listed with two memberships."""
    grown = {"institution_type": "secondary_hospital", "extract_date": date(2025, 6, 30)}
    register = rows.institutions(
        {}, grown | {"member_from": date(2020, 1, 1)}, grown | {"member_from": None},
        {"institution_code": "H2"}, {"institution_code": "H2", "member_from": date(2021, 1, 1)},
    )  # fmt: skip
    found = primary_institutions(register).collect()
    assert found.rows() == [("H2", HOME)]


def test_care_after_the_as_of_date_counts_for_nothing_but_that_the_county_reported() -> None:
    found = counted({}, {"service_date": LATER, "settled_on": LATER}, as_of=date(2025, 1, 15))
    assert {day for _, _, day in found} == {DAY}
    settled = rows.settled(rows.settlements({}, {"settled_on": LATER}), as_of=date(2025, 1, 15))
    assert settled.counties().select(pl.col("rows").sum()).collect().item() == 2


def townships(*given: dict, **options: object) -> dict[str, dict]:
    settled = rows.settled(rows.settlements(*given), by_township=True, **options)
    found = settlements.count_townships(settled.visits_by_township()).collect()
    return {row["area_code"]: row for row in found.iter_rows(named=True)}


def test_a_township_has_the_sums_of_the_rows_that_name_it_and_no_others() -> None:
    home, away = {"insured_township": "410202001"}, {"insured_township": "410202002"}
    found = townships(
        home | {"institution_code": "H1"}, home | {"institution_code": "H2"},
        home | {"service_date": date(2025, 3, 31), "institution_code": "H1"},
        away | {"destination_tier": "same_city"}, {"insured_township": None},
    )  # fmt: skip
    assert sorted(found) == ["410202001", "410202002"]
    names = ("inpatient_settlements", "inpatient_out_of_county", *PRIMARY)
    assert [found["410202001"][c] for c in names] == [3, 0, 2, 1000]
    assert [found["410202002"][c] for c in names] == [1, 1, 0, 0]
    assert {row["quarter"] for row in found.values()} == {date(2025, 1, 1)}


def test_a_township_of_a_county_without_primary_institutions_has_none_told() -> None:
    found = townships({"insured_township": "410202001"}, register=rows.institutions())
    assert [found["410202001"][c] for c in PRIMARY] == [None, None]


def test_townships_are_counted_only_where_asked_for() -> None:
    given = rows.settlements({"insured_township": "410202001"})
    assert rows.settled(given).townships is None
