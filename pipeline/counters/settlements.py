"""Settlements to flow counters: where a county's insured were treated, and who was paid.

Inpatient includes maternity admissions. Pharmacies are neither visits nor part of the fund
counters. A reversal carries sign -1 on its original's service date, so a cancelled stay vanishes
from the month it was counted in.
"""

from __future__ import annotations

import polars as pl

from pipeline.counters.settled_month import INPATIENT

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
    return pl.col("care_type").is_in(INPATIENT)


def is_outside() -> pl.Expr:
    """Say whether care was given outside the insured county."""
    return pl.col("destination_tier") != "same_county"


def _sums() -> dict[str, pl.Expr]:
    settlements = pl.col("settlements")
    tier = pl.col("destination_tier")
    inpatient = is_inpatient()
    counted = pl.col("care_type") != "pharmacy"
    by_tier = {
        f"inpatient_{t}": _where(inpatient & (tier == t), settlements)
        for t in ("same_county", "same_city", "same_province", "other_province")
    }
    primary = (pl.col("primary_settlements"), pl.col("primary_fund_fen"))
    return {
        "inpatient_settlements": _where(inpatient, settlements),
        "inpatient_out_of_county": _where(inpatient & is_outside(), settlements),
        **by_tier,
        "settlements_all": _where(counted, settlements),
        "settlements_in_county": _where(counted & ~is_outside(), settlements),
        "fund_paid_fen": _where(counted, pl.col("fund_fen")),
        "fund_paid_outside_fen": _where(counted & is_outside(), pl.col("fund_fen")),
        "fund_paid_inside_fen": _where(counted & ~is_outside(), pl.col("fund_fen")),
        "inpatient_cost_inside_fen": _where(inpatient & ~is_outside(), pl.col("total_fen")),
        "inpatient_outflow_referred": _if_known(pl.col("referred_settlements"), pl.lit(value=True)),
        "inpatient_not_resettled": _without_resettled(inpatient),
        "inpatient_not_resettled_outside": _without_resettled(inpatient & is_outside()),
        "settlements_primary": _if_known(primary[0], counted),
        "fund_paid_primary_fen": _if_known(primary[1], counted),
    }


def _where(condition: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Sum a value where a condition holds; a sum of a column is quicker than one of a filter."""
    return pl.when(condition).then(value).sum()


def _without_resettled(condition: pl.Expr) -> pl.Expr:
    """Sum the settlements that are not of the resettled; null where that is not told."""
    resettled = pl.col("resettled_settlements")
    rest = _where(condition, pl.col("settlements") - resettled)
    return pl.when(resettled.null_count() == 0).then(rest)


def _if_known(value: pl.Expr, condition: pl.Expr) -> pl.Expr:
    return pl.when(value.null_count() == 0).then(_where(condition, value))


COUNTERS = tuple(_sums())


def count_wide(visits: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per area of insurance (area_code) and service day (date), a column a counter.

    `visits` are sums by `area_code`, `service_date`, tier and kind of care. An area and day with
    any settlement tells every counter, zeros included: that the source reported is what tells zero
    from missing. What cannot be told is null.
    """
    sums = {name: value.cast(pl.Int64) for name, value in _sums().items()}
    return visits.group_by("area_code", date="service_date").agg(**sums)


def count_townships(visits: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per township and quarter (its first day), a column per TOWNSHIP_COUNTERS.

    `visits` are those whose township is named (month_tables.visits_by_township).
    """
    sums = {name: value for name, value in _sums().items() if name in TOWNSHIP_COUNTERS}
    quarter = pl.col("month").dt.truncate("1q").alias("quarter")
    return visits.group_by(pl.col("township_code").alias("area_code"), quarter).agg(**sums)
