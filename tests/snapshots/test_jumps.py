"""What counts as a jump, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.catalog import catalogue
from pipeline.snapshots.jumps import jumps
from tests.snapshots.frames import (
    AS_OF,
    CITY,
    COUNTY,
    FEBRUARY,
    JANUARY,
    draft,
    measured,
    publish,
    tables,
)

LIMITS = {"total": 0.2, "rows_lost": 0.3, "smallest_total": 100, "smallest_fen": 1000}


def found(
    folder: Path,
    then: dict[str, pl.DataFrame],
    now: dict[str, pl.DataFrame],
    *,
    demonstrations: tuple[bool, bool] = (False, False),
    as_of: tuple[date, date] = (AS_OF, AS_OF),
) -> tuple[str, ...]:
    """Compare two sets of marts."""
    known = catalogue()
    settings = replace(known.settings, largest_jumps=LIMITS)
    before = publish(folder / "marts", then, as_of=as_of[0], demonstration=demonstrations[0])
    told = jumps(
        before,
        draft(folder / "draft", now),
        as_of=as_of[1],
        demonstration=demonstrations[1],
        catalogue=replace(known, settings=settings),
    )
    # The frames here are too short for a loss of rows to mean anything.
    return tuple(line for line in told if "数据表 indicator_monthly" not in line)


def one(numerator: int | None, **more: Any) -> dict[str, pl.DataFrame]:
    """Return marts with one figure of one county beside some that stay."""
    kept = [measured(500, month=FEBRUARY), measured(500, area="410222")]
    return tables(*kept, measured(numerator, **more))


@pytest.mark.parametrize(("then", "now"), [(1000, 1200), (1000, 800), (99, 50), (0, 99), (4, 5)])
def test_a_change_within_the_limits_or_of_small_numbers_is_none(
    tmp_path: Path, then: int, now: int
) -> None:
    assert found(tmp_path, one(then), one(now)) == ()


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (1000, 1201, "1,000 → 1,201（+20.1%）"),
        (1000, 799, "1,000 → 799（−20.1%）"),
        (99, 119, "99 → 119（+20.2%）"),
        (0, 100, "0 → 100（原为零）"),
        (1000, None, "1,000 → 无（−100.0%）"),
    ],
)
def test_a_change_beyond_the_limits_is_told_with_place_month_and_both_totals(
    tmp_path: Path, then: int, now: int | None, told: str
) -> None:
    assert found(tmp_path, one(then), one(now)) == (f"村卫生室总数：杞县2025年1月 {told}",)


def test_a_figure_that_is_gone_is_a_jump(tmp_path: Path) -> None:
    there = [measured(500, month=month) for month in (JANUARY, FEBRUARY)]
    gone = [*there[1:], measured(500, area="410222")]
    assert found(tmp_path, tables(*there), tables(*gone)) == (
        "村卫生室总数：杞县2025年1月 500 → 无（−100.0%）",
    )


def test_the_worst_of_a_counter_stands_for_all_and_cities_come_first(tmp_path: Path) -> None:
    then = [
        measured(1000, area=CITY),
        measured(1000),
        measured(1000, month=FEBRUARY),
        measured(1000, month=FEBRUARY, area=CITY),
    ]
    now = [
        measured(700, area=CITY),
        measured(100),
        measured(400, month=FEBRUARY),
        measured(600, month=FEBRUARY, area=CITY),
    ]
    (told,) = found(tmp_path, tables(*then), tables(*now))
    assert told == "村卫生室总数：开封市2025年2月 1,000 → 600（−40.0%），共 4 处"


def test_money_is_told_in_yuan_and_has_its_own_smallest_total(tmp_path: Path) -> None:
    money = {"indicator": "fund_outflow_rate"}
    then, now = one(999, denominator=300_000, **money), one(500, denominator=150_000, **money)
    (told,) = found(tmp_path, then, now)
    assert told.endswith("杞县2025年1月 3,000.00 元 → 1,500.00 元（−50.0%）")


def test_a_counter_of_several_indicators_is_told_once(tmp_path: Path) -> None:
    shares = ("out_of_county_inpatient_rate", "in_county_inpatient_share")
    then = [measured(50, 1000, indicator=name) for name in shares]
    now = [measured(50, 500, indicator=name) for name in shares]
    assert len(found(tmp_path, tables(*then), tables(*now))) == 1


@pytest.mark.parametrize("status", ["provisional", "suppressed"])
def test_only_a_total_that_was_final_is_compared(tmp_path: Path, status: str) -> None:
    assert found(tmp_path, one(1000, status=status), one(100)) == ()


def test_a_total_that_is_provisional_again_is_not_compared(tmp_path: Path) -> None:
    assert found(tmp_path, one(1000), one(100, status="provisional")) == ()


@pytest.mark.parametrize(
    "as_of", [(date(2025, 1, 15), AS_OF), (AS_OF, date(2025, 1, 15))], ids=["then", "now"]
)
def test_a_month_that_was_not_over_is_not_compared(
    tmp_path: Path, as_of: tuple[date, date]
) -> None:
    assert found(tmp_path, one(1000), one(100), as_of=as_of) == ()


def test_an_indicator_that_only_has_its_latest_month_moves_on(tmp_path: Path) -> None:
    then, now = measured(1000), measured(1000, month=FEBRUARY)
    assert found(tmp_path, tables(then), tables(now)) == ()


def test_months_that_an_indicator_no_longer_covers_are_a_jump(tmp_path: Path) -> None:
    then = [measured(500, month=month) for month in (JANUARY, FEBRUARY)]
    kept = measured(7, indicator="technical_staff")
    told = found(tmp_path, tables(*then, kept), tables(then[1], kept))
    assert told == ("村卫生室数有数据的月份由 2 个减为 1 个",)


def test_a_removed_indicator_is_a_matter_of_the_catalogue(tmp_path: Path) -> None:
    rows = [measured(500), measured(500, indicator="no_longer_declared")]
    assert found(tmp_path, tables(*rows), tables(measured(500))) == ()


def test_a_county_without_any_figure_is_told_by_name(tmp_path: Path) -> None:
    both = [measured(50), measured(50, area="410222")]
    told = found(tmp_path, tables(*both), tables(both[0], measured(None, area="410222")))
    assert told == ("通许县（410222）的数据全部消失",)


def test_a_county_that_another_took_over_has_not_vanished(tmp_path: Path) -> None:
    both = [measured(50), measured(50, area="410222")]
    now = tables(both[0], successors={"410222": COUNTY})
    assert found(tmp_path, tables(*both), now) == ()


def test_a_mart_that_lost_rows_or_is_gone_is_told(tmp_path: Path) -> None:
    many = pl.DataFrame({"clinic_code": [f"C{n}" for n in range(10)]})
    then = {"clinics": many, "devices": many, "targets": many, "empty": many.clear()}
    told = found(tmp_path, then, {"clinics": many[:6], "devices": many[:7], "empty": many.clear()})
    assert told == (
        "数据表 clinics 由 10 行减为 6 行（−40.0%）",
        "数据表 targets 由 10 行减为 0 行（−100.0%）",
    )


@pytest.mark.parametrize(
    ("demonstrations", "told"),
    [
        ((True, False), ()),
        ((False, True), ("现用快照是真实数据，这次是演示数据",)),
    ],
)
def test_demonstration_data_over_real_data_need_a_reason_the_other_way_round_none(
    tmp_path: Path, demonstrations: tuple[bool, bool], told: tuple[str, ...]
) -> None:
    same = one(1000)
    assert found(tmp_path, same, same, demonstrations=demonstrations) == told
    if not told:
        changed = found(tmp_path / "2", same, one(1), demonstrations=demonstrations)
        assert changed == ()
