"""When the sources report: months, extract dates and the dip of the Spring Festival."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from pipeline.methods.festival import NEW_YEARS

WEEKS = 8  # meeting weeks at the end that have an extract of their own
FRIDAY = 4
SPARSE_UNTIL = 2023  # the year in which extracts stop being rare


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months(start: date, until: date) -> list[date]:
    """List the first days of the months from one date to another, both included."""
    first, last = start.year * 12 + start.month - 1, until.year * 12 + until.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(first, last + 1)]


def add_months(day: date, count: int) -> date:
    """Move the first day of a month by whole months."""
    moved = day.year * 12 + day.month - 1 + count
    return date(moved // 12, moved % 12 + 1, 1)


def fridays(until: date, weeks: int = WEEKS) -> list[date]:
    """List the last Fridays up to a date."""
    last = until - timedelta(days=(until.weekday() - FRIDAY) % 7)
    return [last - timedelta(weeks=w) for w in reversed(range(weeks))]


def extract_dates(start: date, until: date, *, step: int = 6) -> list[date]:
    """List the days of registry extracts: sparse at first, then monthly, then weekly.

    At the end of the first month, every `step` months to the end of 2023, quarterly after
    it, monthly in the last twelve months, on Fridays in the last eight weeks, and on the
    last day.
    """
    monthly_from = add_months(until.replace(day=1), -11)
    days = {month_end(start), until}
    for first in months(start, until):
        end = month_end(first)
        every = step if first.year <= SPARSE_UNTIL else 3
        if first.month % every == 0 or first >= monthly_from:
            days.add(end)
    days.update(fridays(until))
    return sorted(day for day in days if start <= day <= until)


def season(month: date) -> float:
    """Return how busy a month is, 1 on average: length, winter, and the Spring Festival's dip."""
    days = calendar.monthrange(month.year, month.month)[1]
    winter = {1: 1.03, 3: 1.06, 4: 1.03, 7: 1.02, 8: 1.01, 11: 1.03, 12: 1.04}.get(month.month, 1.0)
    dip = 1.0
    festival = NEW_YEARS.get(month.year)
    if festival is not None:
        closed = [festival + timedelta(days=d) for d in range(-5, 10)]
        dip -= 0.55 * sum(day.month == month.month for day in closed) / days
    return days / 30.4 * winter * dip


def years_since_2021(day: date) -> float:
    """Return the years from 2021-01-01 to a day, in days of 365.25."""
    return (day - date(2021, 1, 1)).days / 365.25
