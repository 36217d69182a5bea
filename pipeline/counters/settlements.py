"""Settlements to flow counters: where a county's insured were treated, and who was paid.

Inpatient includes maternity admissions. Pharmacies are neither visits nor part of the fund
counters. A reversal carries sign -1 on its original's service date, so a cancelled stay vanishes
from the month it was counted in.
"""

from __future__ import annotations

import polars as pl

from pipeline.counters.frames import to_counters

REFERRAL_DAYS = 30
INPATIENT = ("inpatient", "maternity")

# Total and parts, for the small-number rule: what subtraction could use.
SUMS: dict[str, tuple[str, ...]] = {
    "inpatient_settlements": ("inpatient_same_county", "inpatient_out_of_county"),
    "inpatient_out_of_county": (
        "inpatient_same_city",
        "inpatient_same_province",
        "inpatient_other_province",
    ),
}
# The visits behind an amount: how many people it could tell about (plus, minus).
VISITS_BEHIND: dict[str, tuple[str, str | None]] = {
    "fund_paid_fen": ("settlements_all", None),
    "fund_paid_outside_fen": ("settlements_all", "settlements_in_county"),
}


def is_inpatient() -> pl.Expr:
    """Say whether a settlement is an admission, births included."""
    return pl.col("care_type").cast(pl.String).is_in(INPATIENT)


def is_outside() -> pl.Expr:
    """Say whether care was given outside the insured county."""
    return pl.col("destination_tier").cast(pl.String) != "same_county"


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
    outside = settlements.filter(is_inpatient() & is_outside()).drop_nulls("person_key")
    return (
        outside.sort("service_date")
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


def _sums() -> dict[str, pl.Expr]:
    sign = pl.col("sign").cast(pl.Int64)
    tier = pl.col("destination_tier").cast(pl.String)
    inpatient = is_inpatient()
    counted = pl.col("care_type").cast(pl.String) != "pharmacy"
    by_tier = {
        f"inpatient_{t}": sign.filter(inpatient & (tier == t)).sum()
        for t in ("same_county", "same_city", "same_province", "other_province")
    }
    return {
        "inpatient_settlements": sign.filter(inpatient).sum(),
        "inpatient_out_of_county": sign.filter(inpatient & is_outside()).sum(),
        **by_tier,
        "settlements_all": sign.filter(counted).sum(),
        "settlements_in_county": sign.filter(counted & ~is_outside()).sum(),
        "fund_paid_fen": pl.col("fund_fen").filter(counted).sum(),
        "fund_paid_outside_fen": pl.col("fund_fen").filter(counted & is_outside()).sum(),
        "inpatient_outflow_referred": pl.col("referred_sign").cast(pl.Int64).sum(),
    }


def count(settlements: pl.LazyFrame, referrals: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per flow counter, insured county and service day (FlowCounter).

    A county and day with any settlement has a row for every counter, zeros included: that the
    source reported is what tells zero from missing.
    """
    matched = referred(settlements, referrals).select(
        "insured_county",
        pl.col("service_date").alias("date"),
        referred_sign=pl.col("sign"),
    )
    rows = settlements.select(
        *("insured_county", "sign", "care_type", "destination_tier", "fund_fen"),
        pl.col("service_date").alias("date"),
    )
    return to_counters(
        pl.concat([rows, matched], how="diagonal"), _sums(), time="date", area="insured_county"
    )
