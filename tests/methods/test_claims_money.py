"""Shares of money: judged by what their months vary by, never by numbers of stays."""

from __future__ import annotations

import datetime as dt
import math
from statistics import fmean
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.methods.claims import decide, money_tests, month_noise
from tests.methods.oracle_claims import student

MONTHS = [dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(30)]


def noise_of(values: list[float | None]) -> dict[str, Any] | None:
    frame = pl.LazyFrame(
        {
            "indicator_id": "one",
            "area_code": "A",
            "month": MONTHS[: len(values)],
            "value": pl.Series(values, dtype=pl.Float64),
        }
    )
    rows = month_noise(frame).collect()
    return rows.row(0, named=True) if rows.height else None


def judged(value: float, other: float, **columns: Any) -> dict[str, Any]:
    given = {
        "numerator": [value * 1000],
        "denominator": [1000.0],
        "status": ["final"],
        "other_numerator": [other * 500],
        "other_denominator": [500.0],
        "other_status": ["final"],
        "noise": [0.0004],
        "reports": [29],
        "spread": [1 / 6],
    }
    rows = money_tests(pl.LazyFrame(given | {k: [v] for k, v in columns.items()}), kind="change")
    return rows.collect().row(0, named=True)


def test_noise_is_half_the_mean_square_of_differences_up_to_three_months_apart() -> None:
    values = [0.30, 0.34, 0.31, 0.29, 0.36, 0.33, 0.30, 0.35, 0.32, 0.28, 0.31, 0.37, 0.30]
    squares = [
        fmean((b - a) ** 2 for a, b in zip(values, values[lag:], strict=False)) for lag in (1, 2, 3)
    ]
    found = noise_of(list(values))
    assert found is not None
    assert found["noise"] == pytest.approx(fmean(squares) / 2)
    assert found["reports"] == 13


def test_hidden_months_do_not_count_and_eleven_are_too_few() -> None:
    values: list[float | None] = [0.3, 0.32] * 6
    assert noise_of([*values[:5], None, *values[5:]]) == noise_of(values)
    assert noise_of([*values[:11], None]) is None


def test_a_level_that_moved_for_good_hardly_adds_to_the_noise() -> None:
    chance = np.random.default_rng(7)
    quiet = list(0.3 + chance.normal(0, 0.02, 30))
    before, after = noise_of(quiet), noise_of([v + 0.02 * (n > 14) for n, v in enumerate(quiet)])
    assert before is not None
    assert after is not None
    assert after["noise"] == pytest.approx(before["noise"], rel=0.25)


def test_the_difference_is_judged_by_students_t_over_the_months_of_the_period() -> None:
    found = judged(0.35, 0.33)
    # Six months' mean: sqrt(0.0004/6) = 0.00816; t = 2.449 with 28·6/7 = 24 degrees of freedom.
    assert found["difference"] == pytest.approx(0.02)
    assert found["p_value"] == pytest.approx(student(0.02 / math.sqrt(0.0004 / 6), 24), rel=0.02)
    assert found["kind"] == "change"


@pytest.mark.parametrize(
    "columns", [{"status": "provisional"}, {"other_status": "suppressed"}, {"noise": 0.0}]
)
def test_what_is_not_final_or_never_varies_is_not_tested(columns: dict[str, Any]) -> None:
    assert judged(0.35, 0.33, **columns)["p_value"] is None


def years(*, stays: int, areas: int, shift: float, seed: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Return months, and years so far with the year before, of bills with a long tail."""
    chance = np.random.default_rng(seed)
    bills = np.exp(chance.normal(8, 1.2, (areas, 30, stays)))
    share = np.full((areas, 30, 1), 0.3)
    share[0, 24:] += shift
    outside = (bills * (chance.random(bills.shape) < share)).sum(axis=2)
    total = bills.sum(axis=2)
    keys = {"indicator_id": "one", "area_code": np.repeat(np.arange(areas), 30)}
    months = pl.LazyFrame(keys | {"month": MONTHS * areas, "value": (outside / total).ravel()})
    now, before = slice(24, 30), slice(12, 18)
    rows = {
        "area_code": np.arange(areas),
        "numerator": outside[:, now].sum(axis=1),
        "denominator": total[:, now].sum(axis=1),
        "other_numerator": outside[:, before].sum(axis=1),
        "other_denominator": total[:, before].sum(axis=1),
    }
    finals = {"status": "final", "other_status": "final", "indicator_id": "one"}
    return months, pl.LazyFrame(rows).with_columns(**{k: pl.lit(v) for k, v in finals.items()})


def test_chance_alone_is_called_a_change_as_often_as_it_may_be() -> None:
    found = []
    for seed in range(4):
        months, rows = years(stays=120, areas=150, shift=0.0, seed=seed)
        tests = rows.join(month_noise(months), on=["indicator_id", "area_code"])
        p = money_tests(tests.with_columns(spread=pl.lit(2 / 6)), kind="change").collect()
        found += p["p_value"].to_list()
    assert 0.03 <= fmean(p < 0.05 for p in found) <= 0.07


def test_a_lasting_shift_is_called_among_many_quiet_areas() -> None:
    months, rows = years(stays=120, areas=60, shift=0.15, seed=3)
    tests = rows.join(month_noise(months), on=["indicator_id", "area_code"])
    tests = tests.with_columns(
        spread=pl.lit(2 / 6),
        family=pl.lit("week"),
        polarity=pl.lit("lower_is_better"),
        material_difference=pl.lit(0.01),
    )
    decided = decide(money_tests(tests, kind="change")).collect()
    marked = decided.filter(pl.col("mark").is_in(["better", "worse"]))
    assert marked.select("area_code", "mark").rows() == [(0, "worse")]
