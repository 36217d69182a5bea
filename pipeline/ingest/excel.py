"""Workbooks to grids; they are opened in a child process only, which may die."""

from __future__ import annotations

import io
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from pipeline.catalog.sources import CODES, EXPLANATIONS
from pipeline.ingest import excel_child
from pipeline.ingest.grid import HEADER_SEARCH_ROWS, Grid, data_rows, find_header
from pipeline.ingest.headers import ENOUGH, HeaderIndex
from pipeline.ingest.refusal import FileRefused

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
                [sys.executable, "-I", str(Path(excel_child.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def read(self, path: Path) -> list[tuple[dict[str, Any], bytes]]:
        """Have one workbook read; sheets with their Arrow streams."""
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
            raise FileRefused(answer["refused"])
        return list(zip(sheets, payloads, strict=True))

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

    def read(self, path: Path, index: HeaderIndex) -> tuple[list[Grid], list[str]]:
        """Read the sheets that carry a header of the source, and warnings.

        Raises:
            FileRefused: the workbook cannot be opened, or no sheet has a known header.
        """
        child = self._children.get()
        try:
            answer = child.read(path)
        finally:
            self._children.put(child)
        grids, warnings = [], []
        for sheet, payload in answer:
            frame = _text_frame(payload)
            if frame.is_empty() or sheet["name"] in (EXPLANATIONS, CODES):
                continue
            if not sheet["visible"]:
                warnings.append("HIDDEN_SHEET")
                continue
            grid = to_grid(frame, sheet, index)
            if grid is not None:
                grids.append(grid)
        if not grids:
            index.require(index.match([]), [])
            raise FileRefused("EMPTY")  # pragma: no cover - every source requires a column
        return grids, warnings


def _text_frame(payload: bytes) -> pl.DataFrame:
    frame = pl.read_ipc_stream(io.BytesIO(payload))
    return frame.rename({name: f"c{i}" for i, name in enumerate(frame.columns)}).cast(pl.String)


def to_grid(frame: pl.DataFrame, sheet: dict[str, Any], index: HeaderIndex) -> Grid | None:
    """Find a sheet's header, fill merged cells, mark error cells; None for a sheet of notes."""
    patches = _patches(frame, sheet["merges"], sheet["errors"])
    top = [list(row) for row in frame.head(HEADER_SEARCH_ROWS + 1).fill_null("").iter_rows()]
    for (row, column), text in patches.items():
        if row < len(top):
            top[row][column] = text or ""
    header_at, data_at, labels = find_header(top, index)
    if index.score(labels)[0] < ENOUGH:
        return None
    body = _patched(frame, {at: text for at, text in patches.items() if at[0] >= data_at})
    rows = pl.int_range(1, body.height + 1, eager=True, dtype=pl.Int64).alias("_row")
    title = " ".join(cell for row in top[:header_at] for cell in dict.fromkeys(row) if cell)
    return Grid(
        cells=data_rows(body.hstack([rows]).slice(data_at), labels),
        header=tuple(labels),
        title=title,
        sheet=sheet["name"],
    )


def _patches(
    frame: pl.DataFrame, merges: list[list[int]], errors: list[list[Any]]
) -> dict[tuple[int, int], str | None]:
    """Return what the reader left out, by row and column from 0: merged cells and error texts."""
    patches: dict[tuple[int, int], str | None] = {
        (row - 1, column): text for row, column, text in errors
    }
    for top, left, bottom, right in merges:
        if not (0 <= left < frame.width and top <= frame.height):
            continue
        value = frame[top - 1, left]
        for column in range(left, min(right, frame.width - 1) + 1):
            for row in range(top - 1, min(bottom, frame.height)):
                patches[row, column] = value
    return {
        (row, column): text
        for (row, column), text in patches.items()
        if row < frame.height and column < frame.width
    }


def _patched(frame: pl.DataFrame, patches: dict[tuple[int, int], str | None]) -> pl.DataFrame:
    columns: dict[int, dict[int, str | None]] = {}
    for (row, column), text in patches.items():
        columns.setdefault(column, {})[row] = text
    return frame.with_columns(
        frame[f"c{column}"].scatter(list(cells), list(cells.values()))
        for column, cells in columns.items()
    )
