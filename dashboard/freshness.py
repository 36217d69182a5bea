"""Which sources of a view have not been renewed for too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from dashboard.messages import t
from dashboard.queries import quality
from dashboard.store import Scope, open_marts
from dashboard.view import View
from pipeline.catalog.sources import SOURCE_IDS

NAMED = 2  # places named in one line; of the rest the number


@lru_cache(maxsize=128)
def _cells(
    snapshot_id: str, scope: Scope, counties: tuple[str, ...], until: dt.date
) -> pl.DataFrame:
    # Asked on every page run; a snapshot never changes.
    scan = open_marts(snapshot_id, scope=scope).scan("data_quality")
    return quality.latest_cells(scan, counties=counties, until=until)


def stale(view: View, sources: Sequence[str] = SOURCE_IDS) -> pl.DataFrame:
    """Return source, county_code and delay_days of what is out of date, the oldest first."""
    counties = (view.county,) if view.county is not None else view.counties
    codes = tuple(county.code for county in counties)
    cells = _cells(view.marts.id, view.marts.scope, codes, view.month)
    named = cells.filter(pl.col("source").is_in(list(sources)))
    return quality.stale_cells(named, limits=view.settings.stale_after_days)


def words(view: View, sources: Sequence[str] = SOURCE_IDS, *, most: int = NAMED) -> str:
    """Say which sources are out of date; nothing where all are fresh."""
    found = stale(view, sources)
    if found.is_empty():
        return ""
    parts = [
        t(
            "quality.stale_one",
            county=place.name,
            source=t(f"source.{row['source']}"),
            days=row["delay_days"],
        )
        for row in found.head(most).iter_rows(named=True)
        if (place := view.places.get(row["county_code"])) is not None
    ]
    more = t("quality.stale_more", n=found.height) if found.height > most else ""
    return t("quality.stale", parts="、".join(parts), more=more)
