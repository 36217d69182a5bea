"""One service month of staged settlements to its sums, still in codes.

The month is the unit of work: a month whose file has not changed is not counted again. What is
summed here is additive, so that months are put together by concatenation and addition alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from pipeline.contracts.staging import CARE_TYPES, DESTINATION_TIERS
from pipeline.counters.by_county import COUNTY, added, in_order, reported
from pipeline.counters.frames import at_once

Sums = Mapping[str, pl.DataFrame]
REFERRAL_DAYS = 30
INPATIENT = ("inpatient", "maternity")
READ = (
    *("insured_county", "insured_township", "care_area", "destination_tier", "care_type"),
    *("service_date", "settled_on", "sign", "person_key", "hospital_level", "institution_code"),
    *("is_resettled", "total_fen", "fund_fen"),
)
# The keys of each kind of sum beside the county. `townships` are counted where an indicator reaches
# them.
VISITS = ("service_date", "destination_tier", "care_type", "is_primary", "is_resettled")
FLOWS = ("care_area", "destination_tier", "care_type", "hospital_level")
TOWNSHIPS = ("insured_township", "destination_tier", "care_type", "is_primary")
CASES = (COUNTY, "destination_tier", "disease_category", "age_band")
LEVELS = (COUNTY, "destination_tier", "hospital_level")
REFERRED = (COUNTY, "care_area", "service_date", "destination_tier", "care_type")

_ADDED = {"settlements": "sign", "total_fen": "total_fen", "fund_fen": "fund_fen"}
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


def is_primary_at_home(primary: Collection[int]) -> pl.Expr:
    """Say whether care was given by one of the primary institutions, in the insured county."""
    is_listed = pl.col("institution_code").is_in(sorted(primary)).fill_null(value=False)
    return is_listed & (pl.col("destination_tier") == _AT_HOME)


def _asked(primary: Collection[int]) -> list[pl.Expr]:
    """Return what some sums ask besides; of admissions alone: more keys are more rows."""
    no = pl.lit(value=False)
    return [
        is_primary_at_home(primary).alias("is_primary"),
        pl.when(is_admission()).then("is_resettled").otherwise(no).alias("is_resettled"),
        pl.when(is_admission()).then("hospital_level").alias("hospital_level"),
    ]


def _until(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Keep the care up to a day; most months have no other, and copying them costs."""
    last = rows["service_date"].max()
    is_whole = last is None or (isinstance(last, date) and last <= day)
    return rows if is_whole else rows.filter(pl.col("service_date") <= day)


def admissions(settlements: pl.LazyFrame) -> pl.DataFrame:
    """Return the admissions of some settlements: CASES in codes, settlements and fund_fen.

    One row for each settlement: most are the only one of their county, disease and age.
    """
    values = pl.col("sign").cast(pl.Int64).alias("settlements"), pl.col("fund_fen")
    return settlements.filter(is_admission()).select(*CASES, *values).collect()


def count_month(
    settlements: pl.LazyFrame,
    referrals: pl.LazyFrame,
    *,
    until: date,
    by_township: bool,
    primary: Collection[int] = (),
) -> Sums:
    """Return the sums of a month in codes, one for each of the keys above and `reported`.

    `settlements` is StagedSettlement, `referrals` may hold more than this month needs. Care after
    `until` counts for nothing but that the county reported. `primary` are the codes of primary
    institutions. `by_township` adds the sums of those whose township is named. Amounts are fen.
    """
    # Read once: every sum but `reported` needs most of the columns.
    rows = in_order(settlements.select(READ).collect())
    counted = _until(rows, until).with_columns(_asked(primary))
    sums = {"visits": added(counted, VISITS, _ADDED), "flows": added(counted, FLOWS, _ADDED)}
    if by_township:
        placed = counted.filter(pl.col("insured_township").is_not_null())
        sums["townships"] = added(placed, TOWNSHIPS, _ADDED)
    count = pl.col("sign").sum().cast(pl.Int64)
    following = referred(counted.lazy(), referrals).group_by(REFERRED).agg(settlements=count)
    return {"reported": reported(rows), "referred": at_once(following), **sums}
