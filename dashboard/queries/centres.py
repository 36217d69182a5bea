"""Which centres lack one of the three devices."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.queries.equipment import SENT
from dashboard.remembering import remembered
from pipeline.contracts.words import THREE_DEVICES


@remembered
def centres_short_of_devices(devices: pl.LazyFrame, *, counties: Sequence[str]) -> pl.DataFrame:
    """One row per centre that lacks one of the three devices, with how many it lacks."""
    return (
        devices.filter(
            SENT
            & pl.col("county_code").is_in(list(counties))
            & pl.col("device_type").cast(pl.String).is_in(THREE_DEVICES)
        )
        .group_by("institution_code", "institution_name", "county_code")
        .agg(lacking=(pl.col("state").cast(pl.String) != "in_use").sum())
        .filter(pl.col("lacking") > 0)
        .sort("county_code", "institution_code")
        .collect()
    )
