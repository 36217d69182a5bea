"""Refused rows as they are published: where and why, never what."""

from __future__ import annotations

import polars as pl

from pipeline.contracts.ledger import LedgerFile, Rejected
from pipeline.contracts.marts import RejectedRows
from pipeline.marts import rejected_rows
from pipeline.marts.rejected_rows import Refused


def row(file_id: int, number: int, *, reason: str = "BAD_DATE", sheet: str | None = None) -> dict:
    return {
        "file_id": file_id,
        "source": "clinics",
        "file": f"clinics/{file_id}.xlsx",
        "sheet": sheet,
        "row": number,
        "column": "验收日期",
        "reason": reason,
        "detail": "05/01/2024",
        "message_zh": "文件clinics第3行验收日期05/01/2024不是日期。",
    }


def refused(rows: list[dict], *, hashes: dict[int, str]) -> Refused:
    empty = LedgerFile.create_empty()
    blank = dict.fromkeys(empty.columns)
    files = [{**blank, "file_id": n, "sha256": text} for n, text in hashes.items()]
    return Refused(
        rows=pl.DataFrame(rows, schema=Rejected.create_empty().schema),
        files=pl.DataFrame(files, schema=empty.schema),
    )


def test_a_row_is_told_by_place_and_reason_without_its_value() -> None:
    found = rejected_rows.build(refused([row(1, 3, sheet="甲")], hashes={1: "aa"})).collect()
    assert found.to_dicts() == [
        {
            "source": "clinics",
            "file_sha256": "aa",
            "sheet": "甲",
            "row": 3,
            "column": "验收日期",
            "reason": "BAD_DATE",
        }
    ]
    RejectedRows.validate(found, cast=False)


def test_duplicates_are_no_faults() -> None:
    rows = [row(1, 3, reason="DUPLICATE_ROW"), row(1, 4, reason="DUPLICATE_KEY"), row(1, 5)]
    found = rejected_rows.build(refused(rows, hashes={1: "aa"})).collect()
    assert found["row"].to_list() == [5]


def test_the_name_and_the_order_of_files_do_not_matter() -> None:
    one = refused([row(1, 9), row(2, 4), row(1, 3)], hashes={1: "bb", 2: "aa"})
    other = refused([row(5, 3), row(5, 9), row(7, 4)], hashes={5: "bb", 7: "aa"})
    first, second = (rejected_rows.build(x).collect() for x in (one, other))
    assert first.equals(second)
    assert first["row"].to_list() == [4, 3, 9]


def test_two_files_of_one_content_are_told_once() -> None:
    found = rejected_rows.build(refused([row(1, 3), row(2, 3)], hashes={1: "aa", 2: "aa"}))
    assert found.collect().height == 1


def test_of_a_file_that_is_wrong_throughout_the_first_rows_are_told() -> None:
    most = rejected_rows.MOST_OF_A_FILE
    rows = [row(1, number) for number in range(most + 5, 0, -1)] + [row(2, 1)]
    found = rejected_rows.build(refused(rows, hashes={1: "aa", 2: "bb"})).collect()
    assert found["row"].to_list() == [*range(1, most + 1), 1]


def test_nothing_refused_is_an_empty_mart() -> None:
    assert rejected_rows.build(Refused()).collect().equals(RejectedRows.create_empty())
