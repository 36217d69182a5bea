"""Mart indicator_to_date: one row per flow indicator, area, month and period kind.

The month, quarter or year so far, and the same days of the year before (截至同期), from daily
counters. Sorted by indicator, kind, level, area, month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import IndicatorToDate
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import Sums
from pipeline.marts.cells import Cells
from pipeline.marts.indicator_monthly import provisional_months
from pipeline.marts.kept_months import KeptMonths
from pipeline.marts.measures import expected_cells, expected_of, with_measure, with_status
from pipeline.marts.partials import hash_of
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract
from pipeline.marts.small_numbers import with_hidden
from pipeline.marts.township_quarters import TownshipQuarters
from pipeline.marts.township_windows import township_rows, year_before
from pipeline.marts.windows import (
    hidden_prior_windows,
    hidden_windows,
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
        rows = township_rows(quarters, hidden, windows, catalogue, is_provisional=is_open)
        parts.append(to_contract(rows, IndicatorToDate, sort=()))
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
        own, prior = (self._in_windows(levelled, windows, start=s, end=e) for s, e in spans)
        around = [*months, *(add_months(month, -12) for month in months)]
        hidden = hidden_windows(self.cells, self.windows.filter(pl.col("month").is_in(around)))
        before = hidden_prior_windows(
            *(hidden, windows),
            cells=self.cells,
            levelled=levelled,
            scope=self.scope,
            catalogue=self.catalogue,
        )
        own_rows = self._measured(own, hidden, is_open=self.is_open)
        prior_rows = self._measured(prior, before, is_open=pl.lit(value=False))
        # In the same order: each row has the year before beside it.
        rows = pl.concat([own_rows, prior_rows.select(year_before())], how="horizontal")
        return {"rows": at_once(to_contract(rows, IndicatorToDate, sort=()))}

    @cached_property
    def _asked(self) -> pl.DataFrame:
        """The indicators and areas that have rows: with the counties that make an area whole."""
        counties = self.scope.county_lineage.group_by(area_code="ancestor_code")
        return expected_cells(self.expected, self.scope, self.catalogue).join(
            counties.agg(counties=pl.len()).cast({"area_code": pl.Categorical}),
            on="area_code",
            how="left",
            validate="m:1",
        )

    def _in_windows(
        self, levelled: pl.DataFrame, windows: pl.DataFrame, *, start: str, end: str
    ) -> pl.LazyFrame:
        """Return the sums of windows, whole where every county reported every month."""
        rows = window_sums(levelled, self._asked, windows, start=start, end=end).lazy()
        return rows.filter(pl.col("month") >= pl.col("first")).select(
            pl.exclude("first", "counties", "months", "reports"),
            is_whole=pl.col("reports") == pl.col("months") * pl.col("counties"),
        )

    def _measured(
        self, rows: pl.LazyFrame, hidden: pl.DataFrame, *, is_open: pl.Expr
    ) -> pl.LazyFrame:
        marked = with_hidden(rows, hidden, self.catalogue, by=KEYS)
        return with_status(with_measure(marked, self.catalogue), is_provisional=is_open)


def _levelled(sums: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Return the sums of months at every level: areas are far fewer than months in windows."""
    ancestors = scope.lineage.cast(pl.Categorical())
    values = ["numerator", "denominator", "reports"]
    by = ["indicator_id", "member", "until"]
    return at_once(roll_up(sums.lazy(), ancestors=ancestors, by=by, values=values))
