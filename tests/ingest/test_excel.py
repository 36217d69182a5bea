from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.ingest.cells.marks import CELL_ERROR
from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks.excel import ExcelReader
from pipeline.ingest.workbooks.sheets import to_grid

from .conftest import small_source
from .workbooks import SPOILED, far_cell, far_formats, ledger, workbook

SHEET = {"name": "x", "visible": True, "merges": [], "marks": [], "hidden": []}


def read(path: Path, excel: ExcelReader, index: HeaderIndex) -> list[Grid]:
    return excel.read(path, index)


def test_a_county_workbook_keeps_its_row_numbers(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    (grid,) = read(workbook(tmp_path / "a.xlsx", ledger), excel, index)
    assert grid.header == ("编码", "老年人/人数", "老年人/签约数", "名称")
    assert (grid.sheet, grid.title) == ("城关镇", "台账（截至2025年6月30日） 单位：元")
    assert grid.cells.select("_row", "c0", "c1", "c2", "c3").rows() == [
        (5, "0012", "5", "4", "合并的名称"),
        (6, "0013", "6", "5", "合并的名称"),
    ]


PACKED_UNDER_WINDOWS = os.fsdecode("台账.xlsx".encode("gb18030"))


@pytest.mark.parametrize("name", ["a.xls", "a.et", "a.csv", PACKED_UNDER_WINDOWS])
def test_the_content_of_a_workbook_counts_not_its_name(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex, name: str
) -> None:
    (grid,) = read(workbook(tmp_path / "a.xlsx", ledger).rename(tmp_path / name), excel, index)
    assert grid.cells["c0"].to_list() == ["0012", "0013"]


def test_rows_and_merges_stay_in_place_when_the_first_column_is_empty(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(3, 2, ["编码", "名称"])
        sheet.write(4, 2, "1")
        sheet.merge_range(4, 3, 5, 3, "甲")
        sheet.write(5, 2, "2")

    (grid,) = read(workbook(tmp_path / "a.xlsx", fill), excel, index)
    assert grid.cells.select("_row", "c0", "c1").rows() == [(5, "1", "甲"), (6, "2", "甲")]


def test_error_cells_keep_their_text_and_numbers_their_digits(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编码", "原值", "日期"])
        sheet.write(1, 0, "1")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write(1, 2, 45838)
        sheet.write_row(2, 0, ["2", 0.1])

    (grid,) = read(workbook(tmp_path / "a.xlsx", fill), excel, index)
    assert grid.cells.select("c1", "c2").rows() == [
        (f"{CELL_ERROR}#DIV/0!", "45838"),
        ("0.1", None),
    ]


def test_hidden_and_note_sheets_are_not_read(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("说明").write(0, 0, "请勿修改")
        book.add_worksheet("空")
        for name in ("甲乡", "乙乡", "旧"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["编码", "名称"])
            sheet.write_row(1, 0, ["1", name])
        sheet.hide()

    grids = excel.read(workbook(tmp_path / "a.xlsx", fill), index)
    assert [(grid.sheet, grid.is_visible) for grid in grids] == [
        ("甲乡", True),
        ("乙乡", True),
        ("旧", False),
    ]


def test_a_workbook_without_a_known_header_is_refused(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda book: book.add_worksheet().write(0, 0, "x"))
    with pytest.raises(FileRefused) as refused:
        read(path, excel, index)
    assert refused.value.code == "HEADER_MISSING"


def test_a_workbook_of_empty_sheets_is_empty(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda book: book.add_worksheet("空"))
    with pytest.raises(FileRefused, match="没有数据行"):
        excel.read(path, index)


@pytest.mark.parametrize(("spoil", "code"), SPOILED)
def test_a_spoiled_workbook_is_refused_with_its_reason(
    tmp_path: Path,
    excel: ExcelReader,
    index: HeaderIndex,
    spoil: Callable[[bytes], bytes],
    code: str,
) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(FileRefused) as refused:
        read(path, excel, index)
    assert refused.value.code == code


def test_a_stray_cell_in_the_far_corner_is_a_refusal_not_a_crash(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    with pytest.raises(FileRefused) as refused:
        read(far_cell(tmp_path / "a.xlsx"), excel, index)
    assert refused.value.code == "RESOURCE_LIMIT"


def test_colours_far_out_are_no_cells(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    [painted] = read(far_formats(tmp_path / "a.xlsx"), excel, index)
    [plain] = read(workbook(tmp_path / "b.xlsx", ledger), excel, index)
    assert painted.cells.rows() == plain.cells.rows()


def test_merges_and_errors_outside_the_used_range_are_passed_over() -> None:
    frame = pl.DataFrame({"c0": ["编码", "1"], "c1": ["名称", "甲"]})
    sheet = SHEET | {"merges": [[9, 0, 9, 1], [1, 5, 2, 6]], "marks": [[2, 7, "x"]]}
    grid = to_grid(frame, sheet, HeaderIndex(small_source()))
    assert grid is not None
    assert grid.cells.select("c0", "c1").rows() == [("1", "甲")]


def test_rows_whose_first_cell_is_blank_are_judged_by_the_next() -> None:
    frame = pl.DataFrame(
        {
            "c0": ["序号", "1", None, " ", None],
            "c1": ["编码", "a", "b", "合计", None],
            "c2": ["名称", "甲", "乙", "2", " "],
        }
    )
    grid = to_grid(frame, SHEET, HeaderIndex(small_source()))
    assert grid is not None
    assert grid.cells.select("_row", "c1").rows() == [(2, "a"), (3, "b")]


def test_merged_cells_far_below_the_header_are_filled(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编码", "名称"])
        for row in range(1, 41):
            sheet.write(row, 0, str(row))
        sheet.merge_range(30, 1, 31, 1, "甲")

    (grid,) = read(workbook(tmp_path / "a.xlsx", fill), excel, index)
    assert grid.cells.filter(pl.col("c1") == "甲")["_row"].to_list() == [31, 32]
