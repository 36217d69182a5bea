"""Townships of settlements in the small world: one county's, by quarter, the rest unnamed."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import catalogue
from pipeline.contracts.words import UNPLACED

COUNTY = "410225"
MONTHS = pl.col("month").dt.month() % 3 == 0


def with_townships(to_date: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Add the townships of COUNTY to the years so far: equal parts, a part less for the first.

    The second township is hidden; what is left unnamed is as large as a township.
    """
    towns = places.filter(parent_code=COUNTY, area_level="township")["area_code"].sort().to_list()
    quarterly = [i.id for i in catalogue().indicators.values() if catalogue().is_by_quarter(i)]
    whole = to_date.filter(
        MONTHS, pl.col("indicator_id").is_in(quarterly), pl.col("area_code") == COUNTY
    )
    codes = [*towns, COUNTY + UNPLACED]
    parts = [
        _part(whole, code, share=len(codes), worse=0.03 * (n % 5 - 2), is_hidden=n == 1)
        for n, code in enumerate(codes)
    ]
    return pl.concat([to_date, *parts])


def _part(
    whole: pl.DataFrame, code: str, *, share: int, worse: float, is_hidden: bool
) -> pl.DataFrame:
    """Return one township: so much above or below its county."""
    denominator = pl.col("denominator") // share
    numerator = (denominator * (pl.col("value") + worse)).round().cast(pl.Int64)
    value = numerator / denominator
    has_interval = pl.col("lower").is_not_null()
    part = whole.with_columns(
        area_code=pl.lit(code),
        area_level=pl.lit("township").cast(whole.schema["area_level"]),
        denominator=denominator,
        numerator=numerator,
        value=value,
        lower=pl.when(has_interval).then(value - 0.02),
        upper=pl.when(has_interval).then(value + 0.02),
        prior_value=value + 0.01,
    )
    if not is_hidden:
        return part
    nothing = (pl.lit(None).alias(c) for c in ("numerator", "value", "lower", "upper"))
    return part.with_columns(*nothing, status=pl.lit("suppressed").cast(whole.schema["status"]))
