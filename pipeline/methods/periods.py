"""Own time: months, meeting weeks, quarters, the year to date, and what each is compared with.

截至同期 compares a period so far with the same days of the year before. Where the period ends
with its month, so does the earlier one (a whole February with a whole February, leap or not);
otherwise the day of the month is the same, and 29 February becomes 28.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

import polars as pl

PeriodKind = Literal["month", "quarter", "year"]
PERIOD_KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "year")


def month_start(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Return the first day of the month that lies `months` away from a day's month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def quarter_start(day: date) -> date:
    """Return the first day of a day's calendar quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def last_quarter_month(month: date) -> date:
    """Return the latest month up to the given one with which a calendar quarter ends."""
    return add_months(month, -(month.month % 3))


def period_start(day: date, kind: PeriodKind) -> date:
    """Return the first day of the month, quarter or year a day lies in."""
    if kind == "month":
        return month_start(day)
    return quarter_start(day) if kind == "quarter" else date(day.year, 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of all months from one day's to another's, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, n) for n in range(count)]


def week_ending(day: date, *, ends_on: int = 5) -> date:
    """Return the last day of the meeting week a day lies in; `ends_on` is an ISO weekday."""
    return day + timedelta(days=(ends_on - day.isoweekday()) % 7)


def weeks_ending(first: date, last: date, *, ends_on: int = 5) -> list[date]:
    """Return the week ends between two days, both included; a running week has none."""
    start = week_ending(first, ends_on=ends_on)
    return [start + timedelta(days=n) for n in range(0, (last - start).days + 1, 7)]


def evaluation_dates(
    first: date,
    as_of: date,
    *,
    weekly_history_weeks: int = 106,
    ends_on: int = 5,
) -> list[date]:
    """Return the days on which stocks are read, in order.

    Month ends, the week ends of the weekly history, and the as-of date itself, which is the last
    point of the running month.
    """
    ends = [month_end(m) for m in months_between(first, as_of)]
    weekly_from = max(first, as_of - timedelta(weeks=weekly_history_weeks))
    weeks = weeks_ending(weekly_from, as_of, ends_on=ends_on)[-weekly_history_weeks:]
    return sorted({d for d in ends if d <= as_of} | set(weeks) | {as_of})


def same_day_last_year(day: date) -> date:
    """Return the day 截至同期 is cut at: month end for month end, else the same day number."""
    prior_month_end = month_end(day.replace(year=day.year - 1, day=1))
    if day == month_end(day):
        return prior_month_end
    # 29 February is always a month end, so the day of the month exists a year before.
    return prior_month_end.replace(day=day.day)


def is_complete(month: date, as_of: date) -> bool:
    """Say whether a month has ended by the as-of date."""
    return month_end(month) <= as_of


def is_settled(month: date, as_of: date, *, delay_months: int) -> bool:
    """Say whether a month's last day lies at least the claims delay before the as-of date.

    A month that is not settled is provisional wherever it appears.
    """
    return month_end(add_months(month, delay_months)) <= as_of


def open_months(months: Iterable[date], as_of: date, *, delay_months: int) -> list[date]:
    """Return the months whose claims may still arrive."""
    return [m for m in months if not is_settled(m, as_of, delay_months=delay_months)]


def previous_month(month: date) -> date:
    """Return the first day of the month before: what 环比 compares a complete month with."""
    return add_months(month, -1)


def previous_week(week: date) -> date:
    """Return the end of the meeting week before."""
    return week - timedelta(days=7)


def _windows(first: date, as_of: date) -> Iterator[tuple[date, str, date, date, date, date]]:
    for month in months_between(first, as_of):
        end = min(month_end(month), as_of)
        for kind in PERIOD_KINDS:
            start = period_start(month, kind)
            prior_start = add_months(start, -12)
            yield month, kind, start, end, prior_start, same_day_last_year(end)


def to_date_windows(first: date, as_of: date) -> pl.DataFrame:
    """Return one row per month and period kind: the period so far, and the same days a year ago."""
    columns = ("month", "period_kind", "period_start", "period_end", "prior_start", "prior_end")
    schema = {c: pl.Enum(PERIOD_KINDS) if c == "period_kind" else pl.Date() for c in columns}
    return pl.DataFrame(list(_windows(first, as_of)), schema=schema, orient="row")
