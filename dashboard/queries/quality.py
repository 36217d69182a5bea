"""What came, what was taken and what was refused, by source, county and month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

import polars as pl

from dashboard.remembering import remembered
from pipeline.catalog.sources import SOURCE_IDS
from pipeline.snapshots import InputFile

COUNTS = ("rows_read", "accepted", "rejected", "duplicates")
UNNAMED = ""  # the county of rows that do not say theirs
# Sources of which nothing counts at all; and by source, county -> whether all it sent was refused.
Refused = tuple[frozenset[str], Mapping[str, Mapping[str, bool]]]


def nothing_passed() -> pl.Expr:
    """Tell cells of which rows came and none was fit; a hidden count is one that was."""
    return (pl.col("rejected") > 0) & (pl.col("accepted").fill_null(1) == 0)


def refused(quality: pl.LazyFrame, *, inputs: Iterable[InputFile]) -> Refused:
    """Return what was sent in vain, over all months: whole sources, and counties of the others.

    Of a source only counties are named that sent any rows, and only where one sent in vain.
    """
    files = list(inputs)
    fit = {entry.source for entry in files if entry.accepted}
    unfit = {entry.source for entry in files if entry.rejected or entry.refusal}
    rows = (
        quality.filter(pl.col("county_code") != UNNAMED)
        .group_by("source", "county_code")
        .agg(pl.col("rejected").sum(), pl.col("accepted").fill_null(1).sum())
        .filter((pl.col("rejected") > 0) | (pl.col("accepted") > 0))
        .select("source", "county_code", nothing_passed())
        .collect()
    )
    by_source: dict[str, dict[str, bool]] = {}
    for source, county, in_vain in rows.iter_rows():
        by_source.setdefault(source, {})[county] = in_vain
    return frozenset(unfit - fit), {s: told for s, told in by_source.items() if any(told.values())}


@remembered
def latest_cells(quality: pl.LazyFrame, *, counties: Sequence[str], until: dt.date) -> pl.DataFrame:
    """One row per source and county: its latest month up to `until`."""
    return (
        quality.filter(pl.col("county_code").is_in(list(counties)) & (pl.col("month") <= until))
        .with_columns(pl.col("grade").cast(pl.String))
        .sort("month")
        .group_by("source", "county_code", maintain_order=True)
        .last()
        .sort("source", "county_code")
        .collect()
    )


def stale_cells(cells: pl.DataFrame, *, limits: Mapping[str, int]) -> pl.DataFrame:
    """Keep source, county_code and delay_days of the cells older than their source's limit.

    The oldest first; sources without a limit have no rhythm.
    """
    limit = pl.col("source").replace_strict(dict(limits), default=None, return_dtype=pl.Int64)
    return (
        cells.filter(pl.col("delay_days") > limit)
        .select("source", "county_code", "delay_days")
        .sort("delay_days", "source", "county_code", descending=[True, False, False])
    )


@remembered
def unreported(quality: pl.LazyFrame, *, counties: Sequence[str], until: dt.date) -> pl.DataFrame:
    """One row per source and county whose latest due report has not come, the longest first.

    `last` is the month of the last report that came; null where none ever did. One of which
    nothing was fit has come.
    """
    came = (pl.col("received") > 0) | nothing_passed()
    return (
        quality.filter(
            pl.col("county_code").is_in(list(counties))
            & (pl.col("month") <= until)
            & (pl.col("expected") > 0)
        )
        .sort("month")
        .group_by("source", "county_code", maintain_order=True)
        .agg(has_latest=came.last(), last=pl.col("month").filter(came).last())
        .filter(~pl.col("has_latest"))
        .select("source", "county_code", "last")
        .sort("last", "source", "county_code", nulls_last=False)
        .collect()
    )


def source_grades(cells: pl.DataFrame, *, thresholds: Mapping[str, float]) -> dict[str, str]:
    """Return source -> grade of all its latest cells together; a source without cells has none.

    The share of refused rows among all read decides, as for a single cell; one due report that has
    not come makes the source's grade D. Where how many were read is hidden everywhere, the worst.
    """
    totals = cells.group_by("source").agg(
        pl.col("rejected").filter(pl.col("rows_read").is_not_null()).sum(),
        pl.col("rows_read").sum(),
        is_hidden=pl.col("rows_read").is_null().all(),
        worst=pl.col("grade").cast(pl.String).max(),
        lacks=((pl.col("expected") > 0) & (pl.col("received") == 0)).any(),
    )
    found = {}
    for row in totals.iter_rows(named=True):
        share = row["rejected"] / row["rows_read"] if row["rows_read"] else 0.0
        fits = [name for name, most in sorted(thresholds.items()) if share <= most]
        grade = row["worst"] if row["is_hidden"] else fits[0] if fits else "D"
        found[row["source"]] = "D" if row["lacks"] else grade
    return found


def _lacking() -> pl.Expr:
    """Tell cells whose report is due and has not come."""
    return (pl.col("expected") > 0) & (pl.col("received") == 0) & ~nothing_passed()


@remembered
def month_accounts(
    quality: pl.LazyFrame, *, counties: Sequence[str], month: dt.date
) -> pl.DataFrame:
    """One row per source: the month's rows, and the longest delay of its latest reports.

    rows_read and accepted leave out `hidden` counties, whose own would tell a hidden count.
    delay_days: days the latest due report is late (`is_due`; it has not come of `lacking` counties,
    and nothing of it was fit of `unfit` ones), or the age of a register's newest extract, `latest`
    its month; all are null where nothing ever came.
    """
    here = quality.filter(pl.col("county_code").is_in(list(counties)))
    rows = (
        here.filter(pl.col("month") == month)
        .group_by("source")
        .agg(
            pl.col("received").sum(),
            # Null where all are hidden; `hidden` counts the counties whose rows are not in the sum.
            *(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in COUNTS),
            hidden=pl.col("accepted").null_count(),
        )
        .collect()
    )
    delays = (
        latest_cells(quality, counties=counties, until=month)
        .group_by("source")
        .agg(
            pl.col("delay_days").max(),
            is_due=pl.col("expected").is_not_null().any(),
            lacking=_lacking().sum(),
            unfit=(nothing_passed() & (pl.col("county_code") != UNNAMED)).sum(),
            latest=pl.col("month").min(),
        )
    )
    return (
        pl.DataFrame({"source": SOURCE_IDS})
        .join(rows, on="source", how="left", maintain_order="left")
        .join(delays, on="source", how="left", maintain_order="left")
    )


def file_accounts(inputs: Iterable[InputFile]) -> pl.DataFrame:
    """One row per source: files and rows of the whole snapshot."""
    rows = [(entry.source, *(getattr(entry, name) for name in COUNTS)) for entry in inputs]
    schema: dict[str, type[pl.DataType]] = {"source": pl.String, **dict.fromkeys(COUNTS, pl.Int64)}
    counted = (
        pl.DataFrame(rows, schema=schema, orient="row")
        .group_by("source")
        .agg(pl.len().cast(pl.Int64).alias("files"), pl.col(COUNTS).sum())
    )
    return (
        pl.DataFrame({"source": SOURCE_IDS})
        .join(counted, on="source", how="left", maintain_order="left")
        .with_columns(pl.col("files", *COUNTS).fill_null(0))
    )


def _told(quality: pl.LazyFrame, *, counties: Sequence[str], until: dt.date) -> pl.LazyFrame:
    """One row per source, county, month and reason code: rows."""
    pair = pl.col("reasons").str.splitn(":", 2)
    return (
        quality.filter(
            pl.col("county_code").is_in(list(counties))
            & (pl.col("month") <= until)
            & (pl.col("reasons") != "")
        )
        .select("source", "county_code", "month", pl.col("reasons").str.split(" "))
        .explode("reasons")
        .select(
            "source",
            "county_code",
            "month",
            code=pair.struct.field("field_0"),
            rows=pair.struct.field("field_1").cast(pl.Int64),
        )
    )


@remembered
def reasons(quality: pl.LazyFrame, *, counties: Sequence[str], until: dt.date) -> pl.DataFrame:
    """One row per reason code, the most frequent first: code, rows, sources, first, last month.

    `places` are its counties and `counts` their rows, the county with most rows first.
    """
    told = _told(quality, counties=counties, until=until)
    by_county = (
        told.group_by("code", "county_code")
        .agg(pl.col("rows").sum())
        .sort("rows", "county_code", descending=[True, False])
        .group_by("code", maintain_order=True)
        .agg(places="county_code", counts="rows")
    )
    return (
        told.group_by("code")
        .agg(
            pl.col("rows").sum(),
            sources=pl.col("source").unique().sort(),
            first=pl.col("month").min(),
            last=pl.col("month").max(),
        )
        .join(by_county, on="code", how="left", validate="1:1")
        .sort("rows", "code", descending=[True, False])
        .collect()
    )


def rejected_list(rejected: pl.LazyFrame, *, inputs: Iterable[InputFile]) -> pl.DataFrame:
    """One row per refused row: source, file, sheet, row, column and reason.

    The mart names a file by the hash of its content; of several equal files the first is named.
    """
    pairs = {entry.sha256: entry.file for entry in reversed(list(inputs))}
    names = pl.LazyFrame(
        list(pairs.items()), schema={"file_sha256": pl.String, "file": pl.String}, orient="row"
    )
    return (
        rejected.join(names, on="file_sha256", how="left", validate="m:1")
        .select("source", "file", "sheet", "row", "column", "reason")
        .sort("source", "file", "sheet", "row")
        .collect()
    )


def set_aside(inputs: Iterable[InputFile], *, near: Sequence[str] = ()) -> list[InputFile]:
    """Return the files of which nothing counts: of which nothing was fit, then replaced ones.

    Args:
        inputs: all files of the snapshot.
        near: names and codes of areas; files named after one of them come first of their kind.
    """
    found = [e for e in inputs if e.refusal or e.kept_instead or e.superseded_by]

    def is_far(entry: InputFile) -> bool:
        name = PurePosixPath(entry.file).name
        return not any(word in name for word in near)

    return sorted(
        found,
        key=lambda e: (e.superseded_by is not None, is_far(e), e.source, e.file),
    )
