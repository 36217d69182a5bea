"""The rows of a query by month, each month an input like a monthly file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import polars as pl

from pipeline.catalog.sources import Source
from pipeline.ingest.batch import Progress, empty_rows
from pipeline.ingest.databases.declared import WATERMARK, Declaration
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderMap
from pipeline.ingest.read_cache import ReadCache, Remembered
from pipeline.spill import Spill

# A month with fewer than one in so many of the busiest month's rows is mistyped dates, mostly: its
# rows, and those without a date, count with the last month, whose end then stays the end.
SPARSE = 100
_STATE = pl.Schema(
    {
        "month": pl.String(),
        "sha256": pl.String(),
        "rows": pl.Int64(),
        "has_strays": pl.Boolean(),
        "last": pl.List(pl.Int64),
    }
)
OLD, NEW = "old", "new"


@dataclass(frozen=True, kw_only=True)
class Month:
    """An input: its month (YYYYMM, or nothing), content, and the records at the last watermark."""

    month: str
    sha256: str
    rows: int
    has_strays: bool = False  # rows of other months
    last: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Query:
    """A declaration with what is needed to read it."""

    file: RawFile
    declaration: Declaration
    source: Source
    cache: ReadCache
    key: bytes
    progress: Progress

    def input(self, month: str, sha256: str) -> RawFile:
        """Return a month of the rows as a raw file; there is no such file, only its entry."""
        stem = PurePath(self.file.name).stem
        return RawFile(
            path=Path(f"{stem}_{month}" if month else stem),
            name="/".join((f"{self.declaration.kind}:{self.source.id}", stem, month)).rstrip("/"),
            source=self.source.id,
            sha256=sha256,
        )

    def entry(self, month: Month) -> str:
        """Name what is remembered of a month."""
        return self.cache.name(self.input(month.month, month.sha256), self.source)


@dataclass(kw_only=True)
class Gathered:
    """Rows put aside by the month they speak of, the remembered ones before the fetched ones."""

    spill: Spill
    month_column: str | None
    counts: Counter[str] = field(default_factory=Counter)
    mark: str | None = None  # the last watermark
    can_continue: bool = True  # every row has a watermark

    def add(self, rows: pl.DataFrame, *, age: str) -> None:
        """Put rows aside."""
        month = pl.lit("")
        if self.month_column is not None:
            month = pl.col(self.month_column).dt.strftime("%Y%m").fill_null("")
        parts = rows.with_columns(_ym=month).partition_by("_ym", as_dict=True, include_key=False)
        for (ym,), part in parts.items():
            self.counts[str(ym)] += part.height
            self.spill.add(part, name=f"{ym}-{age}")

    def frames(self, month: str) -> list[pl.DataFrame]:
        """Return the rows of a month."""
        scans = [scan for age in (OLD, NEW) for scan in self.spill.scans(f"{month}-{age}")]
        return [scan.collect() for scan in scans]

    def clear(self) -> None:
        """Begin anew."""
        self.spill.clear()
        self.counts.clear()


def complete(rows: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Give rows the columns of the source in their order, and the watermark behind them."""
    mark = pl.col(WATERMARK) if WATERMARK in rows.columns else pl.lit(None, dtype=pl.String)
    schema = empty_rows(source).drop("_pos", "_file").schema
    return rows.select(
        *(pl.col(name).cast(dtype) for name, dtype in schema.items()), mark.alias(WATERMARK)
    )


def assembled(
    query: Query, found: HeaderMap, untouched: dict[str, Month], gathered: Gathered
) -> Iterator[Month]:
    """Make the inputs: each month with rows enough, the last one with the stray rows."""
    counts = gathered.counts + Counter({name: month.rows for name, month in untouched.items()})
    busiest = max(counts.values())
    regular = sorted(ym for ym, rows in counts.items() if ym and rows * SPARSE >= busiest)
    strays = sorted(set(counts) - set(regular))
    for ym in regular or [""]:
        is_home = ym == (regular[-1] if regular else "")
        parts = [*regular[-1:], *strays] if is_home else [ym]
        if parts == [ym] and ym in untouched and not gathered.counts[ym]:
            yield untouched[ym]
            continue
        rows = pl.concat(
            frame
            for part in parts
            for frame in (*_remembered(query, untouched.get(part)), *gathered.frames(part))
        )
        yield _kept(query, found, ym, rows, gathered.mark, has_strays=parts != [ym])


def _remembered(query: Query, month: Month | None) -> list[pl.DataFrame]:
    entry = query.cache.get(query.entry(month)) if month is not None else None
    return [complete(entry.rows, query.source)] if entry is not None else []


def _kept(
    query: Query,
    found: HeaderMap,
    ym: str,
    rows: pl.DataFrame,
    mark: str | None,
    *,
    has_strays: bool,
) -> Month:
    """Number the records of an input and have them remembered."""
    numbered = rows.with_columns(_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    last = numbered.filter(pl.col(WATERMARK) == mark)["_row"].to_list() if mark else []
    final = numbered.drop(WATERMARK)
    digest = hashlib.sha256()
    for part in final.iter_slices(100_000):
        digest.update(part.write_csv(include_header=False).encode())
    month = Month(
        month=ym,
        sha256=digest.hexdigest(),
        rows=final.height,
        has_strays=has_strays,
        last=tuple(last),
    )
    said = Remembered(
        rows=final, labels=found.labels, warnings=("HEADER_EXTRA",) * len(found.unknown)
    )
    query.cache.put(query.entry(month), said)
    return month


def state_of(months: Sequence[Month], mark: str) -> Remembered:
    """Return what a later run needs in order to go on from these months and this watermark."""
    rows = [
        (month.month, month.sha256, month.rows, month.has_strays, list(month.last))
        for month in months
    ]
    return Remembered(
        rows=pl.DataFrame(rows, schema=_STATE, orient="row"), labels={"watermark": mark}
    )
