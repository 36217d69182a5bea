"""The URL is the state: which area, indicator, period and snapshot a page shows.

Ids, not labels. What a link does not say comes from the session (so that navigation keeps the
area), then from the default; what it says wrongly falls to the default with a notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard import formats
from dashboard.messages import t
from dashboard.places import Place, Places
from pipeline.catalog import Indicator

AREA, INDICATOR, MONTH, SNAPSHOT, MEETING = "area", "indicator", "month", "snapshot", "meeting"
AS_OF = "as-of"  # the page as it was known on a day; becomes the id of that day's snapshot
KEYS = (AREA, INDICATOR, MONTH, SNAPSHOT, AS_OF, MEETING)
# A longer value is no id of ours; it is not even looked up.
LONGEST_ID = 64


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a page shows, and what it could not take from the link."""

    area: Place
    indicator: Indicator
    month: dt.date
    notices: tuple[str, ...] = ()


def merged(url: Mapping[str, str], session: Mapping[str, str]) -> dict[str, str]:
    """Combine link and session; the link wins, over-long values are dropped.

    The meeting mode is the link's alone, so that the browser's back button leaves it. A day in the
    link chooses the snapshot, whatever snapshot the session remembers.
    """
    kept = {k: v for k, v in session.items() if k != MEETING}
    if AS_OF in url and SNAPSHOT not in url:
        kept.pop(SNAPSHOT, None)
    both = {**kept, **url}
    return {key: both[key] for key in KEYS if key in both and 0 < len(both[key]) <= LONGEST_ID}


def _area(wanted: str | None, places: Places) -> tuple[Place | None, list[str]]:
    place = places.get(wanted)
    default = places.default
    if place is not None or wanted is None or default is None:
        return place or default, []
    return default, [t("state.unknown_area", name=default.name)]


def _indicator(
    wanted: str | None, offered: tuple[str, ...], known: Mapping[str, Indicator]
) -> tuple[Indicator, list[str]]:
    default = known[offered[0]]
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
) -> Choice | None:
    """Turn wanted ids into what exists; None when the snapshot has no area or month at all.

    `offered` are the page's indicators, its default first.
    """
    area, area_notices = _area(wanted.get(AREA), places)
    if area is None or not months:
        return None
    indicator, indicator_notices = _indicator(wanted.get(INDICATOR), offered, indicators)
    month, month_notices = _month(wanted.get(MONTH), months)
    return Choice(
        area=area,
        indicator=indicator,
        month=month,
        notices=(*area_notices, *indicator_notices, *month_notices),
    )
