from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.staging.references import References, references_of

from .conftest import ONE, Stage, accepted, reasons, small_reference


def test_a_plain_row_becomes_a_settlement_of_its_contract(stage: Stage) -> None:
    staged = stage(
        "settlements",
        ONE | {"age": 66.5, "ended_on": date(2025, 2, 28), "disease_code": "i10.x00"},
    )
    row = staged.accepted["settlements"].row(0, named=True)
    assert row | {} == {
        "file_id": 1,
        "settlement_id": "S1",
        "person_key": 7,
        "insured_county": "410225",
        "insured_township": None,
        "institution_code": "H1",
        "care_area": "410225",
        "destination_tier": "same_county",
        "hospital_level": "secondary",
        "care_type": "inpatient",
        "insurance_type": "other",
        "service_date": date(2025, 2, 28),
        "settled_on": date(2025, 3, 2),
        "sign": 1,
        "total_fen": 1000_00,
        "fund_fen": 600_00,
        "disease_category": "I10",
        "age": 66,
        "is_resettled": False,
    }


@pytest.mark.parametrize(
    ("row", "tier"),
    [
        ({"place_of_care": "other_province", "care_area": "410225"}, "other_province"),
        ({"care_area": "410225"}, "same_county"),
        ({"care_area": "410212"}, "same_city"),
        ({"care_area": "410100"}, "same_province"),
        ({"care_area": "420100"}, "other_province"),
        ({"care_area": "420000"}, "other_province"),
        ({"care_area": "410200", "institution_code": "H1"}, "same_county"),
        ({"care_area": "410200", "institution_code": "K1"}, "same_city"),
        ({"care_area": "410200", "institution_code": "unknown"}, "same_city"),
        ({"care_area": "410199", "institution_code": "unknown"}, "same_province"),
        ({"care_area": "420199", "institution_code": "unknown"}, "other_province"),
        ({"institution_code": "H1"}, "same_county"),
        ({"institution_code": "K1"}, "same_city"),
        ({"place_of_care": "same_county"}, "same_county"),
    ],
)
def test_the_place_of_care_is_category_then_code_then_register(
    stage: Stage, row: dict[str, Any], tier: str
) -> None:
    assert accepted(stage("settlements", ONE | row), "settlements", "destination_tier") == [(tier,)]


@pytest.mark.parametrize(
    ("row", "care_area"),
    [
        ({"care_area": "420100", "institution_code": "unknown"}, "420100"),
        ({"care_area": "420199", "institution_code": "unknown"}, "420100"),
        ({"care_area": "429900", "institution_code": "unknown"}, "420000"),
        ({"place_of_care": "same_city", "institution_code": "K1"}, "410212"),
        ({"place_of_care": "other_province", "institution_code": "unknown"}, None),
    ],
)
def test_the_area_of_care_is_as_fine_as_known(
    stage: Stage, row: dict[str, Any], care_area: str | None
) -> None:
    assert accepted(stage("settlements", ONE | row), "settlements", "care_area") == [(care_area,)]


def test_an_unknown_institution_is_refused_only_when_local_or_nowhere(stage: Stage) -> None:
    elsewhere = ONE | {"institution_code": "XX"}
    staged = stage(
        "settlements",
        elsewhere | {"settlement_id": "1"},
        elsewhere | {"settlement_id": "2", "place_of_care": "same_county"},
        elsewhere | {"settlement_id": "3", "care_area": "410225"},
        elsewhere | {"settlement_id": "4", "care_area": "420100"},
        elsewhere | {"settlement_id": "5", "place_of_care": "same_city"},
    )
    assert reasons(staged) == ["UNKNOWN_CODE"] * 3 + [None] * 2
    assert staged.accounts["_column"][0] == "institution_code"
    assert staged.accounts["_detail"][0] == "XX"


def test_without_any_register_only_an_unknown_place_refuses(stage: Stage) -> None:
    bare = references_of(small_reference(), as_of=date(2025, 6, 30))
    staged = stage(
        "settlements",
        ONE | {"settlement_id": "1", "place_of_care": "same_county"},
        ONE | {"settlement_id": "2"},
        refs=bare,
    )
    assert reasons(staged) == [None, "UNKNOWN_CODE"]


CONFLICT = "CODE_NAME_CONFLICT", "care_area"


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ({"insured_area": "999999"}, "UNKNOWN_CODE", "insured_area"),
        ({"insured_area": "410200"}, "REGION_LEVEL", "insured_area"),
        ({"age": 121.0}, "AGE_RANGE", "age"),
        ({"age": -1.0}, "AGE_RANGE", "age"),
        ({"settled_on": date(2025, 7, 1)}, "FUTURE_DATE", "settled_on"),
        ({"ended_on": date(2025, 7, 1)}, "FUTURE_DATE", "ended_on"),
        (
            {"started_on": date(2025, 2, 2), "ended_on": date(2025, 2, 1)},
            "DATE_ORDER",
            "started_on",
        ),
        ({"place_of_care": "same_county", "care_area": "420100"}, *CONFLICT),
        ({"place_of_care": "same_province", "care_area": "420000"}, *CONFLICT),
        ({"total": -5, "fund": -5}, "NEGATIVE_UNEXPLAINED", "total"),
        ({"fund": -5}, "NEGATIVE_UNEXPLAINED", "fund"),
        ({"total": 10**9 + 1}, "AMOUNT_RANGE", "total"),
        ({"is_reversal": True, "original_id": "S0", "total": 5}, "AMOUNT_RANGE", "total"),
        (
            {"is_reversal": True, "original_id": "S0", "total": -5, "fund": -5},
            "REFUND_ORPHAN",
            "original_id",
        ),
        ({"is_reversal": True, "total": -5, "fund": -5}, "REFUND_ORPHAN", "original_id"),
        ({"is_reversal": True}, "REFUND_ORPHAN", "is_reversal"),
        ({"is_reversal": True, "total": 0, "fund": 0}, "REFUND_ORPHAN", "is_reversal"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_column(
    stage: Stage, row: dict[str, Any], reason: str, column: str
) -> None:
    staged = stage("settlements", ONE | row)
    assert staged.accounts.select("_reason", "_column").row(0) == (reason, column)
    assert staged.accepted["settlements"].is_empty()


@pytest.mark.parametrize(
    "row",
    [
        {"age": 0.0},
        {"age": 120.0},
        {"settled_on": date(2025, 6, 30)},
        {"started_on": date(2025, 2, 1), "ended_on": date(2025, 2, 1)},
        {"total": 10**9},
        {"total": 0, "fund": 0},
    ],
)
def test_rows_at_the_edge_are_taken(stage: Stage, row: dict[str, Any]) -> None:
    assert reasons(stage("settlements", ONE | row)) == [None]


def test_a_fault_of_the_reader_stays_the_reason(stage: Stage) -> None:
    staged = stage("settlements", ONE | {"total": None, "_reason": "BAD_NUMBER", "age": 200.0})
    assert reasons(staged) == ["BAD_NUMBER"]


def test_an_old_code_is_right_before_the_change_and_stale_after(stage: Stage) -> None:
    old = ONE | {"insured_area": "411626", "care_area": "420100"}
    staged = stage(
        "settlements",
        old | {"settlement_id": "1", "settled_on": date(2019, 12, 31)},
        old | {"settlement_id": "2", "settled_on": date(2020, 1, 1)},
    )
    assert accepted(staged, "settlements", "insured_county") == [("411603",)] * 2
    assert staged.accounts["_warning"].to_list() == [None, "REGION_STALE"]


def test_a_township_is_found_by_name_in_the_insured_county(stage: Stage) -> None:
    staged = stage(
        "settlements",
        ONE | {"settlement_id": "1", "township_name": "岞𪨰"},
        ONE | {"settlement_id": "2", "township_name": "没有镇"},
        ONE | {"settlement_id": "3", "insured_area": "410212", "township_name": "城关镇"},
    )
    townships = staged.accepted["settlements"].sort("settlement_id")["insured_township"]
    assert townships.to_list() == ["410225002", None, None]


def test_maternity_and_resettlement_are_kept_apart(stage: Stage) -> None:
    row = ONE | {"care_type": "maternity", "is_resettled": "yes", "insurance_type": "resident"}
    columns = ("care_type", "is_resettled", "insurance_type")
    staged = stage("settlements", row)
    assert accepted(staged, "settlements", *columns) == [("maternity", True, "resident")]


@pytest.mark.parametrize(
    ("has_column", "told", "is_resettled"),
    [(True, "yes", True), (True, "no", False), (True, None, False), (False, None, None)],
)
def test_without_its_column_nobody_is_said_not_to_be_resettled(
    stage: Stage, has_column: bool, told: str | None, is_resettled: bool | None
) -> None:
    """A blank cell is an ordinary person; a file that has no such column has not said so."""
    staged = stage("settlements", ONE | {"is_resettled": told, "_tells_resettled": has_column})
    assert accepted(staged, "settlements", "is_resettled") == [(is_resettled,)]


def test_the_ledger_counts_a_row_under_insured_county_and_settlement_month(
    stage: Stage, references: References
) -> None:
    staged = stage("settlements", ONE, ONE | {"insured_area": "410200", "settlement_id": "2"})
    assert staged.accounts.select("_county", "_month").rows() == [
        ("410225", date(2025, 3, 1)),
        (None, date(2025, 3, 1)),
    ]
    assert references.has_register
