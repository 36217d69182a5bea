"""Rules over many rows: restated months, overlaps, duplicates; none depends on file order."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.ingest.reasons import REPLACED

UNIT = ("_file", "_batch")  # what was sent at once: a file, or the rows of one batch in a file
CELL = (*UNIT, "_county")
_NOTHING = pl.lit(None, dtype=pl.String)


def tallied(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Count rows as far as `units` needs them: what is counted of parts can be put together."""
    facts = (*UNIT, "_series", "_county", "_month")
    return rows.group_by(*facts, _is_good=pl.col("_reason").is_null()).agg(
        _rows=pl.len().cast(pl.Int64)
    )


def units(tally: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per unit: its series, its area and its main month, from counts (`tallied`).

    The area is the county, where the unit holds only one, else the city of most of its rows. Of a
    unit without a good row (`is_good`) neither is known.
    """
    unit = (*UNIT, "_series")
    city, month = pl.col("_county").str.head(4), pl.col("_month")
    county = pl.col("_county").filter("_is_good")
    counted = tally.with_columns(
        _in_city=pl.col("_rows").sum().over(*unit, city, "_is_good"),
        _in_month=pl.col("_rows").sum().over(*unit, month, "_is_good"),
    )
    return counted.group_by(*unit).agg(
        area=pl.when(county.n_unique() == 1)
        .then(county.first())
        .otherwise(_most(city, "_in_city")),
        month=_most(month, "_in_month"),
        is_good=pl.col("_is_good").any(),
    )


def _most(value: pl.Expr, rows: str) -> pl.Expr:
    """Return the value of most good rows, the first of several."""
    good = pl.col("_is_good")
    value = value.filter(good)
    return value.sort_by(pl.col(rows).filter(good), value, descending=[True, False]).first()


def superseded(sent: pl.DataFrame, *, by_month: bool) -> pl.DataFrame:
    """Return which unit is replaced by which file: `_file`, `_batch`, `by`.

    A file replaces one of the same series (its name without `_vN`) with a smaller batch, unless it
    has no good row: nothing does not replace a month. With `by_month` a unit also replaces one of
    the same area and main month, whatever the names are, and be it in the same file.
    """
    pairs = [_newer(sent, ["_series"]).filter(pl.col("by") != pl.col("_file"))]
    if by_month:
        pairs.append(_newer(sent.drop_nulls(["area", "month"]), ["area", "month"]))
    newest = pl.concat(pairs).sort(*UNIT, "newer", "by", descending=[False, False, True, False])
    return newest.unique(UNIT, keep="first", maintain_order=True).select(*UNIT, "by")


def _newer(sent: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    newer = sent.filter("is_good").select(*on, by="_file", newer="_batch")
    return (
        sent.join(newer, on=on, how="inner")
        .filter(pl.col("newer") > pl.col("_batch"))
        .select(*UNIT, "by", "newer")
    )


def replaced_files(sent: pl.DataFrame, replaced: pl.DataFrame) -> pl.DataFrame:
    """Return the files nothing of which is in force, and what replaced the last of each."""
    gone = sent.join(replaced, on=UNIT, how="left", validate="1:1").sort(UNIT)
    files = gone.group_by("_file", maintain_order=True).agg(
        pl.col("by").last(), is_gone=pl.col("by").is_not_null().all()
    )
    return files.filter("is_gone").drop("is_gone")


def without_superseded(rows: pl.LazyFrame, replaced: pl.DataFrame) -> pl.LazyFrame:
    """Count every row of a replaced unit as such, whatever else was wrong with it."""
    old = replaced.lazy().select(*UNIT, _is_old=pl.lit(value=True))
    is_old = pl.col("_is_old").fill_null(value=False)
    return (
        rows.join(old, on=UNIT, how="left", validate="m:1", maintain_order="left")
        .with_columns(
            pl.when(is_old).then(pl.lit(REPLACED.code)).otherwise("_reason").alias("_reason"),
            *(
                pl.when(is_old).then(_NOTHING).otherwise(name).alias(name)
                for name in ("_column", "_detail", "_warning")
            ),
        )
        .drop("_is_old")
    )


def overlaps(doubled: pl.LazyFrame, sent: pl.DataFrame, *, key: Sequence[str]) -> pl.LazyFrame:
    """Return the cells that two files tell differently and no batch decides: columns CELL.

    `doubled` are the rows that share a key (`doubled_rows`). Two files of one main month and one
    batch that give a key of a county different contents cannot both be right, and which is the
    later one is not said. Files that share no key, or only copies, do not overlap: two hospitals
    may report the same month. A number that two counties use is a duplicate, nothing more.
    """
    months = sent.lazy().select(*UNIT, _main="month")
    group = [*key, "_county", "_main", "_batch"]
    return (
        doubled.filter(pl.col("_pos") == pl.col("_pos").min().over([*key, "_file"]))
        .join(months, on=UNIT, how="inner", validate="m:1")
        .filter(pl.col("_main").is_not_null() & (pl.col("_content").n_unique().over(group) > 1))
        .select(CELL)
        .unique()
    )


def without_overlaps(rows: pl.LazyFrame, cells: pl.DataFrame) -> pl.LazyFrame:
    """Refuse what is left of overlapping cells, all of it: a restated month counts as a whole."""
    told = cells.lazy().select(*CELL, _is_told_twice=pl.lit(value=True))
    is_hit = pl.col("_is_told_twice").is_not_null() & pl.col("_reason").is_null()
    return (
        rows.join(told, on=CELL, how="left", validate="m:1", maintain_order="left")
        .with_columns(
            _reason=pl.when(is_hit).then(pl.lit("OVERLAP")).otherwise("_reason"),
            _warning=pl.when(is_hit).then(_NOTHING).otherwise("_warning"),
        )
        .drop("_is_told_twice")
    )


def doubled_rows(rows: pl.LazyFrame, *, key: Sequence[str], content: Sequence[str]) -> pl.LazyFrame:
    """Return the open rows whose key occurs more than once, with all they say as one text."""
    keys = pl.struct(key) if len(key) > 1 else pl.col(key[0])
    said = [pl.col(column).cast(pl.String).fill_null("\x00") for column in content]
    return (
        rows.filter(pl.col("_reason").is_null() & pl.col(key[0]).is_not_null())
        .filter(keys.is_duplicated())
        .select(
            *dict.fromkeys(("_pos", *CELL, *key)),
            _content=pl.concat_str(said, separator="\x1f"),
        )
    )


def duplicates(doubled: pl.LazyFrame, *, key: Sequence[str]) -> pl.LazyFrame:
    """Return the rows that do not stay, of rows with one key: `_pos`, `_verdict`.

    They are DUPLICATE_ROW, or DUPLICATE_KEY if they differ from the one that stays. The newer batch
    stays. Within a file and batch it is the first row, between files the content decides, so that
    neither names nor the order of files matter.
    """
    keys = list(key)
    first = pl.col("_pos") == pl.col("_pos").min().over([*keys, *UNIT])
    ranked = doubled.with_columns(_first=first).sort(
        *(*keys, "_batch", "_first", "_content", "_pos"),
        descending=[False] * len(keys) + [True, True, False, False],
    )
    is_kept = pl.col("_pos") == pl.col("_pos").first().over(keys)
    is_same = pl.col("_content") == pl.col("_content").first().over(keys)
    verdict = pl.when(is_same).then(pl.lit("DUPLICATE_ROW")).otherwise(pl.lit("DUPLICATE_KEY"))
    return (
        ranked.select("_pos", _verdict=verdict, is_kept=is_kept)
        .filter(pl.col("is_kept").not_())
        .drop("is_kept")
    )


def without_duplicates(
    rows: pl.LazyFrame, verdicts: pl.LazyFrame, *, key: Sequence[str]
) -> pl.LazyFrame:
    """Give the rows that do not stay their verdict as the reason."""
    identifiers = [k for k in key if k.endswith(("_id", "_code"))]
    is_hit = pl.col("_verdict").is_not_null()
    named = pl.lit(identifiers[-1] if identifiers else None, dtype=pl.String)
    return (
        rows.join(verdicts, on="_pos", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            _reason=pl.coalesce("_reason", "_verdict"),
            _column=pl.when(is_hit).then(named).otherwise("_column"),
            _warning=pl.when(is_hit).then(None).otherwise("_warning"),
        )
        .drop("_verdict")
    )
