"""Settlements to flow counters: where a county's insured were treated, and who was paid.

Inpatient includes maternity admissions. Pharmacies are neither visits nor part of the fund
counters. A reversal carries sign -1 on its original's service date, so a cancelled stay vanishes
from the month it was counted in.
"""

from __future__ import annotations

import polars as pl

from pipeline.contracts.staging import ADMISSIONS, CARE_TYPES, DESTINATION_TIERS
from pipeline.counters.by_county import summed
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import is_admission

# Counts that no mart has but anyone can make: one published counter less another.
DIFFERENCES: dict[str, tuple[str, str]] = {
    "inpatient_resettled": ("inpatient_settlements", "inpatient_not_resettled"),
    "inpatient_resettled_outside": (
        "inpatient_out_of_county",
        "inpatient_not_resettled_outside",
    ),
    "inpatient_not_resettled_inside": (
        "inpatient_not_resettled",
        "inpatient_not_resettled_outside",
    ),
    "inpatient_resettled_inside": ("inpatient_same_county", "inpatient_not_resettled_inside"),
    "inpatient_outflow_not_referred": ("inpatient_out_of_county", "inpatient_outflow_referred"),
    "settlements_outside": ("settlements_all", "settlements_in_county"),
    "settlements_not_primary": ("settlements_in_county", "settlements_primary"),
    "fund_paid_not_primary_fen": ("fund_paid_inside_fen", "fund_paid_primary_fen"),
}
# Total and parts, for the small-number rule: what subtraction could use.
SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("inpatient_settlements", ("inpatient_same_county", "inpatient_out_of_county")),
    (
        "inpatient_out_of_county",
        ("inpatient_same_city", "inpatient_same_province", "inpatient_other_province"),
    ),
    ("fund_paid_fen", ("fund_paid_inside_fen", "fund_paid_outside_fen")),
    *((total, (part, rest)) for rest, (total, part) in DIFFERENCES.items()),
    # The same admissions by who and by where: the margins of a table of two by two.
    ("inpatient_resettled", ("inpatient_resettled_inside", "inpatient_resettled_outside")),
)
# The visits behind an amount: how many people it could tell about (plus, minus).
VISITS_BEHIND: dict[str, tuple[str, str | None]] = {
    "fund_paid_fen": ("settlements_all", None),
    "fund_paid_outside_fen": ("settlements_all", "settlements_in_county"),
    "fund_paid_inside_fen": ("settlements_in_county", None),
    "inpatient_cost_inside_fen": ("inpatient_same_county", None),
    "fund_paid_primary_fen": ("settlements_primary", None),
    "fund_paid_not_primary_fen": ("settlements_not_primary", None),
}
# What townships are counted by. Those that follow a referral or are resettled are too few there.
TOWNSHIP_COUNTERS = (
    *("inpatient_settlements", "inpatient_out_of_county", "inpatient_same_county"),
    *("inpatient_same_city", "inpatient_same_province", "inpatient_other_province"),
    *("settlements_all", "settlements_in_county", "settlements_primary"),
    *("fund_paid_fen", "fund_paid_outside_fen", "fund_paid_inside_fen", "fund_paid_primary_fen"),
    "inpatient_cost_inside_fen",
)
TOWNSHIP_DIFFERENCES = {
    name: both for name, both in DIFFERENCES.items() if set(both) <= set(TOWNSHIP_COUNTERS)
}


def is_inpatient() -> pl.Expr:
    """Say whether a settlement is an admission, births included."""
    return pl.col("care_type").is_in(ADMISSIONS)


def is_outside() -> pl.Expr:
    """Say whether care was given outside the insured county."""
    return pl.col("destination_tier") != "same_county"


def _parts() -> dict[str, pl.Expr]:
    """Return what each row, in codes, adds to each counter; null: it is not told."""
    settlements, fund = pl.col("settlements"), pl.col("fund_fen")
    tier = pl.col("destination_tier")
    inpatient, counted = is_admission(), pl.col("care_type") != CARE_TYPES.index("pharmacy")
    inside = tier == DESTINATION_TIERS.index("same_county")
    primary, resettled = pl.col("is_primary"), pl.col("is_resettled")
    by_tier = {
        f"inpatient_{name}": _where(inpatient & (tier == code), settlements)
        for code, name in enumerate(DESTINATION_TIERS)
    }
    return {
        "inpatient_settlements": _where(inpatient, settlements),
        "inpatient_out_of_county": _where(inpatient & ~inside, settlements),
        **by_tier,
        "settlements_all": _where(counted, settlements),
        "settlements_in_county": _where(counted & inside, settlements),
        "fund_paid_fen": _where(counted, fund),
        "fund_paid_outside_fen": _where(counted & ~inside, fund),
        "fund_paid_inside_fen": _where(counted & inside, fund),
        "inpatient_cost_inside_fen": _where(inpatient & inside, pl.col("total_fen")),
        "inpatient_not_resettled": _told(resettled, inpatient & ~resettled, settlements),
        "inpatient_not_resettled_outside": _told(
            resettled, inpatient & ~inside & ~resettled, settlements
        ),
        "settlements_primary": _told(primary, counted & primary, settlements),
        "fund_paid_primary_fen": _told(primary, counted & primary, fund),
    }


def _where(condition: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Return a value where a condition holds, else zero, which is quicker to add up than a null."""
    return pl.when(condition).then(value).otherwise(pl.lit(0, dtype=pl.Int64))


def _told(flag: pl.Expr, condition: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(flag.is_not_null()).then(_where(condition, value))


REFERRED = "inpatient_outflow_referred"
COUNTERS = (*_parts(), REFERRED)


def count_wide(visits: pl.LazyFrame) -> pl.DataFrame:
    """Return one row per insured_county and service day (date), a column for each but REFERRED.

    `visits` are sums by county, `service_date`, tier, kind of care, is_primary and is_resettled. A
    county and day with any settlement tells every counter, zeros included: that the source reported
    is what tells zero from missing. Null where a flag is null.
    """
    parts = visits.select("insured_county", pl.col("service_date").alias("date"), **_parts())
    return summed(at_once(parts), ["insured_county", "date"])


def count_townships(visits: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per township and quarter (its first day), a column per TOWNSHIP_COUNTERS.

    `visits` are those whose township is named (month_tables.visits_by_township).
    """
    parts = {name: part for name, part in _parts().items() if name in TOWNSHIP_COUNTERS}
    sums = {n: pl.when(part.null_count() == 0).then(part.sum()) for n, part in parts.items()}
    quarter = pl.col("month").dt.truncate("1q").alias("quarter")
    return visits.group_by(pl.col("township_code").alias("area_code"), quarter).agg(**sums)
