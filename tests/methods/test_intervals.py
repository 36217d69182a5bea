"""Check values: Fingertips technical guidance and the indicator sheet, Wilson at 95 %."""

from __future__ import annotations

import math
from statistics import NormalDist

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ContractError
from pipeline.methods.intervals import normal_quantile, with_proportion_interval


def interval(numerator: int | None, denominator: int | None) -> dict[str, float | None]:
    schema = {"numerator": pl.Int64, "denominator": pl.Int64}
    lf = pl.LazyFrame({"numerator": [numerator], "denominator": [denominator]}, schema=schema)
    return with_proportion_interval(lf).collect().row(0, named=True)


@pytest.mark.parametrize(
    ("numerator", "denominator", "lower", "upper"),
    [
        (65, 100, 0.552544, 0.736358),
        (1045, 5000, 0.197955, 0.220491),
        (0, 20, 0.0, 0.161125),
        (20, 20, 1 - 0.161125, 1.0),
        (101, 109, 0.861822, 0.962343),
    ],
)
def test_wilson_check_values(numerator: int, denominator: int, lower: float, upper: float) -> None:
    row = interval(numerator, denominator)
    assert row["value"] == numerator / denominator
    assert row["lower"] == pytest.approx(lower, abs=5e-7)
    assert row["upper"] == pytest.approx(upper, abs=5e-7)
    assert row["method"] == "wilson"


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [(0, 0), (1, 0), (-1, 10), (11, 10), (None, 10), (1, None), (0, -1)],
)
def test_no_interval_where_there_is_no_proportion(
    numerator: int | None, denominator: int | None
) -> None:
    row = interval(numerator, denominator)
    assert (row["value"], row["lower"], row["upper"]) == (None, None, None)


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_limits_bracket_the_value_within_zero_and_one(counts: tuple[int, int]) -> None:
    row = interval(*counts)
    assert 0 <= row["lower"] <= row["value"] <= row["upper"] <= 1


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_limits_solve_the_score_equation(counts: tuple[int, int]) -> None:
    """The definition, not the formula: |p − θ| = z·√(θ(1 − θ)/n) at either limit θ."""
    observed, total = counts
    row = interval(observed, total)
    z = NormalDist().inv_cdf(0.975)
    for limit in (row["lower"], row["upper"]):
        distance = abs(observed / total - limit)
        assert distance == pytest.approx(z * math.sqrt(limit * (1 - limit) / total), abs=1e-7)


@pytest.mark.parametrize("confidence", [0.89, 1.0, 95.0])
def test_confidence_outside_its_range_is_refused(confidence: float) -> None:
    with pytest.raises(ContractError, match="置信水平"):
        normal_quantile(confidence)
