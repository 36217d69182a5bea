"""Workbooks to grids; they are opened in a child process only, which may die."""

from __future__ import annotations

import contextlib
import io
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from pipeline.errors import MachineError, why_zh
from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks import READY
from pipeline.ingest.workbooks.sheets import grids_of

# An isolated interpreter finds no package of ours by itself.
CHILD = (
    "-c",
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from pipeline.ingest.workbooks.excel_child import main; main()",
    str(Path(__file__).resolve().parents[3]),
)
# A process that is dying, or out of room, would refuse the next workbook as well.
_WEARS_OUT = ("RESOURCE_LIMIT", "CORRUPT")
# Arrow's own allocator sets a gigabyte of addresses aside: half of what the process may have.
_ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
TIME_LIMIT_SECONDS = 120.0
READY_SECONDS = 60.0
DYING_SECONDS = 1.0
END_SECONDS = 5.0
ATTEMPTS = 2


class _KilledError(Exception):
    """The process was killed from outside, as a system out of memory does."""


class _Child:
    """One reading process, started on first use and again after its death."""

    def __init__(self, time_limit: float) -> None:
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the process; a new one has said that it is ready.

        Raises:
            MachineError: it cannot be started, at the second attempt either.
        """
        if self._process is not None and self._process.poll() is not None:
            self.close()
        why = ""
        for _ in range(ATTEMPTS if self._process is None else 0):
            try:
                self._process = _spawned()
            except OSError as error:
                why = f"（{why_zh(error)}）"
                continue
            with _limited(self._process, READY_SECONDS):
                assert self._process.stdout is not None
                if self._process.stdout.readline() == READY:
                    break
            self._end()
        if self._process is None:
            raise MachineError(f"读取工作簿的进程启动不了{why}，不是文件的问题。")
        return self._process

    def read(self, path: Path) -> tuple[dict[str, Any], list[tuple[dict[str, Any], bytes]]]:
        """Have one workbook read: what is said of it, and its sheets with their Arrow streams.

        Raises:
            FileRefused: the workbook cannot be read, or it brings the process down.
            MachineError: the process cannot be started, or the system ends it, twice.
        """
        for _ in range(ATTEMPTS):
            try:
                answer, payloads = self._asked(path)
            except _KilledError:
                continue
            if "refused" not in answer:
                return answer, list(zip(answer.get("sheets", []), payloads, strict=True))
            if answer["refused"] in _WEARS_OUT:
                self._end()
            raise FileRefused(answer["refused"], answer.get("note", ""))
        raise MachineError(f"读取{path.name}时，读取工作簿的进程两次被系统终止，多半是内存不足。")

    def _asked(self, path: Path) -> tuple[dict[str, Any], list[bytes]]:
        """Ask the process once; an answer that breaks off is a refusal.

        Raises:
            _KilledError: something other than the workbook or the time limit ended the process.
        """
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        with _limited(process, self._time_limit) as is_late:
            try:
                process.stdin.write(json.dumps(str(path.resolve())).encode() + b"\n")
                process.stdin.flush()
                answer: dict[str, Any] = json.loads(process.stdout.readline())
                sizes = [sheet["bytes"] for sheet in answer.get("sheets", [])]
                payloads = [process.stdout.read(size) for size in sizes]
            except (OSError, json.JSONDecodeError):
                answer, sizes, payloads = {}, [], []
        if answer and sizes == [len(payload) for payload in payloads]:
            return answer, payloads
        # What the workbook itself does ends by other signals; its memory is limited before.
        with contextlib.suppress(subprocess.TimeoutExpired):
            if process.wait(DYING_SECONDS) == -signal.SIGKILL and not is_late.is_set():
                raise _KilledError
        return {"refused": "RESOURCE_LIMIT"}, []

    def _end(self) -> None:
        """Kill the process, so that the next workbook gets a fresh one."""
        if self._process is not None:
            self._process.kill()
            self.close()

    def close(self) -> None:
        """Let the process end by itself; kill it when it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.communicate(timeout=END_SECONDS)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            process.kill()
            process.communicate()


def _spawned() -> subprocess.Popen[bytes]:
    """Start a new interpreter, never a fork: threads of Polars do not survive one."""
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-I", *CHILD],
        env=os.environ | _ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


@contextlib.contextmanager
def _limited(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill a process that takes longer; the event says whether it was."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


class ExcelReader:
    """A pool of reading processes; `read` may be called from several threads."""

    def __init__(self, *, processes: int = 1, time_limit: float = TIME_LIMIT_SECONDS) -> None:
        self._children: queue.Queue[_Child] = queue.Queue()
        self._all = [_Child(time_limit) for _ in range(processes)]
        for child in self._all:
            self._children.put(child)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self._all:
            child.close()

    def read(self, path: Path, index: HeaderIndex) -> list[Grid]:
        """Read the sheets that carry a header of the source, hidden ones too.

        Raises:
            FileRefused: the workbook cannot be opened, or no sheet has a known header.
            MachineError: no reading process can be had.
        """
        child = self._children.get()
        try:
            head, payloads = child.read(path)
        finally:
            self._children.put(child)
        sheets = [(sheet, _text_frame(payload)) for sheet, payload in payloads]
        return grids_of(sheets, index, is_1904=head["is_1904"])


def _text_frame(payload: bytes) -> pl.DataFrame:
    frame = pl.read_ipc_stream(io.BytesIO(payload))
    return frame.rename({name: f"c{i}" for i, name in enumerate(frame.columns)}).cast(pl.String)
