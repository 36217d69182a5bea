"""Mart indicator_to_date: one row per flow indicator, area, month and period kind.

The month, quarter or year so far, and the same days of the year before (截至同期), from daily
counters. Sorted by indicator, kind, level, area, month.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import IndicatorToDate
from pipeline.marts.cells import Cells
from pipeline.marts.indicator_monthly import provisional_months
from pipeline.marts.measures import with_gaps, with_measure, with_status
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract
from pipeline.marts.small_numbers import with_hidden
from pipeline.marts.township_quarters import TownshipQuarters
from pipeline.marts.township_windows import township_rows
from pipeline.marts.windows import (
    hidden_prior_windows,
    hidden_windows,
    months_in,
    sums_in_months,
    window_sums,
)
from pipeline.methods.periods import months_between, to_date_windows
from pipeline.methods.rollup import lineage, roll_up

SORT = ["indicator_id", "period_kind", "area_level", "area_code", "month"]
KEYS = ["month", "period_kind"]


def build(
    flows: pl.DataFrame,
    cells: Cells,
    *,
    scope: Scope,
    catalogue: Catalogue,
    first: date,
    as_of: date,
    quarters: TownshipQuarters | None = None,
) -> pl.LazyFrame:
    """Return the mart; `flows` are the daily counters, a column each.

    `cells` are the monthly rows and their gaps, `quarters` are the townships of settlements.
    """
    windows = to_date_windows(first, as_of)
    indicators = [i for i in catalogue.indicators.values() if i.kind == "flow"]
    provisional = provisional_months(months_between(first, as_of), as_of, catalogue)
    spans = (("period_start", "period_end"), ("prior_start", "prior_end"))
    named = flows.cast({"area_code": pl.Categorical()})
    sums = sums_in_months(named, indicators, windows, spans=spans)
    own, prior = (_levelled(sums, windows, scope, start=s, end=e) for s, e in spans)
    hidden = hidden_windows(cells, windows)
    before = hidden_prior_windows(
        hidden, windows, cells=cells, prior=prior, scope=scope, catalogue=catalogue
    )
    above = (
        _measured(own, hidden, windows, scope, catalogue, is_provisional=provisional),
        _measured(prior, before, windows, scope, catalogue, is_provisional=pl.lit(value=False)),
    )
    parts = [above]
    if quarters is not None:
        parts += [township_rows(quarters, hidden, windows, catalogue, is_provisional=provisional)]
    own_rows, prior_rows = (pl.concat(rows, how="diagonal") for rows in zip(*parts, strict=True))
    return to_contract(_beside(own_rows, prior_rows, windows), IndicatorToDate, sort=SORT)


def _beside(
    own_rows: pl.LazyFrame, prior_rows: pl.LazyFrame, windows: pl.DataFrame
) -> pl.LazyFrame:
    """Put the year before beside each window."""
    keys = ["indicator_id", "area_code", *KEYS]
    values = ("numerator", "denominator", "value", "status")
    prior = prior_rows.select(*keys, *(pl.col(c).alias(f"prior_{c}") for c in values))
    rows = own_rows.join(prior, on=keys, how="left", validate="1:1").join(
        windows.lazy(), on=KEYS, validate="m:1"
    )
    return rows.with_columns(pl.col("prior_status").fill_null("missing"))


def _levelled(
    sums: pl.DataFrame, windows: pl.DataFrame, scope: Scope, *, start: str, end: str
) -> pl.DataFrame:
    """Return the window sums at every level, whole where every county reported every month.

    Indicators and areas are categories, as in `sums`.
    """
    values = ["numerator", "denominator", "months_reported"]
    below = window_sums(sums, windows, start=start, end=end).lazy()
    edges = scope.edges.with_columns(pl.col("area_code", "parent_code").cast(pl.Categorical))
    summed = roll_up(below, edges=edges, by=["indicator_id", *KEYS], values=values)
    counties = (
        lineage(scope.edges)
        .join(scope.at("county"), on="area_code", how="semi")
        .group_by(pl.col("ancestor_code").alias("area_code"))
        .agg(counties=pl.len())
    )
    areas = scope.levels.join(counties, on="area_code", validate="1:1")
    expected = months_in(windows, start=start, end=end).group_by(KEYS).agg(months=pl.len())
    return (
        summed.join(areas.lazy().cast({"area_code": pl.Categorical}), on="area_code")
        .join(expected.lazy(), on=KEYS, validate="m:1")
        .select(
            pl.exclude("months_reported", "months", "counties"),
            is_whole=pl.col("months_reported") == pl.col("months") * pl.col("counties"),
        )
        .collect()
    )


def _measured(
    levelled: pl.DataFrame,
    hidden: pl.DataFrame,
    windows: pl.DataFrame,
    scope: Scope,
    catalogue: Catalogue,
    *,
    is_provisional: pl.Expr,
) -> pl.LazyFrame:
    times = windows.select(KEYS)
    gaps = with_gaps(levelled, scope, catalogue, times=times, by=KEYS)
    marked = with_hidden(gaps, hidden, catalogue, by=KEYS)
    return with_status(with_measure(marked, catalogue), is_provisional=is_provisional)
