from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.catalog import catalogue
from pipeline.contracts.counters import StockCounter
from pipeline.contracts.words import THREE_DEVICES
from pipeline.counters import clinics, equipment, institutions
from tests.counters import rows

JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
TOWN = "410202001"


def of_source(source: str) -> set[str]:
    return {c.id for c in catalogue().counters.values() if c.source == source}


def clinic_counts(*given: dict, dates: list[date]) -> dict:
    found = clinics.count(rows.clinics(*given), areas=rows.AREAS, dates=dates)
    StockCounter.validate(found.collect(), cast=False)
    return rows.values(found)


def test_clinic_counters_are_those_of_the_catalogue() -> None:
    assert {c for c, _, _ in clinic_counts({}, dates=[JAN])} == of_source("clinics")


def test_dates_tell_the_status_of_each_evaluation_date() -> None:
    found = clinic_counts(
        {
            "extract_date": MAR,
            "status": "accepted",
            "started_on": date(2025, 1, 5),
            "completed_on": date(2025, 2, 28),
            "accepted_on": date(2025, 3, 1),
        },
        dates=[date(2024, 12, 31), JAN, FEB, MAR],
    )
    stages = ("clinics_not_started", "clinics_in_progress", "clinics_completed", "clinics_accepted")
    by_day = {
        day: [found[stage, TOWN, day] for stage in stages]
        for day in (date(2024, 12, 31), JAN, FEB, MAR)
    }
    assert by_day == {
        date(2024, 12, 31): [1, 0, 0, 0],
        JAN: [0, 1, 0, 0],
        FEB: [0, 0, 1, 0],
        MAR: [0, 0, 1, 1],  # accepted counts as completed too
    }


def test_an_undated_status_holds_from_its_extract_on() -> None:
    found = clinic_counts({"extract_date": FEB, "status": "completed"}, dates=[JAN, FEB, MAR])
    assert [found["clinics_completed", TOWN, d] for d in (JAN, FEB, MAR)] == [0, 1, 1]


def test_each_date_reads_the_latest_extract_of_the_county() -> None:
    found = clinic_counts(
        {"clinic_code": "A", "extract_date": JAN, "is_public": True},
        {"clinic_code": "B", "extract_date": JAN, "is_public": False},
        {"clinic_code": "A", "extract_date": MAR, "is_public": False},
        dates=[JAN, FEB, MAR],
    )
    assert [found["clinics_total", TOWN, d] for d in (JAN, FEB, MAR)] == [2, 2, 1]
    assert [found["clinics_public", TOWN, d] for d in (JAN, FEB, MAR)] == [1, 1, 0]


def test_attributes_without_a_date_are_missing_before_the_first_extract() -> None:
    found = clinic_counts(
        {"extract_date": FEB, "is_public": True, "floor_area_m2": 60.0, "has_tcm": True},
        {"extract_date": FEB, "is_public": None, "floor_area_m2": 59.9, "has_tcm": None},
        dates=[JAN, FEB],
    )
    undated = ("clinics_public", "clinics_area_standard", "clinics_with_tcm")
    assert not [key for key in found if key[0] in undated and key[2] == JAN]
    assert [found[c, TOWN, FEB] for c in undated] == [1, 1, 1]
    assert found["clinics_total", TOWN, JAN] == 2


def test_unplanned_clinics_are_clinics_but_not_progress() -> None:
    found = clinic_counts({"status": "completed"}, {"status": "completed", "is_planned": False},
                          dates=[JAN])  # fmt: skip
    assert found["clinics_total", TOWN, JAN] == 2
    assert found["clinics_planned", TOWN, JAN] == found["clinics_completed", TOWN, JAN] == 1


@pytest.mark.parametrize(
    ("county", "township", "area"),
    [
        ("410202", "410202002", "410202002"),
        ("410202", None, "410202"),
        ("410202", "999999999", "410202"),
        ("6109HK", "610902107", "6109HK"),  # the zone reports; the division list says otherwise
    ],
)
def test_a_row_counts_in_its_township_only_if_that_lies_in_its_county(
    county: str, township: str | None, area: str
) -> None:
    found = clinic_counts({"county_code": county, "township_code": township}, dates=[JAN])
    assert {a for _, a, _ in found} == {area}


def centre_counts(*given: dict, dates: list[date]) -> dict:
    found = institutions.count(rows.institutions(*given), areas=rows.AREAS, dates=dates)
    StockCounter.validate(found.collect(), cast=False)
    return rows.values(found)


def test_institution_counters_are_those_of_the_catalogue() -> None:
    found = centre_counts({"consortium_code": "K"}, dates=[JAN])
    assert {c for c, _, _ in found} == of_source("institutions")


def test_centres_open_and_close_on_their_dates() -> None:
    found = centre_counts({"opened_on": FEB, "closed_on": MAR}, {"institution_code": "H2"},
                          dates=[JAN, FEB, MAR])  # fmt: skip
    assert [found["centres", TOWN, d] for d in (JAN, FEB, MAR)] == [1, 2, 1]


def test_only_township_and_community_centres_are_centres() -> None:
    types = ["township_health_centre", "community_health_centre", "community_health_station"]
    found = centre_counts(
        *({"institution_code": t, "institution_type": t} for t in types), dates=[JAN]
    )
    assert found["centres", TOWN, JAN] == 2
    assert found["township_health_centres", TOWN, JAN] == 1
    assert found["community_health_centres", TOWN, JAN] == 1


def test_the_recommended_standard_implies_the_basic_one() -> None:
    found = centre_counts(
        {"institution_code": "A", "basic_standard_on": JAN},
        {"institution_code": "B", "recommended_standard_on": JAN, "tcm_clinic_on": FEB},
        dates=[JAN],
    )
    assert found["centres_basic_standard", TOWN, JAN] == 2
    assert found["centres_recommended_standard", TOWN, JAN] == 1
    assert found["centres_with_tcm_clinic", TOWN, JAN] == 0


def test_members_count_while_their_membership_lasts_and_consortia_once() -> None:
    member = {"consortium_code": "K1", "member_from": JAN}
    found = centre_counts(
        {"institution_code": "A", **member, "institution_type": "secondary_hospital",
         "is_lead": True, "township_code": None},
        {"institution_code": "B", **member, "member_until": FEB},
        {"institution_code": "B", "consortium_code": "K2", "member_from": MAR},
        {"institution_code": "C"},
        dates=[date(2025, 1, 1), JAN, FEB, MAR],
    )  # fmt: skip

    def total(counter: str, day: date) -> int:
        return sum(v for (c, _, d), v in found.items() if (c, d) == (counter, day))

    days = [date(2025, 1, 1), JAN, FEB, MAR]
    assert [total("consortium_members", d) for d in days] == [0, 2, 2, 2]
    assert [total("consortium_county_hospitals", d) for d in days] == [0, 1, 1, 1]
    assert [total("consortia", d) for d in days] == [0, 1, 1, 2]
    assert [total("centres", d) for d in days] == [2, 2, 2, 2]


def test_a_consortium_is_counted_in_the_county_of_its_lead() -> None:
    found = centre_counts(
        {"institution_code": "A", "consortium_code": "K", "county_code": "410202"},
        {"institution_code": "B", "consortium_code": "K", "county_code": "410203",
         "township_code": None, "is_lead": True},
        dates=[JAN],
    )  # fmt: skip
    assert found["consortia", "410203", JAN] == 1
    assert sum(v for (c, _, _), v in found.items() if c == "consortia") == 1


def device_counts(devices: list[dict], centres: list[dict], dates: list[date]) -> dict:
    found = equipment.count(
        rows.devices(*devices), rows.institutions(*centres), areas=rows.AREAS, dates=dates
    )
    StockCounter.validate(found.collect(), cast=False)
    return rows.values(found)


THREE = [{"device_type": d} for d in THREE_DEVICES]


def test_equipment_counters_are_those_of_the_catalogue() -> None:
    assert {c for c, _, _ in device_counts(THREE, [{}], [JAN])} == of_source("equipment")


def test_all_three_devices_must_be_in_use() -> None:
    broken = [{**THREE[0], "institution_code": "H2", "state": "repair"},
              *({**d, "institution_code": "H2"} for d in THREE[1:])]  # fmt: skip
    found = device_counts([*THREE, *broken], [{}, {"institution_code": "H2"}], [JAN])
    assert found["centres_with_three_devices", TOWN, JAN] == 1
    assert found["centres_with_dr", TOWN, JAN] == 1
    assert found["centres_with_colour_ultrasound", TOWN, JAN] == 2


def test_a_second_device_in_use_covers_a_broken_one() -> None:
    found = device_counts([{"state": "stopped"}, {}], [{}], [JAN])
    assert found["centres_with_dr", TOWN, JAN] == 1


def test_bought_is_not_in_use() -> None:
    found = device_counts([{"bought_on": date(2024, 1, 1), "in_use_since": FEB}], [{}], [JAN, FEB])
    assert [found["centres_with_dr", TOWN, d] for d in (JAN, FEB)] == [0, 1]


def test_a_county_without_a_ledger_has_no_rows_and_a_centre_without_a_device_has_zero() -> None:
    elsewhere = {"institution_code": "X", "county_code": "410203", "township_code": "410203001"}
    bare = {"institution_code": "H2", "township_code": "410202002"}
    found = device_counts(THREE, [{}, bare, elsewhere], [date(2024, 12, 31), JAN])
    assert {(a, d) for _, a, d in found} == {(TOWN, JAN), ("410202002", JAN)}
    assert found["centres_with_three_devices", "410202002", JAN] == 0


def test_delivered_items_are_those_of_the_renewal_project_by_their_date() -> None:
    renewal = {"is_renewal_project": True, "device_type": "ambulance"}
    found = device_counts(
        [
            {**renewal, "bought_on": JAN, "quantity": 2},
            {**renewal, "in_use_since": MAR},
            {**renewal},
            {"device_type": "ct"},
        ],
        [{"institution_type": "secondary_hospital"}],
        [JAN, MAR],
    )
    assert [found["equipment_items_delivered", TOWN, d] for d in (JAN, MAR)] == [3, 4]


def test_an_empty_source_has_no_counters() -> None:
    empty = clinics.count(rows.clinics(), areas=rows.AREAS, dates=[JAN]).collect()
    assert empty.schema == pl.Schema(StockCounter.create_empty().schema)
    assert empty.is_empty()
