"""Periods so far, monthly counters and flows are kept by month, like what they are counted from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.catalog import catalogue
from pipeline.marts import cells, indicator_to_date
from pipeline.methods.periods import add_months
from tests.marts import small_world as world
from tests.marts.staged_world import Staged, damage, same, without_some

MARCH, APRIL, MAY, JUNE = (date(2025, m, 1) for m in (3, 4, 5, 6))


class Asked:
    """Which months of what were made again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.months: dict[str, list[date]] = {}
        tables = cells.KeptMonths.tables

        def asking(kept: Any, name: str, months: Any, count: Any, **options: Any) -> Any:
            def counted(some: Sequence[date]) -> Any:
                self.months.setdefault(name, []).extend(some)
                return count(some)

            return tables(kept, name, months, counted, **options)

        monkeypatch.setattr(cells.KeptMonths, "tables", asking)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def test_a_changed_month_is_made_again_with_the_windows_it_is_in(
    staged: Staged, asked: Asked
) -> None:
    tables = world.tables()
    staged.build(tables)
    assert asked.months == dict.fromkeys(("cells", "to_date", "flows=2025"), world.MONTHS)
    asked.months.clear()
    changed = without_some(tables, MAY)
    after = staged.build(changed)
    assert asked.months == {"cells": [MAY], "to_date": [MAY, JUNE], "flows=2025": [MAY]}
    assert same(after, world.build(changed))


def test_another_source_concerns_its_month(built: Staged, asked: Asked) -> None:
    tables = world.tables()
    more = pl.col("value") + (pl.col("month") == MAY).cast(pl.Int64)
    given = {**tables, "activity": tables["activity"].with_columns(value=more)}
    after = built.build(given)
    assert asked.months == {"cells": [MAY], "to_date": [MAY, JUNE], "flows=2025": [MAY]}
    assert same(after, world.build(given))


def test_an_indicator_first_told_in_an_earlier_month_is_missing_after_it(
    staged: Staged, asked: Asked
) -> None:
    """The first report anywhere opens an indicator's range: months without one lack it."""
    tables = world.tables()
    month = pl.col("month")
    late = {**tables, "activity": tables["activity"].filter(month == MAY)}
    before = staged.build(late)
    asked.months.clear()
    early = {**tables, "activity": tables["activity"].filter(month.is_in([MARCH, MAY]))}
    after = staged.build(early)
    assert asked.months["cells"] == [MARCH]
    assert asked.months["to_date"] == world.MONTHS
    lacking = [
        marts["indicator_to_date"]
        .filter(pl.col("month") == APRIL, period_kind="month", status="missing")
        .filter(pl.col("indicator_id").str.contains("ecg"))
        .height
        for marts in (before, after)
    ]
    assert lacking[0] == 0 < lacking[1]
    assert same(after, world.build(early))


def test_a_new_month_leaves_those_it_says_nothing_of(staged: Staged, asked: Asked) -> None:
    """It ends the month before it, and the wait for the claims of one a while ago."""
    tables = world.tables()
    staged.build(tables, as_of=date(2025, 5, 31))
    asked.months.clear()
    after = staged.build(tables)
    delay = catalogue().settings.claims_delay_months
    young = sorted({add_months(JUNE, -delay), MAY, JUNE})
    assert asked.months["cells"] == young
    assert asked.months["to_date"] == [month for month in world.MONTHS if month >= young[0]]
    assert same(after, world.whole())


@pytest.mark.parametrize("name", ["to_date.rows.ipc", "cells.counters.ipc", "flows=2025.flows.ipc"])
def test_a_damaged_table_is_made_again(built: Staged, asked: Asked, name: str) -> None:
    damage(built.folder / "partials" / name)
    assert same(built.build(world.tables()), world.whole())
    assert asked.months == {name.partition(".")[0]: world.MONTHS}


def test_windows_are_told_by_their_own_year_and_the_one_before() -> None:
    assert indicator_to_date.told_by(MARCH) == [
        date(year, month, 1) for year in (2024, 2025) for month in (1, 2, 3)
    ]


def test_a_place_nobody_went_to_before_has_its_year_judged_again(
    staged: Staged, asked: Asked
) -> None:
    """A destination is named, or merged with others, by all its months: they can be compared."""
    tables = world.tables()
    now = tables["settlements"]
    before = now.with_columns(
        pl.col("service_date", "settled_on").dt.offset_by("-1y"),
        settlement_id=pl.lit("before-") + pl.col("settlement_id"),
    )
    staged.build({**tables, "settlements": pl.concat([before, now])})
    asked.months.clear()
    is_moved = pl.col("destination_tier").cast(pl.String) == "same_province"
    is_june = pl.col("service_date").dt.month_start() == JUNE
    place = pl.when(is_moved & is_june).then(pl.lit("410300")).otherwise("care_area")
    given = {**tables, "settlements": pl.concat([before, now.with_columns(care_area=place)])}
    after = staged.build(given)
    assert sorted(asked.months["flows=2025"]) == world.MONTHS
    assert "flows=2024" not in asked.months
    assert asked.months["cells"] == [JUNE]
    assert same(after, world.build(given))
