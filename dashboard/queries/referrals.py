"""Referrals up and down: monthly counts of an area, and the year so far by county."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.queries import measures
from dashboard.remembering import remembered

UP, DOWN = "upward_referrals", "downward_referrals"
ORDERED = "referred_outflow_share"


@remembered
def both_series(
    monthly: pl.LazyFrame, *, area: str, until: dt.date, months: int = 24
) -> pl.DataFrame:
    """One row per month: period, up, down, status; a hidden or missing count is null.

    A month is settled when both counts are.
    """
    up, down = (
        measures.monthly_series(
            monthly, indicator_id=id_, area=area, until=until, months=months
        ).select("period", name, status=pl.col("status"))
        for id_, name in ((UP, "value"), (DOWN, "value"))
    )
    joined = up.join(
        down, on="period", how="full", coalesce=True, suffix="_down", validate="1:1"
    ).sort("period")
    waiting = pl.any_horizontal(pl.col(name) == "provisional" for name in ("status", "status_down"))
    return joined.select(
        "period",
        up="value",
        down="value_down",
        status=pl.when(waiting.fill_null(value=False))
        .then(pl.lit("provisional"))
        .otherwise(pl.lit("final")),
    ).tail(months)


def down_per_up(up: float | None, down: float | None) -> float | None:
    """Return how many are referred down for one referred up; None where either is unknown."""
    return down / up if up and down is not None else None


@remembered
def by_county(to_date: pl.LazyFrame, *, counties: Sequence[str], month: dt.date) -> pl.DataFrame:
    """One row per county: referrals up and down of the year so far, and their statuses."""
    columns: Mapping[str, str] = {UP: "up", DOWN: "down"}
    frame = pl.DataFrame({"area_code": list(counties)}, schema={"area_code": pl.String})
    for id_, name in columns.items():
        values = measures.values_to_date(to_date, indicator_id=id_, areas=counties, month=month)
        frame = frame.join(
            values.select(
                "area_code", pl.col("value").alias(name), pl.col("status").alias(f"{name}_status")
            ),
            on="area_code",
            how="left",
            validate="1:1",
            maintain_order="left",
        )
    return frame
