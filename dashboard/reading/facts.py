"""What is known of one indicator in one area: numbers only, no words, no colours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import freshness
from dashboard.places import Place
from dashboard.queries import headline
from dashboard.reading import measured
from dashboard.reading.measured import Reading
from dashboard.reading.targets import Standing, standing, target_in_force, targets_of
from dashboard.reading.week import UNJUDGED, Change, week_of
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods.periods import previous_month, previous_week

MONTHS_SHOWN, WEEKS_SHOWN = 24, 26


@dataclass(frozen=True, kw_only=True)
class Point:
    """One period of a series."""

    period: dt.date
    numerator: int | None
    reading: Reading
    status: str
    denominator: int | None = None


@dataclass(frozen=True, kw_only=True)
class Fact:
    """The shown value of an indicator in an area, what it is compared with, and its history."""

    indicator: Indicator
    area_code: str
    level: str
    status: str
    reading: Reading
    numerator: int | None
    denominator: int | None
    until: dt.date | None  # last day the value speaks of
    same_period: float | None  # flows: the same days of the year before
    target: float | None
    due: dt.date | None
    months: tuple[Point, ...]
    weeks: tuple[Point, ...]
    change: Change = UNJUDGED  # what the gate says of its change over time
    has_lost_targets: bool = False  # targets were sent, and no row of them was fit

    @property
    def is_known(self) -> bool:
        """Say whether there is a value to show."""
        return self.reading.value is not None

    @property
    def standing(self) -> Standing:
        """Say whether the value reaches its target, for good or so far."""
        return standing(self.reading.value, self.target, self.indicator, status=self.status)

    @property
    def final_months(self) -> tuple[Point, ...]:
        """Return the settled months of the series."""
        return tuple(p for p in self.months if p.status == "final")

    @property
    def provisional_count(self) -> int:
        """Return how many months at the end are provisional."""
        return sum(p.status == "provisional" for p in self.months)

    @property
    def weekly_change(self) -> int | None:
        """Return the change of the numerator over the last complete meeting week."""
        if not _follow_each_other(self.weeks, previous_week):
            return None
        last, before = self.weeks[-1].numerator, self.weeks[-2].numerator
        return None if last is None or before is None else last - before

    @property
    def weekly_points(self) -> float | None:
        """Return the change of the value over the last complete meeting week."""
        return _difference(self.weeks, previous_week)

    @property
    def monthly_points(self) -> float | None:
        """Return the change of the last final month on the month before it."""
        return _difference(self.final_months, previous_month)

    @property
    def same_period_points(self) -> float | None:
        """Return the change of the year so far on the same days of the year before."""
        if self.reading.value is None or self.same_period is None:
            return None
        return self.reading.value - self.same_period

    @property
    def pace(self) -> float | None:
        """Return facilities a week over the last eight weeks."""
        return measured.weekly_pace([p.numerator for p in self.weeks])

    @property
    def weeks_left(self) -> float | None:
        """Return the weeks from the last of the series to the day the target is due."""
        last = self.weeks[-1].period if self.weeks else None
        if last is None or self.due is None or self.due <= last:
            return None
        return (self.due - last).days / 7


def _follow_each_other(points: Sequence[Point], previous: Callable[[dt.date], dt.date]) -> bool:
    return len(points) > 1 and points[-2].period == previous(points[-1].period)


def _difference(points: Sequence[Point], previous: Callable[[dt.date], dt.date]) -> float | None:
    """Subtract the last but one value; periods that do not follow each other have no difference."""
    if not _follow_each_other(points, previous):
        return None
    last, before = points[-1].reading.value, points[-2].reading.value
    return None if last is None or before is None else last - before


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(value=row["value"], lower=row["lower"], upper=row["upper"])


def _points(frame: pl.DataFrame) -> dict[tuple[str, str], list[Point]]:
    found: dict[tuple[str, str], list[Point]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault((row["indicator_id"], row["area_code"]), []).append(
            Point(
                period=row["period"],
                numerator=row["numerator"],
                denominator=row["denominator"],
                reading=_reading(row),
                status=row["status"],
            )
        )
    return found


def _fact(
    indicator: Indicator,
    area: Place,
    row: Mapping[str, Any],
    series: tuple[Sequence[Point], Sequence[Point]],
    target: tuple[float | None, dt.date | None],
    *,
    change: Change,
    has_lost_targets: bool,
) -> Fact:
    return Fact(
        indicator=indicator,
        area_code=area.code,
        level=area.level,
        status=row["status"],
        reading=Reading(value=row.get("value"), lower=row.get("lower"), upper=row.get("upper")),
        numerator=row.get("numerator"),
        denominator=row.get("denominator"),
        until=row.get("until"),
        same_period=row.get("prior_value"),
        target=target[0],
        due=target[1],
        months=tuple(series[0]),
        weeks=tuple(series[1]),
        change=change,
        has_lost_targets=has_lost_targets,
    )


Series = dict[tuple[str, str], list[Point]]


def _history(
    view: View, indicators: Sequence[Indicator], areas: Sequence[str]
) -> tuple[Series, Series]:
    """Read the months of all indicators and the weeks of stocks."""
    months = headline.months_of(
        view.scan("indicator_monthly"),
        indicators=indicators,
        areas=areas,
        until=view.month,
        months=MONTHS_SHOWN,
    )
    weeks = headline.weeks_of(
        view.scan("indicator_weekly"),
        indicators=indicators,
        areas=areas,
        until=view.data_date,
        weeks=WEEKS_SHOWN,
    )
    return _points(months), _points(weeks)


def _current(
    view: View, indicators: Sequence[Indicator], areas: Sequence[str]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Read the shown values; flows of townships end with a quarter."""
    towns = [area for area in areas if view.places.by_code[area].level == "township"]
    others = [area for area in areas if area not in towns]
    parts = [(others, view.final_month), (towns, view.quarter_month)]
    return {
        (row["indicator_id"], row["area_code"]): row
        for codes, final_month in parts
        if codes
        for row in headline.current_values(
            view.scan("indicator_monthly"),
            view.scan("indicator_to_date"),
            indicators=indicators,
            areas=codes,
            month=view.month,
            final_month=final_month,
        ).iter_rows(named=True)
    }


def _told(view: View, indicator: Indicator, area: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its status, which says why there is no value."""
    status = row.get("status") or "missing"
    return {**row, "status": freshness.status_of(view, indicator, area, status)}


def read_facts(
    view: View, *, indicators: Sequence[Indicator], areas: Sequence[str], history: bool = True
) -> dict[tuple[str, str], Fact]:
    """Read what is known of several indicators in several areas.

    Args:
        view: the page run.
        indicators: in any order.
        areas: area codes.
        history: read months and weeks too; without it series are empty.
    """
    rows = _current(view, indicators, areas)
    months, weeks = _history(view, indicators, areas) if history else ({}, {})
    week = week_of(view)
    targets = targets_of(view)
    has_lost_targets = bool(freshness.refused(view, ["targets"]))
    return {
        (i.id, area): _fact(
            i,
            view.places.by_code[area],
            _told(view, i, area, rows.get((i.id, area), {})),
            (months.get((i.id, area), ()), weeks.get((i.id, area), ())),
            target_in_force(targets, i, places=view.places, code=area),
            change=week.change(i.id, area),
            has_lost_targets=has_lost_targets,
        )
        for i in indicators
        for area in areas
    }
