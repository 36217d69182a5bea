"""The process that reads workbooks: what it does to itself, to a workbook, and to the run."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import MachineError
from pipeline.ingest.batch import read_sources
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks import excel as excel_module
from pipeline.ingest.workbooks.excel import ExcelReader

from .workbooks import ledger, workbook

OURS = f"sys.argv[1:] = {list(excel_module.CHILD[2:])!r}\n{excel_module.CHILD[1]}"
Stand = Callable[[str], None]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """Return how to put a script in the place of the reading process."""

    def put(text: str) -> None:
        script = tmp_path / "child.py"
        script.write_text(text, encoding="utf-8")
        monkeypatch.setattr(excel_module, "CHILD", (str(script),))

    return put


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
    tmp_path: Path, index: HeaderIndex, stand_in: Stand
) -> None:
    mark = tmp_path / "mark"
    stand_in(
        f"import os, pathlib, sys, time\nmark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n"
        "    mark.touch(); print('ready', flush=True); input(); os.close(1); time.sleep(60)\n"
        + OURS
    )
    path = workbook(tmp_path / "a.xlsx", ledger)
    with ExcelReader() as reader:
        with pytest.raises(FileRefused, match="限额"):
            reader.read(path, index)
        assert len(reader.read(path, index)) == 1


@pytest.mark.parametrize("start", ["raise SystemExit", "print('what?')", "import no_such_library"])
def test_a_process_that_never_gets_ready_is_a_fault_of_the_machine(
    tmp_path: Path, index: HeaderIndex, stand_in: Stand, start: str
) -> None:
    tries = tmp_path / "tries"
    stand_in(f"open({str(tries)!r}, 'a').write('x')\n{start}")
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
    tmp_path: Path, index: HeaderIndex, stand_in: Stand, times: int
) -> None:
    tries = tmp_path / "tries"
    stand_in(
        f"import os, sys\nopen({str(tries)!r}, 'a').write('x')\n"
        f"if len(open({str(tries)!r}).read()) <= {times}:\n"
        "    print('ready', flush=True); input(); os.kill(os.getpid(), 9)\n" + OURS
    )
    path = workbook(tmp_path / "a.xlsx", ledger)
    with ExcelReader() as reader:
        if times == 1:
            assert len(reader.read(path, index)) == 1
        else:
            with pytest.raises(MachineError, match=r"a\.xlsx时.*两次被系统终止"):
                reader.read(path, index)


def test_a_workbook_that_crashes_the_process_is_refused_itself(
    tmp_path: Path, index: HeaderIndex, stand_in: Stand
) -> None:
    stand_in("import os\nprint('ready', flush=True); input(); os.abort()\n")
    with ExcelReader() as reader, pytest.raises(FileRefused) as refused:
        reader.read(workbook(tmp_path / "a.xlsx", ledger), index)
    assert refused.value.code == "RESOURCE_LIMIT"


def test_an_answer_that_breaks_off_is_a_refusal(
    tmp_path: Path, index: HeaderIndex, stand_in: Stand
) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    head = json.dumps({"sheets": [{"name": "x", "bytes": 9}]})
    for text in (f"print('{head}')", "print('no json')", "raise SystemExit"):
        stand_in(f"print('ready', flush=True); input(); {text}")
        with ExcelReader() as reader, pytest.raises(FileRefused) as refused:
            reader.read(path, index)
        assert refused.value.code == "RESOURCE_LIMIT"


def test_a_child_that_does_not_end_is_killed(
    stand_in: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in("import time, sys\nprint('ready', flush=True)\nsys.stdin.readline()\ntime.sleep(60)\n")
    monkeypatch.setattr("pipeline.ingest.workbooks.excel.END_SECONDS", 0.1)
    reader = ExcelReader()
    process = reader._all[0]._started()
    reader.__exit__(None, None, None)
    assert process.poll() is not None


def test_a_reader_that_read_nothing_has_no_process_to_end() -> None:
    with ExcelReader() as reader:
        pass
    assert reader._all[0]._process is None
