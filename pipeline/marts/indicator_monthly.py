"""Mart indicator_monthly: one row per indicator, area and month.

Sorted by indicator, level, area, month: a trend is one run of rows, a map is one level of one
indicator. Only areas at or above the indicator's finest level have rows; below it nothing is
applicable, which the reader answers from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import IndicatorMonthly
from pipeline.counters.frames import at_once
from pipeline.marts.cells import Cells, grid_rows, groups_of, months_frame
from pipeline.marts.measures import expected_of, with_gaps, with_measure, with_status
from pipeline.marts.scope import Scope
from pipeline.marts.shape import nothing, to_contract
from pipeline.marts.small_numbers import with_hidden
from pipeline.methods.periods import months_between, open_months

SORT = ["indicator_id", "area_level", "area_code", "month"]


def provisional_months(months: list[date], as_of: date, catalogue: Catalogue) -> pl.Expr:
    """Say whether a flow's month may still change.

    Claims: until the claims delay has passed. Other flows: the month the as-of date lies in.
    """
    delay = catalogue.settings.claims_delay_months
    still_open = open_months(months, as_of, delay_months=delay)
    claims = [
        i.id
        for i in catalogue.indicators.values()
        if i.kind == "flow" and catalogue.counters[i.numerator].source == "settlements"
    ]
    is_claim = pl.col("indicator_id").is_in(claims)
    running = pl.col("month") == as_of.replace(day=1)
    return (is_claim & pl.col("month").is_in(still_open)) | running


def groups(scope: Scope, catalogue: Catalogue, months: list[date]) -> list[list[str]]:
    """Return the indicators in the order of the mart, in groups to be measured at once."""
    most = grid_rows(catalogue.indicators, scope, catalogue, times=len(months))
    return groups_of(catalogue.indicators, rows=most)


def stock_parts(
    stocks: Cells, *, scope: Scope, catalogue: Catalogue, first: date, as_of: date
) -> Iterator[pl.DataFrame]:
    """Make the stocks of the mart, group by group: as of a month's last day or the as-of date."""
    months = months_between(first, as_of)
    frame = months_frame(months, as_of)
    rows = stocks.rows.join(frame.select("as_of"), on="as_of", how="semi")
    for indicators in groups(scope, catalogue, months):
        some = rows.filter(pl.col("indicator_id").is_in(indicators))
        if some.is_empty():
            yield nothing(IndicatorMonthly)
            continue
        measured = _rows(some, stocks, frame, scope=scope, catalogue=catalogue)
        final = with_status(measured, is_provisional=pl.lit(value=False))
        yield to_contract(final, IndicatorMonthly, sort=SORT).collect()


def build(
    flows: Cells,
    stocks: Sequence[pl.LazyFrame],
    *,
    scope: Scope,
    catalogue: Catalogue,
    first: date,
    as_of: date,
) -> pl.LazyFrame:
    """Return the mart: flows of each month beside the stocks, which are stock_parts."""
    months = months_between(first, as_of)
    measured = _measured_flows(flows, months, scope=scope, catalogue=catalogue, as_of=as_of)
    parts = []
    for indicators, of_stocks in zip(groups(scope, catalogue, months), stocks, strict=True):
        some = measured.filter(pl.col("indicator_id").is_in(indicators))
        parts.append(pl.concat([of_stocks, some.lazy()]).sort(SORT) if some.height else of_stocks)
    return pl.concat(parts)


def _measured_flows(
    flows: Cells, months: list[date], *, scope: Scope, catalogue: Catalogue, as_of: date
) -> pl.DataFrame:
    """Measure the flows of all months: few beside the stocks."""
    frame = months_frame(months, as_of)
    rows = flows.rows.join(frame.select("month"), on="month", how="semi")
    is_open = provisional_months(months, as_of, catalogue)
    measured = []
    for indicators in groups_of(rows["indicator_id"].unique(), rows=rows.height):
        some = rows.filter(pl.col("indicator_id").is_in(indicators))
        gaps = _rows(some, flows, frame, scope=scope, catalogue=catalogue)
        shown = with_status(gaps, is_provisional=is_open)
        measured.append(to_contract(shown, IndicatorMonthly, sort=()))
    return pl.concat(at_once(rows) for rows in measured)


def _rows(
    rows: pl.DataFrame,
    cells: Cells,
    frame: pl.DataFrame,
    *,
    scope: Scope,
    catalogue: Catalogue,
) -> pl.LazyFrame:
    expected = expected_of(rows, scope, time=cells.time)
    times = frame.select(cells.time)
    gaps = with_gaps(rows, expected, scope, catalogue, times=times, by=[cells.time])
    hidden = with_hidden(gaps, cells.hidden, catalogue, by=[cells.time])
    return with_measure(hidden, catalogue).join(frame.lazy(), on=cells.time, validate="m:1")
