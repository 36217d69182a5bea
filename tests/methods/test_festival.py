from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from pipeline.errors import MethodError
from pipeline.methods.festival import NEW_YEARS, festival_days, festival_window
from tests.methods.oracle_moon import new_moon_in_beijing


def test_new_years_are_the_days_of_new_moons_in_beijing() -> None:
    """The closest to midnight are 2027 (23:56) and 2030 (00:08); the theory errs by a minute."""
    for day in NEW_YEARS.values():
        found, _ = new_moon_in_beijing(day)
        assert found == day


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


@pytest.mark.parametrize("year", [2014, 2036])
def test_an_unknown_year_is_refused(year: int) -> None:
    with pytest.raises(MethodError, match=f"没有{year}年"):
        festival_window(year)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        # 2025: the window is 22 January to 12 February; 2026: 10 February to 3 March.
        (date(2025, 1, 1), date(2025, 1, 31), 10),
        (date(2025, 2, 1), date(2025, 2, 28), 12),
        (date(2025, 3, 1), date(2025, 3, 31), 0),
        (date(2026, 1, 1), date(2026, 1, 31), 0),
        (date(2026, 2, 1), date(2026, 2, 28), 19),
        (date(2026, 3, 1), date(2026, 3, 31), 3),
        (date(2025, 1, 15), date(2025, 1, 21), 0),  # the week ends on the day before
        (date(2025, 1, 16), date(2025, 1, 22), 1),
        (date(2025, 2, 12), date(2025, 2, 18), 1),
        (date(2025, 2, 13), date(2025, 2, 19), 0),
        (date(2025, 1, 25), date(2025, 1, 25), 1),
        (date(2025, 1, 1), date(2026, 12, 31), 44),
        (date(2014, 2, 1), date(2014, 2, 28), 0),  # before the table
        (date(2014, 1, 1), date(2015, 12, 31), 22),
        (date(2035, 1, 1), date(2036, 12, 31), 22),
    ],
)
def test_days_of_a_period_that_lie_in_the_window(first: date, last: date, days: int) -> None:
    assert festival_days(first, last) == days
