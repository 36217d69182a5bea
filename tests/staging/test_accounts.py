from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import ContractError
from pipeline.ingest.batch import FileResult
from pipeline.ingest.files import RawFile
from pipeline.intake.accounts import counted, ledger_cells, ledger_files, rejected_rows, together
from pipeline.wording import reason_kind, reason_zh

ACCOUNT = {
    "_file": pl.UInt32,
    "_sheet": pl.String,
    "_row": pl.Int64,
    "_reason": pl.String,
    "_column": pl.String,
    "_detail": pl.String,
    "_warning": pl.String,
    "_county": pl.String,
    "_month": pl.Date,
}
NOTHING_REPLACED = pl.DataFrame(schema={"_file": pl.UInt32, "superseded_by": pl.String})


@pytest.fixture
def result() -> Callable[..., FileResult]:
    def make(name: str = "a_202502.csv", rows_read: int = 1, **more: object) -> FileResult:
        file = RawFile(path=Path(name), name=name, source="referrals", sha256="0" * 64)
        return FileResult(file=file, file_id=1, rows_read=rows_read, **more)  # type: ignore[arg-type]

    return make


def accounts(*rows: dict[str, object]) -> pl.DataFrame:
    base = {"_file": 1, "_row": 2}
    return pl.DataFrame([base | row for row in rows], schema=ACCOUNT)


def tally(*rows: dict[str, object]) -> pl.DataFrame:
    return counted(accounts(*rows)).tally


def test_a_lost_row_is_a_fault_of_ours(result: Callable[..., FileResult]) -> None:
    with pytest.raises(ContractError, match="对不上账"):
        ledger_files("referrals", [result(rows_read=2)], tally({}), NOTHING_REPLACED)


def test_warnings_of_the_file_and_of_rows_are_counted(result: Callable[..., FileResult]) -> None:
    file = result(rows_read=2, warnings=("HIDDEN_SHEET", "HIDDEN_SHEET"))
    rows = tally({"_warning": "REGION_STALE"}, {"_warning": "REGION_STALE"})
    frame = ledger_files("referrals", [file], rows, NOTHING_REPLACED)
    assert frame["warnings"].to_list() == ["HIDDEN_SHEET:2 REGION_STALE:2"]


@pytest.mark.parametrize(
    ("name", "rows", "month"),
    [
        ("a_202502.csv", [{"_month": date(2024, 1, 1)}, {}], date(2024, 1, 1)),
        ("a_202502.csv", [{}], date(2025, 2, 1)),
        ("a.csv", [{}], date(2025, 6, 1)),
    ],
)
def test_a_row_without_month_counts_in_the_files(
    result: Callable[..., FileResult],
    name: str,
    rows: list[dict[str, object]],
    month: date,
) -> None:
    cells = ledger_cells("referrals", [result(name)], tally(*rows), as_of=date(2025, 6, 30))
    assert cells["month"].unique().to_list() == [month]
    assert cells["accepted"].sum() == len(rows)


def test_rows_refused_at_the_line_are_part_of_the_accounts(
    result: Callable[..., FileResult],
) -> None:
    refused = pl.DataFrame(
        {"_file": [1], "_sheet": [None], "_row": [9], "_reason": ["RAGGED"]},
        schema={k: ACCOUNT[k] for k in ("_file", "_sheet", "_row", "_reason")},
    )
    files = [result(refused=refused, rows_read=2)]
    whole = together([counted(accounts({}))], files)
    assert rejected_rows("referrals", files, whole.refused).select("row", "reason").rows() == [
        (9, "RAGGED")
    ]
    ledger = ledger_files("referrals", files, whole.tally, NOTHING_REPLACED)
    assert ledger.select("accepted", "rejected", "duplicates").row(0) == (1, 1, 0)


def test_parts_give_the_ledger_of_the_whole(result: Callable[..., FileResult]) -> None:
    """Months of equal weight in different parts: the earlier one is the file's main month."""
    rows: list[dict[str, object]] = [
        {"_month": date(2025, 2, 1), "_county": "410225"},
        {"_month": date(2025, 1, 1), "_county": "410225"},
        {"_month": date(2025, 1, 1), "_reason": "BAD_DATE", "_column": "referred_on"},
        {"_month": date(2025, 2, 1), "_reason": "DUPLICATE_KEY"},
        {},
    ]
    files = [result(rows_read=5)]
    whole = together([counted(accounts(*rows))], files)
    parts = together([counted(accounts(row)) for row in rows], files)
    ledgers = [
        (
            ledger_files("referrals", files, each.tally, NOTHING_REPLACED).rows(),
            ledger_cells("referrals", files, each.tally, as_of=date(2025, 6, 30)).rows(),
            rejected_rows("referrals", files, each.refused).rows(),
        )
        for each in (whole, parts)
    ]
    assert ledgers[0] == ledgers[1]
    cells = ledger_cells("referrals", files, parts.tally, as_of=date(2025, 6, 30))
    columns = ("county_code", "month", "accepted", "rejected", "duplicates", "reasons")
    assert cells.select(columns).rows() == [
        ("", date(2025, 1, 1), 1, 1, 0, "BAD_DATE:1"),
        ("", date(2025, 2, 1), 0, 0, 1, "DUPLICATE_KEY:1"),
        ("410225", date(2025, 1, 1), 1, 0, 0, ""),
        ("410225", date(2025, 2, 1), 1, 0, 0, ""),
    ]


def test_rows_of_a_replaced_batch_are_duplicates_in_words_of_their_own(
    result: Callable[..., FileResult],
) -> None:
    file, whole = result(rows_read=2), counted(accounts({"_reason": "REPLACED"}, {}))
    assert ledger_files("referrals", [file], whole.tally, NOTHING_REPLACED).select(
        "accepted", "rejected", "duplicates"
    ).row(0) == (1, 0, 1)
    cells = ledger_cells("referrals", [file], whole.tally, as_of=date(2025, 6, 30))
    assert cells["reasons"].to_list() == ["REPLACED:1"]
    (row,) = rejected_rows("referrals", [file], whole.refused).iter_rows(named=True)
    assert row["reason"] == "DUPLICATE_KEY"
    assert "已被新批次替换" in row["message_zh"]
    assert reason_kind("REPLACED") == "duplicates"
    assert "已被新批次替换" in str(reason_zh("REPLACED"))


def test_sums_are_of_accepted_rows_and_of_columns_that_the_file_has(
    result: Callable[..., FileResult],
) -> None:
    rows = accounts({"_reason": "RANGE"}, {}, {}).with_columns(
        total=pl.Series([9, 100, -1]), cash=pl.Series([None, None, None], dtype=pl.Int64)
    )
    for labels, told in (({"total": "总费用"}, "total:99"), ({}, "")):
        files = [result(rows_read=3, labels=labels)]
        frame = ledger_files("referrals", files, counted(rows).tally, NOTHING_REPLACED)
        assert frame["sums"].to_list() == [told]
    both = labels | {"cash": "现金支付", "total": "总费用"}
    frame = ledger_files(
        "referrals", [result(rows_read=3, labels=both)], counted(rows).tally, NOTHING_REPLACED
    )
    assert frame["sums"].to_list() == ["total:99 cash:0"]
