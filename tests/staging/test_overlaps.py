"""Restated months: what a batch decides, what nothing decides, and what is no restatement."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from .conftest import ROW, Stage, accepted, reasons

FIRST, SECOND = {"_file": 1, "_series": "x"}, {"_file": 2, "_series": "y"}


def row(id_: str, **more: Any) -> dict[str, Any]:
    return ROW | {"settlement_id": id_} | more


def told(stage: Stage, *rows: dict[str, Any]) -> list[set[tuple[int, str, str | None]]]:
    """Return file, id and reason of each row, for every order of the rows."""
    found = []
    for order in itertools.permutations(rows):
        staged = stage("settlements", *order)
        pairs = zip(order, reasons(staged), strict=True)
        found.append({(r["_file"], r["settlement_id"], reason) for r, reason in pairs})
    return found


def test_two_files_that_contradict_each_other_are_refused_as_a_whole(stage: Stage) -> None:
    """Which is the later one is not said: neither may count, nor may their union."""
    rows = [row("A") | FIRST, row("B") | FIRST, row("B", fund=1) | SECOND, row("C") | SECOND]
    for found in told(stage, *rows):
        assert found == {(r["_file"], r["settlement_id"], "OVERLAP") for r in rows}


def test_two_hospitals_may_report_the_same_month(stage: Stage) -> None:
    staged = stage("settlements", row("A") | FIRST, row("B") | SECOND)
    assert reasons(staged) == [None, None]


def test_copies_in_two_files_are_copies(stage: Stage) -> None:
    rows = [row("A") | FIRST, row("B") | FIRST, row("B") | SECOND, row("C") | SECOND]
    staged = stage("settlements", *rows)
    assert sorted(map(str, reasons(staged))) == ["DUPLICATE_ROW", "None", "None", "None"]


def test_a_batch_decides_between_files_that_contradict(stage: Stage) -> None:
    rows = [row("A", _batch=2) | FIRST, row("A", fund=1) | SECOND, row("B") | SECOND]
    for found in told(stage, *rows):
        assert found == {(1, "A", None), (2, "A", "REPLACED"), (2, "B", "REPLACED")}


def test_the_same_batch_in_both_decides_nothing(stage: Stage) -> None:
    rows = [row("A", _batch=2) | FIRST, row("A", _batch=2, fund=1) | SECOND]
    assert reasons(stage("settlements", *rows)) == ["OVERLAP", "OVERLAP"]


def test_only_the_county_that_is_told_twice_is_refused(stage: Stage) -> None:
    rows = [
        row("A") | FIRST,
        row("K", insured_area="410212") | FIRST,
        row("A", fund=1) | SECOND,
        row("L", insured_area="410204") | SECOND,
    ]
    assert reasons(stage("settlements", *rows)) == ["OVERLAP", None, "OVERLAP", None]


def test_a_number_that_two_counties_use_costs_one_row_only(stage: Stage) -> None:
    rows = [
        row("A") | FIRST,
        row("B") | FIRST,
        row("A", insured_area="410212") | SECOND,
        row("C", insured_area="410212") | SECOND,
    ]
    for found in told(stage, *rows):
        refused = {(at, id_): reason for at, id_, reason in found if reason}
        assert refused in ({(1, "A"): "DUPLICATE_KEY"}, {(2, "A"): "DUPLICATE_KEY"})


def test_contradictions_within_one_file_are_duplicates(stage: Stage) -> None:
    rows = [row("A") | FIRST, row("A", fund=1) | FIRST, row("A") | SECOND]
    assert reasons(stage("settlements", *rows)) == [None, "DUPLICATE_KEY", "DUPLICATE_ROW"]


def test_a_row_of_an_overlap_makes_no_duplicate(stage: Stage) -> None:
    """April's file has the row as well: with both of March refused, it is the only one."""
    april = {"_file": 3, "_series": "z"}
    late = [row(f"Z{day}", settled_on=date(2025, 4, day)) | april for day in (1, 2)]
    rows = [row("A") | FIRST, row("A", fund=1) | SECOND, row("A") | april, *late]
    assert reasons(stage("settlements", *rows)) == ["OVERLAP", "OVERLAP", None, None, None]


def test_a_reversal_of_an_overlapping_original_is_an_orphan(stage: Stage) -> None:
    back = row("R", is_reversal=True, original_id="A", total=-1000_00, fund=-600_00)
    other = back | {"_file": 3, "_series": "z", "settled_on": date(2025, 5, 2)}
    rows = [row("A") | FIRST, row("A", fund=1) | SECOND, other]
    assert reasons(stage("settlements", *rows)) == ["OVERLAP", "OVERLAP", "REFUND_ORPHAN"]


def test_within_a_file_the_newest_batch_of_a_month_counts(stage: Stage) -> None:
    rows = [row("A") | FIRST, row("B") | FIRST, row("A", _batch=2, fund=1) | FIRST]
    for found in told(stage, *rows):
        assert found == {(1, "A", "REPLACED"), (1, "B", "REPLACED"), (1, "A", None)}
    assert stage("settlements", *rows).replaced.is_empty()


def test_within_a_file_batches_of_other_months_stand_side_by_side(stage: Stage) -> None:
    rows = [row("A") | FIRST, row("B", _batch=2, settled_on=date(2025, 4, 2)) | FIRST]
    assert reasons(stage("settlements", *rows)) == [None, None]


def test_a_file_is_replaced_when_all_of_it_is(stage: Stage) -> None:
    april = {"settled_on": date(2025, 4, 2)}
    rows = [row("A") | FIRST, row("B", _batch=2, **april) | FIRST, row("A", _batch=3) | SECOND]
    some = stage("settlements", *rows)
    assert reasons(some) == ["REPLACED", None, None]
    assert some.replaced.is_empty()
    rest = row("B", _batch=4, **april) | {"_file": 3, "_series": "z"}
    whole = stage("settlements", *rows, rest)
    assert reasons(whole) == ["REPLACED", "REPLACED", None, None]
    assert whole.replaced.rows() == [(1, 3)]


@pytest.mark.parametrize("order", [1, -1])
def test_monthly_reports_that_contradict_are_refused(stage: Stage, order: int) -> None:
    report = {"county_code": "410225", "month": date(2025, 3, 1), "item": "远程心电传输人次"}
    rows = [report | {"value": "5"} | FIRST, report | {"value": "6"} | SECOND]
    staged = stage("activity", *rows[::order])
    assert reasons(staged) == ["OVERLAP", "OVERLAP"]
    assert accepted(staged, "activity", "value") == []


def test_two_tellings_of_one_referral_are_refused_as_a_whole_too(stage: Stage) -> None:
    sent: dict[str, Any] = {
        "referred_on": date(2025, 3, 1),
        "direction": "up",
        "from_institution": "T1",
    }
    rows = [
        sent | {"referral_id": "A"} | FIRST,
        sent | {"referral_id": "B"} | FIRST,
        sent | {"referral_id": "B", "direction": "down", "to_institution": "T1"} | SECOND,
    ]
    assert reasons(stage("referrals", *rows)) == ["OVERLAP"] * 3
    newer = [*rows[:2], rows[2] | {"_batch": 2}]
    assert reasons(stage("referrals", *newer)) == [None, "DUPLICATE_KEY", None]
    assert reasons(stage("referrals", rows[0], rows[0] | SECOND)) == [None, "DUPLICATE_ROW"]
