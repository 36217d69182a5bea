"""Where residents are treated by level of hospital: a year at a time, births included."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.remembering import remembered

MART = "outflow_levels_yearly"
LEVELS = ("tertiary", "secondary", "primary", "ungraded", "unknown")
HOME = "same_county"


@remembered
def shown_year(levels: pl.LazyFrame, *, until: int) -> tuple[int, int] | None:
    """Return the last year up to `until` whose admissions are all settled, else the last one.

    With it the months of that year that the mart covers.
    """
    years = (
        levels.filter(pl.col("year") <= until)
        .group_by("year")
        .agg(
            pl.col("months").max(),
            is_final=(pl.col("status").cast(pl.String) != "provisional").all(),
        )
        .sort("is_final", "year")
        .tail(1)
        .collect()
    )
    return None if years.is_empty() else (int(years["year"][0]), int(years["months"][0]))


@remembered
def level_links(levels: pl.LazyFrame, *, counties: Sequence[str], year: int) -> pl.DataFrame:
    """One row per insured county, tier and hospital level outside the county: admissions.

    `settlements` is null where the cell is hidden; `hidden` is then one. The columns are those of
    `outflow.flow_links`; the destination is the level and has no name of its own.
    """
    tier = pl.col("destination_tier").cast(pl.String)
    return (
        levels.filter(
            pl.col("insured_county").is_in(list(counties)) & (pl.col("year") == year),
            tier != HOME,
        )
        .select(
            "insured_county",
            destination_code=pl.col("hospital_level").cast(pl.String),
            destination_name=pl.col("hospital_level").cast(pl.String),
            tier=tier,
            settlements="settlements",
            hidden=pl.col("settlements").is_null().cast(pl.UInt32),
            status=pl.col("status").cast(pl.String),
        )
        .sort("insured_county", "tier", "destination_code")
        .collect()
    )
