"""Referrals to flow counters, by the county of the referring institution."""

from __future__ import annotations

import polars as pl

from pipeline.counters.frames import to_counters


def count(referrals: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per flow counter, county and day of referral (FlowCounter)."""
    sums = {
        "referrals_up": (pl.col("direction") == "up").sum(),
        "referrals_down": (pl.col("direction") == "down").sum(),
    }
    rows = referrals.with_columns(date="referred_on")
    return to_counters(rows, sums, time="date", area="county_code")
