"""One row per county, year, sex and five-year age band."""

from __future__ import annotations

import polars as pl

from pipeline.staging.references import References
from pipeline.staging.rules import Rule, stage_yearly

KEY = ("_current", "year", "sex", "_age_from")
CONTENT = ("area_code", "year", "sex", "age_band", "persons")
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = False
_BAND, _OPEN_FROM, _OLDEST = 5, 85, 120


def _first_age(band: pl.Expr) -> pl.Expr:
    """Return the first year of a band of five years, or of an open one from 85 on.

    Null for any other: 0—14岁 read as 0—4岁 would be a population nobody counted.
    """
    parts = band.str.normalize("NFKC").str.extract_groups(r"^(\d{1,3})岁?(?:\D{1,2}(\d{1,3}))?\D*$")
    first, last = (parts.struct.field(part).cast(pl.Int16) for part in ("1", "2"))
    is_five = (first % _BAND == 0) & (last == first + _BAND - 1)
    is_open = last.is_null() & (first % _BAND == 0) & first.is_between(_OPEN_FROM, _OLDEST)
    is_open &= band.str.contains(r"[+＋以上]")
    return pl.when(is_five | is_open).then(first)


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Find the county of today and the first year of the age band (0—4岁, 85岁及以上)."""
    rows = rows.with_columns(_age_from=_first_age(pl.col("age_band")))
    unknown = pl.col("_age_from").is_null()
    return stage_yearly(rows, references, Rule("BAD_TEXT", "age_band", unknown, pl.col("age_band")))


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted population."""
    population = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        pl.col("_current").alias("area_code"),
        pl.col("year").cast(pl.Int16),
        pl.col("sex").cast(pl.Enum(["male", "female"])),
        pl.col("_age_from").alias("age_from"),
        "persons",
    )
    return {"population": population}
