"""SQLite files to a grid: looked at first, opened read-only, everything as text."""

from __future__ import annotations

import sqlite3
import struct
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import polars as pl

from pipeline.ingest.cells.marks import NO_TEXT
from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex, HeaderMap
from pipeline.ingest.refusal import FileRefused

MAGIC = b"SQLite format 3\0"
SUFFIXES = (".sqlite", ".sqlite3", ".db", ".db3")
MAX_BYTES = 8 << 30
MAX_VALUES = 500_000_000
TIME_LIMIT_SECONDS = 600.0
_FETCHED = 50_000  # rows held as Python objects at once
_STEPS = 100_000  # of SQLite's machine between two looks at the clock
_HEADER_BYTES = 100
# What a writer leaves beside a database that was not closed; without it the file lacks rows.
_UNFINISHED = ("-wal", "-journal")


def is_sqlite(path: Path) -> bool:
    """Say whether a file goes to the SQLite reader, by its first bytes or else its suffix."""
    if path.suffix.lower() in SUFFIXES:
        return True
    with path.open("rb") as handle:
        return handle.read(len(MAGIC)) == MAGIC


def is_left_beside(path: Path) -> bool:
    """Say whether a file belongs to a SQLite file beside it and is no raw file of its own."""
    return any(
        path.name.endswith(end) and path.with_name(path.name.removesuffix(end)).is_file()
        for end in (*_UNFINISHED, "-shm")
    )


def read_sqlite(path: Path, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    """Read the recognised columns of the one table that has them; `_row` is the 1-based record.

    Raises:
        FileRefused: damaged, cut short, too large, or not exactly one table fits.
    """
    _look_at(path)
    try:
        with closing(_opened(path)) as database, _limited(database):
            if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise FileRefused("CORRUPT")
            table, header = _chosen(database, index)
            found = index.match(header)
            wanted = sorted({0, *found.positions.values()})
            names = {f"c{at}": _quoted(header[at]) for at in wanted}
            _refuse_long(database, table, len(names))
            cells = _cells(database, table, names)
    except sqlite3.Error as error:
        is_late = isinstance(error, sqlite3.OperationalError) and "interrupt" in str(error)
        raise FileRefused("RESOURCE_LIMIT" if is_late else "CORRUPT") from error
    rows = cells.with_row_index("_row", 1).with_columns(pl.col("_row").cast(pl.Int64))
    return Grid(cells=rows, header=tuple(header)), found


def _look_at(path: Path) -> None:
    """Refuse by size, first bytes and length what need not be opened."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        head = handle.read(_HEADER_BYTES)
    if not head:
        raise FileRefused("EMPTY")
    if not head.startswith(MAGIC):
        raise FileRefused("WRONG_FORMAT", "不是SQLite文件")
    if size > MAX_BYTES:
        raise FileRefused("RESOURCE_LIMIT", f"{size:,}字节")
    if len(head) < _HEADER_BYTES:
        raise FileRefused("TRUNCATED")
    page = 65_536 if head[16:18] == b"\0\1" else struct.unpack(">H", head[16:18])[0]
    changed, pages = struct.unpack(">II", head[24:32])
    is_counted = changed == struct.unpack(">I", head[92:96])[0]
    if is_counted and size < pages * page:
        raise FileRefused("TRUNCATED")
    for end in _UNFINISHED:
        beside = path.with_name(path.name + end)
        if beside.is_file() and beside.stat().st_size:
            raise FileRefused("TRUNCATED", f"旁边有{beside.name}，请先关闭写入它的程序再复制")


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file that is never written to, without running anything that it brings."""
    database = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    database.text_factory = lambda value: value.decode("utf-8", "replace")
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        database.execute(f"PRAGMA {pragma}")
    return database


@contextmanager
def _limited(database: sqlite3.Connection) -> Iterator[None]:
    """Break off what takes too long: a file can be made to."""
    end = time.monotonic() + TIME_LIMIT_SECONDS
    database.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    yield


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables(database: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the columns of each plain table; views and virtual tables run code, and are not."""
    names = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' "
        "ESCAPE '~' AND sql NOT LIKE 'create virtual%' ORDER BY name"
    ).fetchall()
    return {
        name: [column for _, column, *_ in database.execute(f"PRAGMA table_info({_quoted(name)})")]
        for (name,) in names
    }


def _chosen(database: sqlite3.Connection, index: HeaderIndex) -> tuple[str, list[str]]:
    """Return the one table with every required column, and its columns."""
    tables = _tables(database)
    if not tables:
        raise FileRefused("EMPTY", "没有数据表")
    faults: dict[str, FileRefused] = {}
    for name, header in tables.items():
        try:
            index.require(index.match(header), header)
        except FileRefused as refused:
            faults[name] = refused
    fitting = [name for name in tables if name not in faults]
    if not fitting:
        nearest = max(tables, key=lambda name: index.score(tables[name])[0])
        fault = faults[nearest]
        raise FileRefused(fault.code, f"数据表“{nearest}”，{fault.note}")
    if len(fitting) > 1:
        raise FileRefused("SHEET_AMBIGUOUS", f"数据表：{'、'.join(fitting)}")
    return fitting[0], tables[fitting[0]]


def _refuse_long(database: sqlite3.Connection, table: str, width: int) -> None:
    rows = database.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0]  # noqa: S608
    if rows * width > MAX_VALUES:
        raise FileRefused("RESOURCE_LIMIT", f"{rows:,}行")


def _cells(database: sqlite3.Connection, table: str, names: dict[str, str]) -> pl.DataFrame:
    """Fetch the columns as text, in the order in which the records stand in the file."""
    as_text = ", ".join(
        f"iif(typeof({name}) = 'blob', '{NO_TEXT}', CAST({name} AS TEXT))"
        for name in names.values()
    )
    # An index would give its own order, and may be damaged where the table is not.
    rows = database.execute(f"SELECT {as_text} FROM {_quoted(table)} NOT INDEXED")  # noqa: S608
    schema = dict.fromkeys(names, pl.String())
    parts = [pl.DataFrame(schema=schema)]
    while some := rows.fetchmany(_FETCHED):
        parts.append(pl.DataFrame(some, schema=schema, orient="row"))
    return pl.concat(parts)
