"""Read many files: workbooks in child processes beside the delimited ones, typed by source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from pipeline.catalog.sources import Source, sources
from pipeline.ingest.excel import ExcelReader
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import Table, is_workbook, read_file
from pipeline.ingest.reasons import file_message
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.values import dtype_of, pseudonymised, typed

Progress = Callable[[str, int, int, int], None]  # stage, done, total, rows so far
CHUNK_ROWS = 300_000


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
    """The typed rows of a source, refused ones included, and the results of its files."""

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
) -> dict[str, SourceRows]:
    """Read and type the files of all sources; a file's id is its place in the list, from 1."""
    indexes = {name: HeaderIndex(source) for name, source in sources().items()}
    collectors = {name: _Collector(source, key=key) for name, source in sources().items()}
    rows = 0
    with (
        ExcelReader(processes=processes) as excel,
        ThreadPoolExecutor(processes, thread_name_prefix="workbooks") as pool,
    ):
        for done, (file_id, file, read) in enumerate(_reads(files, indexes, excel, pool), 1):
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
) -> Iterator[tuple[int, RawFile, Read]]:
    """Start the workbooks, read the other files meanwhile, then gather the workbooks."""
    started: list[tuple[int, RawFile, Future[Table]]] = []
    others: list[tuple[int, RawFile]] = []
    for file_id, file in enumerate(files, 1):
        if is_workbook(file):
            future = pool.submit(read_file, file, indexes[file.source], excel=excel)
            started.append((file_id, file, future))
        else:
            others.append((file_id, file))
    for file_id, file in others:
        yield file_id, file, lambda f=file: read_file(f, indexes[f.source], excel=excel)  # type: ignore[misc]
    while started:
        file_id, file, future = started.pop(0)
        yield file_id, file, future.result


def _refused(file_id: int, file: RawFile, code: str, note: str) -> FileResult:
    message = file_message(file.name, code, note)
    return FileResult(file=file, file_id=file_id, refusal=code, message_zh=message)


class _Collector:
    """Gathers the tables of one source and types them in chunks, so that text does not pile up."""

    def __init__(self, source: Source, *, key: bytes) -> None:
        self._source = source
        self._key = key
        self._text: list[pl.DataFrame] = []
        self._typed: list[pl.DataFrame] = []
        self._files: list[FileResult] = []

    def take(self, file_id: int, file: RawFile, read: Read) -> FileResult:
        """Read one file and keep its rows, or its refusal."""
        try:
            result = self._keep(file_id, file, read())
        except FileRefused as refused:
            result = _refused(file_id, file, refused.code, refused.note)
        except OSError as error:
            result = _refused(file_id, file, "CORRUPT", error.strerror or "")
        except pl.exceptions.PolarsError:
            result = _refused(file_id, file, "CORRUPT", "")
        self._files.append(result)
        return result

    def _keep(self, file_id: int, file: RawFile, table: Table) -> FileResult:
        id_ = pl.lit(file_id, dtype=pl.UInt32).alias("_file")
        self._text.append(table.rows.select(id_, pl.all()))
        if sum(part.height for part in self._text) >= CHUNK_ROWS:
            self._type()
        refused = [(file_id, sheet, row.row, row.reason) for sheet, row in table.refused]
        return FileResult(
            file=file,
            file_id=file_id,
            rows_read=table.rows_read,
            labels=table.labels,
            warnings=table.warnings,
            refused=pl.DataFrame(refused, schema=REFUSED, orient="row"),
        )

    def _type(self) -> None:
        if self._text:
            text = pl.concat(self._text, how="diagonal")
            self._typed.append(typed(text, self._source))
            self._text.clear()

    def finish(self) -> SourceRows:
        """Type what is left; files in the order of their ids."""
        self._type()
        rows = empty_rows(self._source)
        if self._typed:
            rows = pseudonymised(pl.concat(self._typed), self._source, key=self._key)
        rows = rows.sort("_file", maintain_order=True).with_row_index("_pos")
        files = tuple(sorted(self._files, key=lambda result: result.file_id))
        return SourceRows(rows=rows, files=files)


def empty_rows(source: Source) -> pl.DataFrame:
    """Return the frame of a source without rows."""
    schema: dict[str, pl.DataType] = {
        "_file": pl.UInt32(),
        "_sheet": pl.String(),
        "_row": pl.Int64(),
    }
    schema |= {column.id: dtype_of(column) for column in source.read_columns}
    schema |= dict.fromkeys(("_reason", "_column", "_detail"), pl.String())
    return pl.DataFrame(schema=schema)
