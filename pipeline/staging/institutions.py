"""One row per institution, extract and membership period."""

from __future__ import annotations

import polars as pl

from pipeline.contracts.staging import INSTITUTION_TYPES
from pipeline.staging.references import References
from pipeline.staging.rules import (
    county_rules,
    future,
    not_before,
    period_rule,
    with_county,
    with_faults,
    with_township,
)

KEY = ("extract_date", "institution_code", "member_from")
_DATES = (
    *("opened_on", "closed_on", "basic_standard_on", "recommended_standard_on"),
    *("sub_centre_on", "five_hundred_model_on", "tcm_clinic_on"),
)
CONTENT = (
    *KEY,
    *("member_until", "institution_name", "institution_type", "hospital_level", "county_code"),
    *("township_code", "township_name", "consortium_code", "consortium_name", "role"),
    *_DATES,
)
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = False


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Bring area codes to those of today; a township is known by its code, else by its name."""
    rows = with_county(rows, references, code="county_code", on="extract_date", name="_current")
    rows = with_faults(
        rows,
        *county_rules("_current", "county_code"),
        period_rule("_current", "county_code"),
        not_before("closed_on", "opened_on"),
        not_before("member_until", "member_from"),
        # That it will close or leave may be known beforehand.
        *(
            future(day, references)
            for day in ("extract_date", "member_from", *_DATES)
            if day != "closed_on"
        ),
    )
    rows = with_township(rows, references, county="_current", name="township_name", code="_by_name")
    known = references.areas.lazy().filter(pl.col("area_level") == "township")
    rows = rows.join(
        known.select(township_code="area_code", _by_code="current_code"),
        on="township_code",
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    return rows.with_columns(
        _county=pl.when(pl.col("_current_level") == "county").then("_current"),
        _month=pl.col("extract_date").dt.truncate("1mo"),
    )


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted register rows."""
    institutions = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        "extract_date",
        "institution_code",
        "member_from",
        "member_until",
        "institution_name",
        pl.col("institution_type").cast(pl.Enum(INSTITUTION_TYPES)),
        "hospital_level",
        pl.col("_current").alias("county_code"),
        pl.coalesce("_by_code", "_by_name").alias("township_code"),
        "township_name",
        "consortium_code",
        "consortium_name",
        (pl.col("role") == "lead").fill_null(value=False).alias("is_lead"),
        *_DATES,
    )
    return {"institutions": institutions}
