from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import read_file
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks.excel import ExcelReader

from .conftest import small_source

Make = Callable[..., RawFile]


@pytest.fixture
def dated() -> HeaderIndex:
    return HeaderIndex(small_source(extract_column="day"))


def days(file: RawFile, index: HeaderIndex, excel: ExcelReader) -> list[object]:
    return read_file(file, index, excel=excel).rows["day"].to_list()


def test_the_column_goes_before_the_name_and_the_name_before_the_title(
    raw_file: Make, dated: HeaderIndex, excel: ExcelReader
) -> None:
    with_column = "编码,日期\n1,2025-01-31\n2,\n".encode()
    titled = "截至2025年3月31日\n编码,名称\n1,甲\n".encode()
    assert days(raw_file("a_20250228.csv", with_column), dated, excel) == [
        "2025-01-31",
        "2025-02-28",
    ]
    assert days(raw_file("b_20250228.csv", titled), dated, excel) == ["2025-02-28"]
    assert days(raw_file("c.csv", titled), dated, excel) == ["2025-03-31"]


def test_an_extract_without_any_date_is_refused(
    raw_file: Make, dated: HeaderIndex, excel: ExcelReader
) -> None:
    with pytest.raises(FileRefused) as refused:
        days(raw_file("a.csv", "编码,名称\n1,甲\n".encode()), dated, excel)
    assert refused.value.code == "MISSING_VALUE"


def test_a_file_with_a_header_and_no_row_is_empty(
    raw_file: Make, index: HeaderIndex, excel: ExcelReader
) -> None:
    for data in ("编码,名称\n", "编码,名称\n合计,3\n"):
        with pytest.raises(FileRefused) as refused:
            read_file(raw_file("a.csv", data.encode()), index, excel=excel)
        assert refused.value.code == "EMPTY"


def test_sheets_of_different_shape_are_one_table(
    raw_file: Make, index: HeaderIndex, excel: ExcelReader
) -> None:
    file = raw_file("a.xlsx")
    book: Any = xlsxwriter.Workbook(str(file.path))
    for name, header, row in (("甲乡", ["编码", "名称"], ["1", "x"]), ("乙乡", ["代码"], ["2"])):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, [*header, "日期"])
        sheet.write_row(1, 0, [*row, "2025-01-01"])
    book.close()
    table = read_file(file, index, excel=excel)
    assert table.rows.select("_sheet", "_row", "code", "name").rows() == [
        ("甲乡", 2, "1", "x"),
        ("乙乡", 2, "2", None),
    ]
    assert table.labels["code"] == "编码"


def test_a_sheet_without_a_required_column_refuses_the_workbook_and_is_named(
    raw_file: Make, index: HeaderIndex, excel: ExcelReader
) -> None:
    file = raw_file("a.xlsx")
    book: Any = xlsxwriter.Workbook(str(file.path))
    book.add_worksheet("甲乡").write_row(0, 0, ["名称", "日期"])
    book.close()
    with pytest.raises(FileRefused) as refused:
        read_file(file, index, excel=excel)
    assert refused.value.code == "HEADER_MISSING"
    assert "工作表“甲乡”" in refused.value.note


def test_the_content_decides_how_a_file_is_read(
    raw_file: Make, index: HeaderIndex, excel: ExcelReader, tmp_path: Path
) -> None:
    frame = pl.DataFrame({"编码": ["1"], "日期": [date(2025, 1, 1)]})
    frame.write_parquet(tmp_path / "a.dat")
    assert read_file(raw_file("a.dat"), index, excel=excel).rows["code"].to_list() == ["1"]
    book: Any = xlsxwriter.Workbook(str(tmp_path / "b.csv"))
    book.add_worksheet().write_row(0, 0, ["编码", "名称"])
    book.worksheets()[0].write_row(1, 0, ["9", "x"])
    book.close()
    assert read_file(raw_file("b.csv"), index, excel=excel).rows["code"].to_list() == ["9"]
    with pytest.raises(FileRefused) as refused:
        read_file(raw_file("c.parquet", b"x,y\n"), index, excel=excel)
    assert refused.value.code == "WRONG_FORMAT"


def test_unknown_columns_are_not_read_and_counted_as_a_warning(
    raw_file: Make, index: HeaderIndex, excel: ExcelReader
) -> None:
    table = read_file(raw_file("a.csv", "编码,甲,乙\n1,2,3\n".encode()), index, excel=excel)
    assert table.warnings == ("HEADER_EXTRA", "HEADER_EXTRA")
    assert set(table.rows.columns) == {"_sheet", "_row", "code"}


def hidden_book(path: Path, *, visible: list[str] | None = None) -> None:
    book: Any = xlsxwriter.Workbook(str(path))
    for name in visible or []:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["编码", "名称"])
        sheet.write_row(1, 0, [name, "x"])
    if not visible:
        book.add_worksheet("说明")
    hidden = book.add_worksheet("旧")
    hidden.write_row(0, 0, ["编码", "名称"])
    hidden.write_row(1, 0, ["1", "x"])
    hidden.write_row(2, 0, ["合计", "x"])
    hidden.hide()
    book.close()


@pytest.mark.parametrize(
    ("kind", "visible", "refused"),
    [
        ("registry", None, [("旧", 2, "HIDDEN_SHEET")]),
        ("registry", ["甲"], []),
        ("events", ["甲"], [("旧", 2, "HIDDEN_SHEET")]),
    ],
)
def test_rows_of_hidden_sheets_are_refused_where_every_row_counts(
    raw_file: Make,
    excel: ExcelReader,
    kind: str,
    visible: list[str] | None,
    refused: list[tuple[str, int, str]],
) -> None:
    file = raw_file("a.xlsx")
    hidden_book(file.path, visible=visible)
    table = read_file(file, HeaderIndex(small_source(kind=kind)), excel=excel)
    assert [(sheet, row.row, row.reason) for sheet, row in table.refused] == refused
    assert table.rows["code"].to_list() == (visible or [])
    assert table.warnings == ("HIDDEN_SHEET",)


@pytest.mark.parametrize(("kind", "refused"), [("events", [(3, "NONDATA_ROW")]), ("table", [])])
def test_totals_count_as_refused_in_lists_of_events_only(
    raw_file: Make, excel: ExcelReader, kind: str, refused: list[tuple[int, str]]
) -> None:
    file = raw_file("a.csv", "编码,名称\n1,甲\n合计,5\n".encode())
    table = read_file(file, HeaderIndex(small_source(kind=kind)), excel=excel)
    assert [(row.row, row.reason) for _, row in table.refused] == refused
    assert table.warnings == ("NONDATA_ROW",)
    assert table.rows_read == 1 + len(refused)


@pytest.mark.parametrize("line", ["3,合 计,", "3,小计：,5", ",总计,"])
def test_totals_behind_a_number_of_their_own_are_no_events(
    raw_file: Make, excel: ExcelReader, line: str
) -> None:
    text = f"序号,编码,名称\n1,A计1,合计\n2,累计2,\n{line}\n"
    for name in ("a.csv", "a.xlsx"):
        file = raw_file(name, text.encode())
        if name.endswith("xlsx"):
            with xlsxwriter.Workbook(str(file.path)) as book:
                filled(book, text)
        table = read_file(file, HeaderIndex(small_source(kind="events")), excel=excel)
        assert [(row.row, row.reason) for _, row in table.refused] == [(4, "NONDATA_ROW")]
        assert table.rows["code"].to_list() == ["A计1", "累计2"]
        assert table.warnings == ("NONDATA_ROW",)


def filled(book: Any, text: str) -> None:
    sheet = book.add_worksheet()
    for at, line in enumerate(text.splitlines()):
        sheet.write_row(at, 0, line.split(","))


def test_a_text_of_many_gigabytes_is_not_opened(
    raw_file: Make, index: HeaderIndex, excel: ExcelReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.ingest.read.MAX_BYTES", 10)
    with pytest.raises(FileRefused) as refused:
        read_file(raw_file("a.csv", "编码,名称\n1,甲\n".encode()), index, excel=excel)
    assert refused.value.code == "RESOURCE_LIMIT"


def test_hidden_rows_are_remarked_on(
    raw_file: Make, index: HeaderIndex, excel: ExcelReader
) -> None:
    file = raw_file("a.xlsx")
    book: Any = xlsxwriter.Workbook(str(file.path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编码", "名称"])
    sheet.write_row(1, 0, ["1", "x"])
    sheet.set_row(1, None, None, {"hidden": True})
    book.close()
    table = read_file(file, index, excel=excel)
    assert (table.warnings, table.rows_read) == (("HIDDEN_ROWS",), 1)
