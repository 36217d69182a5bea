"""Mart indicator_weekly: one row per stock indicator, area and meeting week.

Sorted by indicator, level, area, week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import IndicatorWeekly
from pipeline.marts.cells import Cells, grid_rows, groups_of
from pipeline.marts.measures import expected_of, with_gaps, with_measure, with_status
from pipeline.marts.scope import Scope
from pipeline.marts.shape import nothing, to_contract
from pipeline.marts.small_numbers import with_hidden

SORT = ["indicator_id", "area_level", "area_code", "week_ending"]


def parts(
    stocks: Cells, *, scope: Scope, catalogue: Catalogue, weeks: list[date]
) -> Iterator[pl.DataFrame]:
    """Make the mart, some indicators after the others; a stock is final.

    `weeks` are the ends of complete meeting weeks.
    """
    frame = pl.DataFrame({"as_of": weeks}, schema={"as_of": pl.Date()})
    rows = stocks.rows.join(frame, on="as_of", how="semi")
    named = [i.id for i in catalogue.indicators.values() if i.kind == "stock"]
    most = grid_rows(named, scope, catalogue, times=len(weeks))
    for indicators in groups_of(named, rows=most):
        some = rows.filter(pl.col("indicator_id").is_in(indicators))
        if some.is_empty():
            yield nothing(IndicatorWeekly)
            continue
        expected = expected_of(some, scope, time="as_of")
        gaps = with_gaps(some, expected, scope, catalogue, times=frame, by=["as_of"])
        hidden = with_hidden(gaps, stocks.hidden, catalogue, by=["as_of"])
        measured = with_status(
            with_measure(hidden, catalogue), is_provisional=pl.lit(value=False)
        ).with_columns(week_ending="as_of")
        yield to_contract(measured, IndicatorWeekly, sort=SORT).collect()
