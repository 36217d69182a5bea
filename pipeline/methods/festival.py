"""The Spring Festival (春节) moves between 21 January and 21 February, and care with it.

Hospital use falls before the festival and rises after it, so that January and February compare
badly from one year to the next. Comparisons that the window distorts are marked, not corrected.
The days of the lunar new year are those of the official calendar (GB/T 33661-2017).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipeline.errors import MethodError

NEW_YEARS = {
    day.year: day
    for day in (
        date(2015, 2, 19),
        date(2016, 2, 8),
        date(2017, 1, 28),
        date(2018, 2, 16),
        date(2019, 2, 5),
        date(2020, 1, 25),
        date(2021, 2, 12),
        date(2022, 2, 1),
        date(2023, 1, 22),
        date(2024, 2, 10),
        date(2025, 1, 29),
        date(2026, 2, 17),
        date(2027, 2, 6),
        date(2028, 1, 26),
        date(2029, 2, 13),
        date(2030, 2, 3),
        date(2031, 1, 23),
        date(2032, 2, 11),
        date(2033, 1, 31),
        date(2034, 2, 19),
        date(2035, 2, 8),
    )
}

# From 小年 (a week before) to 元宵 (the fifteenth day).
DAYS_BEFORE = 7
DAYS_AFTER = 14


def festival_window(year: int) -> tuple[date, date]:
    """Return the first and last day of the festival window of a year.

    Raises:
        MethodError: the year is not in the table.
    """
    if year not in NEW_YEARS:
        raise MethodError(
            f"没有{year}年春节的日期（现有{min(NEW_YEARS)}—{max(NEW_YEARS)}年）。请在festival.py中补充。"
        )
    day = NEW_YEARS[year]
    return day - timedelta(days=DAYS_BEFORE), day + timedelta(days=DAYS_AFTER)


def festival_days(first: date, last: date) -> int:
    """Return how many days of a period lie in a festival window; years off the table have none.

    Two periods with different numbers of them compare badly.
    """
    years = (year for year in range(first.year, last.year + 1) if year in NEW_YEARS)
    shared = (
        (min(last, end) - max(first, start)).days + 1
        for start, end in (festival_window(year) for year in years)
    )
    return sum(max(days, 0) for days in shared)
