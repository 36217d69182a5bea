"""Edges of the calendar that mutation testing showed to be untested."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pipeline.methods import periods


def test_a_week_that_ends_on_the_last_day_is_complete() -> None:
    weeks = periods.weeks_ending(date(2025, 1, 3), date(2025, 1, 10))
    assert weeks == [date(2025, 1, 3), date(2025, 1, 10)]
    assert periods.weeks_ending(date(2025, 1, 3), date(2025, 1, 3)) == [date(2025, 1, 3)]
    assert periods.weeks_ending(date(2025, 1, 4), date(2025, 1, 9)) == []


def test_weeks_are_seven_days_apart_over_a_long_span() -> None:
    weeks = periods.weeks_ending(date(2025, 1, 1), date(2025, 12, 31))
    assert (len(weeks), weeks[0], weeks[-1]) == (52, date(2025, 1, 3), date(2025, 12, 26))
    assert {b.toordinal() - a.toordinal() for a, b in pairwise(weeks)} == {7}


def test_months_between_spans_years() -> None:
    months = periods.months_between(date(2022, 11, 5), date(2025, 2, 1))
    assert (len(months), months[0], months[-1]) == (28, date(2022, 11, 1), date(2025, 2, 1))


def test_an_as_of_date_on_a_friday_is_evaluated_and_history_is_not_one_week_longer() -> None:
    dates = periods.evaluation_dates(date(2025, 1, 1), date(2025, 3, 7), weekly_history_weeks=2)
    assert dates == [
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 7),
    ]
    dates = periods.evaluation_dates(date(2025, 3, 1), date(2025, 3, 14), weekly_history_weeks=1)
    assert dates == [date(2025, 3, 14)]


def test_weekly_history_is_two_years_and_two_weeks_unless_said_otherwise() -> None:
    dates = periods.evaluation_dates(date(2020, 1, 1), date(2025, 3, 12))
    fridays = [d for d in dates if d.isoweekday() == 5 and d != periods.month_end(d)]
    ends = [d for d in dates if d == periods.month_end(d)]
    assert fridays[0] == date(2023, 3, 3)
    assert (len(ends), ends[0]) == (62, date(2020, 1, 31))


def test_meeting_weeks_can_end_on_another_day_in_history() -> None:
    dates = periods.evaluation_dates(
        date(2025, 3, 1), date(2025, 3, 12), weekly_history_weeks=3, ends_on=7
    )
    assert dates == [date(2025, 3, 2), date(2025, 3, 9), date(2025, 3, 12)]


def test_a_month_stays_complete() -> None:
    assert periods.is_complete(date(2025, 6, 1), date(2025, 7, 15))


def test_adding_months_crosses_years_both_ways() -> None:
    assert periods.add_months(date(2025, 1, 31), -1) == date(2024, 12, 1)
    assert periods.add_months(date(2025, 1, 31), -13) == date(2023, 12, 1)
    assert periods.add_months(date(2025, 12, 31), 1) == date(2026, 1, 1)
    assert periods.add_months(date(2025, 5, 31), 0) == date(2025, 5, 1)


def test_windows_start_with_the_first_month_and_end_whole_months_whole() -> None:
    windows = periods.to_date_windows(date(2024, 2, 10), date(2024, 3, 15))
    february = windows.row(0, named=True)
    assert february["month"] == date(2024, 2, 1)
    assert (february["period_start"], february["period_end"]) == (
        date(2024, 2, 1),
        date(2024, 2, 29),
    )
    assert (february["prior_start"], february["prior_end"]) == (
        date(2023, 2, 1),
        date(2023, 2, 28),
    )
    assert windows["period_kind"].to_list() == ["month", "quarter", "year"] * 2


def test_the_last_quarter_up_to_a_month_ends_in_it_or_before_it() -> None:
    ends = {month: periods.last_quarter_month(date(2025, month, 1)) for month in range(1, 13)}
    assert [ends[month] for month in (3, 6, 9, 12)] == [
        date(2025, 3, 1),
        date(2025, 6, 1),
        date(2025, 9, 1),
        date(2025, 12, 1),
    ]
    assert ends[1] == ends[2] == date(2024, 12, 1)
    assert ends[4] == ends[5] == date(2025, 3, 1)
    assert ends[10] == ends[11] == date(2025, 9, 1)
