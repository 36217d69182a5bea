from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.errors import MachineError
from pipeline.ingest.batch import read_sources
from pipeline.ingest.cells.marks import CELL_ERROR
from pipeline.ingest.files import RawFile
from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks import excel as excel_module
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


def test_the_reader_lives_on_after_its_process_died(tmp_path: Path, index: HeaderIndex) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    with ExcelReader(time_limit=0.0) as hasty, pytest.raises(FileRefused) as refused:
        hasty.read(path, index)
    assert refused.value.code == "RESOURCE_LIMIT"
    with ExcelReader() as reader:
        assert len(reader.read(path, index)) == 1
        process = reader._all[0]._process
        assert process is not None
        process.kill()
        process.wait()
        assert len(reader.read(path, index)) == 1


def test_a_process_that_takes_its_time_to_die_does_not_take_the_next_workbook_along(
    tmp_path: Path, index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, mark = tmp_path / "child.py", tmp_path / "mark"
    script.write_text(
        f"import os, pathlib, sys, time\nmark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n"
        "    mark.touch(); print('ready', flush=True); input(); os.close(1); time.sleep(60)\n"
        f"sys.argv[1:] = {list(excel_module.CHILD[2:])!r}\n{excel_module.CHILD[1]}",
        encoding="utf-8",
    )
    monkeypatch.setattr(excel_module, "CHILD", (str(script),))
    path = workbook(tmp_path / "a.xlsx", ledger)
    with ExcelReader() as reader:
        with pytest.raises(FileRefused, match="限额"):
            reader.read(path, index)
        assert len(reader.read(path, index)) == 1


@pytest.mark.parametrize("start", ["raise SystemExit", "print('what?')", "import no_such_library"])
def test_a_process_that_never_gets_ready_is_a_fault_of_the_machine(
    tmp_path: Path, index: HeaderIndex, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    script, tries = tmp_path / "child.py", tmp_path / "tries"
    script.write_text(f"open({str(tries)!r}, 'a').write('x')\n{start}", encoding="utf-8")
    monkeypatch.setattr(excel_module, "CHILD", (str(script),))
    with ExcelReader() as reader, pytest.raises(MachineError, match="不是文件的问题") as fault:
        reader.read(workbook(tmp_path / "a.xlsx", ledger), index)
    assert (fault.value.exit_code, tries.read_text()) == (6, "xx")


def test_a_process_that_cannot_be_started_is_a_fault_of_the_machine(
    tmp_path: Path, index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with ExcelReader() as reader, pytest.raises(MachineError, match="路径不存在"):
        reader.read(workbook(tmp_path / "a.xlsx", ledger), index)


def test_a_machine_out_of_threads_is_not_told_as_a_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    path = workbook(tmp_path / "a.xlsx", ledger)
    file = RawFile(path=path, name="a.xlsx", source="income", sha256="0" * 64)
    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(MachineError, match="启动不了更多线程"):
        read_sources([file], key=b"k" * 32)


@pytest.mark.parametrize("times", [1, 2])
def test_a_process_killed_from_outside_is_tried_again_and_never_blamed_on_the_workbook(
    tmp_path: Path, index: HeaderIndex, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    script, tries = tmp_path / "child.py", tmp_path / "tries"
    script.write_text(
        f"import os, sys\nopen({str(tries)!r}, 'a').write('x')\n"
        f"if len(open({str(tries)!r}).read()) <= {times}:\n"
        "    print('ready', flush=True); input(); os.kill(os.getpid(), 9)\n"
        f"sys.argv[1:] = {list(excel_module.CHILD[2:])!r}\n{excel_module.CHILD[1]}",
        encoding="utf-8",
    )
    monkeypatch.setattr(excel_module, "CHILD", (str(script),))
    path = workbook(tmp_path / "a.xlsx", ledger)
    with ExcelReader() as reader:
        if times == 1:
            assert len(reader.read(path, index)) == 1
        else:
            with pytest.raises(MachineError, match=r"a\.xlsx时.*两次被系统终止"):
                reader.read(path, index)


def test_a_workbook_that_crashes_the_process_is_refused_itself(
    tmp_path: Path, index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "child.py"
    script.write_text("import os\nprint('ready', flush=True); input(); os.abort()\n")
    monkeypatch.setattr(excel_module, "CHILD", (str(script),))
    with ExcelReader() as reader, pytest.raises(FileRefused) as refused:
        reader.read(workbook(tmp_path / "a.xlsx", ledger), index)
    assert refused.value.code == "RESOURCE_LIMIT"


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


def test_an_answer_that_breaks_off_is_a_refusal(
    tmp_path: Path, index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "child.py"
    path = workbook(tmp_path / "a.xlsx", ledger)
    head = json.dumps({"sheets": [{"name": "x", "bytes": 9}]})
    for text in (f"print('{head}')", "print('no json')", "raise SystemExit"):
        script.write_text(f"print('ready', flush=True); input(); {text}", encoding="utf-8")
        monkeypatch.setattr(excel_module, "CHILD", (str(script),))
        with ExcelReader() as reader, pytest.raises(FileRefused) as refused:
            reader.read(path, index)
        assert refused.value.code == "RESOURCE_LIMIT"


def test_a_child_that_does_not_end_is_killed(
    tmp_path: Path, index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "child.py"
    script.write_text(
        "import time, sys\nprint('ready', flush=True)\nsys.stdin.readline()\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(excel_module, "CHILD", (str(script),))
    monkeypatch.setattr("pipeline.ingest.workbooks.excel.END_SECONDS", 0.1)
    reader = ExcelReader()
    process = reader._all[0]._started()
    reader.__exit__(None, None, None)
    assert process.poll() is not None


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


def test_a_reader_that_read_nothing_has_no_process_to_end() -> None:
    with ExcelReader() as reader:
        pass
    assert reader._all[0]._process is None
