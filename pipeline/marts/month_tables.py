"""From the sums of some months, still in codes, to the tables that marts are made of.

Each month by itself, so that a table of all months is the tables of its months one after another.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from pipeline.contracts.staging import CARE_TYPES, DESTINATION_TIERS
from pipeline.counters import settlements
from pipeline.counters.settled_month import LEVELS, Sums, is_admission
from pipeline.methods.rollup import known_sum
from pipeline.staged.codes import Codes

_COUNTED = ("settlements", "total_fen", "fund_fen")
_AT_PRIMARY = ("settlements", "fund_fen")
_ADMITTED = CARE_TYPES.index("inpatient")
_FLOWS = ("month", "insured_county", "care_area", "destination_tier", "care_type")


def tables_of(
    sums: Sums, codes: Codes, *, with_primary: Collection[str], with_referrals: Collection[date]
) -> Sums:
    """Return the tables of some months, each with `month` (its first day).

    `counters`: one row per area_code and date, a column per counter of settlements (null: not
    told). `flows`: by county, place of care, tier and kind of care, births among the admissions, in
    codes. `levels`: admissions by county, tier and level of the hospital, in codes. `reported` and
    `townships` as they are. `with_primary` are the counties that register primary institutions,
    `with_referrals` the months to which a referral that was sent can belong.
    """
    referred = if_sent(with_referrals)
    visits = visits_by_area(sums, codes, with_primary=with_primary, referred=referred)
    counters = settlements.count_wide(visits).with_columns(month=pl.col("date").dt.month_start())
    levels = sums["flows"].lazy().filter(is_admission()).group_by("month", *LEVELS)
    tables = {
        "counters": counters,
        "flows": _flows(sums, referred),
        "levels": levels.agg(pl.col("settlements", "fund_fen").sum()),
    }
    made = dict(zip(tables, pl.collect_all(list(tables.values())), strict=True))
    return made | {name: sums[name] for name in ("reported", "townships") if name in sums}


def visits_by_area(
    sums: Sums, codes: Codes, *, with_primary: Collection[str], referred: pl.Expr
) -> pl.LazyFrame:
    """Return sums of visits by area_code, day, tier and kind of care; a key can have several rows.

    Beside settlements, total_fen and fund_fen: primary_settlements and primary_fund_fen (at home,
    null where no primary institution of the county is registered), referred_settlements (null
    where no referrals were sent), resettled_settlements (null where not every admission of the
    county and month says it).
    """
    nobody = {"is_primary": pl.lit(value=False), "is_resettled": pl.lit(value=False)}
    both = _with_referred(sums, "visits", referred, **nobody)
    place = ("insured_county", "month")
    # Joined: a window over two keys costs as much as all else here.
    told = both.group_by(place).agg(is_told=pl.col("is_resettled").is_not_null().all())
    resettled = pl.when("is_told").then(_where("is_resettled", "settlements"))
    named = (
        both.join(told, on=place, validate="m:1")
        .with_columns(resettled.alias("resettled_settlements"), *at_primary())
        .with_columns(*enumerated(), codes.text("insured_county"))
    )
    known = named.with_columns(if_registered(with_primary))
    return known.rename({"insured_county": "area_code"})


def visits_by_township(
    townships: pl.DataFrame, codes: Codes, *, with_primary: Collection[str]
) -> pl.LazyFrame:
    """Return county_code, township_code and month (its first day) with visits as by area.

    Without those that follow a referral and those of the resettled: they are too few.
    """
    keys = ("month", "insured_county", "insured_township", "destination_tier", "care_type")
    rows = townships.lazy().with_columns(at_primary())
    sums = rows.group_by(keys).agg(pl.col(*_COUNTED, "^primary_.*$").sum())
    area = (codes.text(c) for c in ("insured_county", "insured_township"))
    known = sums.with_columns(*enumerated(), *area).with_columns(if_registered(with_primary))
    return known.rename({"insured_county": "county_code", "insured_township": "township_code"})


def _flows(sums: Sums, referred: pl.Expr) -> pl.LazyFrame:
    """Count births as admissions, as every indicator does.

    Alone they are so few outside the county that hiding them would hide the admissions too.
    """
    care = pl.when(is_admission()).then(pl.lit(_ADMITTED, pl.UInt8)).otherwise("care_type")
    return (
        _with_referred(sums, "flows", referred)
        .with_columns(care_type=care)
        .group_by(_FLOWS)
        .agg(known_sum(pl.col(*_COUNTED, "referred_settlements")))
    )


def _with_referred(sums: Sums, name: str, referred: pl.Expr, **columns: pl.Expr) -> pl.LazyFrame:
    """Return some sums and, as rows of their own, how many of them follow a referral."""
    counted = sums["referred"].rename({"settlements": "referred_settlements"})
    both = pl.concat([sums[name], counted.with_columns(**columns)], how="diagonal")
    return both.lazy().with_columns(referred)


def if_sent(with_referrals: Collection[date]) -> pl.Expr:
    """Null how many follow a referral in months without any: nobody told, so it is no zero."""
    is_sent = pl.col("month").is_in(sorted(with_referrals))
    counted = pl.col("referred_settlements").fill_null(0)
    return pl.when(is_sent).then(counted).alias("referred_settlements")


def at_primary() -> list[pl.Expr]:
    """Return what of each row's visits was at primary institutions."""
    return [_where("is_primary", column).alias(f"primary_{column}") for column in _AT_PRIMARY]


def _where(is_asked: str, column: str) -> pl.Expr:
    return pl.when(is_asked).then(column).otherwise(pl.lit(0, dtype=pl.Int64))


def if_registered(with_primary: Collection[str]) -> list[pl.Expr]:
    """Null the visits at primary institutions where the county's register has none."""
    has_primary = pl.col("insured_county").is_in(sorted(with_primary))
    names = (f"primary_{c}" for c in _AT_PRIMARY)
    return [pl.when(has_primary).then(name).alias(name) for name in names]


def enumerated() -> list[pl.Expr]:
    """Return the tier and the kind of care in full."""
    return [
        pl.col("destination_tier").cat.to(pl.Enum(DESTINATION_TIERS)),
        pl.col("care_type").cat.to(pl.Enum(CARE_TYPES)),
    ]
