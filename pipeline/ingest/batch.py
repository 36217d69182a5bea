"""Read many files: workbooks in child processes beside the delimited ones, typed by source."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

import polars as pl

from pipeline.catalog.sources import Source, sources
from pipeline.ingest.excel import ExcelReader
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import Table, is_workbook, read_file
from pipeline.ingest.read_cache import ReadCache, Remembered
from pipeline.ingest.reasons import file_message
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.values import dtype_of, pseudonymised, typed

Progress = Callable[[str, int, int, int], None]  # stage, done, total, rows so far
Sink = Callable[[pl.DataFrame], None]  # takes typed rows of whole files
CHUNK_ROWS = 150_000
# Workbooks read ahead: enough to keep the children busy, few enough not to pile up as text.
AHEAD = 8

REFUSED = pl.Schema(
    {
        "_file": pl.UInt32(),
        "_sheet": pl.String(),
        "_row": pl.Int64(),
        "_reason": pl.String(),
    }
)


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """What became of a file: refused as a whole, or read with so many rows."""

    file: RawFile
    file_id: int
    rows_read: int = 0
    refusal: str | None = None
    message_zh: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED))


@dataclass(frozen=True, kw_only=True)
class SourceRows:
    """The typed rows of a source, refused ones included, and the results of its files.

    `_pos` orders the rows by file and place in the file. There are no rows here of a source whose
    rows went to a sink.
    """

    rows: pl.DataFrame
    files: tuple[FileResult, ...]


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
) -> dict[str, SourceRows]:
    """Read and type the files of all sources; a file's id is its place in the list, from 1.

    A source with a sink does not gather its rows: they are handed over in chunks of whole files, in
    no particular order. A file that `cache` remembers is not opened again.

    Raises:
        StorageError: what is to be remembered cannot be written.
    """
    indexes = {name: HeaderIndex(source) for name, source in sources().items()}
    # Without a cache nothing is remembered: this one is thrown away.
    remembered = cache or ReadCache(None, key=key)
    collectors = {
        name: _Collector(source, key=key, sink=sinks.get(name), cache=cache)
        for name, source in sources().items()
    }
    rows = 0
    with (
        ExcelReader(processes=processes) as excel,
        ThreadPoolExecutor(processes, thread_name_prefix="workbooks") as pool,
    ):
        for done, (file_id, file, read) in enumerate(
            _reads(files, indexes, excel, pool, remembered), 1
        ):
            result = collectors[file.source].take(file_id, file, read)
            rows += result.rows_read
            progress("read", done, len(files), rows)
    return {name: collector.finish() for name, collector in collectors.items()}


Read = Callable[[], Table]


def _reads(
    files: Sequence[RawFile],
    indexes: dict[str, HeaderIndex],
    excel: ExcelReader,
    pool: ThreadPoolExecutor,
    cache: ReadCache,
) -> Iterator[tuple[int, RawFile, Read]]:
    """Read the workbooks a few ahead and the other files meanwhile."""
    books: list[tuple[int, RawFile]] = []
    others: list[tuple[int, RawFile]] = []
    for file_id, file in enumerate(files, 1):
        known = cache.has(cache.name(file, indexes[file.source].source))
        (others if known or not is_workbook(file) else books).append((file_id, file))
    waiting = deque(books)
    started: deque[tuple[int, RawFile, Future[Table]]] = deque()

    def start() -> None:
        while waiting and len(started) < AHEAD:
            file_id, file = waiting.popleft()
            future = pool.submit(read_file, file, indexes[file.source], excel=excel)
            started.append((file_id, file, future))

    start()
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


def _refused(file_id: int, file: RawFile, code: str, note: str) -> FileResult:
    message = file_message(file.name, code, note)
    return FileResult(file=file, file_id=file_id, refusal=code, message_zh=message)


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A file as text, not typed yet."""

    file_id: int
    file: RawFile
    table: Table


class _Collector:
    """Gathers the tables of one source and types them in chunks, so that text does not pile up."""

    def __init__(
        self, source: Source, *, key: bytes, sink: Sink | None, cache: ReadCache | None
    ) -> None:
        self._source = source
        self._key = key
        self._sink = sink
        self._cache = cache
        self._text: list[_Text] = []
        self._typed: list[pl.DataFrame] = []
        self._files: list[FileResult] = []

    def take(self, file_id: int, file: RawFile, read: Read) -> FileResult:
        """Read one file, or remember it, and keep its rows, or its refusal."""
        known = self._remembered(file)
        if known is not None:
            self._typed.append(_placed(known.rows, file_id))
            result = _result(file_id, file, known)
        else:
            result = self._read(file_id, file, read)
        self._files.append(result)
        # Outside: a full disk is not the fault of the file just read.
        if sum(text.table.rows.height for text in self._text) >= CHUNK_ROWS:
            self._type()
        self._hand_over(at_least=CHUNK_ROWS)
        return result

    def _remembered(self, file: RawFile) -> Remembered | None:
        if self._cache is None:
            return None
        name = self._cache.name(file, self._source)
        known = self._cache.get(name)
        self._cache.reused += known is not None and self._cache.is_old(name)
        return known

    def _read(self, file_id: int, file: RawFile, read: Read) -> FileResult:
        try:
            table = read()
        except FileRefused as refused:
            return _refused(file_id, file, refused.code, refused.note)
        except OSError as error:
            return _refused(file_id, file, "CORRUPT", error.strerror or "")
        except pl.exceptions.PolarsError:
            return _refused(file_id, file, "CORRUPT", "")
        self._text.append(_Text(file_id=file_id, file=file, table=table))
        return _result(file_id, file, _said(table, table.rows))

    def _type(self) -> None:
        """Type the text that waits, and have it remembered file by file."""
        if not self._text:
            return
        texts, self._text = self._text, []
        heights = [text.table.rows.height for text in texts]
        said = [_said(text.table, text.table.rows.clear()) for text in texts]
        files = [(text.file_id, text.file) for text in texts]
        tables = [text.table.rows for text in texts]
        del texts
        rows = self._typed_rows(tables)
        start = 0
        for (file_id, file), height, known in zip(files, heights, said, strict=True):
            part = rows.slice(start, height)
            start += height
            self._typed.append(_placed(part, file_id))
            if self._cache is not None:
                self._cache.put(self._cache.name(file, self._source), replace(known, rows=part))

    def _typed_rows(self, text: list[pl.DataFrame]) -> pl.DataFrame:
        """Type text slice by slice; what is typed need not be held as text any longer."""
        slices = deque(pl.concat(text, how="diagonal").iter_slices(CHUNK_ROWS))
        text.clear()
        rows = []
        while slices:
            some = typed(slices.popleft(), self._source)
            rows.append(pseudonymised(some, self._source, key=self._key))
        return pl.concat(rows)

    def _hand_over(self, *, at_least: int) -> None:
        if self._sink is not None and sum(rows.height for rows in self._typed) >= at_least:
            rows = pl.concat(self._typed)
            self._typed.clear()
            self._sink(rows)

    def finish(self) -> SourceRows:
        """Type what is left; files in the order of their ids."""
        self._type()
        self._hand_over(at_least=1)
        rows = pl.concat([empty_rows(self._source), *self._typed]).sort("_pos")
        self._typed.clear()
        files = tuple(sorted(self._files, key=lambda result: result.file_id))
        return SourceRows(rows=rows, files=files)


def _said(table: Table, rows: pl.DataFrame) -> Remembered:
    """Return what a table says beside its rows."""
    return Remembered(
        rows=rows,
        labels=table.labels,
        warnings=table.warnings,
        refused=tuple((sheet, row.row, row.reason) for sheet, row in table.refused),
    )


def _result(file_id: int, file: RawFile, known: Remembered) -> FileResult:
    refused = [(file_id, *row) for row in known.refused]
    return FileResult(
        file=file,
        file_id=file_id,
        rows_read=known.rows.height + len(refused),
        labels=known.labels,
        warnings=known.warnings,
        refused=pl.DataFrame(refused, schema=REFUSED, orient="row"),
    )


def _placed(rows: pl.DataFrame, file_id: int) -> pl.DataFrame:
    """Say of each row in which file and place it stands."""
    first = file_id << 32  # no file has more rows than that
    return rows.select(
        pl.int_range(first, first + pl.len(), dtype=pl.UInt64).alias("_pos"),
        pl.lit(file_id, dtype=pl.UInt32).alias("_file"),
        pl.all(),
    )


def empty_rows(source: Source) -> pl.DataFrame:
    """Return the frame of a source without rows."""
    schema: dict[str, pl.DataType] = {
        "_pos": pl.UInt64(),
        "_file": pl.UInt32(),
        "_sheet": pl.String(),
        "_row": pl.Int64(),
    }
    schema |= {column.id: dtype_of(column) for column in source.read_columns}
    schema |= dict.fromkeys(("_reason", "_column", "_detail"), pl.String())
    return pl.DataFrame(schema=schema)
