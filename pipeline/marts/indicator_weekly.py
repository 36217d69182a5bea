"""Mart indicator_weekly: one row per stock indicator, area and meeting week.

Sorted by indicator, level, area, week.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import IndicatorWeekly
from pipeline.marts.cells import Cells, groups_of
from pipeline.marts.measures import with_gaps, with_measure, with_status
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract
from pipeline.marts.small_numbers import with_hidden

SORT = ["indicator_id", "area_level", "area_code", "week_ending"]


def build(stocks: Cells, *, scope: Scope, catalogue: Catalogue, weeks: list[date]) -> pl.LazyFrame:
    """Return the mart; `weeks` are the ends of complete meeting weeks. A stock is final."""
    frame = pl.DataFrame({"as_of": weeks}, schema={"as_of": pl.Date()})
    rows = stocks.rows.join(frame, on="as_of", how="semi")
    parts = []
    named = (i.id for i in catalogue.indicators.values() if i.kind == "stock")
    for indicators in groups_of(named, rows=rows.height):
        some = rows.filter(pl.col("indicator_id").is_in(indicators))
        gaps = with_gaps(some, scope, catalogue, times=frame, by=["as_of"])
        hidden = with_hidden(gaps, stocks.hidden, catalogue, by=["as_of"])
        measured = with_status(
            with_measure(hidden, catalogue), is_provisional=pl.lit(value=False)
        ).with_columns(week_ending="as_of")
        parts.append(to_contract(measured, IndicatorWeekly, sort=SORT))
    return pl.concat(parts)
