"""From the sums of some months, still in codes, to the tables that marts are made of.

Each month by itself, so that a table of all months is the tables of its months one after another.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from pipeline.contracts.staging import CARE_TYPES
from pipeline.counters import settlements
from pipeline.counters.frames import at_once, summed_runs
from pipeline.counters.settled_month import LEVELS, Sums, is_admission
from pipeline.staged.codes import Codes

_COUNTED = ("settlements", "total_fen", "fund_fen")
_REFERRED = "referred_settlements"
_PLACE = ("month", "insured_county", "care_area", "destination_tier")


def tables_of(
    sums: Sums, codes: Codes, *, with_primary: Collection[str], with_referrals: Collection[date]
) -> Sums:
    """Return the tables of some months, each with `month` (its first day).

    `counters`: one row per area_code and date, a column per counter of settlements (null: not
    told). `flows`: by county, place of care, tier and kind of care, births among the admissions, in
    codes; a key can have several rows. `levels`: admissions by county, tier and level of the
    hospital, in codes. `reported` and `townships` as they are. `with_primary` are the counties that
    register primary institutions, `with_referrals` the months to which a referral that was sent can
    belong.
    """
    admitted = sums["flows"].filter(is_admission())
    levels = admitted.lazy().group_by("month", *LEVELS)
    counters = _counters(sums, codes, with_primary=with_primary, with_referrals=with_referrals)
    told = {name: sums[name] for name in ("reported", "townships") if name in sums}
    return {
        "counters": at_once(counters),
        "flows": _flows(sums, admitted).with_columns(if_sent(_REFERRED, with_referrals)),
        "levels": at_once(levels.agg(pl.col("settlements", "fund_fen").sum())),
        **told,
    }


def _counters(
    sums: Sums, codes: Codes, *, with_primary: Collection[str], with_referrals: Collection[date]
) -> pl.LazyFrame:
    """Return the counters of visits by area_code and date, with their month.

    Those at primary institutions are null where the county registers none, those that follow a
    referral where none were sent, those of the not resettled where not every admission of the
    county and month tells it.
    """
    keys = ["insured_county", "date"]
    visits = sums["visits"].lazy().with_columns(if_registered(codes, with_primary))
    followed = sums["referred"].lazy().group_by("insured_county", date="service_date")
    place = ("insured_county", "month")
    told = pl.col("inpatient_not_resettled").is_not_null().all().over(place)
    return (
        settlements.count_wide(visits)
        .lazy()
        .join(
            followed.agg(pl.col("settlements").sum().alias(settlements.REFERRED)),
            on=keys,
            how="left",
            validate="1:1",
        )
        .with_columns(month=pl.col("date").dt.month_start())
        .with_columns(
            if_sent(settlements.REFERRED, with_referrals),
            pl.when(told).then(pl.col("^inpatient_not_resettled.*$")),
        )
        .select(codes.text("insured_county").alias("area_code"), pl.exclude("insured_county"))
    )


def visits_by_township(
    townships: pl.DataFrame, codes: Codes, *, with_primary: Collection[str]
) -> pl.LazyFrame:
    """Return county_code, township_code and month (its first day) with visits, as counters need.

    Without those that follow a referral and those of the resettled: they are too few.
    """
    area = (codes.text(c) for c in ("insured_county", "insured_township"))
    known = townships.lazy().with_columns(if_registered(codes, with_primary))
    told = known.with_columns(*area, is_resettled=pl.lit(None, pl.Boolean))
    return told.rename({"insured_county": "county_code", "insured_township": "township_code"})


def _flows(sums: Sums, admitted: pl.DataFrame) -> pl.DataFrame:
    """Count births as admissions, as every indicator does.

    Alone they are so few outside the county that hiding them would hide the admissions too. How
    many follow a referral comes as rows of their own.
    """
    stays = summed_runs(admitted.select(*_PLACE, *_COUNTED), _PLACE)
    followed = sums["referred"].select(*_PLACE, pl.col("settlements").alias(_REFERRED))
    both = pl.concat([stays, followed], how="diagonal")
    care = pl.lit(CARE_TYPES.index("inpatient"), pl.UInt8).alias("care_type")
    others = sums["flows"].filter(~is_admission()).drop("hospital_level")
    return pl.concat([both.with_columns(care), others], how="diagonal")


def if_sent(counted: str, with_referrals: Collection[date]) -> pl.Expr:
    """Null how many follow a referral in months without any: nobody told, so it is no zero."""
    is_sent = pl.col("month").is_in(sorted(with_referrals))
    return pl.when(is_sent).then(pl.col(counted).fill_null(0)).alias(counted)


def if_registered(codes: Codes, with_primary: Collection[str]) -> pl.Expr:
    """Null whether visits were at primary institutions where the county's register has none."""
    registered = [codes.code_of("insured_county", county) for county in sorted(with_primary)]
    known = [code for code in registered if code is not None]
    return pl.when(pl.col("insured_county").is_in(known)).then("is_primary").alias("is_primary")
