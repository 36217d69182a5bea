"""Which sources of a view never came, and which have not been renewed for too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from dashboard.messages import t
from dashboard.queries import measures, quality
from dashboard.store import Scope, open_marts
from dashboard.view import View
from pipeline.catalog import catalogue
from pipeline.catalog.sources import SOURCE_IDS

NAMED = 2  # places named in one line; of the rest the number


@lru_cache(maxsize=8)
def _told(snapshot_id: str, scope: Scope) -> dict[str, frozenset[str]]:
    """Return the sources that any value of an area rests on, by area."""
    known = catalogue()
    sources = {
        i.id: {known.counters[c].source for c in (i.numerator, i.denominator) if c is not None}
        for i in known.indicators.values()
    }
    values = measures.told(open_marts(snapshot_id, scope=scope).scan("indicator_monthly"))
    return {
        area: frozenset[str]().union(*(sources.get(one, ()) for one in indicators))
        for area, indicators in values.iter_rows()
    }


def unsent(view: View, sources: Sequence[str] = SOURCE_IDS) -> list[str]:
    """Return those sources of which the snapshot holds nothing of the area, below a county of it.

    Only sources that indicators are counted from can be told.
    """
    told = _told(view.marts.id, view.marts.scope).get((view.county or view.area).code, frozenset())
    counted = {counter.source for counter in view.catalogue.counters.values()}
    return [source for source in sources if source in counted and source not in told]


def was_sent(view: View, source: str) -> bool:
    """Say whether anything of a source came of the area."""
    return not unsent(view, [source])


@lru_cache(maxsize=128)
def _late(
    snapshot_id: str, scope: Scope, limits: tuple[tuple[str, int], ...], until: dt.date
) -> pl.DataFrame:
    # Asked on every page run, so of all counties at once; a snapshot never changes.
    marts = open_marts(snapshot_id, scope=scope)
    counties = [place.code for place in marts.places.by_code.values() if place.level == "county"]
    cells = quality.latest_cells(marts.scan("data_quality"), counties=counties, until=until)
    return quality.stale_cells(cells, limits=dict(limits))


def stale(view: View, sources: Sequence[str] = SOURCE_IDS) -> pl.DataFrame:
    """Return source, county_code and delay_days of what is out of date, the oldest first."""
    counties = (view.county,) if view.county is not None else view.counties
    limits = tuple(view.settings.stale_after_days.items())
    late = _late(view.marts.id, view.marts.scope, limits, view.month)
    codes = [county.code for county in counties]
    return late.filter(pl.col("source").is_in(list(sources)) & pl.col("county_code").is_in(codes))


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
