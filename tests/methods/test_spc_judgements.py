"""What a process chart says of its points and of its target; limits worked out anew."""

from __future__ import annotations

import math
from datetime import date

import polars as pl
import pytest

from pipeline.methods.spc import with_process_limits
from tests.methods.process_charts import CALM, causes, chart, series


@pytest.mark.parametrize(
    ("improvement", "high", "low"),
    [
        ("increase", "special_cause_improvement", "special_cause_concern"),
        ("decrease", "special_cause_concern", "special_cause_improvement"),
        ("neutral", "special_cause_neutral_high", "special_cause_neutral_low"),
    ],
)
def test_a_special_cause_is_judged_by_its_side_of_the_mean(
    improvement: str, high: str, low: str
) -> None:
    rows = chart([*CALM, 30, *CALM, -10, *CALM], improvement=improvement)
    assert (rows["point_type"][12], rows["point_type"][25]) == (high, low)
    assert rows["point_type"].n_unique() == 3


def test_increase_is_the_improvement_unless_said_otherwise() -> None:
    assert chart([*CALM, 30])["point_type"][-1] == "special_cause_improvement"


@pytest.mark.parametrize("improvement", ["increase", "decrease"])
def test_a_trend_point_on_the_mean_is_no_improvement(improvement: str) -> None:
    """As in the reference: only the better side of the mean is."""
    values = [4.0, -4.0, 4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, -4.0, 4.0, -4.0]
    row = chart(values, improvement=improvement).row(6, named=True)
    assert row["mean"] == 0
    assert (row["special_cause"], row["point_type"]) == ("trend", "special_cause_concern")
    neutral = chart(values, improvement="neutral").row(6, named=True)
    assert neutral["point_type"] == "special_cause_neutral_low"


@pytest.mark.parametrize(
    ("target", "improvement", "expected"),
    [
        (20, "increase", "consistent_fail"),
        (20, "decrease", "consistent_pass"),
        (2, "increase", "consistent_pass"),
        (2, "decrease", "consistent_fail"),
        (10, "increase", "inconsistent"),
        (10, "decrease", "inconsistent"),
        (20, "neutral", None),
        (None, "increase", None),
    ],
)
def test_assurance_compares_the_target_with_the_limits(
    target: float | None, improvement: str, expected: str | None
) -> None:
    rows = chart(CALM, target=target, improvement=improvement)
    assert rows["assurance"].to_list() == [expected] * 12
    assert rows.schema["assurance"] == pl.String


def test_a_target_can_be_a_column_and_its_last_value_counts() -> None:
    lf = series(CALM).with_columns(goal=pl.Series([2.0] * 11 + [20.0]))
    rows = with_process_limits(lf, target="goal").collect()
    assert rows["assurance"].unique().to_list() == ["consistent_fail"]


@pytest.mark.parametrize("target", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_no_target(target: float) -> None:
    assert chart(CALM, target=target)["assurance"].unique().to_list() == [None]


def test_no_assurance_without_limits_or_target() -> None:
    assert chart([5.0], target=3)["assurance"].to_list() == [None]
    lf = series(CALM).with_columns(goal=pl.lit(None, dtype=pl.Float64))
    assert with_process_limits(lf, target="goal").collect()["assurance"].unique().to_list() == [
        None
    ]


def test_rebasing_works_limits_out_anew_from_its_point() -> None:
    values = [*CALM, *(v + 100 for v in CALM)]
    rows = chart(values, rebase=[12], target=60)
    assert rows["mean"].to_list() == pytest.approx([10] * 12 + [110] * 12)
    assert rows["upper_limit"].to_list() == pytest.approx([15.32] * 12 + [115.32] * 12)
    assert set(rows["special_cause"]) == {None}
    assert rows["points"].to_list() == [12] * 24
    # The latest limits judge the target, the whole series has one judgement.
    assert rows["assurance"].unique().to_list() == ["consistent_pass"]
    assert set(chart(values)["special_cause"]) != {None}


def test_runs_do_not_cross_a_rebasing_point() -> None:
    calm = [-1.0, 1.0] * 4
    values = [*calm, 1.0, 1.1, 1.2, 1.05, 1.0, 1.1, 1.2, 1.05, *calm]
    assert "shift" in causes(values)
    assert "shift" not in causes(values, rebase=[12])


def test_rebasing_twice_and_by_date() -> None:
    days = [date(2025, m, 1) for m in range(1, 10)]
    lf = pl.LazyFrame({"month": days, "value": [1.0, 2, 3, 10, 20, 30, 100, 200, 300]})
    rows = with_process_limits(lf, rebase=[date(2025, 4, 1), date(2025, 7, 1)]).collect()
    assert rows["mean"].to_list() == [2] * 3 + [20] * 3 + [200] * 3


@pytest.mark.parametrize("column", ["lower_limit", "upper_limit"])
@pytest.mark.parametrize("improvement", ["increase", "decrease"])
def test_a_target_on_a_limit_is_inconsistent(column: str, improvement: str) -> None:
    limit = chart(CALM)[column][0]
    rows = chart(CALM, target=limit, improvement=improvement)
    assert rows["assurance"].unique().to_list() == ["inconsistent"]
