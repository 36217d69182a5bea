"""The queries on clinics and devices on frames small enough to count by hand."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dashboard.places import Places
from dashboard.queries import clinics, equipment
from tests.builders.places import place

JAN, FEB, MAR = (dt.date(2025, m, 1) for m in (1, 2, 3))

PLACES = Places(
    [
        place("all", "group", None),
        place("41", "city", "all"),
        place("4101", "county", "41"),
        place("4102", "county", "41"),
        place("410101", "township", "4101"),
    ]
)


def registry(*rows: tuple[str, str, str, str, bool]) -> pl.LazyFrame:
    names = ("clinic_code", "county_code", "township_code", "status", "is_planned")
    return (
        pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
        .lazy()
        .with_columns(
            clinic_name=pl.col("clinic_code") + "卫生室",
            village_name=pl.lit("王村"),
            township_name=pl.lit("李镇"),
            started_on=pl.when(pl.col("clinic_code") == "c2")
            .then(pl.lit(JAN))
            .otherwise(pl.lit(FEB)),
        )
    )


CLINICS = registry(
    ("c1", "4101", "410101", "accepted", True),
    ("c2", "4101", "410101", "in_progress", True),
    ("c3", "4101", "410102", "in_progress", True),
    ("c4", "4102", "410201", "not_started", True),
    ("c5", "4102", "410201", "completed", False),
)
NAMES = pl.LazyFrame({"area_code": ["4101", "4102"], "area_name": ["甲县", "乙县"]})


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("410101", ["c1", "c2"]),
        ("4101", ["c1", "c2", "c3"]),
        ("41", ["c1", "c2", "c3", "c4", "c5"]),
        ("all", ["c1", "c2", "c3", "c4", "c5"]),
    ],
)
def test_a_registry_is_cut_to_the_area(area: str, expected: list[str]) -> None:
    where = clinics.inside(PLACES.by_code[area], PLACES)
    assert CLINICS.filter(where).collect()["clinic_code"].to_list() == expected


def test_what_lies_outside_the_cities_together_is_not_counted_with_them() -> None:
    where = clinics.inside(PLACES.by_code["all"], PLACES)
    elsewhere = registry(("c9", "3406", "340601", "accepted", True))
    assert elsewhere.filter(where).collect().is_empty()


def test_counties_are_counted_by_state_and_none_is_lost() -> None:
    areas = [PLACES.by_code["4101"], PLACES.by_code["4102"], place("4109", "county", "41")]
    found = clinics.status_counts(CLINICS, areas=areas)
    assert found.select(clinics.STATES).rows() == [(0, 2, 0, 1), (1, 0, 0, 0), (0, 0, 0, 0)]


def test_townships_are_counted_by_their_own_code() -> None:
    found = clinics.status_counts(CLINICS, areas=[PLACES.by_code["410101"]])
    assert found.select(clinics.STATES).rows() == [(0, 1, 0, 1)]


def test_no_area_gives_no_row() -> None:
    assert clinics.status_counts(CLINICS, areas=[]).is_empty()


def test_clinics_outside_the_plan_do_not_count() -> None:
    total = clinics.total_counts(CLINICS, where=pl.lit(value=True))
    assert total == {"not_started": 1, "in_progress": 2, "completed": 0, "accepted": 1}


def test_the_list_starts_with_what_is_not_finished() -> None:
    found = clinics.clinic_list(CLINICS, where=pl.lit(value=True), names=NAMES)
    assert found["clinic_code"].to_list() == ["c4", "c2", "c3", "c1", "c5"]
    assert found["county_name"].to_list() == ["乙县", "甲县", "甲县", "甲县", "乙县"]


def test_states_are_asked_of_the_plan_alone() -> None:
    asked = ("completed", "accepted")
    found = clinics.clinic_list(CLINICS, where=pl.lit(value=True), names=NAMES, states=asked)
    assert found["clinic_code"].to_list() == ["c1"]  # c5 was never planned


def test_every_word_of_a_search_must_be_found_and_is_no_pattern() -> None:
    def codes(words: str) -> list[str]:
        found = clinics.clinic_list(CLINICS, where=pl.lit(value=True), names=NAMES, words=words)
        return found["clinic_code"].to_list()

    assert codes("甲县 c1") == ["c1"]
    assert codes("c.") == []


def devices(*rows: tuple[str, str, str]) -> pl.LazyFrame:
    names = ("institution_code", "device_type", "state")
    return (
        pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
        .lazy()
        .with_columns(
            county_code=pl.lit("4101"),
            as_of=pl.lit(JAN),
            devices_total=(pl.col("state") != "missing").cast(pl.Int32),
            reported_broken_on=pl.when(pl.col("state") == "repair").then(pl.lit(JAN)),
        )
    )


DEVICES = devices(
    ("I1", "dr", "in_use"),
    ("I1", "colour_ultrasound", "in_use"),
    ("I1", "biochemistry_analyser", "in_use"),
    ("I1", "ct", "missing"),
    ("I2", "dr", "repair"),
    ("I2", "colour_ultrasound", "in_use"),
    ("I2", "biochemistry_analyser", "in_use"),
    ("I3", "dr", "missing"),
    ("I3", "colour_ultrasound", "missing"),
    ("I3", "biochemistry_analyser", "in_use"),
    ("I3", "other", "in_use"),
    ("I1", "ecg", "in_use"),
)


def test_an_institution_is_complete_only_with_all_three() -> None:
    states = equipment.device_states(DEVICES, where=pl.lit(value=True), on=MAR)
    assert set(equipment.incomplete(states)["institution_code"]) == {"I2", "I3"}
    assert "ct" not in states["device_type"].to_list()


def test_one_device_away_means_exactly_one_with_its_days() -> None:
    states = equipment.device_states(DEVICES, where=pl.lit(value=True), on=MAR)
    found = equipment.one_away(states, names=NAMES)
    assert found.select("institution_code", "device_type", "days_out", "county_name").rows() == [
        ("I2", "dr", 59, "甲县")
    ]


def test_device_types_are_counted_by_institution() -> None:
    found = equipment.device_counts(DEVICES, where=pl.lit(value=True))
    row = found.filter(pl.col("device_type") == "dr").row(0, named=True)
    assert (row["institutions"], row["in_use"], row["out_of_use"], row["missing"]) == (3, 1, 1, 1)
    assert "other" not in found["device_type"].to_list()


def test_an_institution_the_ledger_does_not_name_for_a_type_has_none_of_it() -> None:
    found = equipment.device_counts(DEVICES, where=pl.lit(value=True))
    ecg = found.filter(pl.col("device_type") == "ecg").row(0, named=True)
    assert (ecg["institutions"], ecg["in_use"], ecg["missing"]) == (3, 1, 2)
    assert ecg["share"] == 1 / 3
    assert found["device_type"].to_list()[-2:] == ["ct", "ecg"]  # after the three
