"""Amounts that contradict each other, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ONE, Stage, reasons

PARTS = {"fund_total": 700_00, "account": 100_00, "cash": 200_00}


@pytest.mark.parametrize(
    "parts",
    [
        {},
        PARTS,
        PARTS | {"cash": 200_01},  # one fen of rounding
        PARTS | {"cash": 199_99},
        {"account": 100_00, "cash": 300_00},  # without the sum of all funds: the pooled fund
        {"account": 100_00, "cash": 200_00, "fund_serious": 60_00, "fund_aid": 40_00},
        {"fund_total": 700_00, "account": 100_00},  # cash is not told
        PARTS | {"cash": 150_00, "account_shared": 50_00},  # beside the account
        PARTS | {"account_shared": 50_00},  # part of the account
        PARTS | {"cash": 150_00, "hospital_share": 50_00},
        PARTS | {"fund_serious": 60_00, "fund_aid": 40_01},
        PARTS | {"fund_serious": 60_00},  # other funds are not told
        {"fund": 1000_00},
        {"total": 0, "fund": 0},
    ],
)
def test_parts_that_are_the_total_are_taken(stage: Stage, parts: dict[str, Any]) -> None:
    assert reasons(stage("settlements", ONE | parts)) == [None]


@pytest.mark.parametrize(
    ("parts", "column"),
    [
        (PARTS | {"cash": 200_02}, "total"),
        (PARTS | {"cash": 199_98}, "total"),
        ({"account": 100_00, "cash": 200_00}, "total"),
        ({"account": 0, "cash": 400_00, "fund_large": 1_00}, "total"),
        (PARTS | {"cash": 140_00, "account_shared": 50_00}, "total"),
        (PARTS | {"hospital_share": 50_00}, "total"),
        ({"fund": 1000_01}, "fund"),
        (PARTS | {"fund": 700_01}, "fund"),
        (PARTS | {"fund_serious": 60_00, "fund_aid": 40_02}, "fund_total"),
    ],
)
def test_parts_that_are_not_the_total_are_refused(
    stage: Stage, parts: dict[str, Any], column: str
) -> None:
    staged = stage("settlements", ONE | parts)
    found = staged.accounts.select("_reason", "_column").row(0)
    assert found == ("AMOUNT_IDENTITY", column)


@pytest.mark.parametrize("part", ["fund_total", "account", "cash", "hospital_share"])
def test_a_negative_part_is_unexplained(stage: Stage, part: str) -> None:
    staged = stage("settlements", ONE | {part: -1})
    assert staged.accounts.select("_reason", "_column", "_detail").row(0) == (
        "NEGATIVE_UNEXPLAINED",
        part,
        "-0.01",
    )


def test_the_parts_of_a_reversal_are_its_total_below_zero(stage: Stage) -> None:
    back = {
        "settlement_id": "R1",
        "is_reversal": True,
        "original_id": "S1",
        "total": -1000_00,
        "fund": -600_00,
    }
    negative = {part: -fen for part, fen in PARTS.items()}
    whole = stage("settlements", ONE | PARTS, ONE | back | negative)
    assert reasons(whole) == [None, None]
    short = stage("settlements", ONE | PARTS, ONE | back | negative | {"cash": -100_00})
    assert reasons(short) == [None, "AMOUNT_IDENTITY"]
    turned = stage("settlements", ONE, ONE | back | {"fund": 600_00})
    assert reasons(turned) == [None, "AMOUNT_IDENTITY"]


def test_rows_that_differ_in_a_part_are_no_copies(stage: Stage) -> None:
    other = PARTS | {"account": 0, "cash": 300_00}
    assert reasons(stage("settlements", ONE | PARTS, ONE | other)) == [None, "DUPLICATE_KEY"]
