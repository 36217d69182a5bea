"""How fast facilities are finished, and when that pace reaches the target: arithmetic only."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.reading.measured import missing_units, weekly_pace

FURTHEST = 156  # weeks; a date further away than three years says nothing


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Where the work stands on the last day, and where the last eight weeks' pace leads."""

    on: dt.date
    done: int
    planned: int
    target: float  # a share
    due: dt.date | None
    goal: int  # facilities that the target asks for
    per_week: float | None  # None with less than eight weeks of history
    reached_on: dt.date | None  # None where the pace does not lead there within three years
    needed_per_week: float | None  # None without a due date ahead
    is_whole: bool = True  # every county has reported

    @property
    def missing(self) -> int:
        """Return how many facilities the target still needs."""
        return max(self.goal - self.done, 0)

    @property
    def is_late(self) -> bool | None:
        """Say whether the pace misses the day the target is due; None where that is not known."""
        if not self.missing:
            return False
        if self.due is None or self.per_week is None:
            return None
        return self.reached_on is None or self.reached_on > self.due


def _needed(missing: int, *, on: dt.date, due: dt.date | None) -> float | None:
    if due is None or (due - on).days < 7:  # of less than a week no pace can be asked
        return None
    return missing / ((due - on).days / 7)


def _reached_on(
    missing: int, per_week: float | None, *, on: dt.date, day: dt.date
) -> dt.date | None:
    """Return the day; after `day`, on which something is missing still."""
    if not missing or per_week is None or per_week <= 0:
        return None
    weeks = missing / per_week
    if weeks > FURTHEST:
        return None
    return max(on + dt.timedelta(days=math.ceil(weeks * 7)), day + dt.timedelta(days=1))


def pace_of(
    weeks: Sequence[tuple[dt.date, int | None, int | None]],
    *,
    target: float,
    due: dt.date | None,
    now: tuple[dt.date, int | None, int | None] | None = None,
    is_whole: bool = True,
) -> Pace | None:
    """Return the pace from weekly (day, done, planned), ascending; None where nothing is known.

    Args:
        weeks: whose last eight tell the speed, and from whose last day it is counted on.
        target: a share.
        due: the day the target is due.
        now: the day of the cards, few days later, and what is done and planned on it.
        is_whole: every county has reported.
    """
    known = [(day, done, planned) for day, done, planned in weeks if done is not None and planned]
    if not known:
        return None
    per_week = weekly_pace([n for _, n, _ in known])
    on, done, planned = known[-1]
    day = on
    if now is not None and now[1] is not None and now[2]:
        day, done, planned = now[0], now[1], now[2]
    missing = missing_units(done, planned, target)
    return Pace(
        on=on,
        done=done,
        planned=planned,
        target=target,
        due=due,
        goal=done + missing if missing else math.ceil(target * planned - 1e-9),
        per_week=per_week,
        reached_on=_reached_on(missing, per_week, on=on, day=day),
        needed_per_week=_needed(missing, on=on, due=due) if missing else None,
        is_whole=is_whole,
    )
