"""Which sources of a view never came, came to nothing, or have not been renewed for too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache, lru_cache

import polars as pl

from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import measures, quality
from dashboard.store import Marts, Scope, open_marts
from dashboard.view import View
from pipeline.catalog import Indicator, catalogue
from pipeline.catalog.sources import SOURCE_IDS

ABSENT = ("missing", "refused")  # statuses of what nobody sent, and of what was sent in vain
# Counters made of a second source beside their own.
BESIDE = {"inpatient_outflow_referred": "referrals"}
NAMED = 2  # places named in one line; of the rest the number


@cache
def sources_of(indicator_id: str) -> frozenset[str]:
    """Return the sources that an indicator is counted from."""
    known = catalogue()
    indicator = known.indicators[indicator_id]
    counters = {indicator.numerator, indicator.denominator} - {None}
    own = {known.counters[counter].source for counter in counters if counter}
    return frozenset(own | {BESIDE[counter] for counter in counters if counter in BESIDE})


@lru_cache(maxsize=8)
def _told(snapshot_id: str, scope: Scope) -> dict[str, frozenset[str]]:
    """Return the indicators of which any value was reported, by area from counties up."""
    values = measures.told(open_marts(snapshot_id, scope=scope).scan("indicator_monthly"))
    return {area: frozenset(indicators) for area, indicators in values.iter_rows()}


def told(marts: Marts, place: Place) -> frozenset[str]:
    """Return the indicators of which an area has any value, below a county those of the county."""
    above = marts.places.county_of(place.code) or place
    return _told(marts.id, marts.scope).get(above.code, frozenset())


def unsent(view: View, sources: Sequence[str] = SOURCE_IDS) -> list[str]:
    """Return those sources of which the snapshot holds nothing of the area, below a county of it.

    Only sources that indicators are counted from can be told.
    """
    came = frozenset[str]().union(*(sources_of(id_) for id_ in told(view.marts, view.area)))
    counted = frozenset[str]().union(*(sources_of(id_) for id_ in view.catalogue.indicators))
    return [source for source in sources if source in counted and source not in came]


def was_sent(view: View, source: str) -> bool:
    """Say whether anything of a source that can be used came of the area."""
    return not unsent(view, [source])


@lru_cache(maxsize=8)
def _refused(snapshot_id: str, scope: Scope) -> quality.Refused:
    """Return the sources of which nothing was fit, everywhere or in some counties."""
    marts = open_marts(snapshot_id, scope=scope)
    return quality.refused(marts.scan("data_quality"), inputs=marts.snapshot.manifest.inputs)


def any_refused(view: View) -> bool:
    """Say whether there is any area of which a source was sent in vain."""
    return any(_refused(view.marts.id, view.marts.scope))


def refused(
    view: View, sources: Sequence[str] = SOURCE_IDS, *, of: Place | None = None
) -> list[str]:
    """Return those sources that were sent for an area, the page's own unless told, in vain.

    All rows were refused, of the county or of each county that sent any.
    """
    if not any_refused(view):
        return []
    everywhere, by_county = _refused(view.marts.id, view.marts.scope)
    place = of or view.area
    county = view.places.county_of(place.code)
    counties = [county] if county is not None else view.places.counties(place.code)
    found = set(everywhere)
    for source, in_vain in by_county.items():
        told = {in_vain[c.code] for c in counties if c.code in in_vain}
        found |= {source} if told == {True} else set()
    return [source for source in sources if source in found]


def status_of(view: View, indicator: Indicator, code: str, status: str) -> str:
    """Return the status of a value; of what is missing since all of it was refused: refused."""
    if status != "missing" or (place := view.places.get(code)) is None:
        return status
    return "refused" if refused(view, sorted(sources_of(indicator.id)), of=place) else status


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
