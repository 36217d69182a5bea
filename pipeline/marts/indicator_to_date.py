"""Mart indicator_to_date: one row per flow indicator, area, month and period kind.

The month, quarter or year so far, and the same days of the year before (截至同期), from daily
counters. Sorted by indicator, kind, level, area, month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import IndicatorToDate
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import Sums
from pipeline.marts.cells import Cells
from pipeline.marts.indicator_monthly import provisional_months
from pipeline.marts.kept_months import KeptMonths
from pipeline.marts.measures import expected_of, with_gaps, with_measure, with_status
from pipeline.marts.partials import hash_of
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
from pipeline.methods.periods import add_months, months_between, to_date_windows
from pipeline.methods.rollup import roll_up

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
    kept: KeptMonths,
    quarters: TownshipQuarters | None = None,
) -> pl.LazyFrame:
    """Return the mart; `flows` are the daily counters, a column each.

    `cells` are the monthly rows and their gaps, `quarters` are the townships of settlements.
    """
    months = months_between(first, as_of)
    windows = to_date_windows(first, as_of)
    is_open = provisional_months(months, as_of, catalogue)
    made = _Made(
        flows=flows.cast({"area_code": pl.Categorical()}),
        cells=cells,
        scope=scope,
        catalogue=catalogue,
        windows=windows,
        expected=expected_of(cells.rows, scope, time="month"),
        is_open=is_open,
    )
    also = [hash_of(made.expected)]
    parts = [kept.tables("to_date", months, made.rows, of=told_by, also=also)["rows"].lazy()]
    if quarters is not None:
        hidden = hidden_windows(cells, windows)
        both = township_rows(quarters, hidden, windows, catalogue, is_provisional=is_open)
        parts.append(to_contract(_beside(*both, windows), IndicatorToDate, sort=()))
    return pl.concat(parts).sort(SORT)


def told_by(month: date) -> list[date]:
    """Return the months of the windows that end in a month, and of those a year before."""
    return [
        date(year, n, 1) for year in (month.year - 1, month.year) for n in range(1, month.month + 1)
    ]


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What periods so far are made of, but for townships."""

    flows: pl.DataFrame
    cells: Cells
    scope: Scope
    catalogue: Catalogue
    windows: pl.DataFrame
    expected: pl.DataFrame  # expected_of the months
    is_open: pl.Expr

    def rows(self, months: Sequence[date]) -> Sums:
        """Return the rows of the mart whose windows end in some months."""
        windows = self.windows.filter(pl.col("month").is_in(months))
        indicators = [i for i in self.catalogue.indicators.values() if i.kind == "flow"]
        spans = (("period_start", "period_end"), ("prior_start", "prior_end"))
        sums = sums_in_months(self.flows, indicators, windows, spans=spans)
        levelled = _levelled(sums, self.scope)
        own, prior = (_in_windows(levelled, windows, self.scope, start=s, end=e) for s, e in spans)
        around = [*months, *(add_months(month, -12) for month in months)]
        hidden = hidden_windows(self.cells, self.windows.filter(pl.col("month").is_in(around)))
        before = hidden_prior_windows(
            *(hidden, windows),
            cells=self.cells,
            prior=prior,
            scope=self.scope,
            catalogue=self.catalogue,
        )
        own_rows = self._measured(own, hidden, windows, is_open=self.is_open)
        prior_rows = self._measured(prior, before, windows, is_open=pl.lit(value=False))
        rows = _beside(own_rows, prior_rows, windows)
        return {"rows": at_once(to_contract(rows, IndicatorToDate, sort=()))}

    def _measured(
        self,
        levelled: pl.DataFrame,
        hidden: pl.DataFrame,
        windows: pl.DataFrame,
        *,
        is_open: pl.Expr,
    ) -> pl.LazyFrame:
        scope, catalogue, times = self.scope, self.catalogue, windows.select(KEYS)
        gaps = with_gaps(levelled, self.expected, scope, catalogue, times=times, by=KEYS)
        marked = with_hidden(gaps, hidden, catalogue, by=KEYS)
        return with_status(with_measure(marked, catalogue), is_provisional=is_open)


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


def _levelled(sums: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Return the sums of months at every level: areas are far fewer than months in windows."""
    ancestors = scope.lineage.cast({"area_code": pl.Categorical, "ancestor_code": pl.Categorical})
    values = ["numerator", "denominator", "reports"]
    by = ["indicator_id", "member", "until"]
    return at_once(roll_up(sums.lazy(), ancestors=ancestors, by=by, values=values))


def _in_windows(
    levelled: pl.DataFrame, windows: pl.DataFrame, scope: Scope, *, start: str, end: str
) -> pl.DataFrame:
    """Return the sums of windows, whole where every county reported every month."""
    counties = scope.county_lineage.group_by(area_code="ancestor_code").agg(counties=pl.len())
    areas = scope.levels.join(counties, on="area_code", validate="1:1")
    expected = months_in(windows, start=start, end=end).group_by(KEYS).agg(months=pl.len())
    return at_once(
        window_sums(levelled, windows, start=start, end=end)
        .join(areas.lazy().cast({"area_code": pl.Categorical}), on="area_code")
        .join(expected.lazy(), on=KEYS, validate="m:1")
        .select(
            pl.exclude("reports", "months", "counties"),
            is_whole=pl.col("reports") == pl.col("months") * pl.col("counties"),
        )
    )
