"""One row per village clinic and extract."""

from __future__ import annotations

import polars as pl

from pipeline.contracts.staging import CLINIC_STATUSES
from pipeline.staging.references import References
from pipeline.staging.rules import (
    Rule,
    county_name_rule,
    county_rules,
    future,
    not_before,
    period_rule,
    with_county,
    with_county_by_name,
    with_faults,
    with_township,
)

KEY = ("extract_date", "clinic_code")
CONTENT = (
    *KEY,
    *("clinic_name", "county_code", "county_name", "township_name", "village_name", "is_planned"),
    *("served_population", "doctors", "ownership", "floor_area_m2", "status", "started_on"),
    *("completed_on", "accepted_on", "has_tcm", "has_ecg"),
)
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = False
_DATES = ("started_on", "completed_on", "accepted_on")


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Find county and township; the county's code goes before its name."""
    rows = with_county(rows, references, code="county_code", on="extract_date", name="_by_code")
    rows = with_county_by_name(rows, references, county="county_name", name="_by_name")
    by_code = pl.when(pl.col("_by_code_level") == "county").then("_by_code")
    rows = rows.with_columns(_current=pl.coalesce(by_code, "_by_name"))
    rows = with_faults(
        rows,
        future("extract_date", references),
        *county_rules("_by_code", "county_code"),
        period_rule("_by_code", "county_code"),
        Rule("UNKNOWN_CODE", "county_name", pl.col("_current").is_null(), pl.col("county_name")),
        county_name_rule(),
        not_before("completed_on", "started_on"),
        not_before("accepted_on", "completed_on"),
        not_before("accepted_on", "started_on"),
        *(future(day, references) for day in _DATES),
    )
    rows = with_township(
        rows, references, county="_current", name="township_name", code="township_code"
    )
    return rows.with_columns(
        _county=pl.col("_current"), _month=pl.col("extract_date").dt.truncate("1mo")
    )


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted clinics; one that does not say is a planned one."""
    clinics = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        "extract_date",
        "clinic_code",
        "clinic_name",
        pl.col("_current").alias("county_code"),
        "township_code",
        "township_name",
        "village_name",
        pl.col("is_planned").fill_null(value=True),
        pl.col("status").cast(pl.Enum(CLINIC_STATUSES)),
        "started_on",
        "completed_on",
        "accepted_on",
        (pl.col("ownership") == "public").alias("is_public"),
        "floor_area_m2",
        pl.col("doctors").cast(pl.Int32),
        pl.col("served_population").cast(pl.Int32),
        "has_tcm",
        "has_ecg",
    )
    return {"clinics": clinics}
