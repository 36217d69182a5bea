"""Gather what the files of a source give: typed in chunks, so that text does not pile up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import polars as pl

from pipeline.catalog.sources import Source
from pipeline.errors import READING_ZH, why_zh
from pipeline.ingest.cells.values import FAULT, Parses, dtype_of, pseudonymised, typed
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import Table, is_long, read_in_blocks
from pipeline.ingest.read_cache import ReadCache, Remembered
from pipeline.ingest.reasons import file_message
from pipeline.ingest.refusal import UNREADABLE, FileRefused
from pipeline.ingest.texts.blocks import NotPlainError
from pipeline.spill import Spill, completed, filled

Read = Callable[[], Table]
# Takes the typed rows of a whole file, their number, and the same rows if they are in memory.
Sink = Callable[[pl.LazyFrame, int, pl.DataFrame | None], None]
CHUNK_ROWS = 100_000
MOST_NAMED = 3  # files in which the fault may lie

_PLACE: dict[str, pl.DataType] = {"_pos": pl.UInt64(), "_file": pl.UInt32()}
_IN_A_FILE: dict[str, pl.DataType] = {"_sheet": pl.String(), "_row": pl.Int64()}
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


def _refused(file_id: int, file: RawFile, code: str, note: str) -> FileResult:
    message = file_message(file.name, code, note)
    return FileResult(file=file, file_id=file_id, refusal=code, message_zh=message)


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A file as text, not typed yet."""

    file_id: int
    file: RawFile
    table: Table


class Collector:
    """Gathers the tables of one source; with a sink it hands their rows over file by file."""

    def __init__(
        self, index: HeaderIndex, *, key: bytes, sink: Sink | None, cache: ReadCache | None
    ) -> None:
        self._index = index
        self._source = index.source
        self._schema = pl.Schema(_IN_A_FILE | _of_source(index.source))
        self._key = key
        self._sink = sink
        self._cache = cache
        self._parses = Parses()
        self._text: list[_Text] = []
        self._typed: list[pl.DataFrame] = []
        self._files: list[FileResult] = []

    def take(self, file_id: int, file: RawFile, read: Read) -> FileResult:
        """Read one file, or remember it, and keep its rows, or its refusal."""
        result = self._remembered(file_id, file)
        if result is None and self._sink is not None and file.sha256 and is_long(file):
            result = self._read_long(file_id, file)
        if result is None:
            result = self._read(file_id, file, read)
        self._files.append(result)
        # Outside: a full disk is not the fault of the file just read.
        if sum(text.table.rows.height for text in self._text) >= CHUNK_ROWS:
            self._type()
        return result

    def _remembered(self, file_id: int, file: RawFile) -> FileResult | None:
        """Return what was remembered of a file, and keep its rows or hand them over."""
        if self._cache is None:
            return None
        name = self._cache.name(file, self._source)
        if self._sink is None:
            known = self._cache.get(name)
            if known is not None:
                rows = completed(known.rows.lazy(), self._schema)
                self._typed.append(_placed(rows, file_id).collect())
        else:
            known = self._cache.checked(name)
        if known is None:
            return None
        self._cache.reused += self._cache.is_old(name)
        height = known.rows.height if self._sink is None else self._hand_over(file_id, name)
        return _result(file_id, file, known, height=height)

    def _hand_over(self, file_id: int, name: str, *, held: pl.DataFrame | None = None) -> int:
        """Hand the remembered rows of a file to the sink; return how many they are.

        `held` are the same rows, if they are in memory.
        """
        assert self._cache is not None
        assert self._sink is not None
        rows = completed(self._cache.rows(name), self._schema)
        height: int = rows.select(pl.len()).collect().item() if held is None else held.height
        of_file = pl.Series("_file", [file_id], dtype=pl.UInt32).new_from_index(0, height)
        seen = None if held is None else held.hstack([of_file])
        self._sink(_placed(rows, file_id), height, seen)
        return height

    def _read(self, file_id: int, file: RawFile, read: Read) -> FileResult:
        try:
            table = read()
        except FileRefused as refused:
            return _refused(file_id, file, refused.code, refused.note)
        except OSError as error:
            return _refused(file_id, file, "CORRUPT", why_zh(error) if error.errno else "")
        except UNREADABLE:
            return _refused(file_id, file, "CORRUPT", "")
        self._text.append(_Text(file_id=file_id, file=file, table=table))
        return _result(file_id, file, _said([table]), height=table.rows.height)

    def _read_long(self, file_id: int, file: RawFile) -> FileResult | None:
        """Read and type a long file block by block; None where the file cannot be read."""
        with suppress(NotPlainError, FileRefused, OSError, *UNREADABLE):
            return self._read_in_blocks(file_id, file, is_plain=True)
        try:
            return self._read_in_blocks(file_id, file, is_plain=False)
        except FileRefused as refused:
            return _refused(file_id, file, refused.code, refused.note)
        except (OSError, *UNREADABLE):
            return None

    def _read_in_blocks(self, file_id: int, file: RawFile, *, is_plain: bool) -> FileResult:
        assert self._cache is not None
        rows = Spill(None)
        tables: list[Table] = []
        text: list[pl.DataFrame] = []
        rows_read = 0
        for table in read_in_blocks(file, self._index, is_plain=is_plain):
            text.append(table.rows)
            rows_read += table.rows_read
            tables.append(replace(table, rows=table.rows.clear()))
            if sum(block.height for block in text) >= CHUNK_ROWS:
                rows.add(self._typed_rows(text))
        if text:
            rows.add(self._typed_rows(text))
        known = _said(tables)
        if rows_read == 0:
            raise FileRefused("EMPTY")
        name = self._cache.name(file, self._source)
        self._cache.put(name, known, rows=pl.concat(rows.scans()))
        return _result(file_id, file, known, height=self._hand_over(file_id, name))

    def _type(self) -> None:
        """Type the text that waits, and have it remembered file by file."""
        if not self._text:
            return
        texts, self._text = self._text, []
        heights = [text.table.rows.height for text in texts]
        said = [_said([text.table]) for text in texts]
        files = [(text.file_id, text.file) for text in texts]
        tables = [text.table.rows for text in texts]
        del texts
        try:
            rows = self._typed_rows(tables)
        except (Exception, pl.exceptions.PanicException) as error:
            names = "、".join(file.name for _, file in files[:MOST_NAMED])
            among = "" if len(files) <= MOST_NAMED else f"等{len(files)}个文件"
            error.add_note(f"{READING_ZH}{names}{among}")
            raise
        start = 0
        for (file_id, file), height, known in zip(files, heights, said, strict=True):
            part = rows.slice(start, height)
            start += height
            name = self._cache.name(file, self._source) if self._cache is not None else ""
            if self._cache is not None:
                self._cache.put(name, replace(known, rows=filled(part)))
            if self._sink is None:
                self._typed.append(_placed(part.lazy(), file_id).collect())
            else:
                self._hand_over(file_id, name, held=part)

    def _typed_rows(self, text: list[pl.DataFrame]) -> pl.DataFrame:
        """Type text slice by slice; what is typed need not be held as text any longer."""
        whole = pl.concat(text, how="diagonal")
        # A frame without rows has no slices; every row may have been refused before its values.
        text.clear()
        slices = deque(whole.iter_slices(CHUNK_ROWS) if whole.height else [whole])
        del whole
        rows = []
        while slices:
            some = typed(slices.popleft(), self._source, parses=self._parses)
            rows.append(pseudonymised(some, self._source, key=self._key))
        return pl.concat(rows)

    def finish(self) -> SourceRows:
        """Type what is left; files in the order of their ids."""
        self._type()
        rows = empty_rows(self._source)
        if self._typed:
            rows = pl.concat([rows, *self._typed]).sort("_pos")
            self._typed.clear()
        files = tuple(sorted(self._files, key=lambda result: result.file_id))
        return SourceRows(rows=rows, files=files)


def _said(tables: Sequence[Table]) -> Remembered:
    """Return what the tables of a file say beside their rows."""
    return Remembered(
        rows=tables[0].rows.clear(),
        labels=tables[0].labels,
        warnings=tuple(warning for table in tables for warning in table.warnings),
        refused=tuple(
            (sheet, row.row, row.reason) for table in tables for sheet, row in table.refused
        ),
    )


def _result(file_id: int, file: RawFile, known: Remembered, *, height: int) -> FileResult:
    refused = [(file_id, *row) for row in known.refused]
    return FileResult(
        file=file,
        file_id=file_id,
        rows_read=height + len(refused),
        labels=known.labels,
        warnings=known.warnings,
        refused=pl.DataFrame(refused, schema=REFUSED, orient="row"),
    )


def _placed(rows: pl.LazyFrame, file_id: int) -> pl.LazyFrame:
    """Say of each row in which file and place it stands."""
    first = file_id << 32  # no file has more rows than that
    return rows.with_row_index("_pos").select(
        pl.col("_pos").cast(pl.UInt64) + first,
        pl.lit(file_id, dtype=pl.UInt32).alias("_file"),
        pl.exclude("_pos"),
    )


def empty_rows(source: Source) -> pl.DataFrame:
    """Return the frame of a source without rows."""
    return pl.DataFrame(schema=_PLACE | _IN_A_FILE | _of_source(source))


def _of_source(source: Source) -> dict[str, pl.DataType]:
    columns = {column.id: dtype_of(column) for column in source.read_columns}
    return columns | dict.fromkeys(FAULT, pl.String())
