"""What files say of their rows: batch, series and city; and the last day they speak of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from pipeline.catalog.sources import sources
from pipeline.ingest.batch import FileResult
from pipeline.ingest.files import RawFile, readable_name

NO_DAY = date(1970, 1, 1)
# Of lists of events: the day that places a row in a month, and other days it names.
DAYS = {
    "settlements": ("settled_on", "started_on", "ended_on"),
    "referrals": ("referred_on",),
}
_CODE_FIRST = re.compile(r"^(\d{4})\d{2}(?=[_\-])")
_ORIGIN = pl.Schema(
    {
        "_file": pl.UInt32(),
        "_batch": pl.Int64(),
        "_series": pl.String(),
        "_city": pl.String(),
        "_tells_resettled": pl.Boolean(),
    }
)


def city_names(areas: pl.DataFrame) -> dict[str, str]:
    """Return the code of each city by its name."""
    cities = areas.filter(
        (pl.col("area_level") == "city") & pl.col("area_name").str.ends_with("市")
    )
    return dict(cities.sort("area_code").select("area_name", "area_code").iter_rows())


def _city_of(file: RawFile, cities: Mapping[str, str]) -> str | None:
    written = readable_name(file.path.name)
    code = _CODE_FIRST.match(written)
    if code:
        return f"{code.group(1)}00"
    return next((cities[name] for name in cities if name in written), None)


def with_origin(
    rows: pl.LazyFrame,
    files: Sequence[FileResult],
    *,
    cities: Mapping[str, str],
    newest: pl.DataFrame | None = None,
) -> pl.LazyFrame:
    """Add what a file says of all its rows: batch, series and city by its name, and its columns.

    A batch column goes first; where it is left blank it means the newest batch of the file, which
    `newest` (`facts_of_files`) tells where the rows are not those of whole files. A file without a
    column for the resettled (`_tells_resettled`) leaves open who is one.
    """
    origin = pl.LazyFrame(
        [
            (
                *(r.file_id, r.file.batch, r.file.series, _city_of(r.file, cities)),
                "is_resettled" in r.labels,
            )
            for r in files
        ],
        schema=_ORIGIN,
        orient="row",
    )
    has_batch = "batch" in rows.collect_schema().names()
    rows = rows.join(origin, on="_file", how="left", validate="m:1", maintain_order="left")
    if not has_batch:
        return rows
    if newest is not None:
        rows = rows.join(
            newest.lazy(), on="_file", how="left", validate="m:1", maintain_order="left"
        )
        return rows.with_columns(_batch=pl.coalesce("batch", "_newest", "_batch")).drop("_newest")
    of_file = pl.col("batch").max().over("_file")
    return rows.with_columns(_batch=pl.coalesce("batch", of_file, "_batch"))


def facts_of_files(source: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what the rows of each file of events say of it: `_file` and three facts.

    `day` is the last it speaks of, a few mistyped ones aside; `latest` is the last that any row
    names, `_newest` the newest batch. The rows are those of whole files.
    """
    days = DAYS[source]
    day = pl.col(days[0]).filter(pl.col("_reason").is_null())
    return rows.group_by("_file").agg(
        day=day.filter(day <= _END[source](day)).max(),
        latest=pl.max_horizontal(pl.col(days).max()),
        _newest=pl.col("batch").max(),
    )


# One mistyped year must not count: settlements are sent by month, referrals by any time.
_END: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "settlements": lambda day: day.dt.month_start().mode().max().dt.month_end(),
    "referrals": lambda day: day.quantile(0.999),
}


class LastDays(NamedTuple):
    """The last day that the files of a source speak of, and the end of the last year of a table."""

    of_rows: date | None
    of_years: date | None


def last_days(source: str, rows: pl.DataFrame) -> LastDays:
    """Return what files other than events say; of each file what most of its rows say counts.

    A monthly report speaks up to the end of its month, and an extract for its date; a due date says
    nothing of the data.
    """
    declared = sources()[source]
    id_, day, year = declared.extract_column or declared.month_column, None, None
    if id_ is not None:
        of_row = pl.col(id_).dt.month_end() if id_ == "month" else pl.col(id_)
        day = rows.group_by("_file").agg(day=of_row.mode().max()).select(pl.max("day")).item()
    if "year" in declared.by_id:
        sound = rows.filter(pl.col("year").is_not_null())
        years = sound.group_by("_file").agg(pl.col("year").mode().max())
        year = years.select(pl.max("year")).item()
    return LastDays(day, None if year is None else date(year, 12, 31))


def latest_day(said: Iterable[LastDays]) -> date:
    """Return the as-of date of the data: the last day that files as a whole speak of.

    Where nothing says a day it is the end of the last year that a table speaks of; where there is
    none either it is NO_DAY.
    """
    days, years = zip(*said, strict=True)
    of_rows = [day for day in days if day is not None]
    return max(of_rows or [day for day in years if day is not None], default=NO_DAY)
