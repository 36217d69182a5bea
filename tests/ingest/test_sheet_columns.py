"""Which columns a sheet has and how many cells: as a look at every cell says, for less."""

from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.workbooks import excel_child, sheet_xml
from pipeline.ingest.workbooks.excel_child import Refused, layouts_of

from .workbooks import ledger, workbook

LETTERS = ["A", "B", "C", "Z", "AA", "AB", "ZZ", "AAA", "XFD"]


def sheet(rows: list[list[str]], *, other: bool = False) -> bytes:
    """Write cells by their letters; `other` puts the place of the last one behind its format."""
    cells = [[f'<c r="{letter}{at}"><v>1</v></c>' for letter in row] for at, row in enumerate(rows)]
    text = "".join(f"<row>{''.join(row)}</row>" for row in cells)
    if other:
        text = re.sub(r'<c (r="[A-Z]+\d+")>(?!.*<c )', r'<c s="1" \1>', text)
    return f"<worksheet>{text}</worksheet>".encode()


def slow_columns(xml: bytes) -> set[bytes]:
    return {letters for letters, _ in re.findall(rb'<c [^>]*?\br="([A-Z]{1,3})(\d)', xml)}


@pytest.mark.parametrize("seed", range(12))
def test_the_columns_are_those_of_all_cells(seed: int) -> None:
    chance = random.Random(seed)
    rows = [chance.sample(LETTERS, chance.randint(0, 5)) for _ in range(20)]
    xml = sheet(rows, other=seed % 2 == 0)
    assert sheet_xml._columns(xml) == slow_columns(xml)


def test_a_cell_beyond_the_last_column_there_is_makes_the_sheet_too_large() -> None:
    xml = sheet([["A", "B"], ["A", "ZZZZ"]])
    assert sheet_xml._columns(xml) == {b"A", b"B", b"ZZZZ"}
    assert sheet_xml.layout(xml.replace(b"<row>", b'<row r="2">')) is None


def test_many_columns_are_all_found() -> None:
    row = [f"{a}{b}" for a in "ABC" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    assert sheet_xml._columns(sheet([row])) == {letters.encode() for letters in row}


@pytest.mark.parametrize("stretch", [1, 2, 3, 5, 7, 1_000])
def test_cells_are_counted_once_wherever_a_stretch_ends(
    stretch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_xml, "_STRETCH", stretch)
    assert sheet_xml._count_cells(sheet([["A", "B"]] * 5), enough=99) == 10


def test_counting_ends_when_there_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_xml, "_STRETCH", 30)
    assert 4 <= sheet_xml._count_cells(sheet([["A", "B"]] * 50), enough=4) < 10


def test_a_flipped_bit_in_a_sheet_is_seen_whether_the_workbook_names_it_or_not(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["xl/worksheets/left.xml"] = b"1234567890"
    for spoiled in ("xl/worksheets/sheet1.xml", "xl/worksheets/left.xml"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
            for name, data in entries.items():
                made.writestr(name, data)
        assert set(layouts_of(path)[0]) == {"城关镇"}
        data = path.read_bytes()
        at = data.index(entries[spoiled]) + 5
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(Refused, match="CORRUPT"):
            layouts_of(path)


def test_a_sheet_for_which_there_is_no_room_is_too_large_not_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(archive: zipfile.ZipFile) -> None:
        raise MemoryError

    monkeypatch.setattr(excel_child.sheet_xml, "book_parts", fail)
    with pytest.raises(MemoryError):
        layouts_of(workbook(tmp_path / "a.xlsx", ledger))
