"""How far back an indicator can be drawn on a map."""

from __future__ import annotations

import datetime as dt

import polars as pl

from dashboard.remembering import remembered

DRAWN = ("final", "provisional", "suppressed")


@remembered
def first_month(mart: pl.LazyFrame, *, indicator_id: str) -> dt.date | None:
    """Return the first month in which any county reported the indicator; None for never.

    Args:
        mart: indicator_monthly, or the year-to-date rows of indicator_to_date.
        indicator_id: of the catalogue.
    """
    months = (
        mart.filter(
            (pl.col("indicator_id") == indicator_id)
            & (pl.col("area_level").cast(pl.String) == "county")
            & pl.col("status").cast(pl.String).is_in(DRAWN)
        )
        .select(pl.col("month").min())
        .collect()
    )
    found: dt.date | None = months["month"][0]
    return found
