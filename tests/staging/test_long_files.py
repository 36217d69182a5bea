"""A long text goes block by block, and gives what it gives as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.ingest import collector
from pipeline.ingest.files import find_files
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import is_long, read_in_blocks
from pipeline.ingest.texts.blocks import plain_blocks
from pipeline.intake.examining import examine, raw_files
from pipeline.intake.taking_in import Intake, take_in
from pipeline.reference import Reference
from tests.ingest.conftest import small_source

from .conftest import KEY
from .rawfiles import DOCUMENT, HEADER, LINES, NAME, register, settlements

MANY = [
    *LINES[:5],
    *(
        f"T{at},{DOCUMENT},{NAME},410225,T1,21,2025-03-{at % 28 + 1:02},{at}.00,1"
        for at in range(90)
    ),
    f"R1,{DOCUMENT},{NAME},410225,T1,21,2025-04-01,-7.00,-1",
    *LINES[:2],
    "合计,,,,,,,99,9",
    f"T5,{DOCUMENT},{NAME},410225,T1,21,2025-03-06,5.00,0",
]


def told(intake: Intake) -> list[Any]:
    """Return all that an intake tells."""
    tables = [table.collect().rows() for table in intake.tables.values()]
    ledger = [intake.ledger_files, intake.ledger_cells, intake.rejected]
    return [tables, [frame.rows() for frame in ledger], intake.as_of]


def small_blocks(patch: pytest.MonkeyPatch) -> None:
    """Cut everything that is cut small."""
    patch.setattr("pipeline.ingest.read.LONG", 0)
    patch.setattr("pipeline.ingest.texts.blocks.SHORT", 0)
    patch.setattr("pipeline.ingest.texts.blocks.BLOCK", 600)
    patch.setattr("pipeline.ingest.texts.blocks.PIECE", 200)
    patch.setattr("pipeline.ingest.texts.decode._PIECE", 200)
    patch.setattr("pipeline.ingest.collector.CHUNK_ROWS", 40)
    patch.setattr("pipeline.intake.files_in_parts.PART_ROWS", 20)
    patch.setattr("pipeline.staging.looks.KEPT", 50)


@pytest.mark.parametrize(
    ("lines", "is_cut"),
    [
        (MANY, True),
        ([*MANY[:60], "S9,一,二", *MANY[60:]], True),  # a line of three columns
        ([*MANY[:60], MANY[60].replace(NAME, f'"{NAME}"'), *MANY[61:]], True),
        ([*MANY[:60], MANY[60].replace(NAME, f'"{NAME}\n"'), *MANY[61:]], True),
        (["S9,一,二"] * 200, True),  # nothing but refused lines
        ([*MANY, "T99,一"], False),  # ends in the midst of a line
        ([], False),
    ],
)
def test_blocks_give_what_the_whole_gives(
    lines: list[str],
    is_cut: bool,
    tmp_path: Path,
    reference: Reference,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = tmp_path / "raw"
    register(raw / "institutions" / "名录_20250331.csv")
    path = raw / "settlements" / "410200_结算_202503.csv"
    header = f"{HEADER},没人认识的列"
    settlements(path, [f"{line}," if line.count(",") > 2 else line for line in lines], header)
    if lines and lines[-1] == "T99,一":
        path.write_bytes(path.read_bytes().rstrip(b"\n"))
    whole = told(take_in(raw, tmp_path / "whole" / "staged", reference=reference, key=KEY))
    small_blocks(monkeypatch)
    read: list[str] = []
    said = collector._said

    def watched(tables: Any) -> Any:
        read.append("blocks" if len(tables) > 1 else "whole")
        return said(tables)

    monkeypatch.setattr(collector, "_said", watched)
    blocks = take_in(raw, tmp_path / "blocks" / "staged", reference=reference, key=KEY)
    assert told(blocks) == whole
    assert ("blocks" in read) == is_cut
    again = take_in(raw, tmp_path / "blocks" / "staged", reference=reference, key=KEY)
    assert told(again) == whole
    checked = examine(raw_files(raw), reference=reference, key=KEY)
    assert checked.ledger_files.rows() == blocks.ledger_files.rows()
    assert checked.rejected.rows() == blocks.rejected.rows()


def test_only_long_texts_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.read.LONG", 3)
    for name, data in {
        "a.csv": "编码,名称\n".encode(),
        "b.csv": b"x\n",
        "c.csv": b"PAR1 and more",
        "d.csv": b"SQLite format 3\0 and more",
        "e.xlsx": b"PK\x03\x04 and more",
    }.items():
        (tmp_path / name).write_bytes(data)
    files = find_files(tmp_path, "small", root=tmp_path)
    assert [file.name for file in files if is_long(file)] == ["a.csv"]


def test_an_unknown_column_is_told_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_blocks(monkeypatch)
    rows = "".join(f"{at:04},设备,1,2025-03-01,x\n" for at in range(90))
    (tmp_path / "a.csv").write_text(f"编码,名称,原值(元),日期,别的\n{rows}", encoding="utf-8")
    with (tmp_path / "a.csv").open("rb") as handle:
        assert len(list(plain_blocks(handle))) > 2
    (file,) = find_files(tmp_path, "small", root=tmp_path)
    tables = list(read_in_blocks(file, HeaderIndex(small_source()), is_plain=True))
    assert [warning for table in tables for warning in table.warnings] == ["HEADER_EXTRA"]
    assert pl.concat(table.rows for table in tables)["_row"].to_list() == list(range(2, 92))


def test_a_long_file_that_cannot_be_read_in_blocks_is_read_as_a_whole(
    tmp_path: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "raw"
    register(raw / "institutions" / "名录_20250331.csv")
    settlements(raw / "settlements" / "410200_结算_202503.csv", MANY)
    whole = examine(raw_files(raw), reference=reference, key=KEY)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pipeline.ingest.read.LONG", 0)
    monkeypatch.setattr(collector, "read_in_blocks", fail)
    again = examine(raw_files(raw), reference=reference, key=KEY)
    assert again.ledger_files.rows() == whole.ledger_files.rows()
