"""Settlements to flow counters: where a county's insured were treated, and who was paid.

Inpatient includes maternity admissions. Pharmacies are neither visits nor part of the fund
counters. A reversal carries sign -1 on its original's service date, so a cancelled stay vanishes
from the month it was counted in.
"""

from __future__ import annotations

import polars as pl

from pipeline.counters.frames import to_counters
from pipeline.counters.settled_month import INPATIENT

# Total and parts, for the small-number rule: what subtraction could use.
SUMS: dict[str, tuple[str, ...]] = {
    "inpatient_settlements": ("inpatient_same_county", "inpatient_out_of_county"),
    "inpatient_out_of_county": (
        "inpatient_same_city",
        "inpatient_same_province",
        "inpatient_other_province",
    ),
    "fund_paid_fen": ("fund_paid_inside_fen", "fund_paid_outside_fen"),
}
# The visits behind an amount: how many people it could tell about (plus, minus).
VISITS_BEHIND: dict[str, tuple[str, str | None]] = {
    "fund_paid_fen": ("settlements_all", None),
    "fund_paid_outside_fen": ("settlements_all", "settlements_in_county"),
    "fund_paid_inside_fen": ("settlements_in_county", None),
    "inpatient_cost_inside_fen": ("inpatient_same_county", None),
}


def is_inpatient() -> pl.Expr:
    """Say whether a settlement is an admission, births included."""
    return pl.col("care_type").cast(pl.String).is_in(INPATIENT)


def is_outside() -> pl.Expr:
    """Say whether care was given outside the insured county."""
    return pl.col("destination_tier").cast(pl.String) != "same_county"


def _sums() -> dict[str, pl.Expr]:
    settlements = pl.col("settlements")
    tier = pl.col("destination_tier").cast(pl.String)
    inpatient = is_inpatient()
    counted = pl.col("care_type").cast(pl.String) != "pharmacy"
    by_tier = {
        f"inpatient_{t}": settlements.filter(inpatient & (tier == t)).sum()
        for t in ("same_county", "same_city", "same_province", "other_province")
    }
    return {
        "inpatient_settlements": settlements.filter(inpatient).sum(),
        "inpatient_out_of_county": settlements.filter(inpatient & is_outside()).sum(),
        **by_tier,
        "settlements_all": settlements.filter(counted).sum(),
        "settlements_in_county": settlements.filter(counted & ~is_outside()).sum(),
        "fund_paid_fen": pl.col("fund_fen").filter(counted).sum(),
        "fund_paid_outside_fen": pl.col("fund_fen").filter(counted & is_outside()).sum(),
        "fund_paid_inside_fen": pl.col("fund_fen").filter(counted & ~is_outside()).sum(),
        "inpatient_cost_inside_fen": pl.col("total_fen").filter(inpatient & ~is_outside()).sum(),
        "inpatient_outflow_referred": pl.col("referred_settlements").sum(),
    }


def count(visits: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per flow counter, area of insurance and service day (FlowCounter).

    `visits` are sums by `area_code`, `service_date`, tier and kind of care: settlements, total_fen,
    fund_fen, referred_settlements. An area and day with any settlement has a row for every
    counter, zeros included: that the source reported is what tells zero from missing.
    """
    return to_counters(visits.with_columns(date="service_date"), _sums(), time="date")
