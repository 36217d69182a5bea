from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest

from pipeline.errors import MethodError
from pipeline.methods.festival import NEW_YEARS, festival_window, with_festival_mark

SYNODIC_MONTH = 29.530588


def test_new_years_are_new_moons() -> None:
    """Counted in mean lunations from the new moon of 6 January 2000, 18:14 UTC (Meeus)."""
    for day in NEW_YEARS.values():
        # The middle of the day in Beijing; true new moons stray up to 14 hours from mean ones.
        age = ((day - date(2000, 1, 6)).days + 4 / 24 - 18.24 / 24) % SYNODIC_MONTH
        assert min(age, SYNODIC_MONTH - age) < 1.2, day


def test_every_year_has_one_between_21_january_and_21_february() -> None:
    assert list(NEW_YEARS) == list(range(2015, 2036))
    for year, day in NEW_YEARS.items():
        assert date(year, 1, 21) <= day <= date(year, 2, 21)


def test_new_years_are_twelve_or_thirteen_lunations_apart() -> None:
    days = list(NEW_YEARS.values())
    gaps = {(b - a).days for a, b in pairwise(days)}
    assert gaps <= {353, 354, 355, 383, 384, 385}


def test_the_window_runs_from_a_week_before_to_the_fifteenth_day() -> None:
    assert festival_window(2026) == (date(2026, 2, 10), date(2026, 3, 3))
    assert festival_window(2026, days_before=0, days_after=0) == (date(2026, 2, 17),) * 2


@pytest.mark.parametrize("year", [2014, 2036])
def test_an_unknown_year_is_refused(year: int) -> None:
    with pytest.raises(MethodError, match=f"没有{year}年"):
        festival_window(year)


def marks(*periods: tuple[date | None, date | None], **options: int) -> list[bool | None]:
    lf = pl.LazyFrame(list(periods), schema={"first": pl.Date, "last": pl.Date}, orient="row")
    found = with_festival_mark(lf, "first", "last", **options).collect()
    return found["is_spring_festival"].to_list()


def test_periods_that_touch_the_window_are_marked() -> None:
    """2025: the window is 22 January to 12 February; 2026: 10 February to 3 March."""
    months = [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1), date(2026, 1, 1)]
    ends = [date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31), date(2026, 1, 31)]
    assert marks(*zip(months, ends, strict=True)) == [True, True, False, False]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (date(2025, 1, 15), False),  # the week ends on the day before
        (date(2025, 1, 16), True),
        (date(2025, 2, 12), True),
        (date(2025, 2, 13), False),
    ],
)
def test_the_edges_of_the_window_belong_to_it(first: date, expected: bool) -> None:
    assert marks((first, first + timedelta(days=6))) == [expected]


def test_the_window_can_be_narrowed() -> None:
    week = (date(2025, 1, 22), date(2025, 1, 28))
    assert marks(week, days_before=1) == [True]
    assert marks(week, days_before=0) == [False]
    assert marks((date(2025, 1, 31), date(2025, 1, 31)), days_after=1) == [False]


def test_outside_the_table_nothing_is_claimed() -> None:
    assert marks(
        (date(2014, 12, 1), date(2014, 12, 31)),
        (date(2015, 6, 1), date(2015, 6, 30)),
        (date(2035, 12, 1), date(2035, 12, 31)),
        (date(2036, 1, 1), date(2036, 1, 31)),
        (None, None),
    ) == [None, False, False, None, None]
