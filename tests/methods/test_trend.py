"""Published: Armitage (Biometrics 1955, 11:375–386), carriers of streptococci by size of tonsils,
χ² for trend 7.19; Fleiss (1981), smokers among patients in four studies, as the documentation of
R's prop.trend.test prints it: χ² = 8.2249, p = 0.004132."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import MethodError
from pipeline.methods.trend import chi_squared_trend
from tests.methods import oracle_trend


def frame(counts: list[int | None], people: list[int | None]) -> pl.LazyFrame:
    schema = {"month": pl.Int64, "numerator": pl.Int64, "denominator": pl.Int64}
    months = list(range(len(counts)))
    return pl.LazyFrame([months, counts, people], schema=schema)


def trend(
    counts: list[int | None], people: list[int | None], **options: object
) -> dict[str, object]:
    return chi_squared_trend(frame(counts, people), **options).collect().row(0, named=True)


def test_armitages_tonsils() -> None:
    row = trend([19, 29, 24], [516, 589, 293])
    assert row["chi_squared"] == pytest.approx(7.19, abs=0.005)
    assert (row["points"], row["direction"]) == (3, "increasing")


def test_fleiss_smokers() -> None:
    row = trend([83, 90, 129, 70], [86, 93, 136, 82])
    assert row["chi_squared"] == pytest.approx(8.2249, abs=5e-5)
    assert row["p_value"] == pytest.approx(0.004132, abs=5e-7)
    assert row["direction"] == "decreasing"


periods = st.lists(
    st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=3,
    max_size=24,
)


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@given(periods)
def test_trends_equal_the_oracle(kind: str, rows: list[tuple[int, int]]) -> None:
    counts, people = ([r[n] for r in rows] for n in (0, 1))
    expected = oracle_trend.chi_squared(counts, people, kind)
    row = trend(counts, people, kind=kind)
    if expected is None:
        assert (row["chi_squared"], row["p_value"], row["direction"]) == (None, None, None)
    else:
        assert row["chi_squared"] == pytest.approx(float(expected), rel=1e-6, abs=1e-9)
        chance = math.erfc(math.sqrt(float(expected) / 2))
        assert row["p_value"] == pytest.approx(chance, rel=1e-6, abs=1e-300)
        assert (row["direction"] == "no_change") == (row["p_value"] > 0.05)


def test_a_rate_has_the_poisson_variance() -> None:
    """Counts 10, 20, 30 of 100 each: p = 0.2, Σx(o − e) = 20, Σx²n = 200; χ² = 400 / 40."""
    assert trend([10, 20, 30], [100] * 3, kind="rate")["chi_squared"] == pytest.approx(10)
    assert trend([10, 20, 30], [100] * 3)["chi_squared"] == pytest.approx(400 / (200 * 0.16))


def test_a_rate_may_exceed_one() -> None:
    row = trend([200, 150, 120], [100] * 3, kind="rate")
    assert row["direction"] == "decreasing"


@pytest.mark.parametrize(
    ("confidence", "direction"), [(0.95, "increasing"), (0.99, "increasing"), (0.998, "no_change")]
)
def test_significance_is_judged_at_the_confidence_asked_for(
    confidence: float, direction: str
) -> None:
    """Armitage's χ² of 7.19 has p = 0.0073."""
    assert trend([19, 29, 24], [516, 589, 293], confidence=confidence)["direction"] == direction


@pytest.mark.parametrize(
    ("counts", "people"), [([1, 9], [10, 10]), ([0, 0, 0], [9, 9, 9]), ([9, 9, 9], [9, 9, 9])]
)
def test_no_trend_of_two_points_or_of_nothing(counts: list[int], people: list[int]) -> None:
    row = trend(counts, people)
    assert row["points"] == len(counts)
    assert (row["chi_squared"], row["p_value"], row["direction"]) == (None, None, None)


def test_a_flat_series_has_no_change() -> None:
    row = trend([5, 5, 5], [10, 10, 10])
    assert row["chi_squared"] == pytest.approx(0, abs=1e-12)
    assert row["p_value"] == pytest.approx(1)
    assert row["direction"] == "no_change"


def test_a_missing_period_keeps_its_place() -> None:
    """Scores 1, 2, 4: not the three neighbours 1, 2, 3."""
    gap = trend([10, 20, None, 40], [100] * 4)
    assert gap == trend([10, 20, 7, 40], [100, 100, None, 100])
    assert gap["points"] == 3
    # p = 7/30; scores centred on 7/3: Σxo = −40/3 − 20/3 + 200/3; Σx²n = 1400/3.
    expected = (140 / 3) ** 2 / (7 / 30 * 23 / 30 * 1400 / 3)
    assert gap["chi_squared"] == pytest.approx(expected)


def test_each_group_has_a_row_and_rows_can_be_in_any_order() -> None:
    lf = pl.concat(
        frame(c, [100] * 4).with_columns(area=pl.lit(a))
        for a, c in (("b", [10, 20, 30, 40]), ("a", [40, 30, 20, 10]))
    )
    rows = chi_squared_trend(lf.reverse(), by=["area"]).collect()
    assert rows.select("area", "direction").rows() == [("a", "decreasing"), ("b", "increasing")]
    assert rows["chi_squared"][1] == pytest.approx(
        trend([10, 20, 30, 40], [100] * 4)["chi_squared"]
    )


def test_the_column_of_time_is_named_by_the_caller() -> None:
    lf = frame([10, 20, 30], [100] * 3).rename({"month": "week"})
    assert chi_squared_trend(lf, "week").collect()["direction"].to_list() == ["increasing"]


def test_a_tiny_probability_keeps_its_digits() -> None:
    """χ² = 200² / (0.2 · 0.8 · 2000) = 125; scipy.stats.chi2.sf(125, 1) prints what is below."""
    row = trend([100, 200, 300], [1000] * 3)
    assert row["chi_squared"] == pytest.approx(125)
    assert row["p_value"] == pytest.approx(5.08946897381438e-29, rel=1e-6)


@pytest.mark.parametrize(
    ("months", "fault"),
    [([1, 2, 2, 3], "2行与别的行同属一期.*month＝2"), ([1, None, 2, 3], "1行没有写明是哪一期")],
)
def test_a_row_stands_for_one_period_and_each_once(months: list[int | None], fault: str) -> None:
    lf = frame([1, 2, 3, 4], [9] * 4).with_columns(month=pl.Series(months))
    with pytest.raises(MethodError, match=fault):
        chi_squared_trend(lf).collect()


@pytest.mark.parametrize(
    ("row", "fault"), [((-1, 10), "分子小于0"), ((1, 0), "分母不大于0"), ((11, 10), "分子大于分母")]
)
def test_impossible_numbers_are_refused(row: tuple[int, int], fault: str) -> None:
    with pytest.raises(MethodError, match=fault):
        trend([1, 2, row[0]], [10, 10, row[1]])


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(MethodError, match="kind"):
        trend([1, 2, 3], [9, 9, 9], kind="ratio")
