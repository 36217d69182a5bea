"""Shapes that all counters share: finest area, extract in force, long form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl


def at_once(lf: pl.LazyFrame) -> pl.DataFrame:
    """Collect what is small: the engine for large tables takes up to twice the time for it.

    Large is what is read or grouped row by row of a registry: the months of settlements, stocks
    on many days.
    """
    return lf.collect(engine="in-memory")


def summed_runs(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Add up the other columns, whole numbers, over each run of rows with the same keys.

    Of rows in order of their keys it is a group-by that need not look for its groups: a fifth of
    the time.
    """
    is_new = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift()) for key in keys)
    # The first row begins a run even where its keys are null, as what would lie before it.
    starts = rows.select(is_new | (pl.int_range(pl.len()) == 0)).to_series().arg_true().to_numpy()
    others = (column for column in rows if column.name not in keys)
    sums = {column.name: np.add.reduceat(column.to_numpy(), starts) for column in others}
    return pl.DataFrame({**{key: rows[key].gather(starts) for key in keys}, **sums})


def to_long(wide: pl.LazyFrame, *, time: str, counters: Sequence[str]) -> pl.LazyFrame:
    """Return one row per counter, area and `time`; a null counter was not reported: no row."""
    return (
        wide.select("area_code", time, *[pl.col(c).cast(pl.Int64) for c in counters])
        .unpivot(counters, index=["area_code", time], variable_name="counter_id")
        .drop_nulls("value")
        .select("counter_id", "area_code", time, "value")
    )


def to_counters(
    lf: pl.LazyFrame, sums: Mapping[str, pl.Expr], *, time: str, area: str = "area_code"
) -> pl.LazyFrame:
    """Return one row per counter, area and `time`, each counter by its aggregation."""
    wide = lf.group_by(pl.col(area).alias("area_code"), time).agg(**sums)
    return to_long(wide, time=time, counters=list(sums))


def with_area(lf: pl.LazyFrame, areas: pl.DataFrame) -> pl.LazyFrame:
    """Add area_code: the township, or the county where no township of that county is known.

    A township that lies in another county by the division list (a zone carved out of a county)
    must not carry the row there: the reporting county decides.
    """
    townships = areas.lazy().select(
        pl.col("area_code").alias("township_code"), pl.col("parent_code").alias("_township_parent")
    )
    is_own = pl.col("_township_parent") == pl.col("county_code")
    return (
        lf.join(townships, on="township_code", how="left", validate="m:1")
        .with_columns(
            area_code=pl.when(is_own).then("township_code").otherwise("county_code"),
        )
        .drop("_township_parent")
    )


def dates_frame(dates: Sequence[date]) -> pl.LazyFrame:
    """Return one row per evaluation date."""
    return pl.LazyFrame({"as_of": sorted(set(dates))}, schema={"as_of": pl.Date()})


def extracts_in_force(
    registry: pl.LazyFrame, dates: Sequence[date], *, backwards: bool
) -> pl.LazyFrame:
    """Return one row per county_code and evaluation date: the extract that speaks for it.

    The latest extract up to the date. Before the first one there is none, unless the registry's
    own dates can tell the past (`backwards`): then the first extract, with is_later true.
    """
    extracts = registry.select("county_code", "extract_date").unique()
    pairs = extracts.join(dates_frame(dates), how="cross")
    past = pl.col("extract_date") <= pl.col("as_of")
    chosen = pairs.group_by("county_code", "as_of").agg(
        latest=pl.col("extract_date").filter(past).max(),
        first=pl.col("extract_date").min(),
    )
    in_force = pl.coalesce("latest", "first") if backwards else pl.col("latest")
    return chosen.select(
        "county_code", "as_of", extract_date=in_force, is_later=pl.col("latest").is_null()
    ).drop_nulls("extract_date")


def at_dates(registry: pl.LazyFrame, dates: Sequence[date], *, backwards: bool) -> pl.LazyFrame:
    """Return the registry's rows once per evaluation date, each from the extract in force."""
    in_force = extracts_in_force(registry, dates, backwards=backwards)
    return in_force.join(registry, on=["county_code", "extract_date"])


def has_happened(column: str) -> pl.Expr:
    """Say whether a dated event lies on or before the evaluation date; undated: not."""
    return (pl.col(column) <= pl.col("as_of")).fill_null(value=False)
