"""Read one raw file into a frame of canonical text columns, or refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import BinaryIO

import polars as pl

from pipeline.catalog.sources import Source
from pipeline.ingest.files import RawFile, date_in, month_in, year_in
from pipeline.ingest.furniture import without_furniture, without_sums
from pipeline.ingest.grid import Grid, Refusal
from pipeline.ingest.headers import HeaderIndex, HeaderMap
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.sqlite import is_sqlite, read_sqlite
from pipeline.ingest.texts.delimited import read_blocks, read_delimited, read_texts
from pipeline.ingest.workbooks.excel import ExcelReader

MAX_BYTES = 4 << 30
LONG = 64 << 20  # bytes of a text that is not held in memory as a whole
_PARQUET = b"PAR1"
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file as text: canonical columns, `_sheet` and `_row`; and what its rows were called."""

    rows: pl.DataFrame
    labels: dict[str, str]  # canonical id -> header as it stands in the file
    refused: tuple[tuple[str | None, Refusal], ...] = ()  # sheet, row
    warnings: tuple[str, ...] = field(default=())

    @property
    def rows_read(self) -> int:
        """Count data rows, refused ones included; totals and signatures are not data."""
        return self.rows.height + len(self.refused)


def is_workbook(file: RawFile) -> bool:
    """Say whether a file goes to the workbook reader.

    Raises:
        OSError: it cannot be opened; the reading process could not tell why.
    """
    with file.path.open("rb") as handle:
        is_marked = handle.read(4).startswith(_WORKBOOK_MAGIC)
    return is_marked or file.path.suffix.lower() in _WORKBOOKS


def read_file(file: RawFile, index: HeaderIndex, *, excel: ExcelReader) -> Table:
    """Read a file by its content; the rows keep their place in the file.

    Raises:
        FileRefused: the file cannot be trusted as a whole.
    """
    if is_workbook(file):
        parts = _workbook(excel.read(file.path, index), index)
    elif is_sqlite(file.path):
        parts = [read_sqlite(file.path, index)]
    else:
        size = file.path.stat().st_size
        if size > MAX_BYTES:
            raise FileRefused("RESOURCE_LIMIT", f"{size >> 20}MB")
        with file.path.open("rb") as handle:
            is_parquet = handle.read(len(_PARQUET)) == _PARQUET
            is_parquet = is_parquet or file.path.suffix.lower() == ".parquet"
            handle.seek(0)
            read = _parquet if is_parquet else read_delimited
            parts = [read(handle, index)]
    table = _table(parts, index.source)
    if table.rows_read == 0:
        raise FileRefused("EMPTY")
    return _dated(table, index.source, _dates([grid for grid, _ in parts], file))


def is_long(file: RawFile) -> bool:
    """Say whether a file should be read block by block: a long text."""
    size = file.path.stat().st_size
    if not LONG < size <= MAX_BYTES or is_workbook(file) or is_sqlite(file.path):
        return False
    with file.path.open("rb") as handle:
        return not handle.read(len(_PARQUET)).startswith(_PARQUET)


def _parquet(source: BinaryIO, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    from pipeline.ingest.parquet import read_parquet  # Arrow takes longer to load than small files

    return read_parquet(source.read(), index)


def read_in_blocks(file: RawFile, index: HeaderIndex, *, is_plain: bool) -> Iterator[Table]:
    """Read a long text block by block; together the tables are what `read_file` returns.

    Raises:
        NotPlainError: the file is not as plain as it was said to be.
        FileRefused: the file cannot be trusted as a whole; why, is told where it is not plain.
    """
    is_first = True
    with file.path.open("rb") as handle:
        for grid, found in (read_blocks if is_plain else read_texts)(handle, index):
            # Columns nobody knows are told of once.
            table = _table(
                [(grid, found if is_first else replace(found, unknown=()))], index.source
            )
            is_first = False
            yield _dated(table, index.source, _dates([grid], file))


def _workbook(grids: list[Grid], index: HeaderIndex) -> list[tuple[Grid, HeaderMap]]:
    """Match the headers of the sheets; a hidden one is not read, but its rows may count.

    Of events every row is accounted for, and so it is where nothing else can be read; a hidden
    sheet of a register is an old copy.
    """
    counts = index.source.kind == "events" or not any(grid.is_visible for grid in grids)
    parts = []
    for grid in grids:
        if grid.is_visible:
            parts.append((grid, _matched(grid, index)))
        else:
            parts.append((_unread(grid, counts=counts), index.match(grid.header)))
    return parts


def _unread(grid: Grid, *, counts: bool) -> Grid:
    rows = grid.cells["_row"].to_list() if counts else []
    refused = tuple(Refusal(row=row, reason="HIDDEN_SHEET") for row in rows)
    return replace(grid, cells=grid.cells.clear(), refused=refused, left_out=(), title="")


def _matched(grid: Grid, index: HeaderIndex) -> HeaderMap:
    found = index.match(grid.header, title=grid.title)
    try:
        index.require(found, grid.header)
    except FileRefused as refused:
        raise FileRefused(refused.code, f"工作表“{grid.sheet}”，{refused.note}") from refused
    return found


def _table(parts: list[tuple[Grid, HeaderMap]], source: Source) -> Table:
    frames = []
    labels: dict[str, str] = {}
    warnings: list[str] = []
    refused: list[tuple[str | None, Refusal]] = []
    for grid, found in parts:
        labels = found.labels | labels
        columns = [pl.col(f"c{at}").alias(name) for name, at in found.positions.items()]
        cells = grid.cells.select("_row", *columns)
        without = without_sums if source.kind == "events" else without_furniture
        cells, furniture = without(cells, found.positions, source)
        sheet = pl.lit(grid.sheet, dtype=pl.String).alias("_sheet")
        frames.append(cells.select(sheet, pl.all()))
        left_out = _left_out((*grid.left_out, *furniture), source)
        refused += [(grid.sheet, row) for row in (*grid.refused, *left_out)]
        warnings += [*_warnings(grid, found), *("NONDATA_ROW" for _ in furniture)]
    return Table(
        rows=pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0],  # no copy
        labels=labels,
        refused=tuple(refused),
        warnings=tuple(warnings),
    )


def _left_out(rows: Sequence[int], source: Source) -> list[Refusal]:
    """Account for totals and signatures in a list of events, where no such row belongs.

    In registers and tables, which people write and sign, they are furniture.
    """
    if source.kind != "events":
        return []
    return [Refusal(row=row, reason="NONDATA_ROW") for row in rows]


def _warnings(grid: Grid, found: HeaderMap) -> list[str]:
    warnings = ["NONDATA_ROW" for _ in grid.left_out]
    if not grid.is_visible:
        return ["HIDDEN_SHEET"]
    if grid.has_hidden_rows:
        warnings.append("HIDDEN_ROWS")
    return [*warnings, *("HEADER_EXTRA" for _ in found.unknown)]


def _dates(grids: list[Grid], file: RawFile) -> dict[str | None, date | None]:
    """Return the date of each sheet: the file's name, else the titles; its own where they differ.

    A workbook of several months says so on each of its sheets, by title or by name (6月 of the
    year the file or the title names).
    """
    title = " ".join(grid.title for grid in grids)
    of_file = file.date_in_name or (date_in(title) if title else None)
    year = year_in(f"{file.path.stem} {title}") or (of_file.year if of_file else None)
    own: dict[str | None, date | None] = {}
    for grid in grids:
        said = date_in(grid.title) or date_in(grid.sheet or "")
        if said is None and year is not None:
            said = month_in(grid.sheet or "", year=year)
        own[grid.sheet] = said
    months = {(day.year, day.month) for day in own.values() if day}
    if len(months) > 1 or (of_file is None and months):
        return own
    return dict.fromkeys(own, of_file)


def _dated(table: Table, source: Source, dates: Mapping[str | None, date | None]) -> Table:
    """Give rows without a date of their own that of their sheet.

    Raises:
        FileRefused: MISSING_VALUE when a registry extract has no date anywhere.
    """
    column = source.extract_column or source.month_column
    if column is None:
        return table
    undated = [sheet for sheet, day in dates.items() if day is None]
    if undated and column not in table.labels:
        header = source.by_id[column].headers[0]
        where = f"工作表“{undated[0]}”、" if len(dates) > 1 else ""
        raise FileRefused("MISSING_VALUE", f"{where}文件名、标题和“{header}”列都没有数据日期")
    own = pl.lit(None, dtype=pl.String)
    if column in table.rows.columns:
        own = pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column))
    said = {sheet: day.isoformat() if day else None for sheet, day in dates.items()}
    of_sheet = (
        pl.lit(next(iter(said.values())), dtype=pl.String)
        if len(set(said.values())) == 1
        else pl.col("_sheet").replace_strict(said, default=None, return_dtype=pl.String)
    )
    return replace(table, rows=table.rows.with_columns(pl.coalesce(own, of_sheet).alias(column)))
