"""Read one raw file into a frame of canonical text columns, or refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipeline.catalog.sources import Source
from pipeline.ingest.delimited import read_blocks, read_delimited
from pipeline.ingest.excel import ExcelReader
from pipeline.ingest.files import RawFile, date_in
from pipeline.ingest.grid import Grid, Refusal
from pipeline.ingest.headers import HeaderIndex, HeaderMap
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.sqlite import is_sqlite, read_sqlite

MAX_BYTES = 4 << 30
LONG = 32 << 20  # bytes of a text that is not held in memory as a whole
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
    """Say whether a file goes to the workbook reader."""
    if file.path.suffix.lower() in _WORKBOOKS:
        return True
    with file.path.open("rb") as handle:
        return handle.read(4).startswith(_WORKBOOK_MAGIC)


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
        data = file.path.read_bytes()
        is_parquet = data.startswith(_PARQUET) or file.path.suffix.lower() == ".parquet"
        parts = [_parquet(data, index) if is_parquet else read_delimited(data, index)]
    table = _table(parts, index.source)
    if table.rows_read == 0:
        raise FileRefused("EMPTY")
    title = " ".join(grid.title for grid, _ in parts)
    return _dated(table, index.source, date_in(title) if title else None, file)


def is_long(file: RawFile) -> bool:
    """Say whether a file should be read block by block: a long text."""
    size = file.path.stat().st_size
    if not LONG < size <= MAX_BYTES or is_workbook(file) or is_sqlite(file.path):
        return False
    with file.path.open("rb") as handle:
        return not handle.read(len(_PARQUET)).startswith(_PARQUET)


def _parquet(data: bytes, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    from pipeline.ingest.parquet import read_parquet  # Arrow takes longer to load than small files

    return read_parquet(data, index)


def read_in_blocks(file: RawFile, index: HeaderIndex) -> Iterator[Table]:
    """Read a long text block by block; together the tables are what `read_file` returns.

    Raises:
        NotPlainError: only the whole tells what the file says.
        FileRefused: the file cannot be trusted as a whole; `read_file` tells why.
    """
    is_first = True
    with file.path.open("rb") as handle:
        for grid, found in read_blocks(handle, index):
            # Columns nobody knows are told of once.
            table = _table(
                [(grid, found if is_first else replace(found, unknown=()))], index.source
            )
            is_first = False
            yield _dated(table, index.source, date_in(grid.title) if grid.title else None, file)


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
    found = index.match(grid.header)
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
        sheet = pl.lit(grid.sheet, dtype=pl.String).alias("_sheet")
        frames.append(grid.cells.select(sheet, pl.col("_row"), *columns))
        refused += [(grid.sheet, row) for row in (*grid.refused, *_left_out(grid, source))]
        warnings += _warnings(grid, found)
    return Table(
        rows=pl.concat(frames, how="diagonal"),
        labels=labels,
        refused=tuple(refused),
        warnings=tuple(warnings),
    )


def _left_out(grid: Grid, source: Source) -> list[Refusal]:
    """Account for totals and signatures in a list of events, where no such row belongs.

    In registers and tables, which people write and sign, they are furniture.
    """
    if source.kind != "events":
        return []
    return [Refusal(row=row, reason="NONDATA_ROW") for row in grid.left_out]


def _warnings(grid: Grid, found: HeaderMap) -> list[str]:
    warnings = ["NONDATA_ROW" for _ in grid.left_out]
    if not grid.is_visible:
        return ["HIDDEN_SHEET"]
    if grid.has_hidden_rows:
        warnings.append("HIDDEN_ROWS")
    return [*warnings, *("HEADER_EXTRA" for _ in found.unknown)]


def _dated(table: Table, source: Source, in_title: date | None, file: RawFile) -> Table:
    """Give rows without a date of their own that of the file: its name, else its title.

    Raises:
        FileRefused: MISSING_VALUE when a registry extract has no date anywhere.
    """
    column = source.extract_column or source.month_column
    if column is None:
        return table
    of_file = file.date_in_name or in_title
    if of_file is None and column not in table.labels:
        header = source.by_id[column].headers[0]
        raise FileRefused("MISSING_VALUE", f"文件名、标题和“{header}”列都没有数据日期")
    own = pl.lit(None, dtype=pl.String)
    if column in table.rows.columns:
        own = pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column))
    iso = pl.lit(of_file.isoformat() if of_file else None, dtype=pl.String)
    rows = table.rows.with_columns(pl.coalesce(own, iso).alias(column))
    return Table(rows=rows, labels=table.labels, refused=table.refused, warnings=table.warnings)
