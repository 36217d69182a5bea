"""Which months a page's map can show, and which of them can be set side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from dashboard import state
from dashboard.queries.map_history import first_month
from dashboard.state import Moments
from dashboard.store import open_marts
from dashboard.view import View
from pipeline.catalog import Indicator


@lru_cache(maxsize=512)
def _first_month(snapshot_id: str, indicator_id: str, *, is_flow: bool) -> dt.date | None:
    """Look for the first month once per process: the months are the same for every viewer."""
    marts = open_marts(snapshot_id)
    if not is_flow:
        return first_month(marts.scan("indicator_monthly"), indicator_id=indicator_id)
    year = marts.scan("indicator_to_date").filter(pl.col("period_kind") == "year")
    return first_month(year, indicator_id=indicator_id)


def months_of(view: View, indicator: Indicator) -> tuple[dt.date, ...]:
    """Return the months of the map's slider: from the first report to the page's month."""
    shown = view.shown_month(indicator)
    first = _first_month(view.marts.id, indicator.id, is_flow=indicator.kind == "flow") or shown
    return tuple(m for m in view.months_from_start if m >= min(first, shown))


def moments_of(view: View, wanted: Mapping[str, str]) -> Moments:
    """Return the month the map shows and the one it is set beside, as the link wishes them."""
    indicator = view.indicator
    unsettled = view.provisional_months if indicator.kind == "flow" else ()
    return state.moments(
        wanted,
        offered=months_of(view, indicator),
        default=view.shown_month(),
        unsettled=frozenset(unsettled),
    )
