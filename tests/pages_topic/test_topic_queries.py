"""The queries of the topic pages on frames small enough to add up by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from dashboard.places import Place, Places
from dashboard.queries import clinics, contracts, equipment, measures, outflow
from pipeline.catalog import catalogue

JAN, FEB, MAR = (dt.date(2025, m, 1) for m in (1, 2, 3))


def place(code: str, level: str, parent: str | None) -> Place:
    return Place(
        code=code,
        name=f"名{code}",
        level=level,
        parent_code=parent,
        located_in=None,
        has_polygon=True,
        is_complete=True,
        population=None,
    )


PLACES = Places(
    [
        place("all", "group", None),
        place("41", "city", "all"),
        place("4101", "county", "41"),
        place("4102", "county", "41"),
        place("410101", "township", "4101"),
    ]
)


def monthly(*rows: tuple[str, str, dt.date, int | None, int | None, str]) -> pl.LazyFrame:
    names = ("indicator_id", "area_code", "month", "numerator", "denominator", "status")
    frame = pl.DataFrame(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema_overrides={"numerator": pl.Int64, "denominator": pl.Int64},
    )
    value = pl.col("numerator") / pl.col("denominator")
    return frame.with_columns(value=value, lower=value - 0.01, upper=value + 0.01).lazy()


def test_an_area_that_reported_nothing_is_missing_not_dropped() -> None:
    frame = monthly(("x", "B", JAN, 1, 4, "final"), ("x", "A", FEB, 9, 10, "final"))
    found = measures.values_in_month(frame, indicator_id="x", areas=["A", "B"], month=JAN)
    assert found["area_code"].to_list() == ["A", "B"]
    assert found["status"].to_list() == ["missing", "final"]
    assert found["value"].to_list() == [None, 0.25]


def test_only_the_year_so_far_is_read() -> None:
    frame = monthly(("x", "A", FEB, 1, 4, "final"), ("x", "A", FEB, 2, 4, "final"))
    to_date = frame.with_columns(
        period_kind=pl.Series(["month", "year"]),
        prior_numerator=1,
        prior_denominator=5,
        prior_value=0.2,
        period_start=JAN,
        period_end=FEB,
    )
    found = measures.values_to_date(to_date, indicator_id="x", areas=["A"], month=FEB)
    assert found["value"].to_list() == [0.5]


def test_a_series_ends_at_the_month_asked_for() -> None:
    frame = monthly(*(("x", "A", m, 1, 4, "final") for m in (MAR, JAN, FEB)))
    found = measures.monthly_series(frame, indicator_id="x", area="A", until=FEB, months=1)
    assert found["period"].to_list() == [FEB]


def test_a_weekly_series_keeps_the_last_weeks() -> None:
    frame = monthly(*(("x", "A", m, 1, 4, "final") for m in (JAN, FEB, MAR))).rename(
        {"month": "week_ending"}
    )
    found = measures.weekly_series(frame, indicator_id="x", area="A", until=MAR, weeks=2)
    assert found["period"].to_list() == [FEB, MAR]


def labelled(indicator_id: str, *, numerator: int | None, status: str = "final") -> dict[str, Any]:
    frame = monthly(("x", "A", JAN, numerator, 10_000_000, status))
    values = measures.values_in_month(frame, indicator_id="x", areas=["A"], month=JAN)
    return measures.labelled(
        values,
        names={"A": "甲县"},
        indicator=catalogue().indicators[indicator_id],
        marks={"A": "worse"},
    ).row(0, named=True)


def test_a_row_prints_its_value_and_both_counts() -> None:
    row = labelled("contract_rate", numerator=5_410_000)
    assert (row["label"], row["detail"], row["mark"]) == ("54.1", "5410000／10000000", "worse")


def test_money_is_printed_in_yuan_not_in_fen() -> None:
    assert labelled("fund_outflow_rate", numerator=5_000_000)["detail"] == "5.0万／10.0万元"


def test_a_row_without_counts_prints_a_dash_and_no_detail() -> None:
    row = labelled("contract_rate", numerator=None, status="suppressed")
    assert (row["label"], row["detail"]) == ("—", "")


def flows(*rows: tuple[str, str, str, str, int | None, str]) -> pl.LazyFrame:
    names = ("insured_county", "destination_code", "destination_tier", "care_type")
    frame = pl.DataFrame(
        [
            dict(zip(names, row[:4], strict=True))
            | {"settlements": row[4], "status": row[5], "month": FEB}
            for row in rows
        ],
        schema_overrides={"settlements": pl.Int64},
    )
    return frame.with_columns(
        destination_name=pl.col("destination_code") + "市",
        fund_fen=pl.col("settlements") * 100,
        referred_settlements=pl.col("settlements") // 4,
    ).lazy()


FLOWS = flows(
    ("A", "A", "same_county", "inpatient", 900, "final"),
    ("A", "P", "same_province", "inpatient", 60, "final"),
    ("B", "P", "same_province", "inpatient", 20, "final"),
    ("B", "Q", "other_province", "inpatient", 20, "final"),
    ("A", "Q", "other_province", "inpatient", None, "suppressed"),
    ("A", "P", "same_province", "outpatient", 500, "final"),
    ("C", "P", "same_province", "inpatient", 700, "final"),
)
YEAR = {"counties": ["A", "B"], "first": JAN, "last": MAR}


def test_destinations_sum_admissions_outside_the_county() -> None:
    found = outflow.destinations(FLOWS, **YEAR)  # type: ignore[arg-type]
    assert found["destination_code"].to_list() == ["P", "Q"]
    assert found["settlements"].to_list() == [60 + 20, 20]
    assert found["share"].to_list() == [0.8, 0.2]
    assert found["fund_fen"].to_list() == [8000, 2000]
    assert found["referred_share"].to_list() == [(15 + 5) / 80, 5 / 20]


def test_hidden_cells_are_counted_not_guessed() -> None:
    found = outflow.destinations(FLOWS, **YEAR)  # type: ignore[arg-type]
    assert dict(zip(found["destination_code"], found["hidden"], strict=True)) == {"P": 0, "Q": 1}


def test_a_destination_hidden_altogether_is_unknown_not_zero() -> None:
    found = outflow.destinations(FLOWS, counties=["A"], first=JAN, last=MAR)
    row = found.filter(pl.col("destination_code") == "Q").row(0, named=True)
    assert (row["settlements"], row["fund_fen"], row["share"]) == (None, None, None)
    assert found["destination_code"].to_list() == ["P", "Q"]


def test_months_outside_the_year_are_left_out() -> None:
    assert outflow.destinations(FLOWS, counties=["A"], first=MAR, last=MAR).is_empty()


def test_links_keep_county_tier_and_place() -> None:
    found = outflow.flow_links(FLOWS, **YEAR)  # type: ignore[arg-type]
    assert found.filter(pl.col("insured_county") == "B")["settlements"].to_list() == [20, 20]
    assert "same_county" not in found["tier"].to_list()


def test_shares_are_named_by_tier_and_cut_to_whole_months() -> None:
    ids = [f"destination_{tier}_share" for tier in outflow.TIERS]
    frame = monthly(*((i, "A", m, 1, 4, "final") for i in ids for m in (JAN, FEB, MAR)))
    found = outflow.destination_shares(frame, area="A", until=FEB, months=1)
    assert set(found["tier"]) == set(outflow.TIERS)
    assert set(found["month"]) == {FEB}
    totals = outflow.destination_totals(
        frame.with_columns(period_kind=pl.lit("year")), area="A", month=JAN
    )
    assert totals == dict.fromkeys(outflow.TIERS, 0.25)


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
    assert found["clinic_code"].to_list() == ["c4", "c2", "c3", "c5", "c1"]
    assert found["county_name"].to_list() == ["乙县", "甲县", "甲县", "乙县", "甲县"]


def test_every_word_of_a_search_must_be_found_and_is_no_pattern() -> None:
    def codes(words: str) -> list[str]:
        found = clinics.clinic_list(CLINICS, where=pl.lit(value=True), names=NAMES, words=words)
        return found["clinic_code"].to_list()

    assert codes("甲县 c1") == ["c1"]
    assert codes("c.") == []


def test_clinics_at_work_are_listed_longest_first() -> None:
    found = clinics.in_progress(CLINICS, where=pl.lit(value=True), names=NAMES, on=MAR)
    assert found["clinic_code"].to_list() == ["c2", "c3"]
    assert found["days"].to_list() == [59, 28]


def devices(*rows: tuple[str, str, str]) -> pl.LazyFrame:
    names = ("institution_code", "device_type", "state")
    return (
        pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
        .lazy()
        .with_columns(
            county_code=pl.lit("4101"),
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


def groups(*rows: tuple[str, str, dt.date, int | None, int | None, int]) -> pl.LazyFrame:
    names = ("area_code", "group", "month", "persons", "managed", "contracted")
    return pl.DataFrame(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema_overrides={"persons": pl.Int64, "managed": pl.Int64},
    ).lazy()


GROUPS = groups(
    ("A", "disabled", FEB, 100, 90, 60),
    ("B", "disabled", FEB, 300, 90, 180),
    ("A", "hypertension", FEB, 100, 50, 60),
    ("B", "hypertension", FEB, 100, 50, 30),
    ("A", "pregnant_women", FEB, None, 1, 1),
    ("B", "pregnant_women", FEB, 10, 1, 1),
    ("A", "disabled", JAN, 100, 90, 50),
    ("B", "disabled", JAN, 300, 90, 50),
    ("C", "disabled", FEB, 999, 999, 999),
)


def test_each_group_has_its_own_denominator() -> None:
    found = contracts.groups_in_month(GROUPS, areas=["A", "B"], month=FEB)
    rates = dict(zip(found["group"], found["rate"], strict=True))
    assert rates["disabled"] == (60 + 180) / (100 + 300)
    assert rates["hypertension"] == (60 + 30) / (50 + 50)


def test_a_part_that_is_unknown_makes_the_sum_unknown() -> None:
    found = contracts.groups_in_month(GROUPS, areas=["A", "B"], month=FEB)
    row = found.filter(pl.col("group") == "pregnant_women").row(0, named=True)
    assert (row["persons"], row["rate"]) == (None, None)
    assert found["group"].to_list()[-1] == "pregnant_women"


def test_more_contracts_than_persons_are_called_doubtful() -> None:
    found = contracts.groups_in_month(GROUPS, areas=["A"], month=FEB)
    doubtful = dict(zip(found["group"], found["is_doubtful"], strict=True))
    assert doubtful == {"hypertension": True, "disabled": False, "pregnant_women": False}


def test_group_series_keep_the_last_months() -> None:
    found = contracts.group_series(GROUPS, areas=["A", "B"], until=FEB, months=1)
    assert set(found["month"]) == {FEB}
    both = contracts.group_series(GROUPS, areas=["A", "B"], until=FEB)
    assert both.filter(pl.col("group") == "disabled")["rate"].to_list() == [0.25, 0.6]
