from __future__ import annotations

import itertools
import shutil
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.contracts.staging import StagedSettlement
from pipeline.intake.examining import ORDER
from pipeline.intake.origin import NO_DAY
from pipeline.intake.taking_in import Intake, take_in
from pipeline.reference import Reference
from pipeline.staged.tables import SCHEMAS

from .conftest import KEY
from .rawfiles import DOCUMENT, HEADER, LINES, NAME, institutions, sent, settlements


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return sent(tmp_path / "raw")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the one intake writes to; tests only read it."""
    return tmp_path_factory.mktemp("taken") / "data"


@pytest.fixture(scope="module")
def intake(data: Path, reference: Reference) -> Intake:
    raw = sent(data.parent / "raw")
    return take_in(raw, data / "staged", reference=reference, key=KEY)


def test_every_row_of_every_file_is_accounted_for(intake: Intake) -> None:
    columns = ("file", "rows_read", "accepted", "rejected", "duplicates", "refusal", "warnings")
    assert intake.ledger_files.select(columns).rows() == [
        ("settlements/410200_结算_202503.csv", 6, 3, 2, 1, None, "REGION_STALE:1"),
        ("settlements/缺列.csv", 0, 0, 0, 0, "HEADER_MISSING", ""),
        ("institutions/名录_20250331.xlsx", 2, 1, 1, 0, None, ""),
    ]


def test_refused_rows_say_file_sheet_row_column_and_reason(intake: Intake) -> None:
    columns = ("file", "sheet", "row", "column", "reason", "detail")
    book, csv = "institutions/名录_20250331.xlsx", "settlements/410200_结算_202503.csv"
    assert intake.rejected.select(columns).rows() == [
        (csv, None, 4, "总费用", "BAD_NUMBER", "--"),
        (csv, None, 5, "结算ID", "DUPLICATE_ROW", None),
        (csv, None, 7, None, "RAGGED", None),
        (book, "名录", 3, "区划代码", "UNKNOWN_CODE", "没有的代码"),
    ]
    assert intake.rejected["message_zh"][0] == (
        f"文件{csv}，第4行，“总费用”列："
        "不是可读的数字，请只填阿拉伯数字（金额最多两位小数，负数不用括号）。"
    )
    refusal = intake.ledger_files["message_zh"][1]
    assert refusal.startswith("文件settlements/缺列.csv未采用：缺少必需的列")
    assert "个人编号" in refusal


def test_cells_add_up_to_the_files_and_name_county_month_and_reasons(intake: Intake) -> None:
    cells = intake.ledger_cells.filter(pl.col("source") == "settlements")
    columns = ("county_code", "month", "accepted", "rejected", "duplicates", "reasons")
    march = date(2025, 3, 1)
    assert cells.select(columns).rows() == [
        ("", march, 0, 1, 0, "RAGGED:1"),
        ("410225", march, 2, 1, 1, "BAD_NUMBER:1 DUPLICATE_ROW:1"),
        ("411603", march, 1, 0, 0, ""),
    ]
    counts = ("accepted", "rejected", "duplicates")
    assert intake.ledger_cells.select(counts).sum().row(0) == intake.ledger_files.select(
        counts
    ).sum().row(0)


def test_money_is_exact_and_the_as_of_date_is_the_datas(intake: Intake) -> None:
    settled = intake.tables["settlements"].collect()
    assert settled["total_fen"].sum() == 100_000 + 10 + 700
    assert intake.as_of == date(2025, 3, 31)


def test_staged_tables_keep_their_contracts_and_the_ledger_its_own(intake: Intake) -> None:
    assert set(intake.tables) == set(SCHEMAS)
    for name, table in intake.tables.items():
        schema = StagedSettlement if name == "settlements" else SCHEMAS[name]
        assert schema.is_valid(table.collect())
    assert LedgerFile.is_valid(intake.ledger_files)
    assert LedgerCell.is_valid(intake.ledger_cells)
    assert Rejected.is_valid(intake.rejected)


def _written(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_no_personal_value_is_in_anything_written(intake: Intake, data: Path) -> None:
    frames = [intake.rejected, intake.ledger_files, intake.ledger_cells]
    written = [path for path in _written(data) if path.suffix == ".parquet"]
    frames += [pl.read_parquet(path) for path in written]
    assert len(frames) > len(SCHEMAS)
    text = "\n".join(frame.write_json() for frame in frames)
    assert "S1" in text
    assert NAME not in text
    assert DOCUMENT not in text
    raw_bytes = b"".join(path.read_bytes() for path in _written(data))
    assert DOCUMENT.encode() not in raw_bytes


def test_staged_and_quarantine_are_private_and_settlements_are_by_month(
    intake: Intake, data: Path
) -> None:
    staged = data / "staged"
    for folder in (staged, staged / "settlements" / "ym=202503", data / "quarantine"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert pl.read_parquet(data / "quarantine" / "rejected.parquet").height == 4
    assert intake.tables["settlements"].collect().height == 3


def test_a_second_run_replaces_what_the_first_left(
    intake: Intake, data: Path, tmp_path: Path, reference: Reference
) -> None:
    folder = Path(shutil.copytree(data.parent, tmp_path / "taken"))
    settlements(folder / "raw" / "settlements" / "410200_结算_202503.csv", LINES[:1])
    again = take_in(folder / "raw", folder / "data" / "staged", reference=reference, key=KEY)
    assert again.tables["settlements"].collect().height == 1


def _content(intake_: Intake) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: sorted(table.drop("file_id", strict=False).collect().rows(), key=str)
        for name, table in intake_.tables.items()
    }


def test_names_order_and_split_of_files_do_not_matter(tmp_path: Path, reference: Reference) -> None:
    """The copies of S1 and S6 stand in other files each time; rows are spread in three ways."""
    lines = [*LINES[:5], f"S6,{DOCUMENT},{NAME},410225,T1,21,2025-03-06,5,1"]
    other = [f"S6,{DOCUMENT},{NAME},410225,T1,21,2025-03-06,5.00,1", LINES[0]]
    splits = [
        {"a": lines, "b": other},
        {"z": lines, "b": other},
        {"a": lines[::-1], "c": other[:1], "b": other[1:]},
    ]
    contents = []
    for at, split in enumerate(splits):
        raw = tmp_path / str(at) / "raw"
        institutions(raw / "institutions" / f"{at}_20250331.xlsx")
        for name, part in split.items():
            settlements(raw / "settlements" / f"{name}.csv", part)
        contents.append(
            _content(take_in(raw, tmp_path / str(at) / "staged", reference=reference, key=KEY))
        )
    for first, second in itertools.pairwise(contents):
        assert first == second


def test_fixing_a_file_gives_what_it_would_have_given(
    raw: Path, tmp_path: Path, reference: Reference
) -> None:
    good = [line.replace("--", "5.00") for line in LINES[:5]]
    settlements(raw / "settlements" / "410200_结算_202503.csv", LINES)
    take_in(raw, tmp_path / "one" / "staged", reference=reference, key=KEY)
    settlements(raw / "settlements" / "410200_结算_202503.csv", good)
    fixed = take_in(raw, tmp_path / "one" / "staged", reference=reference, key=KEY)
    fresh = take_in(raw, tmp_path / "two" / "staged", reference=reference, key=KEY)
    assert _content(fixed) == _content(fresh)


def test_no_files_give_empty_tables_and_no_day(tmp_path: Path, reference: Reference) -> None:
    intake = take_in(tmp_path, tmp_path / "staged", reference=reference, key=KEY)
    assert intake.as_of == NO_DAY
    assert intake.ledger_files.is_empty()
    assert all(table.collect().is_empty() for table in intake.tables.values())


def test_one_mistyped_year_does_not_set_the_as_of_date(
    raw: Path, tmp_path: Path, reference: Reference
) -> None:
    wrong = LINES[1].replace("S2", "S9").replace("2025-03-03", "2052-03-03")
    settlements(raw / "settlements" / "410200_结算_202503.csv", [*LINES[:2], wrong])
    intake = take_in(raw, tmp_path / "staged", reference=reference, key=KEY)
    assert intake.as_of == date(2025, 3, 31)
    assert intake.rejected.filter(pl.col("reason") == "FUTURE_DATE").height == 1


def test_a_batch_column_goes_before_the_name(
    raw: Path, tmp_path: Path, reference: Reference
) -> None:
    settlements(raw / "settlements" / "410200_结算_202503.csv", LINES[:4])
    header = f"{HEADER},上报批次"
    settlements(raw / "settlements" / "新.csv", [f"{LINES[0]},2"], header)
    intake = take_in(raw, tmp_path / "staged", reference=reference, key=KEY)
    files = intake.ledger_files.filter(pl.col("file").str.contains("202503.csv"))
    assert files["superseded_by"].to_list() == ["settlements/新.csv"]
    assert files.select("accepted", "rejected", "duplicates").row(0) == (0, 0, 4)


def test_progress_is_told_by_file_and_by_source(
    raw: Path, tmp_path: Path, reference: Reference
) -> None:
    told: list[tuple[str, int, int, int]] = []

    def note(stage: str, done: int, total: int, rows: int) -> None:
        told.append((stage, done, total, rows))

    take_in(raw, tmp_path / "staged", reference=reference, key=KEY, progress=note)
    read = [entry for entry in told if entry[0] == "read"]
    assert [entry[1:3] for entry in read] == [(1, 3), (2, 3), (3, 3)]
    assert read[-1][3] == 8
    assert [entry[1] for entry in told if entry[0] == "stage"] == list(range(1, len(ORDER) + 1))


def test_chunks_are_one_table(
    raw: Path, tmp_path: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlements(raw / "settlements" / "b.csv", [LINES[0].replace("S1", "S8")])
    whole = take_in(raw, tmp_path / "whole" / "staged", reference=reference, key=KEY)
    monkeypatch.setattr("pipeline.ingest.collector.CHUNK_ROWS", 1)
    parts = take_in(raw, tmp_path / "parts" / "staged", reference=reference, key=KEY)
    assert _content(parts) == _content(whole)
    assert parts.ledger_files.equals(whole.ledger_files)


def test_an_identity_number_that_strayed_into_another_column_is_masked(
    raw: Path, tmp_path: Path, reference: Reference
) -> None:
    stray = LINES[0].replace("2025-03-02", "410225199001011234").replace("S1", "S7")
    settlements(raw / "settlements" / "410200_结算_202503.csv", [LINES[0], stray])
    intake = take_in(raw, tmp_path / "staged", reference=reference, key=KEY)
    assert intake.rejected["detail"].to_list()[0] == "（已隐去）"
