"""Reversals: joined to their original, part by part, and never to anybody else's money."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import polars as pl
import pytest

from .conftest import ONE, Stage, reasons

REVERSAL = ONE | {
    "settlement_id": "R1",
    "is_reversal": True,
    "original_id": "S1",
    "settled_on": date(2025, 5, 9),
    "total": -1000_00,
    "fund": -600_00,
}


def test_a_reversal_undoes_its_original_on_its_day_wherever_it_stands(stage: Stage) -> None:
    for rows in itertools.permutations([ONE, REVERSAL]):
        staged = stage("settlements", *rows)
        frame = staged.accepted["settlements"]
        assert frame["service_date"].to_list() == [date(2025, 3, 2)] * 2
        assert frame.select(pl.sum("total_fen", "fund_fen", "sign")).row(0) == (0, 0, 0)


def test_a_reversal_needs_no_flag_when_it_names_its_original(stage: Stage) -> None:
    assert reasons(stage("settlements", ONE, REVERSAL | {"is_reversal": None})) == [None, None]


FLAGGED = ONE | {"is_reversal": True}


@pytest.mark.parametrize(
    ("back", "expected", "left"),
    [
        (REVERSAL, [None, None], 0),
        (REVERSAL | {"total": -400_00, "fund": -300_00}, [None, None], 600_00),
        (REVERSAL | {"total": -1000_01}, ["REFUND_ORPHAN"] * 2, 0),
        (REVERSAL | {"insured_area": "410212"}, ["REFUND_ORPHAN"] * 2, 0),
        (REVERSAL | {"original_id": "S2"}, ["REFUND_ORPHAN"] * 2, 0),
    ],
    ids=["whole", "part", "too much", "other county", "other original"],
)
def test_an_original_may_say_that_it_was_reversed_if_it_was(
    stage: Stage, back: dict[str, Any], expected: list[str | None], left: int
) -> None:
    """The insurance system flags both rows; one flagged alone takes nothing back."""
    for rows in itertools.permutations([FLAGGED, back]):
        staged = stage("settlements", *rows)
        assert reasons(staged) == expected
        assert staged.accepted["settlements"]["total_fen"].sum() == left
        dates = staged.accepted["settlements"]["service_date"].unique().to_list()
        assert dates == [date(2025, 3, 2)] * (expected[0] is None)


def test_a_flagged_row_that_takes_nothing_back_says_what_it_lacks(stage: Stage) -> None:
    staged = stage("settlements", FLAGGED)
    assert staged.accounts["_detail"].to_list() == [
        "是（总费用1000.00，没有原结算单号，也没有冲销它的一行）"
    ]


def test_a_second_reversal_of_the_same_original_is_an_orphan(stage: Stage) -> None:
    staged = stage("settlements", ONE, REVERSAL, REVERSAL | {"settlement_id": "R2"})
    assert reasons(staged) == [None, None, "REFUND_ORPHAN"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"total": -999_99, "fund": -1}, None),  # a part is taken back
        ({"total": -1000_01}, "REFUND_ORPHAN"),
        ({"fund": -600_01}, "REFUND_ORPHAN"),
    ],
)
def test_no_reversal_takes_back_more_than_was_paid(
    stage: Stage, change: dict[str, Any], reason: str | None
) -> None:
    assert reasons(stage("settlements", ONE, REVERSAL | change)) == [None, reason]


def test_a_reversal_that_fits_is_not_kept_from_its_original_by_one_that_does_not(
    stage: Stage,
) -> None:
    rows = [ONE, REVERSAL | {"total": -2000_00}, REVERSAL | {"settlement_id": "R2"}]
    assert reasons(stage("settlements", *rows)) == [None, "REFUND_ORPHAN", None]


PART = REVERSAL | {"total": -400_00, "fund": -300_00}


@pytest.mark.parametrize(
    ("totals", "expected", "left", "settlements"),
    [
        ([-400_00], [None], 600_00, 1),
        ([-400_00, -400_00], [None, None], 200_00, 1),
        ([-400_00, -600_00], [None, None], 0, 0),
        ([-400_00, -600_01], [None, "REFUND_ORPHAN"], 600_00, 1),
        ([-1000_00, -400_00], [None, "REFUND_ORPHAN"], 0, 0),
        ([-1000_00, 0], [None, "REFUND_ORPHAN"], 0, 0),
        ([-400_00, -700_00, -600_00], [None, "REFUND_ORPHAN", None], 0, 0),
        ([-700_00, -400_00, -200_00, -150_00, -100_00], [None, "REFUND_ORPHAN"] * 2 + [None], 0, 0),
    ],
)
def test_parts_are_taken_back_until_nothing_is_left_and_only_then_the_settlement_is_gone(
    stage: Stage, totals: list[int], expected: list[str | None], left: int, settlements: int
) -> None:
    back = [
        REVERSAL | {"settlement_id": f"R{n}", "total": total, "fund": total * 6 // 10}
        for n, total in enumerate(totals)
    ]
    staged = stage("settlements", ONE, *back)
    assert reasons(staged) == [None, *expected]
    frame = staged.accepted["settlements"]
    assert frame.select(pl.sum("total_fen", "sign")).row(0) == (left, settlements)


def test_parts_are_taken_in_the_order_of_their_days_wherever_they_stand(stage: Stage) -> None:
    first = PART | {"settlement_id": "R2", "settled_on": date(2025, 5, 10)}
    too_much = PART | {"settlement_id": "R1", "settled_on": date(2025, 5, 11), "total": -600_01}
    last = PART | {"settlement_id": "R0", "settled_on": date(2025, 5, 12), "total": -600_00}
    for rows in itertools.permutations([(first, None), (too_much, "REFUND_ORPHAN"), (last, None)]):
        back, expected = zip(*rows, strict=True)
        assert reasons(stage("settlements", *back, ONE)) == [*expected, None]


def test_the_fund_is_taken_back_part_by_part_too(stage: Stage) -> None:
    again = PART | {"settlement_id": "R2", "fund": -300_01}
    assert reasons(stage("settlements", ONE, PART, again)) == [None, None, "REFUND_ORPHAN"]


@pytest.mark.parametrize(
    "change",
    [{"insured_area": "410212"}, {"settled_on": date(2025, 3, 1)}],
    ids=["other county", "earlier day"],
)
def test_a_reversal_takes_back_no_other_countys_settlement_and_none_of_later(
    stage: Stage, change: dict[str, Any]
) -> None:
    back = REVERSAL | {"started_on": None, "ended_on": None} | change
    assert reasons(stage("settlements", ONE, back)) == [None, "REFUND_ORPHAN"]


def test_a_reversal_may_name_the_person_by_another_number(stage: Stage) -> None:
    assert reasons(stage("settlements", ONE, REVERSAL | {"person": 8})) == [None, None]


def test_a_reversal_under_the_new_code_of_a_county_finds_its_original(stage: Stage) -> None:
    long_ago = {"settled_on": date(2018, 5, 9), "started_on": None, "ended_on": None}
    old = ONE | long_ago | {"insured_area": "411626"}
    assert reasons(stage("settlements", old, REVERSAL | {"insured_area": "411603"})) == [None, None]


def test_a_reversal_of_a_refused_original_is_an_orphan(stage: Stage) -> None:
    staged = stage("settlements", ONE | {"insured_area": "999999"}, REVERSAL)
    assert reasons(staged) == ["UNKNOWN_CODE", "REFUND_ORPHAN"]
