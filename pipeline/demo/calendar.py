"""When the sources report: months, extract dates and the dip of the Spring Festival."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from pipeline.methods.festival import NEW_YEARS
from pipeline.methods.periods import add_months, month_end, months_between, weeks_ending

WEEKS = 8  # meeting weeks at the end that have an extract of their own
SPARSE_UNTIL = 2023  # the year in which extracts stop being rare


def extract_dates(start: date, until: date, *, step: int = 6) -> list[date]:
    """List the days of registry extracts: sparse at first, then monthly, then weekly.

    At the end of the first month, every `step` months to the end of 2023, quarterly after
    it, monthly in the last twelve months, on Fridays in the last eight weeks, and on the
    last day.
    """
    monthly_from = add_months(until, -11)
    days = {month_end(start), until}
    for first in months_between(start, until):
        end = month_end(first)
        every = step if first.year <= SPARSE_UNTIL else 3
        if first.month % every == 0 or first >= monthly_from:
            days.add(end)
    days.update(weeks_ending(until - timedelta(weeks=WEEKS), until)[-WEEKS:])
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
