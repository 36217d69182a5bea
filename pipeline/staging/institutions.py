"""One row per institution, extract and membership period."""

from __future__ import annotations

import polars as pl

from pipeline.contracts.staging import INSTITUTION_TYPES
from pipeline.staging.references import References
from pipeline.staging.rules import (
    Rule,
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


def _with_township(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Add the townships that code and name mean: `_by_code`, of any county, and `_by_name`.

    `_is_here` says of a code known whether it is of the row's county, `_lists_townships` whether
    those of the county are known at all. Twelve digits are how the statistics office writes nine.
    """
    rows = with_township(rows, references, county="_current", name="township_name", code="_by_name")
    known = references.areas.filter(pl.col("area_level") == "township")
    by_code = known.select(_code="area_code", _by_code="current_code").lazy()
    seats = references.seats.select(
        _current="county_code", _by_code="township_code", _is_here=pl.lit(value=True)
    )
    listed = references.seats["county_code"].unique().sort().to_list()
    return (
        rows.with_columns(_code=pl.col("township_code").str.replace(r"^(\d{9})000$", "$1"))
        .join(by_code, on="_code", how="left", validate="m:1", maintain_order="left")
        .join(
            seats.lazy(),
            on=["_current", "_by_code"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(_lists_townships=pl.col("_current").is_in(listed))
    )


def _township_rules() -> tuple[Rule, ...]:
    """Refuse a township's code that nobody knows, of another county, or of another name.

    Where no township of the county is known, as in most of the country, nothing can be said.
    """
    code, name, meant = (pl.col(c) for c in ("township_code", "township_name", "_by_code"))
    unknown = code.is_not_null() & meant.is_null() & pl.col("_lists_townships")
    elsewhere = meant.is_not_null() & pl.col("_is_here").is_null()
    other = pl.format("{}（不在{}）", code, pl.col("county_code"))
    return (
        Rule("UNKNOWN_CODE", "township_code", unknown, code),
        Rule("CODE_NAME_CONFLICT", "township_code", elsewhere, other),
        Rule(
            "CODE_NAME_CONFLICT",
            "township_name",
            pl.col("_by_name") != meant,
            pl.format("{}（代码为{}）", name, code),
        ),
    )


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Bring area codes to those of today; a township is known by its code, else by its name."""
    rows = with_county(rows, references, code="county_code", on="extract_date", name="_current")
    rows = _with_township(rows, references)
    rows = with_faults(
        rows,
        future("extract_date", references),
        *county_rules("_current", "county_code"),
        period_rule("_current", "county_code"),
        *_township_rules(),
        not_before("closed_on", "opened_on"),
        not_before("member_until", "member_from"),
        # That it will close or leave may be known beforehand.
        *(future(day, references) for day in ("member_from", *_DATES) if day != "closed_on"),
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
