"""Queries of the pages on published figures, data quality and definitions, by hand."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dashboard.places import Places
from dashboard.queries import published, quality
from pipeline.catalog.sources import SOURCE_IDS
from pipeline.snapshots import InputFile
from tests.builders.places import place

JUNE, MAY = dt.date(2025, 6, 1), dt.date(2025, 5, 1)

PLACES = Places(
    [
        place("all", "group", None),
        place("41", "province", None),
        place("4102", "city", "41", name="甲市"),
        place("410225", "county", "4102", name="乙县"),
        place("410225100", "township", "410225"),
        place("6109HK", "county", None, name="丁区"),
    ]
)


def facts() -> pl.LazyFrame:
    return pl.LazyFrame(
        [
            ("F1", "甲市", "4102", "workforce", "match", "一致。"),
            ("F2", "乙县", "410225", "workforce", "not_computable", "缺少410225的数据。"),
            ("F3", "乙县人民医院", "410225", "fund", "unexplained", "原因待查。"),
            ("F4", "丁区", "610902", "fund", "explained", "范围不同。"),
            ("F5", "丁区", "6109HK", "fund", "match", "一致。"),
            ("F6", "全国", None, "fund", "not_computable", "缺少数据。"),
        ],
        schema=["fact_id", "place_name", "area_code", "topic", "verdict", "reason_zh"],
        orient="row",
    )


def test_institution_and_second_code_belong_to_one_place() -> None:
    options = published.place_options(facts())
    assert options.rows() == [
        ("4102", "甲市", 1),
        ("410225", "乙县", 2),
        ("610902", "丁区", 2),
        ("全国", "全国", 1),
    ]


def test_reason_names_the_place_and_not_its_code() -> None:
    said = published.with_places(facts()).sort("fact_id").collect()["reason_zh"]
    assert said[1] == "缺少乙县的数据。"


def test_topics_come_by_frequency() -> None:
    assert published.topics(facts()) == ["fund", "workforce"]


def test_place_and_topic_narrow_the_figures() -> None:
    found = published.selected(facts(), place="410225", topic="fund").collect()
    assert found["fact_id"].to_list() == ["F3"]
    assert published.selected(facts()).collect().height == 6


def test_verdicts_are_counted_with_zeros() -> None:
    only = facts().filter(pl.col("fact_id") == "F1")
    assert published.verdict_counts(only) == {
        "unexplained": 0,
        "explained": 0,
        "match": 1,
        "not_computable": 0,
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("4102", {"4102", "410225"}),
        ("410225", {"410225"}),
        ("410225100", {"410225"}),
        ("all", {"4102", "410225"}),
    ],
)
def test_figures_inside_an_area(code: str, expected: set[str]) -> None:
    codes = {"4102", "410225", "610902"}
    assert published.inside(PLACES.by_code[code], PLACES, codes) == expected


def test_what_differs_first_then_the_area_then_the_rest() -> None:
    found = published.listed(
        published.selected(facts()), place=PLACES.by_code["410225"], places=PLACES
    )
    # Verdicts: unexplained, explained; of the area not_computable; elsewhere the same and match.
    expected = [("F3", 0), ("F4", 1), ("F2", 2), ("F6", 6), ("F1", 7), ("F5", 7)]
    assert found.select("fact_id", "part").rows() == expected
    assert found["inside"].to_list() == [True, False, True, False, False, False]


def test_place_of_the_same_name_counts_as_inside_and_a_verdict_narrows() -> None:
    found = published.listed(
        published.selected(facts()),
        place=PLACES.by_code["6109HK"],
        places=PLACES,
        verdict="explained",
    )
    assert found.select("fact_id", "inside").rows() == [("F4", True)]


def cell(source: str, county: str, month: dt.date, **values: object) -> dict[str, object]:
    row: dict[str, object] = {
        "source": source,
        "county_code": county,
        "month": month,
        "expected": 1,
        "received": 1,
        "rows_read": 10,
        "accepted": 9,
        "rejected": 1,
        "duplicates": 0,
        "reasons": "",
        "delay_days": None,
        "grade": "A",
    }
    return row | values


def mart(*rows: dict[str, object]) -> pl.LazyFrame:
    schema = {"expected": pl.Int64, "delay_days": pl.Int32}
    return pl.LazyFrame(list(rows), schema_overrides=schema)


def test_latest_cell_is_the_last_month_up_to_the_chosen_one() -> None:
    frame = mart(
        cell("clinics", "A", MAY, grade="B"),
        cell("clinics", "A", JUNE, grade="C"),
        cell("clinics", "B", MAY, grade="D"),
    )
    at_june = quality.latest_cells(frame, counties=["A"], until=JUNE)
    assert at_june.select("county_code", "grade").rows() == [("A", "C")]
    at_may = quality.latest_cells(frame, counties=["A", "B"], until=MAY)
    assert at_may["grade"].to_list() == ["B", "D"]


def test_month_accounts_add_the_counties_and_tell_the_longest_delay() -> None:
    frame = mart(
        cell("clinics", "A", JUNE, expected=None, delay_days=3),
        cell("clinics", "B", JUNE, expected=None, delay_days=8),
        cell("settlements", "A", MAY),
        cell("clinics", "C", JUNE, rows_read=1000),
        cell("referrals", "A", JUNE, rows_read=None, accepted=None),
        cell("referrals", "B", JUNE),
        cell("activity", "B", JUNE, rows_read=None, accepted=None),
    )
    found = quality.month_accounts(frame, counties=["A", "B"], month=JUNE)
    assert found["source"].to_list() == list(SOURCE_IDS)
    by_source = {row["source"]: row for row in found.iter_rows(named=True)}
    told = [by_source[s] for s in ("clinics", "referrals", "activity")]
    assert [(row["rows_read"], row["hidden"]) for row in told] == [(20, 0), (10, 1), (None, 1)]
    assert (by_source["clinics"]["delay_days"], by_source["clinics"]["is_due"]) == (8, False)
    assert by_source["settlements"]["rows_read"] is None
    assert by_source["settlements"]["is_due"] is True
    assert by_source["targets"]["is_due"] is None
    assert by_source["settlements"]["latest"] == MAY


def test_a_due_report_that_has_not_come_is_told_with_the_last_that_did() -> None:
    frame = mart(
        cell("settlements", "A", MAY),
        cell("settlements", "A", JUNE, received=0),
        cell("settlements", "B", JUNE),
        cell("activity", "B", MAY, received=0),
        cell("activity", "B", JUNE, received=0),
        cell("clinics", "A", JUNE, expected=None, received=0),
        cell("settlements", "C", JUNE, received=0),
    )
    found = quality.unreported(frame, counties=["A", "B"], until=JUNE)
    assert found.rows() == [("activity", "B", None), ("settlements", "A", MAY)]
    assert quality.unreported(frame, counties=["A"], until=MAY).is_empty()
    accounts = quality.month_accounts(frame, counties=["A", "B"], month=JUNE)
    lacking = dict(accounts.select("source", "lacking").iter_rows())
    assert (lacking["settlements"], lacking["activity"], lacking["clinics"]) == (1, 1, 0)


def test_reasons_are_added_over_counties_and_months() -> None:
    frame = mart(
        cell("clinics", "A", MAY, reasons="BAD_DATE:3 UNKNOWN_CODE:1"),
        cell("settlements", "A", JUNE, reasons="BAD_DATE:2"),
        cell("settlements", "B", JUNE, reasons="BAD_DATE:50"),
        cell("settlements", "A", dt.date(2025, 7, 1), reasons="BAD_DATE:50"),
    )
    found = quality.reasons(frame, counties=["A"], until=JUNE)
    assert found.select("code", "rows", "first", "last").rows() == [
        ("BAD_DATE", 5, MAY, JUNE),
        ("UNKNOWN_CODE", 1, MAY, MAY),
    ]
    assert found["sources"].to_list() == [["clinics", "settlements"], ["clinics"]]


def test_a_reason_names_the_counties_with_most_rows_first() -> None:
    frame = mart(
        cell("clinics", "A", MAY, reasons="BAD_DATE:3"),
        cell("settlements", "A", JUNE, reasons="BAD_DATE:2"),
        cell("settlements", "B", JUNE, reasons="BAD_DATE:50"),
        cell("settlements", "", JUNE, reasons="BAD_DATE:5"),
    )
    found = quality.reasons(frame, counties=["A", "B", ""], until=JUNE).row(0, named=True)
    assert list(zip(found["places"], found["counts"], strict=True)) == [
        ("B", 50),
        ("", 5),
        ("A", 5),
    ]


def test_files_named_after_the_area_come_first_of_their_kind() -> None:
    files = [
        entry("raw/b_兰考县.csv", refusal="TRUNCATED"),
        entry("raw/a_杞县.csv", refusal="TRUNCATED"),
        entry("raw/410225_v1.csv", superseded_by="x"),
        entry("兰考县/c_杞县.csv", superseded_by="x"),  # the folder does not name the file
    ]
    found = quality.set_aside(files, near=["兰考县", "410225"])
    assert [one.file for one in found] == [
        *("raw/b_兰考县.csv", "raw/a_杞县.csv"),
        *("raw/410225_v1.csv", "兰考县/c_杞县.csv"),
    ]


def entry(file: str, **values: object) -> InputFile:
    base: dict[str, object] = {
        "source": "clinics",
        "file": file,
        "sha256": "",
        "rows_read": 5,
        "accepted": 3,
        "rejected": 1,
        "duplicates": 1,
    }
    return InputFile(**(base | values))  # type: ignore[arg-type]


def test_file_accounts_hold_all_sources_and_the_identity() -> None:
    found = quality.file_accounts([entry("a"), entry("b")])
    clinics = found.row(by_predicate=pl.col("source") == "clinics", named=True)
    assert (clinics["files"], clinics["rows_read"]) == (2, 10)
    parts = clinics["accepted"] + clinics["rejected"] + clinics["duplicates"]
    assert clinics["rows_read"] == parts
    assert found["files"].sum() == 2
    assert quality.file_accounts([])["rows_read"].to_list() == [0] * len(SOURCE_IDS)


def test_refused_files_come_before_replaced_ones() -> None:
    files = [
        entry("taken"),
        entry("old", superseded_by="new"),
        entry("broken", refusal="CORRUPT"),
        entry("a_v2", kept_instead="a"),
    ]
    assert [e.file for e in quality.set_aside(files)] == ["a_v2", "broken", "old"]
