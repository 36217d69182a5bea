"""The command line when something fails: one sentence, an exit code, nothing of the data."""

from __future__ import annotations

import io
import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from polars.exceptions import PanicException

from pipeline import __main__ as command_line
from pipeline import snapshots
from pipeline.errors import UsageError

Capture = pytest.CaptureFixture[str]


def failing_with(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (KeyError("410221 张三"), (4, "程序出错（KeyError，test_failing_commands.py fail）")),
        (PanicException("410221 张三"), (4, "程序出错（PanicException，")),
        (MemoryError(), (6, "内存不足")),
        (OSError(28, "No space left on device", "x.parquet"), (6, "x.parquet 失败：磁盘已满")),
        (OSError("odd"), (6, "odd")),
        (KeyboardInterrupt(), (130, "已中断")),
    ],
)
def test_a_fault_of_ours_is_a_sentence_without_values_of_the_data(
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    error: BaseException,
    fault: tuple[int, str],
) -> None:
    code, said = fault
    monkeypatch.delenv("PIPELINE_DEBUG", raising=False)
    monkeypatch.setattr(snapshots, "list_snapshots", failing_with(error))
    assert run("list", "--json") == code
    printed = capsys.readouterr()
    assert said in printed.err
    assert "张三" not in printed.err + printed.out
    assert json.loads(printed.out)["exit_code"] == code


def test_a_fault_of_ours_is_shown_whole_when_asked(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_DEBUG", "1")
    monkeypatch.setattr(snapshots, "list_snapshots", failing_with(KeyError("x")))
    with pytest.raises(KeyError):
        run("list")


def test_an_answer_nobody_reads_to_its_end_ends_quietly(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced: list[int] = []
    monkeypatch.setattr("os.dup2", lambda _, descriptor: replaced.append(descriptor))
    monkeypatch.setattr(snapshots, "list_snapshots", failing_with(BrokenPipeError()))
    assert run("list") == 0
    assert replaced == [1]


def test_a_complaint_of_another_kind_is_passed_on() -> None:
    with pytest.raises(UsageError, match="something else"):
        command_line.Parser(prog="p").error("something else")


def test_the_module_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["pipeline", "list", "--marts", str(tmp_path)])
    monkeypatch.delitem(sys.modules, "pipeline.__main__")
    with pytest.raises(SystemExit) as done:
        runpy.run_module("pipeline", run_name="__main__")
    assert done.value.code == 0


@pytest.mark.parametrize("encoding", ["ascii", "gb18030", "utf-8"])
def test_the_object_is_json_on_every_terminal(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    assert run("list") == 0
    out.flush()
    sentence = out.buffer.getvalue()  # type: ignore[attr-defined]
    assert ("还没有发布过快照" in sentence.decode(encoding)) == (encoding != "ascii")
    assert run("check", "没有", "--json") == 2
    out.flush()
    answer = out.buffer.getvalue()[len(sentence) :]  # type: ignore[attr-defined]
    assert json.loads(answer.decode("utf-8"))["error"] == "没有没有这个文件或文件夹。"


def test_a_fault_of_ours_names_the_files_it_befell_but_not_what_libraries_note(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    error = KeyError("张三")
    error.add_note("正在读取clinics/a.xlsx")
    error.add_note("value 张三")
    monkeypatch.delenv("PIPELINE_DEBUG", raising=False)
    monkeypatch.setattr(snapshots, "list_snapshots", failing_with(error))
    assert run("list") == 4
    printed = capsys.readouterr().err
    assert "，正在读取clinics/a.xlsx）" in printed
    assert "张三" not in printed
