"""Mart clinics: one row per village clinic, as of the as-of date.

Sorted by county, township, clinic: a page lists one township or one county.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.marts import Clinics
from pipeline.contracts.staging import CLINIC_STATUSES
from pipeline.counters.clinics import status_rank
from pipeline.counters.frames import at_dates
from pipeline.marts.shape import to_contract


def with_city(lf: pl.LazyFrame, areas: pl.DataFrame) -> pl.LazyFrame:
    """Add the city a county belongs to; empty where the county is unknown."""
    parents = areas.lazy().select(county_code="area_code", city_code="parent_code")
    return lf.join(parents, on="county_code", how="left", validate="m:1").with_columns(
        pl.col("city_code").fill_null("")
    )


def build(clinics: pl.LazyFrame, *, areas: pl.DataFrame, as_of: date) -> pl.LazyFrame:
    """Return the mart from each county's latest extract; status as the counters see it."""
    rows = at_dates(clinics, [as_of], backwards=True).with_columns(rank=status_rank())
    named = rows.with_columns(
        status=pl.col("rank").replace_strict(
            dict(enumerate(CLINIC_STATUSES)), return_dtype=pl.Enum(CLINIC_STATUSES)
        ),
        as_of="extract_date",
    )
    return to_contract(
        with_city(named, areas), Clinics, sort=["county_code", "township_code", "clinic_code"]
    )
