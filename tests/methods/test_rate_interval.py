"""Check values: Fingertips technical guidance (Rates), as UKHSA's testByars.R recomputes them.

Exact limits of 0 to 9: Garwood (Biometrika 1936), in the form every table prints.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MethodError
from pipeline.methods.intervals import with_rate_interval
from tests.methods import oracle_poisson


def rate(numerator: float, denominator: float = 1, **options: float) -> dict[str, float | str]:
    lf = pl.LazyFrame({"numerator": [float(numerator)], "denominator": [denominator]})
    return with_rate_interval(lf, **{"per": 1, **options}).collect().row(0, named=True)


@pytest.mark.parametrize(
    ("events", "confidence", "lower", "upper"),
    [
        (65, 0.95, 50.163188, 82.849139),
        (1045, 0.95, 982.593202, 1110.331213),
        (10, 0.998, 2.916318, 24.193725),
    ],
)
def test_byar_check_values(events: int, confidence: float, lower: float, upper: float) -> None:
    row = rate(events, confidence=confidence)
    assert row["value"] == events
    assert row["lower"] == pytest.approx(lower, abs=5e-7)
    assert row["upper"] == pytest.approx(upper, abs=5e-7)
    assert row["method"] == "byar"


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [
        (0, 0, 3.6889),
        (1, 0.0253, 5.5716),
        (2, 0.2422, 7.2247),
        (5, 1.6235, 11.6683),
        (9, 4.1154, 17.0848),
    ],
)
def test_exact_limits_below_ten_are_garwoods(events: int, lower: float, upper: float) -> None:
    row = rate(events)
    assert row["lower"] == pytest.approx(lower, abs=5e-5)
    assert row["upper"] == pytest.approx(upper, abs=5e-5)
    assert row["method"] == "exact"


@pytest.mark.parametrize(("events", "method"), [(9, "exact"), (9.99, "exact"), (10, "byar")])
def test_ten_events_are_the_first_for_byar(events: float, method: str) -> None:
    assert rate(events)["method"] == method


def test_a_rate_is_per_hundred_thousand_unless_said_otherwise() -> None:
    lf = pl.LazyFrame({"numerator": [65], "denominator": [20_000]})
    row = with_rate_interval(lf).collect().row(0, named=True)
    assert row["value"] == 65 * 5
    assert row["lower"] == pytest.approx(50.163188 * 5, abs=5e-6)
    assert row["upper"] == pytest.approx(82.849139 * 5, abs=5e-6)


@settings(max_examples=20)
@given(
    st.one_of(st.integers(0, 9), st.floats(0.05, 9.99)), st.sampled_from([0.9, 0.95, 0.99, 0.998])
)
def test_exact_limits_equal_the_oracle(events: float, confidence: float) -> None:
    lower, upper = oracle_poisson.exact_limits(events, (1 - confidence) / 2)
    row = rate(events, 7, confidence=confidence, per=1000)
    assert row["value"] == pytest.approx(events / 7 * 1000, rel=1e-12)
    assert row["lower"] == pytest.approx(lower / 7 * 1000, rel=1e-6, abs=1e-9)
    assert row["upper"] == pytest.approx(upper / 7 * 1000, rel=1e-6)


@given(st.floats(10, 1e7), st.sampled_from([0.9, 0.95, 0.99, 0.998]))
def test_byar_limits_equal_the_oracle(events: float, confidence: float) -> None:
    lower, upper = oracle_poisson.byar(events, NormalDist().inv_cdf((1 + confidence) / 2))
    row = rate(events, confidence=confidence)
    assert row["lower"] == pytest.approx(lower, rel=1e-9)
    assert row["upper"] == pytest.approx(upper, rel=1e-9)
    assert 0 < row["lower"] < events < row["upper"]


def test_a_missing_number_has_no_rate() -> None:
    lf = pl.LazyFrame({"numerator": [None, 3], "denominator": [10, None]})
    rows = with_rate_interval(lf.cast(pl.Int64)).collect()
    assert rows.select("value", "lower", "upper").rows() == [(None, None, None)] * 2
    assert rows["method"].to_list() == [None, None]


@pytest.mark.parametrize(
    ("numerator", "denominator", "fault"),
    [
        (-1, 10, "分子小于0"),
        (1, 0, "分母不大于0"),
        (1, -5, "分母不大于0"),
        (0, -0.5, "分母不大于0"),
    ],
)
def test_impossible_numbers_are_refused_with_the_first_as_example(
    numerator: int, denominator: float, fault: str
) -> None:
    lf = pl.LazyFrame(
        {"numerator": [5, numerator, 3 * numerator], "denominator": [10, denominator, denominator]},
        strict=False,
    )
    query = with_rate_interval(lf)
    with pytest.raises(MethodError, match=fault) as raised:
        query.collect()
    assert f"2行{fault}" in raised.value.message_zh
    assert f"numerator＝{numerator}，denominator＝{denominator}" in raised.value.message_zh


@pytest.mark.parametrize(
    "asked",
    [
        lambda rows: rows.filter(pl.col("numerator") > 0).select("value"),
        lambda rows: rows.select("area"),
        lambda rows: rows.head(1),
    ],
    ids=["filter", "selection", "slice"],
)
def test_an_impossible_number_is_found_whatever_is_asked_for(
    asked: Callable[[pl.LazyFrame], pl.LazyFrame],
) -> None:
    lf = pl.LazyFrame({"numerator": [5, -1], "denominator": [10, 10], "area": ["a", "b"]})
    with pytest.raises(MethodError, match="分子小于0"):
        asked(with_rate_interval(lf)).collect()


def test_ninety_percent_is_the_least_confidence() -> None:
    assert rate(65, confidence=0.9)["lower"] == pytest.approx(
        oracle_poisson.byar(65, NormalDist().inv_cdf(0.95))[0], rel=1e-9
    )
