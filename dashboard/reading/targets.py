"""Which target holds for an area, the day it is due, and whether it is reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from dashboard.places import Places
from dashboard.queries import headline
from dashboard.reading.measured import shortfall
from dashboard.view import View
from pipeline.catalog import Indicator

Target = tuple[float | None, dt.date | None]
NONE: Target = (None, None)
Standing = Literal["none", "short", "met", "met_so_far"]


def standing(
    value: float | None, target: float | None, indicator: Indicator, *, status: str
) -> Standing:
    """Say whether a value of a status reaches its target; none where either is not known.

    Only what is final is met for good: the claims that still arrive are those from outside, which
    raise what should be low, and a county that has not reported may be the one that falls short.
    """
    if value is None or target is None:
        return "none"
    if shortfall(value, target, indicator):
        return "short"
    return "met_so_far" if status == "provisional" else "met"


def targets_of(view: View) -> Mapping[tuple[str, str], Target]:
    """Return (indicator, area) -> what the table of targets says, as of the page's day."""
    return headline.next_targets(view.at_large.scan("targets"), on=view.data_date)


def target_in_force(
    targets: Mapping[tuple[str, str], Target], indicator: Indicator, *, places: Places, code: str
) -> Target:
    """Return the area's own target, else of an area above, else of its parts, else as declared.

    Parts speak for the whole where all have one and the same: if every city reaches it, so do they
    together. A count has no such target. A declared target has no day, or that of the
    indicator it is a part of (`due_with`).
    """
    told = _told(targets, indicator.id, places, code, adds_up=indicator.denominator is None)
    if told is not None:
        return told
    if indicator.target is None or indicator.due_with is None:
        return indicator.target, None
    whole = _told(targets, indicator.due_with, places, code, adds_up=False)
    return indicator.target, whole[1] if whole else None


def _told(
    targets: Mapping[tuple[str, str], Target], id_: str, places: Places, code: str, *, adds_up: bool
) -> Target | None:
    """Return what the table says of an area, of one above it, or of all its parts alike."""
    for area in reversed(places.chain(code)):
        if (id_, area.code) in targets:
            return targets[id_, area.code]
    parts = {targets.get((id_, part.code), NONE) for part in places.children(code)}
    return parts.pop() if not adds_up and len(parts) == 1 and parts != {NONE} else None
