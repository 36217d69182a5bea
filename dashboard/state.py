"""The URL is the state: which area, indicator, period and snapshot a page shows.

Ids, not labels. What a link does not say comes from the session (so that navigation keeps the
area), then from the default; what it says wrongly falls to the default with a notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.messages import t
from dashboard.places import Place, Places
from pipeline.catalog import Indicator

AREA, INDICATOR, MONTH, SNAPSHOT, MEETING = "area", "indicator", "month", "snapshot", "meeting"
AS_OF = "as-of"  # the page as it was known on a day; becomes the id of that day's snapshot
MAP_MONTH, COMPARE = "map-month", "compare"  # of the map alone: its month, and an earlier one
MAP_KEYS = (MAP_MONTH, COMPARE)
KEYS = (AREA, INDICATOR, MONTH, SNAPSHOT, AS_OF, MEETING, *MAP_KEYS)
# The link's alone, so that the browser's back button leaves them.
NOT_REMEMBERED = (MEETING, *MAP_KEYS)
# What is longer is no id of ours: its beginning is looked up, so that the page says so.
LONGEST_ID = 64


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a page shows, and what it could not take from the link."""

    area: Place
    indicator: Indicator
    month: dt.date
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Moments:
    """The month a map shows, the earlier one it is set beside, what the link asked for in vain."""

    offered: tuple[dt.date, ...]  # the months of the map's history, ascending
    default: dt.date
    shown: dt.date
    comparable: tuple[dt.date, ...] = ()  # the months it can be set beside, ascending
    earlier: dt.date | None = None
    notices: tuple[str, ...] = ()

    @property
    def link(self) -> dict[str, str]:
        """Return what the link says of them; the default month is not told."""
        found = {MAP_MONTH: self.shown if self.shown != self.default else None}
        found[COMPARE] = self.earlier
        return {key: formats.month_key(month) for key, month in found.items() if month}


def merged(url: Mapping[str, str], session: Mapping[str, str]) -> dict[str, str]:
    """Combine link and session; the link wins, over-long values are cut.

    The meeting mode and the map's months are the link's alone. A day in the link chooses the
    snapshot, whatever snapshot the session remembers.
    """
    kept = {k: v for k, v in session.items() if k not in NOT_REMEMBERED}
    if AS_OF in url and SNAPSHOT not in url:
        kept.pop(SNAPSHOT, None)
    both = {**kept, **url}
    return {key: both[key][: LONGEST_ID + 1] for key in KEYS if both.get(key)}


def _area(wanted: str | None, places: Places) -> tuple[Place | None, list[str]]:
    place, default = places.get(wanted), places.default
    if place is not None:
        shown = places.shown_for(place)
        said = t("state.area_without_sum", wanted=place.name, name=shown.name)
        return shown, [said] if shown.name != place.name else []
    if wanted is None or default is None:
        return default, []
    return default, [t("state.unknown_area", name=default.name)]


def _indicator(
    wanted: str | None,
    offered: tuple[str, ...],
    known: Mapping[str, Indicator],
    told: Collection[str],
) -> tuple[Indicator, list[str]]:
    default = known[next((id_ for id_ in offered if id_ in told), offered[0])]
    if wanted is None or wanted in known:
        # An indicator of another page is no fault of the link: navigation carried it over.
        return known[wanted] if wanted in offered else default, []
    return default, [t("state.unknown_indicator", name=default.name_zh)]


def _month(wanted: str | None, months: tuple[dt.date, ...]) -> tuple[dt.date, list[str]]:
    by_key = {formats.month_key(month): month for month in months}
    if wanted is None or wanted in by_key:
        return by_key.get(wanted or "", months[-1]), []
    return months[-1], [t("state.unknown_month", month=formats.month(months[-1]))]


def choose(
    wanted: Mapping[str, str],
    *,
    places: Places,
    indicators: Mapping[str, Indicator],
    offered: tuple[str, ...],
    months: tuple[dt.date, ...],
    told: Callable[[Place], Collection[str]],
) -> Choice | None:
    """Turn wanted ids into what exists; None when the snapshot has no area or month at all.

    Args:
        wanted: ids by key of the link.
        places: all areas.
        indicators: all indicators.
        offered: the page's indicators, its default first.
        months: all months.
        told: returns the indicators of which an area has values; the first offered one of these
            is the default, so that no page opens on nothing.
    """
    area, area_notices = _area(wanted.get(AREA), places)
    if area is None or not months:
        return None
    indicator, indicator_notices = _indicator(
        wanted.get(INDICATOR), offered, indicators, told(area)
    )
    month, month_notices = _month(wanted.get(MONTH), months)
    return Choice(
        area=area,
        indicator=indicator,
        month=month,
        notices=(*area_notices, *indicator_notices, *month_notices),
    )


def _map_month(
    wanted: Mapping[str, str], offered: Sequence[dt.date], *, default: dt.date, settled: bool
) -> tuple[dt.date, list[str]]:
    """Return the month of the map; beside another date it must be settled."""
    words = wanted.get(MAP_MONTH)
    found = {formats.month_key(month): month for month in offered}.get(words or "", default)
    if words is not None and formats.month_key(found) != words:
        return default, [t("state.unknown_map_month", month=formats.month(default))]
    if COMPARE in wanted and not settled and found != default:
        return default, [
            t("state.unsettled", month=formats.month(found), shown=formats.month(default))
        ]
    return found, []


def _earlier(
    wanted: str | None, comparable: Sequence[dt.date], shown: dt.date
) -> tuple[dt.date | None, list[str]]:
    """Return the month set beside the shown one; a vain wish falls to the year before."""
    by_key = {formats.month_key(month): month for month in comparable}
    if wanted is None or wanted in by_key:
        return by_key.get(wanted or ""), []
    year_before = shown.replace(year=shown.year - 1)
    if year_before not in comparable:
        return None, [t("state.no_comparison")]
    return year_before, [t("state.unknown_comparison", month=formats.month(year_before))]


def moments(
    wanted: Mapping[str, str],
    *,
    offered: tuple[dt.date, ...],
    default: dt.date,
    unsettled: Collection[dt.date],
) -> Moments:
    """Turn the map's months of a link into what exists.

    Args:
        wanted: the link's query.
        offered: the months of the map's history, ascending.
        default: the month shown when the link asks for none.
        unsettled: months whose values still change, which are set beside no other.
    """
    asked = wanted.get(MAP_MONTH)
    settled = asked not in {formats.month_key(month) for month in unsettled}
    shown, notices = _map_month(wanted, offered, default=default, settled=settled)
    comparable = tuple(m for m in offered if m < shown and m not in unsettled)
    if shown in unsettled:
        comparable = ()
    earlier, vain = _earlier(wanted.get(COMPARE), comparable, shown)
    return Moments(
        offered=offered,
        default=default,
        shown=shown,
        comparable=comparable,
        earlier=earlier,
        notices=(*notices, *vain),
    )
