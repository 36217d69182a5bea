"""Several indicators at once: values for cards, rows and marks.

A flow is shown as the year so far up to the last final month, a stock as it stood in the month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard.queries.measures import among, are
from dashboard.remembering import remembered
from pipeline.catalog import Indicator

VALUES = ("numerator", "denominator", "value", "lower", "upper")
PRIOR = ("prior_numerator", "prior_denominator", "prior_value")


def _ids(indicators: Sequence[Indicator], kind: str) -> list[str]:
    return [indicator.id for indicator in indicators if indicator.kind == kind]


def _of(found: pl.DataFrame, areas: Sequence[str]) -> pl.DataFrame:
    return found.filter(pl.col("area_code").is_in(list(areas)))


def current_values(
    monthly: pl.LazyFrame,
    to_date: pl.LazyFrame,
    *,
    indicators: Sequence[Indicator],
    areas: Sequence[str],
    month: dt.date,
    final_month: dt.date,
) -> pl.DataFrame:
    """One row per indicator and area that has one: the shown value, and 截至同期 for flows."""
    flows, stocks = (tuple(_ids(indicators, kind)) for kind in ("flow", "stock"))
    found = _current(monthly, to_date, (flows, final_month), (stocks, month), among(areas))
    return _of(found, areas)


@remembered
def _current(
    monthly: pl.LazyFrame,
    to_date: pl.LazyFrame,
    flows: tuple[tuple[str, ...], dt.date],
    stocks: tuple[tuple[str, ...], dt.date],
    areas: tuple[str, ...] | None,
) -> pl.DataFrame:
    own = (*VALUES, pl.col("status").cast(pl.String))
    sums = to_date.filter(
        pl.col("indicator_id").is_in(flows[0])
        & (pl.col("month") == flows[1])
        & (pl.col("period_kind") == "year")
        & are(areas)
    ).select("indicator_id", "area_code", *own, *PRIOR, since="period_start", until="period_end")
    states = monthly.filter(
        pl.col("indicator_id").is_in(stocks[0]) & (pl.col("month") == stocks[1]) & are(areas)
    ).select("indicator_id", "area_code", *own, until="as_of")
    found = pl.concat([sums, states], how="diagonal")
    return found.sort("indicator_id", "area_code").collect()


def months_of(
    monthly: pl.LazyFrame,
    *,
    indicators: Sequence[Indicator],
    areas: Sequence[str],
    until: dt.date,
    months: int,
) -> pl.DataFrame:
    """One row per indicator, area and month, ascending: the last `months` up to `until`."""
    since = until.year * 12 + until.month - months
    days = (dt.date(since // 12, since % 12 + 1, 1), until)
    ids = tuple(indicator.id for indicator in indicators)
    return _of(_series(monthly, "month", ids, days, among(areas)), areas)


def weeks_of(
    weekly: pl.LazyFrame,
    *,
    indicators: Sequence[Indicator],
    areas: Sequence[str],
    until: dt.date,
    weeks: int,
) -> pl.DataFrame:
    """One row per stock indicator, area and meeting week, ascending: the last up to `until`."""
    days = (until - dt.timedelta(days=7 * weeks - 1), until)
    ids = tuple(_ids(indicators, "stock"))
    return _of(_series(weekly, "week_ending", ids, days, among(areas)), areas)


@remembered
def _series(
    mart: pl.LazyFrame,
    period: str,
    ids: tuple[str, ...],
    days: tuple[dt.date, dt.date],
    areas: tuple[str, ...] | None,
) -> pl.DataFrame:
    status = pl.col("status").cast(pl.String)
    return (
        mart.filter(
            pl.col("indicator_id").is_in(ids) & pl.col(period).is_between(*days) & are(areas)
        )
        .select("indicator_id", "area_code", *VALUES, status, period=period)
        .sort("indicator_id", "area_code", "period")
        .collect()
    )


@remembered
def next_targets(
    targets: pl.LazyFrame, *, on: dt.date
) -> dict[tuple[str, str], tuple[float, dt.date]]:
    """Return (indicator, area) -> target and due date, of all that have one of their own.

    The next due date from `on` counts, after the last one the last.
    """
    rows = (
        targets.with_columns(is_past=pl.col("due_on") < on)
        .sort("indicator_id", "area_code", "is_past", (pl.col("due_on") - pl.lit(on)).abs())
        .group_by("indicator_id", "area_code", maintain_order=True)
        .first()
        .select("indicator_id", "area_code", "target", "due_on")
        .collect()
    )
    return {(id_, area): (target, due) for id_, area, target, due in rows.iter_rows()}
