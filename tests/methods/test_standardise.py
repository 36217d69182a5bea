from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import MethodError
from pipeline.methods.standardise import directly_standardised_rate
from tests.methods import oracle_poisson, oracle_standardise

Z = 1.959963984540054
SCHEMA = {"numerator": pl.Float64, "denominator": pl.Float64, "standard_weight": pl.Float64}


def frame(*strata: tuple[float | None, float | None, float | None]) -> pl.LazyFrame:
    return pl.LazyFrame(list(strata), schema=SCHEMA, orient="row")


def standardised(lf: pl.LazyFrame, **options: float) -> dict[str, float | str | None]:
    return directly_standardised_rate(lf, by=[], **options).collect().row(0, named=True)


def test_a_rate_worked_by_hand() -> None:
    """10 of 1000 young and 5 of 2000 old, standard 1 : 2.

    DSR = (1·10/1000 + 2·5/2000) / 3 = 0.005. Var = (1·10/1000² + 4·5/2000²) / 9 = 1.6667e-6.
    √(Var/15) = 3.3333e-4; Byar's limits of 15 are 8.389264 and 24.741631.
    """
    row = standardised(frame((10, 1000, 1), (5, 2000, 2)))
    assert row["total_count"] == 15
    assert row["value"] == pytest.approx(500)
    assert row["lower"] == pytest.approx(500 + 100_000 / 3000 * (8.389264 - 15), abs=5e-5)
    assert row["upper"] == pytest.approx(500 + 100_000 / 3000 * (24.741631 - 15), abs=5e-5)
    assert (row["method"], row["status"]) == ("dobson_byar", "calculated")


def test_downs_syndrome_by_maternal_age() -> None:
    """Fleiss 1981, p. 249, first births, standardised to all births: 92.3 in 100,000 as in table 1
    of Fay and Feuer (Statistics in Medicine 1997, 16:791–801), variance 3.919e-9 in 1."""
    counts = [107, 141, 60, 40, 39, 25]
    births = [230061, 329449, 114920, 39487, 14208, 3052]
    standard = [63986.6, 186263.6, 157302.2, 97647.0, 47572.6, 12262.6]
    row = standardised(frame(*zip(counts, births, standard, strict=True)))
    assert row["total_count"] == 412
    assert row["value"] == pytest.approx(92.305, abs=5e-4)
    spread = 100_000 * math.sqrt(3.919e-9 / 412)
    lower, upper = oracle_poisson.byar(412, Z)
    assert row["lower"] == pytest.approx(92.305 + spread * (lower - 412), abs=2e-3)
    assert row["upper"] == pytest.approx(92.305 + spread * (upper - 412), abs=2e-3)


def test_a_single_stratum_has_byars_interval_of_its_crude_rate() -> None:
    """Check values of the Fingertips guidance: Byar's limits of 65."""
    row = standardised(frame((65, 1000, 3)), per=1000)
    assert row["value"] == pytest.approx(65)
    assert row["lower"] == pytest.approx(50.163188, abs=5e-7)
    assert row["upper"] == pytest.approx(82.849139, abs=5e-7)


def test_weights_need_not_add_up_to_one() -> None:
    small = standardised(frame((10, 1000, 0.25), (5, 2000, 0.5)))
    large = standardised(frame((10, 1000, 1000), (5, 2000, 2000)))
    assert small == pytest.approx(large)


strata = st.tuples(st.floats(1, 5000), st.floats(1, 1e6), st.floats(0.1, 1e5))


@given(st.lists(strata, min_size=1, max_size=19).filter(lambda s: sum(x[0] for x in s) >= 10))
def test_rates_equal_the_oracle(rows: list[tuple[float, float, float]]) -> None:
    total, value, lower, upper = oracle_standardise.rate(rows, Z)
    row = standardised(frame(*rows), per=1000)
    assert row["total_count"] == pytest.approx(total)
    assert row["value"] == pytest.approx(value * 1000, rel=1e-9)
    assert row["lower"] == pytest.approx(lower * 1000, rel=1e-6, abs=1e-9 * value)
    assert row["upper"] == pytest.approx(upper * 1000, rel=1e-6)


@pytest.mark.parametrize(("events", "status"), [(9.9, "too_few_events"), (10, "calculated")])
def test_below_ten_events_there_is_a_count_but_no_rate(events: float, status: str) -> None:
    row = standardised(frame((events - 5, 1000, 1), (5, 2000, 2)))
    assert row["status"] == status
    assert row["total_count"] == events
    assert (row["value"] is None, row["lower"] is None, row["upper"] is None) == (
        (events < 10,) * 3
    )
    assert row["method"] == (None if events < 10 else "dobson_byar")


def test_each_group_has_a_row_and_groups_do_not_mix() -> None:
    lf = pl.LazyFrame(
        {
            "area": ["b", "a", "b", "a"],
            "year": [2025] * 4,
            "numerator": [10, 40, 5, 0],
            "denominator": [1000, 1000, 2000, 500],
            "standard_weight": [1, 1, 2, 1],
        }
    )
    rows = directly_standardised_rate(lf, by=["area", "year"]).collect()
    assert rows.columns[:2] == ["area", "year"]
    assert rows.select("area", "total_count").rows() == [("a", 40), ("b", 15)]
    assert rows["value"].to_list() == pytest.approx([2000, 500])


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_number_in_a_stratum_is_not_a_zero(missing: int) -> None:
    gap = tuple(None if n == missing else 100.0 for n in range(3))
    row = standardised(frame((50, 1000, 1), gap))
    assert row["status"] == "incomplete"
    assert (row["total_count"], row["value"], row["lower"], row["upper"]) == (None,) * 4


def test_no_strata_and_no_weight_are_incomplete() -> None:
    assert standardised(frame())["status"] == "incomplete"
    assert standardised(frame((50, 1000, 0)))["status"] == "incomplete"


@pytest.mark.parametrize(
    ("stratum", "fault"),
    [((-1, 10, 1), "分子"), ((1, 0, 1), "分母"), ((1, 10, -1), "权重")],
)
def test_impossible_strata_are_refused(stratum: tuple[float, float, float], fault: str) -> None:
    with pytest.raises(MethodError, match=fault):
        standardised(frame((50, 1000, 1), stratum))
