"""Read many files: workbooks in child processes beside the delimited ones, typed by source."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType

from pipeline.catalog.sources import sources
from pipeline.errors import MachineError
from pipeline.ingest.collector import (
    Collector,
    FileResult,
    Read,
    Sink,
    SourceRows,
    empty_rows,
)
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import Table, is_workbook, read_file
from pipeline.ingest.read_cache import ReadCache
from pipeline.ingest.workbooks.excel import ExcelReader

__all__ = ["FileResult", "Progress", "SourceRows", "empty_rows", "quiet", "read_sources"]

Progress = Callable[[str, int, int, int], None]  # stage, done, total, rows so far
# Workbooks read ahead: enough to keep the children busy, few enough not to pile up as text.
AHEAD = 8


def quiet(stage: str, done: int, total: int, rows: int) -> None:
    """Report nothing."""


def read_sources(
    files: Sequence[RawFile],
    *,
    key: bytes,
    processes: int = 2,
    progress: Progress = quiet,
    sinks: Mapping[str, Sink] = MappingProxyType({}),
    cache: ReadCache | None = None,
    left_out: Collection[int] = (),
) -> dict[str, SourceRows]:
    """Read and type the files but those left out by id; a file's id is its place, from 1.

    The rows of a source with a sink are handed over file by file, to be read from what is
    remembered, in no particular order. A file that `cache` remembers is not opened again.

    Raises:
        StorageError: what is to be remembered cannot be written.
        MachineError: no process or thread can be had that reads workbooks.
    """
    indexes = {name: HeaderIndex(source) for name, source in sources().items()}
    # Without a cache nothing is remembered: this one is thrown away.
    remembered = cache or ReadCache(None, key=key)

    def collector(name: str) -> Collector:
        own = remembered if name in sinks else cache
        return Collector(indexes[name], key=key, sink=sinks.get(name), cache=own)

    collectors = {name: collector(name) for name in indexes}
    rows = 0
    numbered = [item for item in enumerate(files, 1) if item[0] not in left_out]
    with (
        _threads_wanted(),
        ExcelReader(processes=processes) as excel,
        ThreadPoolExecutor(processes, thread_name_prefix="workbooks") as pool,
    ):
        for done, (file_id, file, read) in enumerate(
            _reads(numbered, indexes, excel, pool, remembered), 1
        ):
            result = collectors[file.source].take(file_id, file, read)
            rows += result.rows_read
            progress("read", done, len(numbered), rows)
    return {name: collector.finish() for name, collector in collectors.items()}


@contextmanager
def _threads_wanted() -> Iterator[None]:
    """Tell a machine that starts no more threads as such; Python has no error of its own for it."""
    try:
        yield
    except RuntimeError as error:
        if "start new thread" not in str(error):
            raise
        raise MachineError("这台机器启动不了更多线程，不是文件的问题。") from error


def _reads(
    files: Sequence[tuple[int, RawFile]],
    indexes: dict[str, HeaderIndex],
    excel: ExcelReader,
    pool: ThreadPoolExecutor,
    cache: ReadCache,
) -> Iterator[tuple[int, RawFile, Read]]:
    """Read the workbooks a few ahead and the other files meanwhile."""
    books: list[tuple[int, RawFile]] = []
    others: list[tuple[int, RawFile]] = []
    for file_id, file in files:
        known = cache.has(cache.name(file, indexes[file.source].source))
        is_book = not known and file.sha256 != "" and is_workbook(file)
        (books if is_book else others).append((file_id, file))
    waiting = deque(books)
    started: deque[tuple[int, RawFile, Future[Table]]] = deque()

    def start() -> None:
        while waiting and len(started) < AHEAD:
            file_id, file = waiting.popleft()
            future = pool.submit(read_file, file, indexes[file.source], excel=excel)
            started.append((file_id, file, future))

    start()
    try:
        for file_id, file in others:
            yield file_id, file, partial(read_file, file, indexes[file.source], excel=excel)
            while started and started[0][2].done():
                ready_id, ready, future = started.popleft()
                yield ready_id, ready, future.result
                start()
        while started:
            file_id, file, future = started.popleft()
            start()
            yield file_id, file, future.result
    finally:  # where one fails for want of a process, the others need not try
        for *_, future in started:
            future.cancel()
