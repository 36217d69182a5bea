"""The institution register to stock counters.

Opening, closing, membership and standards carry dates, so the register also tells the time before
its first extract.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.contracts.words import CENTRES
from pipeline.counters.frames import at_dates, has_happened, to_counters, with_area

# 基层医疗卫生机构 as far as the register tells them; a small hospital is none.
PRIMARY = (*CENTRES, "community_health_station")
COUNTY_HOSPITALS = ("tertiary_hospital", "secondary_hospital", "primary_hospital")


def has_type(*types: str) -> pl.Expr:
    """Say whether an institution is of one of the types."""
    return pl.col("institution_type").cast(pl.String).is_in(types)


def primary_institutions(institutions: pl.LazyFrame) -> pl.LazyFrame:
    """Return the primary institutions by their latest extract: institution_code, county_code."""
    latest = institutions.sort("extract_date", "member_from", nulls_last=False).unique(
        "institution_code", keep="last", maintain_order=True
    )
    return latest.filter(has_type(*PRIMARY)).select("institution_code", "county_code")


def is_member() -> pl.Expr:
    """Say whether the row's membership is in force on the evaluation date."""
    joined = pl.col("member_from").is_null() | (pl.col("member_from") <= pl.col("as_of"))
    left = pl.col("member_until").is_not_null() & (pl.col("member_until") < pl.col("as_of"))
    return pl.col("consortium_code").is_not_null() & joined & ~left


def open_at(
    institutions: pl.LazyFrame, *, areas: pl.DataFrame, dates: Sequence[date]
) -> pl.LazyFrame:
    """Return one row per open institution, membership period and evaluation date."""
    opened = pl.col("opened_on").is_null() | (pl.col("opened_on") <= pl.col("as_of"))
    closed = pl.col("closed_on").is_not_null() & (pl.col("closed_on") <= pl.col("as_of"))
    rows = at_dates(with_area(institutions, areas), dates, backwards=True)
    return rows.filter(opened & ~closed)


def one_per_institution(open_rows: pl.LazyFrame) -> pl.LazyFrame:
    """Keep one row per institution and evaluation date, membership in force before others."""
    return open_rows.sort(
        "as_of",
        "institution_code",
        is_member(),
        "member_from",
        "consortium_code",
        descending=[False, False, True, True, False],
    ).unique(["as_of", "institution_code"], keep="first", maintain_order=True)


def _consortia(open_rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per consortium and date, in the county of its lead: counted once."""
    members = open_rows.filter(is_member()).sort(
        "as_of",
        "consortium_code",
        "is_lead",
        "county_code",
        descending=[False, False, True, False],
    )
    first = members.unique(["as_of", "consortium_code"], keep="first", maintain_order=True)
    return first.select("as_of", pl.col("county_code").alias("area_code"), consortium=pl.lit(1))


def count(
    institutions: pl.LazyFrame, *, areas: pl.DataFrame, dates: Sequence[date]
) -> pl.LazyFrame:
    """Return one row per stock counter, township or county and evaluation date (StockCounter)."""
    open_rows = open_at(institutions, areas=areas, dates=dates)
    rows = pl.concat(
        [one_per_institution(open_rows), _consortia(open_rows)], how="diagonal_relaxed"
    )
    centre = has_type(*CENTRES)
    sums = {
        "centres": centre.sum(),
        "township_health_centres": has_type("township_health_centre").sum(),
        "community_health_centres": has_type("community_health_centre").sum(),
        # The recommended standard implies the basic one.
        "centres_basic_standard": (
            centre & (has_happened("basic_standard_on") | has_happened("recommended_standard_on"))
        ).sum(),
        "centres_recommended_standard": (centre & has_happened("recommended_standard_on")).sum(),
        "centres_with_tcm_clinic": (centre & has_happened("tcm_clinic_on")).sum(),
        "county_sub_centres": has_happened("sub_centre_on").sum(),
        "five_hundred_models": has_happened("five_hundred_model_on").sum(),
        "consortia": pl.col("consortium").sum(),
        "consortium_county_hospitals": (is_member() & has_type(*COUNTY_HOSPITALS)).sum(),
        "consortium_members": is_member().sum(),
    }
    return to_counters(rows, sums, time="as_of")
