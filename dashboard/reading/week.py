"""What the gate claims in the shown week: every arrow, mark and place of honour is looked up here.

Tested once per snapshot and month, over all areas whoever looks: what is true of a county does not
depend on who asks, and a viewer still sees only marks of areas in the viewer's scope.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from dashboard.places import Place, Places
from dashboard.queries import claims as questions
from dashboard.queries.claims import Moment
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods.claims import Mark, Verdict
from pipeline.snapshots import Snapshot

KEPT = 64  # the months of a map's slider; a fifth of a second and half a megabyte each


@dataclass(frozen=True, kw_only=True)
class Change:
    """The verdict on a change over time, and what it rests on; differences are fractions."""

    verdict: Verdict
    weeks: int = 0  # complete registries: weeks without any change
    statistic: str | None = None  # "year", "last" or "last_three"
    difference: float | None = None
    baseline: float | None = None
    reports: int | None = None  # earlier reports behind the baseline


UNJUDGED = Change(verdict="not_judged")


@dataclass(frozen=True)
class Family:
    """What was decided for one family of tests."""

    tests: int
    changes: dict[tuple[str, str], Change]
    marks: dict[tuple[str, str, str], Mark]


class Week:
    """The claims of one snapshot and month; a family is tested when first asked for."""

    def __init__(self, snapshot: Snapshot, indicators: Sequence[Indicator], moment: Moment) -> None:
        self._snapshot, self._indicators, self._moment = snapshot, indicators, moment

    @cached_property
    def _places(self) -> Places:
        return Places.read(self._snapshot.scan("areas"))

    def _family(self, *, below_county: bool) -> Family:
        scan = self._snapshot.scan
        decided = questions.decided(
            scan, self._places, self._indicators, self._moment, below_county=below_county
        )
        facts = questions.registry_changes(
            scan, self._indicators, self._moment, below_county=below_county
        )
        return Family(
            tests=decided["p_value"].count(),
            changes=_tested_changes(decided) | _counted_changes(facts),
            marks=_marks(decided),
        )

    @cached_property
    def _counties(self) -> Family:
        return self._family(below_county=False)

    @cached_property
    def _townships(self) -> Family:
        return self._family(below_county=True)

    def _of(self, area: str) -> Family:
        place = self._places.get(area)
        is_township = place is not None and place.level == "township"
        return self._townships if is_township else self._counties

    @property
    def tests(self) -> int:
        """Return how many tests the overviews of this week rest on."""
        return self._counties.tests

    def change(self, indicator_id: str, area: str) -> Change:
        """Return the verdict on an area's change over time."""
        return self._of(area).changes.get((indicator_id, area), UNJUDGED)

    def mark(self, indicator_id: str, area: str, other: str | None) -> Mark:
        """Return the mark of an area beside the whole that it is a part of."""
        if other is None:
            return "none"
        return self._of(area).marks.get((indicator_id, area, other), "none")

    def claimed(self, indicator_id: str, area: str, other: str | None) -> str:
        """Return better or worse where that is claimed, else nothing: what charts draw."""
        found = self.mark(indicator_id, area, other)
        return found if found in {"better", "worse"} else ""

    def first(self, indicator_id: str, other: str) -> str | None:
        """Return the part of a whole that is certainly the best of all, if one is."""
        return self._first.get((indicator_id, other))

    @cached_property
    def _first(self) -> dict[tuple[str, str], str]:
        found = questions.certain_first(
            self._snapshot.scan, self._places, self._indicators, self._moment
        )
        return {(i, other): area for i, other, area in found.iter_rows()}


def _tested_changes(decided: pl.DataFrame) -> dict[tuple[str, str], Change]:
    rows = questions.change_rows(decided).iter_rows(named=True)
    return {
        (row["indicator_id"], row["area_code"]): Change(
            verdict=row["verdict"],
            statistic=row["statistic"],
            difference=row["difference"],
            baseline=row["baseline"],
            reports=row["reports"],
        )
        for row in rows
    }


def _counted_changes(facts: pl.DataFrame) -> dict[tuple[str, str], Change]:
    return {
        (row["indicator_id"], row["area_code"]): Change(
            verdict=row["verdict"], weeks=row["weeks_unchanged"]
        )
        for row in facts.iter_rows(named=True)
    }


def _marks(decided: pl.DataFrame) -> dict[tuple[str, str, str], Mark]:
    said = decided.filter((pl.col("kind") == "comparison") & (pl.col("mark") != "none"))
    columns = said.select("indicator_id", "area_code", "other_code", "mark")
    return {(i, area, other): mark for i, area, other, mark in columns.iter_rows()}


def is_compared(
    week: Week, indicators: Sequence[Indicator], areas: Iterable[Place], whole: Place | None
) -> bool:
    """Say whether any of some areas was held to its whole: what nobody tested is not alike."""
    other = whole.code if whole else None
    areas = list(areas)
    return any(week.mark(i.id, area.code, other) != "none" for i in indicators for area in areas)


_weeks: dict[tuple[Path, str, dt.date], Week] = {}


def week_of(view: View) -> Week:
    """Return the claims of the view's snapshot and month; kept for the other page runs."""
    snapshot = view.marts.snapshot
    key = (view.marts.home, snapshot.manifest.sha256, view.month)
    found = _weeks.pop(key, None)
    if found is None:
        if len(_weeks) >= KEPT:
            _weeks.pop(next(iter(_weeks)))
        moment = Moment(month=view.month, final_month=view.final_month, data_date=view.data_date)
        found = Week(snapshot, tuple(view.catalogue.indicators.values()), moment)
    _weeks[key] = found  # the last one asked for goes last
    return found
