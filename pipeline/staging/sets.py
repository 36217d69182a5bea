"""Rules over many rows: restated files, duplicates. The result does not depend on file order."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def file_facts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per file: `_file`, `_series`, `_batch`, its area and its main month.

    The area is the county, where the file holds only one, else the city of most of its rows.
    """
    good = pl.col("_reason").is_null()
    county = pl.col("_county").filter(good)
    one = county.n_unique() == 1
    city = county.str.head(4)
    return rows.group_by("_file", "_series").agg(
        pl.col("_batch").max(),
        area=pl.when(one).then(county.first()).otherwise(city.mode().sort().first()),
        month=pl.col("_month").filter(good).mode().sort().first(),
    )


def superseded(files: pl.DataFrame, *, by_month: bool) -> pl.DataFrame:
    """Return which file is replaced by which: `_file`, `by`.

    A file replaces one of the same series (its name without `_vN`) with a smaller batch. With
    `by_month` also one of the same area and the same main month, whatever the names are.
    """
    pairs = [_newer(files, ["_series"])]
    if by_month:
        pairs.append(_newer(files.drop_nulls(["area", "month"]), ["area", "month"]))
    newest = pl.concat(pairs).sort("_file", "newer_batch", "by", descending=[False, True, False])
    return newest.unique("_file", keep="first", maintain_order=True).select("_file", "by")


def _newer(files: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    newer = files.select(*on, by="_file", newer_batch="_batch")
    return (
        files.join(newer, on=on, how="inner")
        .filter(pl.col("newer_batch") > pl.col("_batch"))
        .select("_file", "by", "newer_batch")
    )


def without_superseded(rows: pl.LazyFrame, replaced: pl.DataFrame) -> pl.LazyFrame:
    """Count every row of a replaced file as a duplicate, whatever else was wrong with it."""
    is_old = pl.col("_file").is_in(replaced["_file"].to_list())
    nothing = pl.lit(None, dtype=pl.String)
    return rows.with_columns(
        _reason=pl.when(is_old).then(pl.lit("DUPLICATE_KEY")).otherwise("_reason"),
        _column=pl.when(is_old).then(nothing).otherwise("_column"),
        _detail=pl.when(is_old).then(pl.lit("已被更新批次的文件替代")).otherwise("_detail"),
        _warning=pl.when(is_old).then(nothing).otherwise("_warning"),
    )


def duplicates(rows: pl.LazyFrame, *, key: Sequence[str], content: Sequence[str]) -> pl.LazyFrame:
    """Return the rows that do not stay, of rows with one key: `_pos`, `_verdict`.

    They are DUPLICATE_ROW, or DUPLICATE_KEY if they differ from the one that stays. Within a file
    the first row stays. Between files the newer batch stays, then the content decides, so that
    neither names nor the order of files matter.
    """
    return _verdicts(_doubled(rows, list(key), content), list(key))


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


def _doubled(rows: pl.LazyFrame, keys: list[str], content: Sequence[str]) -> pl.LazyFrame:
    """Return the rows whose key occurs more than once, with all they say as one text."""
    key = pl.struct(keys) if len(keys) > 1 else pl.col(keys[0])
    said = [pl.col(column).cast(pl.String).fill_null("\x00") for column in content]
    return (
        rows.filter(pl.col("_reason").is_null() & pl.col(keys[0]).is_not_null())
        .filter(key.is_duplicated())
        .select("_pos", "_file", "_batch", *keys, _content=pl.concat_str(said, separator="\x1f"))
    )


def _verdicts(doubled: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
    """Rank the rows of each key and condemn all but the first."""
    first_in_file = pl.col("_pos") == pl.col("_pos").min().over([*keys, "_file"])
    ranked = doubled.with_columns(_first=first_in_file).sort(
        *(*keys, "_first", "_batch", "_content", "_pos"),
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
