"""Identity numbers are judged at the reader, before they become hashes."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.catalog.sources import sources
from pipeline.ingest.cells.persons import ID_CHECKS, ID_WEIGHTS, fails_check
from pipeline.ingest.cells.values import typed
from pipeline.ingest.headers import HeaderIndex


def oracle(number: str) -> str:
    """Return the check character of seventeen digits, one digit after the other."""
    total = 0
    for digit, weight in zip(number[:17], ID_WEIGHTS, strict=True):
        total += int(digit) * weight
    return ID_CHECKS[total % 11]


def judged(*numbers: str | None) -> list[bool]:
    frame = pl.DataFrame({"n": numbers}, schema={"n": pl.String})
    return frame.select(bad=fails_check(pl.col("n")).fill_null(value=False))["bad"].to_list()


def test_the_standards_own_example_passes() -> None:
    assert judged("11010519491231002X", "11010519491231002x") == [False, False]


@pytest.mark.parametrize(
    "body", [f"410225198{n % 10}0{1 + n % 9}1{n % 9}{n:03}" for n in range(40)]
)
def test_only_the_right_check_character_passes(body: str) -> None:
    found = judged(*(body + check for check in ID_CHECKS))
    assert found == [check != oracle(body) for check in ID_CHECKS]


@pytest.mark.parametrize(
    "number",
    [
        None,
        "P4102250000001",
        "410225850307123",  # fifteen digits: before 1999
        "41022519850307123",
        "410225198513071234",  # no such month: a number of the fund's own
        "410225179903071234",
        "41022519850307123Y",
        "4102251985030712345",
        "010225198503071234",
        "41\u0660225198503071234",  # a digit of another script
    ],
)
def test_other_numbers_are_not_judged(number: str | None) -> None:
    assert judged(number) == [False]


def test_a_wrong_number_refuses_the_row_and_is_not_told() -> None:
    right = "4102251985030712" + "3"
    wrong = right + ("1" if oracle(right) != "1" else "2")
    rows = pl.DataFrame(
        {"_file": [1, 1, 1], "_row": [2, 3, 4], "person": [wrong, right + oracle(right), None]},
        schema_overrides={"_file": pl.UInt32},
    ).with_columns(_sheet=pl.lit(None, dtype=pl.String), referral_id=pl.lit("R"))
    rows = rows.with_columns(
        referred_on=pl.lit("2025-01-02"), direction=pl.lit("上转"), from_institution=pl.lit("T1")
    )
    found = typed(rows, sources()["referrals"]).select("_reason", "_column", "_detail").rows()
    assert found == [("ID_INVALID", "person", None), (None, None, None), (None, None, None)]


@pytest.mark.parametrize(
    ("header", "reason"),
    [("个人编号", None), ("证件号码", "ID_INVALID"), ("身份证号", "ID_INVALID")],
)
def test_digits_of_a_document_have_a_birthday_and_their_count(
    header: str, reason: str | None
) -> None:
    """Under 个人编号 they may be the fund's own number."""
    index = HeaderIndex(sources()["referrals"])
    (name,) = index.match([header]).positions
    assert index.type_of(name) == "code"
    wrong = ["410225198513071234", "410225851307123", "41022519850307123", "4102251985030712345"]
    wrong += ["41022519850X307123", "4102258503071234", "41\u0660225198503071234"]
    others = ["P410225", "410225850307123", "H1234567800", "12345678", None]
    numbers = [*wrong, *others]
    rows = pl.DataFrame({"_row": range(len(numbers)), name: numbers}).with_columns(
        referral_id=pl.lit("R"),
        referred_on=pl.lit("2025-01-02"),
        direction=pl.lit("上转"),
        from_institution=pl.lit("T1"),
    )
    expected = [reason] * len(wrong) + [None] * len(others)
    assert typed(rows, sources()["referrals"])["_reason"].to_list() == expected


@pytest.mark.parametrize(
    ("birth", "reason"),
    [
        ("20250101", None),
        ("20250102", None),  # on the day of the referral
        ("20250103", "ID_INVALID"),
        ("20900101", "ID_INVALID"),
    ],
)
def test_nobody_is_born_after_the_day_of_the_event(birth: str, reason: str | None) -> None:
    number = f"410225{birth}123"
    rows = pl.DataFrame(
        {"_row": [2], "referral_id": ["R"], "person": [number + oracle(number)]}
    ).with_columns(
        referred_on=pl.lit("2025-01-02"), direction=pl.lit("上转"), from_institution=pl.lit("T1")
    )
    found = typed(rows, sources()["referrals"]).select("_reason", "_detail").row(0)
    assert found == (reason, None)


def test_an_earlier_fault_of_a_row_is_told_before_the_birth() -> None:
    number = "41022520900101123"
    rows = pl.DataFrame(
        {"_row": [2], "referral_id": ["R"], "person": [number + oracle(number)]}
    ).with_columns(
        referred_on=pl.lit("2025-01-02"), direction=pl.lit("左转"), from_institution=pl.lit("T1")
    )
    found = typed(rows, sources()["referrals"])["_reason"].to_list()
    assert found == ["UNKNOWN_CODE"]
