"""The shared middle of the indicator marts: indicator rows at every level, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import Sums
from pipeline.marts.kept_months import KeptMonths
from pipeline.marts.measures import TEXTS, to_levels, to_pairs, to_wide
from pipeline.marts.scope import Scope
from pipeline.marts.small_numbers import hidden_cells, judged_cells
from pipeline.methods.rollup import known_sum

# Evaluation dates of stocks that are summed at once. A date has nothing to do with the others, and
# all of them at once are most of a build's memory.
DAYS_AT_ONCE = 16
# Rows that are measured at once, whole indicators: an indicator has nothing to do with the others.
ROWS_AT_ONCE = 150_000


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Indicator rows at every level and the counters hidden in them.

    `rows`: indicator_id, area_code, area_level, time, numerator, denominator, is_whole; of stocks
    indicator_id and area_code are categories. `hidden`: counter_id, area_code, time. `time` is
    named month (flows) or as_of (stocks).
    """

    rows: pl.DataFrame
    hidden: pl.DataFrame
    time: str


@dataclass(frozen=True, kw_only=True)
class FlowCells(Cells):
    """Cells by month, and all patient-derived counters: value and is_hidden beside their keys."""

    counters: pl.DataFrame


def _levelled(
    wide: pl.DataFrame, scope: Scope, catalogue: Catalogue, *, kind: str, time: str
) -> pl.DataFrame:
    indicators = [i for i in catalogue.indicators.values() if i.kind == kind]
    return to_levels(to_pairs(wide, indicators, time=time), scope, by=[time])


def flow_cells(
    flows: pl.DataFrame,
    scope: Scope,
    catalogue: Catalogue,
    *,
    months: Sequence[date],
    kept: KeptMonths,
) -> FlowCells:
    """Return flow indicators by month (its first day), from daily flow counters (a column each)."""

    def count(some: Sequence[date]) -> Sums:
        return _cells_of(flows.filter(_month().is_in(some)), scope, catalogue)

    counted = kept.tables("cells", months, count)
    counters = counted["counters"]
    hidden = counters.filter("is_hidden").select("counter_id", "area_code", "month")
    return FlowCells(rows=counted["rows"], hidden=hidden, time="month", counters=counters)


def _month() -> pl.Expr:
    return pl.col("date").dt.month_start().alias("month")


def _cells_of(flows: pl.DataFrame, scope: Scope, catalogue: Catalogue) -> Sums:
    """Return the indicators and the counters of some months: one has nothing to do with another."""
    known = known_sum(pl.exclude("area_code", "date"))
    monthly = at_once(flows.lazy().group_by("area_code", _month()).agg(known))
    levelled = _levelled(monthly, scope, catalogue, kind="flow", time="month")
    counters = judged_cells(levelled, scope, catalogue, by=["month"])
    return {"rows": levelled.cast(TEXTS), "counters": counters}


def stock_cells(
    stocks: pl.DataFrame, scope: Scope, catalogue: Catalogue, *, dates: Sequence[date]
) -> Cells:
    """Return stock indicators by evaluation date, from stock counters on those dates."""
    used = {
        c
        for i in catalogue.indicators.values()
        if i.kind == "stock"
        for c in (i.numerator, i.denominator)
    }
    is_used = pl.col("counter_id").is_in([c for c in used if c is not None])
    counted = set(stocks["as_of"].unique())
    days = [day for day in dates if day in counted]
    parts = []
    for at in range(0, max(len(days), 1), DAYS_AT_ONCE):
        is_now = pl.col("as_of").is_in(days[at : at + DAYS_AT_ONCE])
        wide = to_wide(stocks.filter(is_now, is_used), time="as_of")
        levelled = _levelled(wide, scope, catalogue, kind="stock", time="as_of")
        parts.append((levelled, hidden_cells(levelled, scope, catalogue, by=["as_of"])))
    return Cells(
        rows=pl.concat([rows for rows, _ in parts]),
        hidden=pl.concat([hidden for _, hidden in parts]),
        time="as_of",
    )


def grid_rows(indicators: Iterable[str], scope: Scope, catalogue: Catalogue, *, times: int) -> int:
    """Return how many rows some indicators can have at most: known before anything is counted."""
    levels = scope.levels["area_level"].cast(pl.String).value_counts().rows()
    named = [catalogue.indicators[i] for i in indicators]
    cells: int = sum(areas for i in named for level, areas in levels if i.reaches(level))
    return times * cells


def groups_of(indicators: Iterable[str], *, rows: int) -> list[list[str]]:
    """Return indicators with so many rows in the marts' order, in groups to be measured at once."""
    named = sorted(indicators)
    size = max(len(named) // (rows // ROWS_AT_ONCE + 1), 1)
    return [named[at : at + size] for at in range(0, max(len(named), 1), size)]


def months_frame(months: list[date], as_of: date) -> pl.DataFrame:
    """Return one row per month: its first day, and the last day a value of it speaks of."""
    frame = pl.DataFrame({"month": months}, schema={"month": pl.Date()})
    return frame.with_columns(as_of=pl.min_horizontal(pl.col("month").dt.month_end(), as_of))
