"""Published limits: UKHSA PHEindicatormethods, testdata_funnel_ratio_outputs.csv (exact limits of
1 to 716 events, from a spreadsheet, seven digits); recomputed, not copied in bulk."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.methods.gamma import gamma_cdf, gamma_quantile, gamma_shape, of_positive
from tests.methods import oracle_poisson

# Events; limits of the mean at 2.5 % and at 0.1 %: upper (of O + 1), lower (of O).
PUBLISHED = [
    (1, 5.571644585, 0.025317898, 9.233410143, 0.001000547),
    (10, 18.39035799, 4.795387629, 24.13397235, 2.960519925),
    (29, 41.64883002, 19.42175882, 49.80360679, 15.15244169),
    (100, 121.6268111, 81.36400699, 134.9243187, 71.92139974),
    (716, 770.4222128, 664.5083011, 802.60414, 636.1521174),
]


@pytest.mark.parametrize(("events", "upper", "lower", "far_upper", "far_lower"), PUBLISHED)
def test_quantiles_agree_with_published_poisson_limits(
    events: int, upper: float, lower: float, far_upper: float, far_lower: float
) -> None:
    assert gamma_quantile([events + 1], 0.975)[0] == pytest.approx(upper, rel=5e-7, abs=2e-7)
    assert gamma_quantile([events], 0.025)[0] == pytest.approx(lower, rel=5e-7, abs=2e-7)
    assert gamma_quantile([events + 1], 0.999)[0] == pytest.approx(far_upper, rel=5e-7, abs=2e-7)
    assert gamma_quantile([events], 0.001)[0] == pytest.approx(far_lower, rel=5e-7, abs=2e-7)


def test_a_shape_of_one_is_the_exponential_distribution() -> None:
    assert gamma_quantile([1.0], 0.025)[0] == pytest.approx(-math.log(0.975), rel=1e-12)
    assert gamma_quantile([1.0], 0.975)[0] == pytest.approx(-math.log(0.025), rel=1e-12)
    assert gamma_cdf([1.0], [3.0])[0] == pytest.approx(1 - math.exp(-3), rel=1e-12)


def test_a_shape_of_one_half_is_a_squared_normal() -> None:
    assert gamma_cdf([0.5], [1.959963984540054**2 / 2])[0] == pytest.approx(0.95, rel=1e-12)


@settings(max_examples=60)
@given(st.floats(0.05, 34), st.floats(0.01, 60))
def test_the_distribution_equals_plain_summation_in_many_digits(shape: float, x: float) -> None:
    assert gamma_cdf([shape], [x])[0] == pytest.approx(
        oracle_poisson.gamma_cdf(shape, x), rel=1e-9, abs=1e-12
    )


@given(st.integers(30, 3000), st.floats(-4, 4))
def test_large_shapes_equal_sums_of_the_poisson_distribution(count: int, deviations: float) -> None:
    mean = count + deviations * math.sqrt(count)
    below = oracle_poisson.poisson_at_most(count - 1, mean)
    assert gamma_cdf([count], [mean])[0] == pytest.approx(1 - below, abs=1e-10)


@given(st.floats(0.01, 1e6), st.sampled_from([0.0005, 0.001, 0.025, 0.05, 0.95, 0.975, 0.999]))
def test_a_quantile_has_its_probability_and_its_shape(shape: float, probability: float) -> None:
    x = gamma_quantile([shape], probability)
    if x[0] > 1e-100:
        assert gamma_cdf([shape], x)[0] == pytest.approx(probability, rel=1e-8)
        assert gamma_shape(x, probability)[0] == pytest.approx(shape, rel=1e-9)


def test_both_ways_of_summation_meet_where_they_change() -> None:
    left, right = gamma_cdf([30 - 1e-9, 30.0], [25.0, 25.0])
    assert left == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize("shape", [2.0, 300.0])
def test_far_tails_are_zero_and_one(shape: float) -> None:
    assert gamma_cdf([shape], [1e9])[0] == pytest.approx(1, abs=1e-12)
    assert gamma_cdf([shape], [1e-9])[0] == pytest.approx(0, abs=1e-12)


def test_a_tiny_shape_has_its_quantile_at_zero() -> None:
    assert gamma_quantile([1e-4], 0.025)[0] == 0


def test_functions_of_positive_values_leave_zero_and_null() -> None:
    frame = pl.DataFrame({"x": [4.0, 0.0, None, 4.0, 9.0, -1.0]})
    assert frame.select(of_positive(pl.col("x"), np.sqrt))["x"].to_list() == [2, 0, None, 2, 3, 0]


def test_functions_of_positive_values_need_none() -> None:
    frame = pl.DataFrame({"x": [0, None]}, schema={"x": pl.Int64})
    assert frame.select(of_positive(pl.col("x"), np.sqrt))["x"].to_list() == [0, None]
