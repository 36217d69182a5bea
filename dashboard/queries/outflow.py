"""Where residents are treated: shares by distance, and flows to single destinations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard.queries import measures
from dashboard.remembering import remembered

TIERS = ("same_county", "same_city", "same_province", "other_province")
AWAY = TIERS[1:]
INPATIENT = "inpatient"


def _share_of(tier: str) -> str:
    """Return the id of the indicator."""
    return f"destination_{tier}_share"


def destination_shares(
    monthly: pl.LazyFrame, *, area: str, until: dt.date, months: int = 24
) -> pl.DataFrame:
    """One row per month and tier: share of all admissions of an area's residents."""
    asked = {
        tier: measures.Asked(monthly, "month", _share_of(tier), until, months) for tier in TIERS
    }
    series = {tier: measures.series(asked[tier], area) for tier in TIERS}
    kept = sorted({month for found in series.values() for month in found["period"]})[-months:]
    rows = pl.concat(
        found.lazy().select(
            "numerator",
            "denominator",
            "status",
            month="period",
            tier=pl.lit(tier),
            share="value",
        )
        for tier, found in series.items()
    )
    return rows.filter(pl.col("month").is_in(kept)).sort("month", "tier").collect()


def destination_totals(
    to_date: pl.LazyFrame, *, area: str, month: dt.date
) -> dict[str, float | None]:
    """Return the four shares over the year up to a month, by tier."""
    return {
        tier: measures.values_to_date(
            to_date, indicator_id=_share_of(tier), areas=[area], month=month
        )["value"][0]
        for tier in TIERS
    }


@remembered
def _outside(flows: pl.LazyFrame, first: dt.date, last: dt.date) -> pl.DataFrame:
    """One row per county, destination outside it and month, of all counties: admissions."""
    return flows.filter(
        (pl.col("care_type") == INPATIENT)
        & pl.col("month").is_between(first, last)
        & (pl.col("destination_tier") != "same_county")
    ).collect()


def _year(
    flows: pl.LazyFrame, *, counties: Sequence[str], first: dt.date, last: dt.date
) -> pl.LazyFrame:
    of_counties = pl.col("insured_county").is_in(list(counties))
    return _outside(flows, first, last).lazy().filter(of_counties)


@remembered
def destinations(
    flows: pl.LazyFrame, *, counties: Sequence[str], first: dt.date, last: dt.date
) -> pl.DataFrame:
    """One row per destination outside the county, largest first.

    Suppressed cells are left out of the sums; `hidden` counts them, so that a page can say so.
    `share` is of what is shown: of the whole outflow the rows would not make a hundred.
    """
    return (
        _year(flows, counties=counties, first=first, last=last)
        .group_by("destination_code", "destination_tier")
        .agg(
            pl.col("destination_name").sort().first(),
            # The sum of nothing known is unknown, not zero.
            *(
                pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)
                for name in ("settlements", "fund_fen", "referred_settlements")
            ),
            hidden=(pl.col("status") == "suppressed").sum(),
            # Only where both are known: a month without referrals has none to be a share of.
            asked=pl.col("settlements").filter(pl.col("referred_settlements").is_not_null()).sum(),
        )
        .with_columns(
            pl.col("destination_tier").cast(pl.String),
            share=pl.col("settlements") / pl.col("settlements").sum(),
            referred_share=pl.when(pl.col("asked") > 0).then(
                pl.col("referred_settlements") / pl.col("asked")
            ),
        )
        .drop("asked")
        .sort(["settlements", "destination_code"], descending=[True, False], nulls_last=True)
        .collect()
    )


@remembered
def flow_links(
    flows: pl.LazyFrame, *, counties: Sequence[str], first: dt.date, last: dt.date
) -> pl.DataFrame:
    """One row per insured county, tier and destination outside the county: admissions.

    Null where every month is hidden; `hidden` counts the months that are not in the sum.
    """
    known = pl.col("settlements").count() > 0
    is_hidden = pl.col("status").cast(pl.String) == "suppressed"
    return (
        _year(flows, counties=counties, first=first, last=last)
        .group_by(
            "insured_county",
            "destination_code",
            "destination_name",
            tier=pl.col("destination_tier").cast(pl.String),
        )
        .agg(
            settlements=pl.when(known).then(pl.col("settlements").sum()),
            hidden=is_hidden.sum(),
        )
        .sort("insured_county", "tier", "destination_code")
        .collect()
    )
