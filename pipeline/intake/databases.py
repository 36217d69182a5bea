"""Declared databases as inputs.

What a query gave is remembered by month. With a watermark only rows from the last one on are
fetched again; they replace what is remembered of them, and the number of rows must then be that of
the query, or everything is fetched afresh. So a build always rests on what a full read gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipeline.catalog.sources import sources
from pipeline.ingest.batch import Progress, empty_rows
from pipeline.ingest.cells.values import pseudonymised, typed
from pipeline.ingest.databases.connections import connected
from pipeline.ingest.databases.declared import (
    SUFFIX,
    WATERMARK,
    Connection,
    DatabaseError,
    address,
    count_statement,
    is_safe_mark,
    load_declaration,
    rows_statement,
)
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex, HeaderMap
from pipeline.ingest.read_cache import ReadCache
from pipeline.ingest.refusal import FileRefused
from pipeline.intake.database_months import (
    NEW,
    OLD,
    Gathered,
    Month,
    Query,
    assembled,
    complete,
    state_of,
)
from pipeline.spill import Spill


def with_databases(
    files: Sequence[RawFile],
    *,
    cache: ReadCache | None,
    key: bytes,
    progress: Progress,
    parts: Path | None = None,
) -> tuple[list[RawFile], ReadCache | None]:
    """Replace every declaration by the months of its rows, and name the cache that has them.

    Raises:
        DatabaseError: a declaration is wrong or its database cannot be read.
        StorageError: what was fetched cannot be written.
    """
    if not any(file.path.suffix.lower() == SUFFIX for file in files):
        return list(files), cache
    cache = cache or ReadCache(None, key=key)
    expanded: list[RawFile] = []
    for file in files:
        if file.path.suffix.lower() != SUFFIX:
            expanded.append(file)
            continue
        query = Query(
            file=file,
            declaration=load_declaration(file.path, name=file.name),
            source=sources()[file.source],
            cache=cache,
            key=key,
            progress=progress,
        )
        gathered = Gathered(spill=Spill(parts), month_column=query.source.database_month_column)
        expanded += _inputs(query, gathered)
        gathered.clear()
    return expanded, cache


def _inputs(query: Query, gathered: Gathered) -> list[RawFile]:
    with connected(query.declaration, name=query.file.name) as database:
        header = database.header(query.declaration.query)
        found = _matched(query, header)
        columns = {text: header[position] for text, position in found.positions.items()}
        total = database.count(count_statement(query.declaration))
        if total == 0:
            raise DatabaseError(query.file.name, "查询没有返回任何行，请核对query")
        state = query.cache.name_of(
            query.source,
            *("database", repr(query.declaration), repr(header)),
            query.cache.sealed(address(query.declaration, name=query.file.name)),
        )
        untouched = _continued(query, database, columns, gathered, state=state, total=total)
        if untouched is None:
            gathered.clear()
            _fetch(query, database, columns, gathered, total=total)
            untouched = {}
            if database.is_snapshot and gathered.counts.total() != total:
                raise DatabaseError(query.file.name, "读到的行数与查询的行数不符，请重新运行")
    months = list(assembled(query, found, untouched, gathered))
    if gathered.can_continue and is_safe_mark(gathered.mark):
        query.cache.put(state, state_of(months, str(gathered.mark)))
    return [query.input(month.month, month.sha256) for month in months]


def _matched(query: Query, header: list[str]) -> HeaderMap:
    """Match the columns of the query; everything a file must bring, the query must bring."""
    index = HeaderIndex(query.source)
    try:
        found = index.match(header)
        index.require(found, header)
    except FileRefused as refused:
        raise DatabaseError(query.file.name, refused.message_zh.rstrip("。")) from refused
    dated = query.source.extract_column or query.source.month_column
    if dated is not None and dated not in found.labels:
        needed = query.source.by_id[dated].headers[0]
        raise DatabaseError(query.file.name, f"查询里没有“{needed}”列，请在query中写出数据日期")
    mark = query.declaration.watermark
    if mark is not None and mark not in header:
        raise DatabaseError(query.file.name, f"查询里没有watermark所写的“{mark}”列")
    return found


def _fetch(
    query: Query,
    database: Connection,
    columns: dict[str, str],
    gathered: Gathered,
    *,
    total: int,
    since: str | None = None,
) -> pl.DataFrame:
    """Fetch, type and put aside; return the keys of the rows."""
    keys = [empty_rows(query.source).select(query.source.key)]
    statement = rows_statement(query.declaration, list(columns.values()), since=since)
    done = 0
    for text in database.texts(statement):
        fields = [pl.col(f"c{at}").alias(name) for at, name in enumerate(columns)]
        marks = [WATERMARK] if query.declaration.watermark else []
        place = (pl.lit(None, dtype=pl.String).alias("_sheet"), pl.lit(0).alias("_row"))
        raw = text.select(*place, *marks, *fields)
        rows = pseudonymised(typed(raw, query.source), query.source, key=query.key)
        if marks and text.height:
            gathered.mark = text[WATERMARK][-1]
            gathered.can_continue &= not text[WATERMARK].has_nulls()
        keys.append(rows.select(query.source.key))
        gathered.add(complete(rows, query.source), age=NEW)
        done += text.height
        query.progress("fetch", done, max(total, done), 0)
    return pl.concat(keys)


def _continued(
    query: Query,
    database: Connection,
    columns: dict[str, str],
    gathered: Gathered,
    *,
    state: str,
    total: int,
) -> dict[str, Month] | None:
    """Fetch what is new and put beside it the remembered months that it touches.

    Returns:
        The months that stay as they are; None where everything must be fetched afresh.
    """
    known = query.cache.get(state)
    if known is None:
        return None
    months = [Month(**row | {"last": tuple(row["last"])}) for row in known.rows.to_dicts()]
    since = known.labels["watermark"]
    gathered.mark = since
    new = _fetch(query, database, columns, gathered, total=total, since=since)
    untouched = {}
    for month in months:
        entry = query.cache.get(query.entry(month))
        if entry is None:
            return None
        is_fetched = pl.col("_row").is_in(list(month.last))
        kept = entry.rows.filter(is_fetched.not_()).join(
            new, on=query.source.key, how="anti", maintain_order="left"
        )
        if kept.height == month.rows and not month.has_strays:
            untouched[month.month] = month
        else:
            gathered.add(complete(kept, query.source), age=OLD)
    there = gathered.counts.total() + sum(month.rows for month in untouched.values())
    return untouched if there == total else None
