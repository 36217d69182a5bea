from __future__ import annotations

import struct
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwt

from pipeline.ingest.cells.marks import CELL_ERROR, FORMULA_NO_VALUE, PRECISION_LOSS
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.workbooks import biff, ole
from pipeline.ingest.workbooks.excel import ExcelReader
from pipeline.ingest.workbooks.excel_child import Refused, layouts_of

from .old_books import old_book, old_ledger


def test_an_old_county_workbook_reads_as_a_new_one(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    (grid,) = excel.read(old_book(tmp_path / "a.xls", old_ledger), index)
    assert grid.header == ("编码", "老年人/人数", "老年人/签约数", "名称")
    assert grid.title == "台账（截至2025年6月30日）"
    assert grid.cells.select("_row", "c0", "c1", "c3").rows() == [
        (4, "0012", "5", "合并的名称"),
        (5, "0013", "6", "合并的名称"),
    ]
    assert (grid.left_out, grid.has_hidden_rows) == ((6,), True)


def test_an_old_workbook_with_the_name_of_a_new_one_is_read(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    path = old_book(tmp_path / "a.xls", old_ledger).rename(tmp_path / "a.xlsx")
    (grid,) = excel.read(path, index)
    assert grid.cells["c0"].to_list() == ["0012", "0013"]


def test_odd_cells_of_an_old_workbook_are_marked(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_sheet("一")
        for column, text in enumerate(["编码", "名称", "原值"]):
            sheet.write(0, column, text)
        sheet.write(1, 0, 410225199001011234)
        sheet.row(1).set_cell_error(2, "#DIV/0!")
        sheet.write(2, 0, xlwt.Formula("C1"))
        sheet.write(2, 1, xlwt.Formula("C1"))
        sheet.write(2, 2, True)
        sheet.write(3, 0, "3")

    (grid,) = excel.read(old_book(tmp_path / "a.xls", fill), index)
    assert grid.cells.select("c0", "c1", "c2").rows() == [
        (f"{PRECISION_LOSS}4.10225199001011e+17", None, f"{CELL_ERROR}#DIV/0!"),
        (FORMULA_NO_VALUE, None, "true"),  # a name may be nothing, a code may not
        ("3", None, None),
    ]


@pytest.mark.parametrize("is_1904", [False, True])
def test_both_date_systems_give_the_same_days(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex, is_1904: bool
) -> None:
    epoch = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)

    def fill(book: Any) -> None:
        sheet = book.add_sheet("一")
        sheet.write(0, 0, "编码")
        sheet.write(0, 1, "日期")
        styled = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        sheet.write(1, 0, "1")
        sheet.write(1, 1, date(2025, 6, 30), styled)
        sheet.write(2, 0, "2")
        sheet.write(2, 1, (date(2025, 6, 30) - epoch).days)

    (grid,) = excel.read(old_book(tmp_path / "a.xls", fill, is_1904=is_1904), index)
    serial = str((date(2025, 6, 30) - date(1899, 12, 30)).days)
    assert grid.cells["c1"].to_list() == ["2025-06-30 00:00:00", serial]


def test_a_cut_or_spoiled_old_workbook_is_refused_with_its_reason(tmp_path: Path) -> None:
    whole = old_book(tmp_path / "a.xls", old_ledger).read_bytes()
    path = tmp_path / "b.xls"
    endless = bytearray(whole)
    first = struct.unpack_from("<I", whole, 76)[0]
    struct.pack_into("<I", endless, (first + 1) * 512, 0)  # the first sector follows itself
    spoiled = {
        whole[:300]: "TRUNCATED",
        whole[:2_000]: "TRUNCATED",
        whole[: len(whole) - 600]: "TRUNCATED",
        bytes(endless): "CORRUPT",
        whole[:30] + b"\x03\x00" + whole[32:]: "CORRUPT",
        whole.replace("Workbook".encode("utf-16-le"), "Wordbook".encode("utf-16-le")): (
            "WRONG_FORMAT"
        ),
    }
    for data, code in spoiled.items():
        path.write_bytes(data)
        with pytest.raises(Refused, match=code):
            layouts_of(path)


def test_an_old_text_document_is_told_to_be_one(tmp_path: Path) -> None:
    whole = bytearray(old_book(tmp_path / "a.xls", old_ledger).read_bytes())
    at = whole.index("Workbook".encode("utf-16-le"))
    name = "WordDocument".encode("utf-16-le")
    whole[at : at + len(name)] = name
    struct.pack_into("<H", whole, at + 64, len(name) + 2)
    (tmp_path / "b.wps").write_bytes(whole)
    with pytest.raises(Refused, match="WRONG_FORMAT") as refused:
        layouts_of(tmp_path / "b.wps")
    assert "Word文档" in refused.value.note


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_an_encrypted_old_workbook_is_known_by_its_record() -> None:
    with pytest.raises(biff.PasswordError):
        biff.layouts(record(0x0809, struct.pack("<HH", 0x0600, 5)) + record(0x002F, bytes(6)))


def test_a_password_is_told_apart_from_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(stream: bytes) -> None:
        raise biff.PasswordError

    monkeypatch.setattr(biff, "layouts", locked)
    with pytest.raises(Refused, match="ENCRYPTED"):
        layouts_of(old_book(tmp_path / "a.xls", old_ledger))


def test_whoever_sends_a_workbook_of_before_1997_is_told_to_save_it_anew(
    tmp_path: Path,
) -> None:
    path = old_book(tmp_path / "a.xls", old_ledger)
    data = path.read_bytes()
    top = record(0x0809, struct.pack("<HH", 0x0600, 5))[:6]
    top, old = top[:2] + b"\x10\0" + top[4:], struct.pack("<H", 0x0500)
    path.write_bytes(data.replace(top, top[:4] + old, 1))
    with pytest.raises(Refused, match="WRONG_FORMAT") as refused:
        layouts_of(path)
    assert "另存为XLSX" in refused.value.note


def cell(row: int, column: int, rest: bytes) -> bytes:
    return struct.pack("<HHH", row, column, 0) + rest


@pytest.mark.parametrize(("value", "text"), [(0x2B, "#GETTING_DATA"), (0x2C, ""), (0xFE, "")])
def test_an_error_value_that_came_later_costs_its_cell_only(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex, value: int, text: str
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_sheet("一")
        for row, cells in enumerate((["编码", "原值"], ["1", 3], ["2"])):
            for column, content in enumerate(cells):
                sheet.write(row, column, content)
        sheet.row(2).set_cell_error(1, "#DIV/0!")

    path = old_book(tmp_path / "a.xls", fill)
    data = bytearray(path.read_bytes())
    data[data.index(struct.pack("<HH", 0x0205, 8)) + 10] = value
    path.write_bytes(data)
    (grid,) = excel.read(path, index)
    assert grid.cells["c1"].to_list() == ["3", f"{CELL_ERROR}{text}"]


def test_a_formula_with_an_unknown_error_costs_its_cell_only(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_sheet("一")
        for column, content in enumerate(["编码", "原值"]):
            sheet.write(0, column, content)
        sheet.write(1, 0, "1")
        sheet.write(1, 1, xlwt.Formula("A1"))

    path = old_book(tmp_path / "a.xls", fill)
    data = bytearray(path.read_bytes())
    result = data.index(struct.pack("<HH", 0x0006, 22 + 5)) + 10  # the formula is five bytes long
    data[result : result + 8] = b"\x02\0\x2d\0\0\0\xff\xff"
    path.write_bytes(data)
    (grid,) = excel.read(path, index)
    assert grid.cells.select("c0", "c1").rows() == [("1", CELL_ERROR)]


def test_results_of_formulas_are_told_apart() -> None:
    special = struct.pack("<B5xH", 2, 0xFFFF)
    of_error = special[:2] + b"\x07" + special[3:]
    of_text = struct.pack("<B5xH", 0, 0xFFFF)
    cells = (
        record(0x0006, cell(0, 0, of_error))
        + record(0x0006, cell(0, 1, of_text))
        + record(0x0006, cell(0, 2, struct.pack("<d", 1e15)))
        + record(0x0006, cell(0, 3, struct.pack("<d", 1.5)))
        + record(0x0205, cell(0, 4, b"\x2a\x01"))
        + record(0x0205, cell(0, 5, b"\x01\x00"))
    )
    name = struct.pack("<BB", 1, 0) + b"a"
    head_length = len(record(0x0809, bytes(4))) + len(record(0x0085, bytes(6) + name))
    stream = (
        record(0x0809, struct.pack("<HH", 0x0600, 5))
        + record(0x0085, struct.pack("<IBB", head_length + 4, 0, 0) + name)
        + record(0x000A)
        + cells
        + record(0x000A)
    )
    layouts, _ = biff.layouts(stream)
    assert layouts["a"]["marks"] == [
        [1, 0, f"{CELL_ERROR}#DIV/0!"],
        [1, 2, f"{PRECISION_LOSS}1e+15"],
        [1, 4, f"{CELL_ERROR}#N/A"],
    ]


def test_a_stream_shorter_than_it_says_is_cut(tmp_path: Path) -> None:
    data = bytearray(old_book(tmp_path / "a.xls", old_ledger).read_bytes())
    at = data.index("Workbook".encode("utf-16-le"))
    struct.pack_into("<I", data, at + 120, 1 << 24)
    with pytest.raises(ole.BrokenContainerError) as broken:
        ole.CompoundFile(bytes(data)).stream("Workbook")
    assert broken.value.is_cut


def test_the_layout_of_an_old_sheet_is_that_of_a_new_one(tmp_path: Path) -> None:
    layouts, facts = layouts_of(old_book(tmp_path / "a.xls", old_ledger))
    assert facts == {"is_1904": False}
    assert layouts["城关镇"]["hidden"] == [5]
    assert sorted(layouts["城关镇"]["merges"]) == [
        [1, 0, 1, 3],
        [2, 0, 3, 0],
        [2, 1, 2, 2],
        [2, 3, 3, 3],
        [4, 3, 5, 3],
    ]


def test_records_without_an_end_are_read_to_the_last() -> None:
    assert biff.layouts(record(0x0022, b"\x01\x00")) == ({}, {"is_1904": True})


@pytest.mark.parametrize(("column", "is_read"), [(2, True), (255, False)])
def test_a_stray_cell_in_the_corner_of_an_old_sheet_is_a_refusal(
    tmp_path: Path, column: int, is_read: bool
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_sheet("一")
        sheet.write(0, 0, "编码")
        sheet.write(65_535, column, "x")

    path = old_book(tmp_path / "a.xls", fill)
    if is_read:
        assert layouts_of(path)[0]["一"]["marks"] == []
    else:
        with pytest.raises(Refused, match="RESOURCE_LIMIT"):
            layouts_of(path)


def test_numbers_side_by_side_are_as_many_cells() -> None:
    numbers = struct.pack("<HH", 0, 2) + bytes(6 * 3) + struct.pack("<H", 4)
    sheet = biff._sheet(record(0x00BD, numbers) + record(0x000A), 0)
    assert (sheet.first, sheet.last, sheet.cells) == (2, 4, 3)
