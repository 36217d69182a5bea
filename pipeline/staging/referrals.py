"""One row per referral between institutions."""

from __future__ import annotations

import polars as pl

from pipeline.staging.names import with_institution
from pipeline.staging.references import References
from pipeline.staging.rules import (
    Rule,
    county_rules,
    future,
    period_rule,
    with_county,
    with_faults,
)

KEY = ("referral_id",)
CONTENT = (
    *("referral_id", "person", "referred_on", "direction", "from_institution", "to_institution"),
    *("to_area", "insured_area"),
)
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = True
_ENDS = ("from", "to")


def _nowhere(references: References) -> pl.Expr:
    """Say whether a code lies in no province; lists of areas leave most far counties out."""
    known = references.areas.filter(pl.col("area_level") == "province")["area_code"].str.head(2)
    is_known = pl.col("to_area").str.head(2).is_in(known.unique().to_list())
    return pl.col("_to_area_county").is_null() & is_known.not_()


def _with_institutions(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    for end in _ENDS:
        code, name = f"{end}_institution", f"{end}_institution_name"
        found = {
            "institution_county": "county",
            "_registered": "registered",
            "_is_other": "is_other",
        }
        rows = (
            with_institution(rows, references, code=code, name=name)
            .rename({told: f"_{end}_{of_end}" for told, of_end in found.items()})
            .drop("institution_township", "institution_level")
        )
    return rows


def _name_rule(end: str) -> Rule:
    name = f"{end}_institution_name"
    shown = pl.format("{}（名录中为{}）", pl.col(name), pl.col(f"_{end}_registered"))
    return Rule("CODE_NAME_CONFLICT", name, pl.col(f"_{end}_is_other"), shown)


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Place each referral in the county of the referring institution.

    A referral down comes from hospitals that need not be in the register: then it counts where it
    arrives.
    """
    rows = _with_institutions(rows, references)
    rows = with_county(
        rows, references, code="insured_area", on="referred_on", name="insured_county"
    )
    rows = with_county(rows, references, code="to_area", on="referred_on", name="_to_area_county")
    arrives = pl.when(pl.col("direction") == "down").then("_to_county")
    rows = rows.with_columns(
        county_code=pl.coalesce("_from_county", arrives),
        to_county=pl.coalesce("_to_area_county", "_to_county"),
    )
    sender = pl.col("from_institution")
    rows = with_faults(
        rows,
        future("referred_on", references),
        Rule("UNKNOWN_CODE", "from_institution", pl.col("county_code").is_null(), sender),
        *(_name_rule(end) for end in _ENDS),
        *county_rules("insured_county", "insured_area"),
        period_rule("insured_county", "insured_area"),
        Rule("UNKNOWN_CODE", "to_area", _nowhere(references), pl.col("to_area")),
    )
    month = pl.col("referred_on").dt.truncate("1mo")
    return rows.with_columns(_county=pl.col("county_code"), _month=month)


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted referrals."""
    referrals = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        "referral_id",
        pl.col("person").alias("person_key"),
        "referred_on",
        pl.col("direction").cast(pl.Enum(["up", "down"])),
        "from_institution",
        "to_institution",
        "county_code",
        pl.when(pl.col("insured_county_level") == "county").then("insured_county"),
        "to_county",
    )
    return {"referrals": referrals}
