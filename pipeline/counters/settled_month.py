"""One service month of staged settlements to its sums, still in codes.

The month is the unit of work: a month whose file has not changed is not counted again. What is
summed here is additive, so that months are put together by concatenation and addition alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipeline.contracts.staging import CARE_TYPES, DESTINATION_TIERS

Sums = Mapping[str, pl.DataFrame]
REFERRAL_DAYS = 30
INPATIENT = ("inpatient", "maternity")
READ = (
    *("insured_county", "insured_township", "care_area", "destination_tier", "care_type"),
    *("disease_category", "age_band", "service_date", "settled_on", "sign", "person_key"),
    *("hospital_level", "total_fen", "fund_fen"),
)
# The key of each kind of sum. `visits` are by township as well where an indicator reaches it.
REPORTED = ("insured_county", "settled_on")
VISITS = ("insured_county", "service_date", "destination_tier", "care_type")
FLOWS = ("insured_county", "care_area", "destination_tier", "care_type")
CASES = ("insured_county", "destination_tier", "disease_category", "age_band")
LEVELS = ("insured_county", "destination_tier", "hospital_level")
REFERRED = ("insured_county", "care_area", "service_date", "destination_tier", "care_type")

_INPATIENT = [CARE_TYPES.index(c) for c in INPATIENT]
_AT_HOME = DESTINATION_TIERS.index("same_county")


def is_admission() -> pl.Expr:
    """Say whether a settlement in codes is an admission, births included."""
    return pl.col("care_type").is_in(_INPATIENT)


def referred(settlements: pl.LazyFrame, referrals: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the admissions outside the county that follow an upward referral of the same person.

    The referral lies 0 to 30 days before the service date, which is the discharge: the staged
    settlement has no admission date, so a stay of over 30 days can lose its referral.
    """
    upward = (
        referrals.filter(pl.col("direction").cast(pl.String) == "up")
        .drop_nulls("person_key")
        .select("person_key", "referred_on")
        .sort("referred_on")
    )
    is_outside = pl.col("destination_tier") != _AT_HOME
    outside = settlements.filter(is_admission() & is_outside)
    return (
        outside.join(upward, on="person_key", how="semi")
        .sort("service_date")
        .join_asof(
            upward,
            left_on="service_date",
            right_on="referred_on",
            by="person_key",
            strategy="backward",
            tolerance=f"{REFERRAL_DAYS}d",
            coalesce=False,
            check_sortedness=False,  # sorted just above; polars cannot see it per person
        )
        .filter(pl.col("referred_on").is_not_null())
    )


def count_month(
    settlements: pl.LazyFrame,
    referrals: pl.LazyFrame,
    *,
    until: date,
    by_township: bool,
) -> Sums:
    """Return the sums of a month in codes: reported, visits, flows, referred, cases, levels.

    `settlements` is StagedSettlement, `referrals` may hold more than this month needs. Care after
    `until` counts for nothing but that the county reported. Amounts are fen.
    """
    # Read once: every sum but `reported` needs most of the columns.
    rows = settlements.select(READ).collect().lazy()
    counted = rows.filter(pl.col("service_date") <= until)
    area = ("insured_township",) if by_township else ()
    count = {"settlements": pl.col("sign").sum().cast(pl.Int64)}
    fund = {"fund_fen": pl.col("fund_fen").sum()}
    total = {"total_fen": pl.col("total_fen").sum()}
    admissions = counted.filter(is_admission())
    sums = {
        "reported": rows.group_by(REPORTED).agg(rows=pl.len()),
        "visits": counted.group_by(*VISITS, *area).agg(**count, **total, **fund),
        "flows": counted.group_by(FLOWS).agg(**count, **total, **fund),
        "referred": referred(counted, referrals).group_by(*REFERRED, *area).agg(**count),
        "cases": admissions.group_by(CASES).agg(**count, **fund),
        "levels": admissions.group_by(LEVELS).agg(**count, **fund),
    }
    return {name: lf.collect() for name, lf in sums.items()}
