"""Which sheets of a workbook are read, and what its cells are besides their text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter

from pipeline.catalog.sources import SourceColumn
from pipeline.ingest.cells.marks import CELL_ERROR, FORMULA_NO_VALUE, PRECISION_LOSS
from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks import sheet_xml
from pipeline.ingest.workbooks.excel import ExcelReader
from pipeline.ingest.workbooks.excel_child import read_workbook

from .conftest import small_source
from .workbooks import workbook


@pytest.fixture
def events() -> HeaderIndex:
    return HeaderIndex(small_source(kind="events"))


def sheets_of(**sheets: list[list[object]]) -> Callable[[Any], None]:
    def fill(book: Any) -> None:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)

    return fill


HEADER: list[object] = ["编码", "名称"]
SAME = [HEADER, ["1", "甲"], ["2", "乙"], ["3", "丙"]]
OTHER = [HEADER, ["4", "丁"], ["3", "丙"], ["6", "戊"]]
SUMMARY: list[list[object]] = [["名称", "日期"], ["甲", "2025-01-01"]]


def grids(
    path: Path, fill: Callable[[Any], None], excel: ExcelReader, index: HeaderIndex
) -> list[Grid]:
    return excel.read(workbook(path / "a.xlsx", fill), index)


def test_sheets_of_different_events_are_read_together(
    tmp_path: Path, excel: ExcelReader, events: HeaderIndex
) -> None:
    found = grids(tmp_path, sheets_of(一月=SAME, 二月=OTHER), excel, events)
    assert [grid.sheet for grid in found] == ["一月", "二月"]


def test_the_same_events_on_two_sheets_are_ambiguous(
    tmp_path: Path, excel: ExcelReader, events: HeaderIndex, index: HeaderIndex
) -> None:
    fill = sheets_of(明细=SAME, 副本=[*SAME, ["9", "己"]])
    with pytest.raises(FileRefused) as refused:
        grids(tmp_path, fill, excel, events)
    assert refused.value.code == "SHEET_AMBIGUOUS"
    assert "“明细”和“副本”" in refused.value.note
    assert len(grids(tmp_path, fill, excel, index)) == 2  # a sheet per township may repeat a code


def test_a_sheet_without_the_number_of_the_event_is_a_summary(
    tmp_path: Path, excel: ExcelReader, events: HeaderIndex
) -> None:
    found = grids(tmp_path, sheets_of(汇总=SUMMARY, 明细=SAME), excel, events)
    assert [grid.sheet for grid in found] == ["明细"]
    alone = grids(tmp_path, sheets_of(汇总=SUMMARY), excel, events)
    assert [grid.sheet for grid in alone] == ["汇总"]


def test_a_sheet_that_only_counts_what_a_register_lists_is_left_out(
    tmp_path: Path, excel: ExcelReader
) -> None:
    named = [replace(c, required=c.id in ("code", "name", "price")) for c in small_source().columns]
    index = HeaderIndex(small_source(columns=tuple(named)))
    whole = [[*HEADER, "原值"], ["1", "甲", "2"]]
    found = grids(tmp_path, sheets_of(汇总=SUMMARY, 城关镇=whole, 葛岗镇=SAME), excel, index)
    assert [grid.sheet for grid in found] == ["城关镇", "葛岗镇"]  # the last one lacks a column
    alone = grids(tmp_path, sheets_of(汇总=SUMMARY, 葛岗镇=SAME), excel, index)
    assert [grid.sheet for grid in alone] == ["汇总", "葛岗镇"]


def test_what_a_cell_is_besides_its_text_is_marked(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 1, ["编码", "原值"])
        sheet.write_blank(0, 0, None, book.add_format({"bg_color": "red"}))
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 2, "=1+1")
        sheet.write_formula(3, 2, "=1+1", None, 2)
        sheet.write_string(4, 2, "#N/A")
        for row in range(1, 5):
            sheet.write_string(row, 1, str(row))
        sheet.write_number(6, 1, 410225199001011234)
        sheet.write_number(7, 1, 410225199001011)

    (grid,) = grids(tmp_path, fill, excel, index)
    assert grid.cells.select("c0", "c1").rows() == [
        ("1", f"{CELL_ERROR}#DIV/0!"),
        ("2", FORMULA_NO_VALUE),
        ("3", "2"),
        ("4", "#N/A"),
        (f"{PRECISION_LOSS}4.102251990010113E+17", None),
        ("410225199001011", None),
    ]


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#BUSY!", "#GETTING_DATA"])
def test_an_error_value_of_a_newer_excel_costs_its_cell_only(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex, error: str
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编码", "原值"])
        sheet.write_row(1, 0, ["#NULL!", 3])
        sheet.write_string(2, 0, "2")
        sheet.write_formula(2, 1, "=A1 A2", None, "#NULL!")

    path = tmp_path / "new.xlsx"
    with ZipFile(workbook(tmp_path / "old.xlsx", fill)) as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            # Its text in the shared strings stays what it is.
            change = error.encode() if name.startswith("xl/worksheets") else b"#NULL!"
            new.writestr(name, old.read(name).replace(b"#NULL!", change))
    (grid,) = excel.read(path, index)
    assert grid.cells.select("c0", "c1").rows() == [("#NULL!", "3"), ("2", f"{CELL_ERROR}{error}")]
    assert read_workbook(path)[0]["sheets"][0]["marks"] == [[3, 1, f"{CELL_ERROR}{error}"]]


def test_a_formula_that_another_program_wrote_has_no_value(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    book = openpyxl.Workbook()
    for row in (["编码", "原值"], ["1", "=SUM(1,2)"], ["2", 3]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (grid,) = excel.read(tmp_path / "a.xlsx", index)
    assert grid.cells["c1"].to_list() == [FORMULA_NO_VALUE, "3"]


def test_a_merged_amount_is_not_filled_down(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编码", "名称", "原值", "日期"])
        sheet.write_column(1, 0, ["1", "2"])
        sheet.merge_range(1, 1, 2, 1, "甲")
        sheet.merge_range(1, 2, 2, 2, 5)
        sheet.merge_range(1, 3, 2, 3, "2025-01-01")

    (grid,) = grids(tmp_path, fill, excel, index)
    assert grid.cells.select("c0", "c1", "c2", "c3").rows() == [
        ("1", "甲", "5", "2025-01-01"),
        ("2", "甲", None, "2025-01-01"),
    ]


def test_serial_numbers_of_the_1904_system_are_shifted(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path), {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编码", "日期"])
    sheet.write_column(1, 0, ["1", "2", "3"])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_datetime(1, 1, datetime(2025, 6, 30), day)  # noqa: DTZ001 - a workbook has no zone
    sheet.write_number(2, 1, (date(2025, 6, 30) - date(1904, 1, 1)).days)
    sheet.write_string(3, 1, "2025-06-30")
    book.close()
    (grid,) = excel.read(path, index)
    serial = str((date(2025, 6, 30) - date(1899, 12, 30)).days)
    assert grid.cells["c1"].to_list() == ["2025-06-30 00:00:00", serial, "2025-06-30"]


def test_each_date_column_of_a_1904_workbook_is_shifted_by_itself(
    tmp_path: Path, excel: ExcelReader
) -> None:
    later = SourceColumn(id="later", headers=("后来",), type="date")
    source = small_source(columns=(*small_source().columns, later))
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编码", "日期", "后来"])
    sheet.write_row(1, 0, ["1", 44_196, 44_257])
    sheet.write_row(2, 0, ["2", "", 44_257])
    book.close()
    (grid,) = excel.read(tmp_path / "a.xlsx", HeaderIndex(source))
    assert grid.cells.select("c1", "c2").rows() == [("45658", "45719"), (None, "45719")]


def test_a_1904_workbook_without_dates_is_read_as_it_is(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"date_1904": True})
    book.add_worksheet().write_row(0, 0, ["编码", "名称"])
    book.worksheets()[0].write_row(1, 0, ["40000", "x"])
    book.close()
    (grid,) = excel.read(tmp_path / "a.xlsx", index)
    assert grid.cells["c0"].to_list() == ["40000"]


@pytest.mark.parametrize(("hidden", "expected"), [(2, True), (0, False)])
def test_hidden_rows_are_read_and_noticed_below_the_header_only(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex, hidden: int, expected: bool
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for at, row in enumerate(SAME):
            sheet.write_row(at, 0, row)
        sheet.set_row(hidden, None, None, {"hidden": True})

    (grid,) = grids(tmp_path, fill, excel, index)
    assert (grid.cells.height, grid.has_hidden_rows) == (3, expected)


def test_the_marks_of_the_child_are_those_of_the_grammar() -> None:
    own = (sheet_xml.ERROR, sheet_xml.NO_VALUE, sheet_xml.LOST_DIGITS)
    assert own == (CELL_ERROR, FORMULA_NO_VALUE, PRECISION_LOSS)


def sheet(cells: str, more: str = "") -> bytes:
    return f'<worksheet><sheetData><row r="1">{cells}</row></sheetData>{more}</worksheet>'.encode()


NOTHING: dict[str, list[Any]] = {"merges": [], "marks": [], "hidden": []}


@pytest.mark.parametrize(
    ("cells", "marked"),
    [
        ('<c r="A1"/>', []),
        ('<c r="B1" t="e"><v>#N/A</v></c>', [[1, 0, f"{CELL_ERROR}#N/A"]]),
        ('<c t="e" r="B1"></c><c r="C1"><v>1</v></c>', [[1, 0, CELL_ERROR]]),
        ('<c r="A1"/><c r="B1"><v>1</v></c><c r="C1"><f>B1</f></c>', [[1, 1, FORMULA_NO_VALUE]]),
        (
            '<c r="A1"><v>1</v></c><c r="C1"><f t="shared" si="0"/><v></v></c>',
            [[1, 2, FORMULA_NO_VALUE]],
        ),
        ('<c r="A1"><v>1</v></c><c r="C1" t="str"><f>B1</f><v></v></c>', []),
        ('<c r="A1"><v>1</v></c><c s="1"><f>B1</f></c>', [[0, 0, FORMULA_NO_VALUE]]),
        (
            '<c r="A1" s="2"><v>1234567890123456</v></c>',
            [[1, 0, f"{PRECISION_LOSS}1234567890123456"]],
        ),
        ('<c r="A1" t="s"><v>1234567890123456</v></c>', []),
        ('<c r="A1"><v>1234.56789012345678</v></c>', []),
    ],
)
def test_odd_cells_are_found_in_the_xml(cells: str, marked: list[list[Any]]) -> None:
    assert sheet_xml.layout(sheet(cells)) == NOTHING | {"marks": marked}


@pytest.mark.parametrize(
    "xml",
    [
        b'<x:c r="A1" t="e"><x:v>#N/A</x:v></x:c></x:row><x:mergeCell ref="A1:B2"/>',
        b"<x:c r='A1' t='e'><x:v>#N/A</x:v></x:c></x:row><x:mergeCell ref='A1:B2'/>",
    ],
)
def test_neither_a_prefix_nor_the_kind_of_quotes_matters(xml: bytes) -> None:
    top = b'<x:worksheet><x:row hidden="1" r="1">'
    assert sheet_xml.layout(top + xml) == {
        "merges": [[1, 0, 2, 1]],
        "marks": [[1, 0, f"{CELL_ERROR}#N/A"]],
        "hidden": [1],
    }
    assert b"str" in sheet_xml.with_errors_as_text(xml)


def far(cells: int, *, last: int) -> bytes:
    filled = "".join(f'<c r="A{row}"><v>1</v></c>' for row in range(1, cells + 1))
    return sheet(filled + f'<c r="C{last}"><v>1</v></c>') + (f'<row r="{last}">'.encode())


@pytest.mark.parametrize(
    ("cells", "last", "is_read"),
    [(10, 60_000, True), (10, 70_000, False), (12_000, 70_000, True)],
)
def test_a_large_grid_is_read_when_it_is_filled(cells: int, last: int, is_read: bool) -> None:
    assert (sheet_xml.layout(far(cells, last=last)) is not None) == is_read


def test_no_grid_is_larger_than_memory_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_xml, "MAX_CELLS", 20)
    assert sheet_xml.layout(far(5, last=7)) is None
