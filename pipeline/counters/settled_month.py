"""One service month of staged settlements to its sums, still in codes.

The month is the unit of work: a month whose file has not changed is not counted again. What is
summed here is additive, so that months are put together by concatenation and addition alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from pipeline.contracts.staging import ADMISSION_CODES, DESTINATION_TIERS
from pipeline.counters.by_county import COUNTY, added, reported
from pipeline.counters.frames import at_once

Sums = Mapping[str, pl.DataFrame]
REFERRAL_DAYS = 30
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

_AMOUNTS = ("total_fen", "fund_fen")
# Asked of admissions alone, since more keys are more rows; and what stands there for other care.
_ASKED = {"is_resettled": pl.Series([False]), "hospital_level": pl.Series([None], dtype=pl.UInt8)}
_AT_HOME = DESTINATION_TIERS.index("same_county")


def is_admission() -> pl.Expr:
    """Say whether a settlement in codes is an admission, births included."""
    return pl.col("care_type").is_in(ADMISSION_CODES)


def referred(admitted: pl.LazyFrame, referrals: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the admissions outside the county that follow an upward referral of the same person.

    The referral lies 0 to 30 days before the service date, which is the discharge: the staged
    settlement has no admission date, so a stay of over 30 days can lose its referral.
    """
    upward = (
        referrals.filter(pl.col("direction") == "up")
        .drop_nulls("person_key")
        .select("person_key", "referred_on")
        .sort("referred_on")
    )
    is_outside = pl.col("destination_tier") != _AT_HOME
    outside = admitted.filter(is_outside)
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


def _until(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Keep the care up to a day; most months have no other, and copying them costs."""
    last = rows["service_date"].max()
    is_whole = last is None or (isinstance(last, date) and last <= day)
    return rows if is_whole else rows.filter(pl.col("service_date") <= day)


def cases_of(admitted: pl.LazyFrame) -> pl.DataFrame:
    """Return what cases are made of: CASES in codes, settlements and fund_fen.

    One row for each settlement: most are the only one of their county, disease and age.
    """
    values = pl.col("sign").cast(pl.Int64).alias("settlements"), pl.col("fund_fen")
    return admitted.select(*CASES, *values).collect()


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
    Admissions come before other care, each in order of county and keys.
    """
    # Read once: every sum but `reported` needs most of the columns.
    rows = settlements.select(READ).collect()
    is_primary = is_primary_at_home(primary).alias("is_primary")
    admitted, others = _apart(_until(rows, until).with_columns(is_primary))
    count = pl.col("sign").sum().cast(pl.Int64)
    following = referred(admitted.lazy(), referrals).group_by(REFERRED).agg(settlements=count)
    tables = {"visits": VISITS, "flows": FLOWS}
    sums = [
        added(part, tables, amounts=_AMOUNTS, known=known)
        for part, known in ((admitted, {}), (others, _ASKED))
    ]
    return {
        "reported": reported(rows),
        "referred": at_once(following),
        **{name: pl.concat([of_part[name] for of_part in sums]) for name in tables},
        **({"townships": _by_township(admitted, others)} if by_township else {}),
    }


def _by_township(*parts: pl.DataFrame) -> pl.DataFrame:
    placed = [part.filter(pl.col("insured_township").is_not_null()) for part in parts]
    some = [part for part in placed if part.height] or placed[:1]
    sums = (added(part, {"sums": TOWNSHIPS}, amounts=_AMOUNTS)["sums"] for part in some)
    return pl.concat(sums)


def _apart(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the admissions and the other care; nothing is copied of a staged month."""
    is_stay = rows.select(is_admission()).to_series()
    stays = is_stay.sum()
    if is_stay[:stays].all():
        return rows[:stays], rows[stays:]
    return rows.filter(is_stay), rows.filter(~is_stay)
