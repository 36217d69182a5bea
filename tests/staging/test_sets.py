from __future__ import annotations

import itertools
from datetime import date

import polars as pl
import pytest

from pipeline.staging.sets import tallied, units

from .conftest import ROW, Stage, accepted, reasons

A = ROW | {"settlement_id": "A"}
B = ROW | {"settlement_id": "B"}


def test_of_equal_rows_the_first_stays(stage: Stage) -> None:
    staged = stage("settlements", A, B, A, A)
    assert reasons(staged) == [None, None, "DUPLICATE_ROW", "DUPLICATE_ROW"]
    assert staged.accounts["_column"].to_list() == [None, None, "settlement_id", "settlement_id"]


def test_of_rows_with_one_key_in_a_file_the_first_stays(stage: Stage) -> None:
    staged = stage("settlements", A, A | {"total": 9999_00}, A)
    assert reasons(staged) == [None, "DUPLICATE_KEY", "DUPLICATE_ROW"]


def test_between_files_of_other_months_content_decides_not_their_order(stage: Stage) -> None:
    """A late row of March stands in the file of April once more, with another sum."""
    march, april = {"_file": 1, "_series": "a"}, {"_file": 2, "_series": "b"}
    others = [
        B | april | {"settled_on": date(2025, 4, day), "settlement_id": str(day)} for day in (1, 2)
    ]
    cheap, dear = A | {"total": 2000_00}, A | {"total": 1000_00}
    kept = set()
    for first, second in itertools.permutations([cheap, dear]):
        staged = stage("settlements", first | march, second | april, *others)
        assert sorted(map(str, reasons(staged))) == ["DUPLICATE_KEY", "None", "None", "None"]
        kept |= set(accepted(staged, "settlements", "settlement_id", "total_fen"))
    assert len(kept) == 3


def test_a_refused_row_is_no_duplicate_and_makes_none(stage: Stage) -> None:
    staged = stage("settlements", A | {"_reason": "BAD_DATE"}, A)
    assert reasons(staged) == ["BAD_DATE", None]


def test_a_newer_batch_replaces_the_file_as_a_whole(stage: Stage) -> None:
    old = {"_file": 1, "_batch": 1}
    new = {"_file": 2, "_batch": 2}
    rows = [A | old, B | old | {"_reason": "BAD_DATE"}, A | new | {"total": 5000_00}]
    for order in itertools.permutations(rows):
        staged = stage("settlements", *order)
        assert accepted(staged, "settlements", "file_id", "total_fen") == [(2, 5000_00)]
        by_file = dict(zip([r["_file"] for r in order], reasons(staged), strict=True))
        assert by_file == {1: "REPLACED", 2: None}
        assert staged.replaced.rows() == [(1, 2)]


def test_files_of_other_names_replace_each_other_by_county_and_month(stage: Stage) -> None:
    old = {"_file": 1, "_batch": 1, "_series": "x"}
    new = {"_file": 2, "_batch": 2, "_series": "y"}
    same_month = stage("settlements", A | old, B | new)
    assert same_month.replaced.rows() == [(1, 2)]
    other_month = stage("settlements", A | old, B | new | {"settled_on": date(2025, 4, 2)})
    assert other_month.replaced.is_empty()
    other_county = stage("settlements", A | old, B | new | {"insured_area": "410212"})
    assert other_county.replaced.is_empty()


def test_files_of_one_batch_do_not_replace_each_other(stage: Stage) -> None:
    staged = stage("settlements", A | {"_file": 1}, A | {"_file": 2}, B | {"_file": 2})
    assert staged.replaced.is_empty()
    assert sorted(map(str, reasons(staged))) == ["DUPLICATE_ROW", "None", "None"]


def test_the_newest_of_three_batches_is_named_as_the_replacement(stage: Stage) -> None:
    rows = [A | {"_file": n, "_batch": n, "total": n * 1000_00} for n in (1, 2, 3)]
    staged = stage("settlements", *rows)
    assert staged.replaced.rows() == [(1, 3), (2, 3)]
    assert accepted(staged, "settlements", "file_id") == [(3,)]


@pytest.mark.parametrize("file", [1, 2])
def test_a_registry_is_replaced_by_its_series_only(stage: Stage, file: int) -> None:
    clinic = {
        "clinic_code": "C1",
        "clinic_name": "甲",
        "county_name": "兰考县",
        "township_name": "城关镇",
        "status": "completed",
        "extract_date": date(2025, 6, 30),
    }
    staged = stage(
        "clinics",
        clinic | {"_file": file, "_batch": 2, "status": "accepted"},
        clinic | {"_file": 3 - file, "_batch": 1},
    )
    assert accepted(staged, "clinics", "status", "township_code") == [("accepted", "410225001")]


def test_units_are_the_same_from_counts_of_parts() -> None:
    march, april = date(2025, 3, 1), date(2025, 4, 1)
    rows = pl.DataFrame(
        [
            (1, 1, "a", "410225", march, None),
            (1, 1, "a", "410225", march, None),
            (1, 1, "a", "410299", april, "BAD_DATE"),
            (2, 1, "b", "410225", april, None),
            (2, 1, "b", "410325", march, None),
            (2, 1, "b", "410326", march, None),
            (2, 1, "b", "410225", april, None),
            (2, 1, "b", None, None, "BAD_DATE"),
            (3, 1, "c", "419001", march, "BAD_DATE"),
        ],
        schema=["_file", "_batch", "_series", "_county", "_month", "_reason"],
        orient="row",
    ).lazy()
    expected = [
        (1, 1, "a", "410225", march, True),
        (2, 1, "b", "4102", march, True),  # two and two: the first of both
        (3, 1, "c", None, None, False),
    ]
    for parts in ([rows], [rows.slice(0, 4), rows.slice(4, 1), rows.slice(5)]):
        counts = pl.concat(tallied(part).collect() for part in parts)
        assert units(counts.lazy()).collect().sort("_file").rows() == expected
