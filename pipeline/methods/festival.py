"""The Spring Festival (春节) moves between 21 January and 21 February, and care with it.

Hospital use falls before the festival and rises after it, so that January and February compare
badly from one year to the next. Months and weeks that touch the window are marked, not corrected.
The days of the lunar new year are those of the official calendar (GB/T 33661-2017).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

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


def festival_window(
    year: int, *, days_before: int = DAYS_BEFORE, days_after: int = DAYS_AFTER
) -> tuple[date, date]:
    """Return the first and last day of the festival window of a year.

    Raises:
        MethodError: the year is not in the table.
    """
    if year not in NEW_YEARS:
        raise MethodError(
            f"没有{year}年春节的日期（现有{min(NEW_YEARS)}—{max(NEW_YEARS)}年）。请在festival.py中补充。"
        )
    day = NEW_YEARS[year]
    return day - timedelta(days=days_before), day + timedelta(days=days_after)


def with_festival_mark(
    lf: pl.LazyFrame,
    first_day: str,
    last_day: str,
    *,
    days_before: int = DAYS_BEFORE,
    days_after: int = DAYS_AFTER,
) -> pl.LazyFrame:
    """Add is_spring_festival: whether a period touches a window; null outside the table's years.

    `first_day` and `last_day` name the columns of the period's first and last day.
    """
    windows = [
        festival_window(year, days_before=days_before, days_after=days_after) for year in NEW_YEARS
    ]
    first, last = pl.col(first_day), pl.col(last_day)
    touches = pl.any_horizontal((first <= end) & (last >= start) for start, end in windows)
    is_known = (first.dt.year() >= min(NEW_YEARS)) & (last.dt.year() <= max(NEW_YEARS))
    return lf.with_columns(is_spring_festival=pl.when(is_known).then(touches))
