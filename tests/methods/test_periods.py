from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from pipeline.methods import periods


@pytest.mark.parametrize(
    ("day", "prior"),
    [
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 29)),  # a whole February against a whole February
        (date(2024, 2, 28), date(2023, 2, 28)),  # a leap February is not over on the 28th
        (date(2025, 6, 15), date(2024, 6, 15)),
        (date(2025, 6, 30), date(2024, 6, 30)),
        (date(2025, 1, 1), date(2024, 1, 1)),
    ],
)
def test_same_day_last_year_keeps_whole_months_whole(day: date, prior: date) -> None:
    assert periods.same_day_last_year(day) == prior


@pytest.mark.parametrize(
    ("day", "friday"),
    [
        (date(2024, 12, 30), date(2025, 1, 3)),  # a week over new year belongs to its Friday
        (date(2025, 1, 3), date(2025, 1, 3)),
        (date(2025, 1, 4), date(2025, 1, 10)),
        (date(2026, 1, 1), date(2026, 1, 2)),
    ],
)
def test_a_meeting_week_ends_on_the_friday_on_or_after(day: date, friday: date) -> None:
    assert periods.week_ending(day) == friday
    assert friday.isoweekday() == 5


def test_a_week_can_end_on_another_day() -> None:
    assert periods.week_ending(date(2025, 1, 4), ends_on=7) == date(2025, 1, 5)


def test_the_week_before_is_seven_days_before() -> None:
    assert periods.previous_week(date(2025, 1, 3)) == date(2024, 12, 27)


def test_evaluation_dates_are_month_ends_recent_fridays_and_the_as_of_date() -> None:
    dates = periods.evaluation_dates(date(2025, 1, 1), date(2025, 3, 12), weekly_history_weeks=2)
    assert dates == [
        date(2025, 1, 31),
        date(2025, 2, 28),  # a month end and a Friday
        date(2025, 3, 7),
        date(2025, 3, 12),
    ]


def test_evaluation_dates_hold_a_friday_month_end_once() -> None:
    dates = periods.evaluation_dates(date(2025, 1, 1), date(2025, 1, 31), weekly_history_weeks=9)
    assert dates == [
        date(2025, 1, 3),
        date(2025, 1, 10),
        date(2025, 1, 17),
        date(2025, 1, 24),
        date(2025, 1, 31),
    ]


@pytest.mark.parametrize(
    ("as_of", "last"),
    [
        (date(2025, 6, 30), date(2025, 3, 1)),  # March ended three months ago to the day
        (date(2025, 6, 29), date(2025, 2, 1)),
        (date(2025, 7, 1), date(2025, 3, 1)),
        (date(2025, 5, 31), date(2025, 2, 1)),  # February is short, its end is still a month end
        (date(2025, 1, 15), date(2024, 9, 1)),
    ],
)
def test_claims_settle_three_months_after_the_months_end(as_of: date, last: date) -> None:
    following = periods.add_months(last, 1)
    assert periods.is_settled(last, as_of, delay_months=3)
    assert periods.open_months([last, following], as_of, delay_months=3) == [following]


def test_a_month_is_complete_on_its_last_day() -> None:
    assert not periods.is_complete(date(2025, 6, 1), date(2025, 6, 29))
    assert periods.is_complete(date(2025, 6, 1), date(2025, 6, 30))


def test_the_month_before_crosses_the_year() -> None:
    assert periods.previous_month(date(2025, 3, 1)) == date(2025, 2, 1)
    assert periods.previous_month(date(2025, 1, 1)) == date(2024, 12, 1)


@pytest.mark.parametrize(
    ("day", "kind", "start"),
    [
        (date(2025, 5, 20), "month", date(2025, 5, 1)),
        (date(2025, 5, 20), "quarter", date(2025, 4, 1)),
        (date(2025, 12, 31), "quarter", date(2025, 10, 1)),
        (date(2025, 5, 20), "year", date(2025, 1, 1)),
    ],
)
def test_period_starts(day: date, kind: periods.PeriodKind, start: date) -> None:
    assert periods.period_start(day, kind) == start


def test_to_date_windows_cut_the_running_month_and_its_counterpart_alike() -> None:
    windows = periods.to_date_windows(date(2025, 5, 1), date(2025, 6, 15))
    june = {
        row["period_kind"]: row
        for row in windows.filter(pl.col("month") == date(2025, 6, 1)).iter_rows(named=True)
    }
    assert {k: (r["period_start"], r["period_end"]) for k, r in june.items()} == {
        "month": (date(2025, 6, 1), date(2025, 6, 15)),
        "quarter": (date(2025, 4, 1), date(2025, 6, 15)),
        "year": (date(2025, 1, 1), date(2025, 6, 15)),
    }
    assert {k: (r["prior_start"], r["prior_end"]) for k, r in june.items()} == {
        "month": (date(2024, 6, 1), date(2024, 6, 15)),
        "quarter": (date(2024, 4, 1), date(2024, 6, 15)),
        "year": (date(2024, 1, 1), date(2024, 6, 15)),
    }
    assert windows.height == 6


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
