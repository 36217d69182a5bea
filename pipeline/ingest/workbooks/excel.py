"""Workbooks to grids; they are opened in a child process only, which may die."""

from __future__ import annotations

import io
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
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
END_SECONDS = 5.0


class _Child:
    """One reading process, started on first use and again after its death."""

    def __init__(self, time_limit: float) -> None:
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            # A new interpreter, never a fork: threads of Polars do not survive one.
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable, "-I", *CHILD],
                env=os.environ | _ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def read(self, path: Path) -> tuple[dict[str, Any], list[tuple[dict[str, Any], bytes]]]:
        """Have one workbook read: what is said of it, and its sheets with their Arrow streams."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(self._time_limit, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(str(path.resolve())).encode() + b"\n")
            process.stdin.flush()
            head = process.stdout.readline()
            answer: dict[str, Any] = json.loads(head) if head else {"refused": "RESOURCE_LIMIT"}
            sheets: list[dict[str, Any]] = answer.get("sheets", [])
            payloads = [process.stdout.read(sheet["bytes"]) for sheet in sheets]
        except (OSError, json.JSONDecodeError):
            answer, sheets, payloads = {"refused": "RESOURCE_LIMIT"}, [], []
        finally:
            timer.cancel()
        if any(len(p) != s["bytes"] for s, p in zip(sheets, payloads, strict=True)):
            answer = {"refused": "RESOURCE_LIMIT"}
        if "refused" in answer:
            if answer["refused"] in _WEARS_OUT:
                self._end()
            raise FileRefused(answer["refused"], answer.get("note", ""))
        return answer, list(zip(sheets, payloads, strict=True))

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
