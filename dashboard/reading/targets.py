"""Which target holds for an area, and the day it is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from dashboard.places import Places
from dashboard.queries import headline
from dashboard.view import View
from pipeline.catalog import Indicator

Target = tuple[float | None, dt.date | None]
NONE: Target = (None, None)


def targets_of(view: View) -> Mapping[tuple[str, str], Target]:
    """Return (indicator, area) -> what the table of targets says, as of the page's day."""
    return headline.next_targets(view.at_large.scan("targets"), on=view.data_date)


def target_in_force(
    targets: Mapping[tuple[str, str], Target], indicator: Indicator, *, places: Places, code: str
) -> Target:
    """Return the area's own target, else of an area above, else of its parts, else as declared.

    Parts speak for the whole where all have one and the same: if every city reaches it, so do they
    together. A count has no such target. A declared target has no day.
    """
    above = [place.code for place in reversed(places.chain(code))]
    for area in above:
        if (indicator.id, area) in targets:
            return targets[indicator.id, area]
    parts = {targets.get((indicator.id, part.code), NONE) for part in places.children(code)}
    if indicator.denominator and len(parts) == 1 and parts != {NONE}:
        return parts.pop()
    return indicator.target, None
