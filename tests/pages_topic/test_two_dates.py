"""Two dates of an indicator: the differences, and what the gate says of them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dashboard.queries.map_history import first_month
from dashboard.queries.two_dates import judged, judged_money, side_by_side
from pipeline.catalog import catalogue

CONTRACTS = catalogue().indicators["contract_rate"]
FUND = catalogue().indicators["fund_outflow_rate"]


def values(*rows: tuple[str, int | None, int | None], status: str = "final") -> pl.DataFrame:
    schema = {"area_code": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(
        value=pl.col("numerator") / pl.col("denominator"),
        area_name=pl.col("area_code"),
        label=pl.lit("x"),
        status=pl.lit(status),
    )


def marks(earlier: pl.DataFrame, later: pl.DataFrame, *, is_tested: bool = True) -> list[str]:
    both = side_by_side(earlier, later)
    return judged(both, indicator=CONTRACTS, is_tested=is_tested)["mark"].to_list()


def test_the_change_is_the_later_value_less_the_earlier() -> None:
    both = side_by_side(
        values(("b", 30, 100), ("a", None, None)), values(("a", 50, 100), ("b", 40, 100))
    )
    assert both["area_code"].to_list() == ["a", "b"]
    assert both["change"].to_list() == [None, pytest.approx(40 / 100 - 30 / 100)]


def test_a_large_and_certain_change_is_claimed_in_the_direction_of_the_polarity() -> None:
    earlier = values(("a", 50_000, 100_000), ("b", 60_000, 100_000), ("c", 50_000, 100_000))
    later = values(("a", 60_000, 100_000), ("b", 50_000, 100_000), ("c", 50_010, 100_000))
    assert marks(earlier, later) == ["better", "worse", "similar"]


def test_a_certain_change_below_the_material_difference_is_not_claimed() -> None:
    small = int(CONTRACTS.material_difference / CONTRACTS.per * 10_000_000) // 2
    assert small > 0
    earlier = values(("a", 5_000_000, 10_000_000))
    assert marks(earlier, values(("a", 5_000_000 + small, 10_000_000))) == ["similar"]


def test_a_large_change_of_few_may_be_chance() -> None:
    assert marks(values(("a", 50, 100)), values(("a", 57, 100))) == ["similar"]


def test_one_lucky_area_among_many_is_not_claimed() -> None:
    # 100 beside 125 of 200 has a p-value near 0.012: enough alone, not among twenty.
    alone = marks(values(("a", 100, 200)), values(("a", 125, 200)))
    others = [(f"o{n}", 100, 200) for n in range(19)]
    among = marks(values(("a", 100, 200), *others), values(("a", 125, 200), *others))
    assert (alone, set(among)) == (["better"], {"similar"})


def test_values_that_still_change_are_not_judged() -> None:
    earlier = values(("a", 50_000, 100_000), status="provisional")
    assert marks(earlier, values(("a", 60_000, 100_000))) == ["none"]


def test_without_a_test_nothing_is_judged() -> None:
    large = values(("a", 50_000, 100_000)), values(("a", 60_000, 100_000))
    assert marks(*large, is_tested=False) == ["none"]


def test_money_is_judged_by_what_the_months_of_the_area_vary_by() -> None:
    months = [dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(18)]
    rows = {"indicator_id": FUND.id, "status": "final"}
    steady = pl.DataFrame(rows | {"area_code": "a", "month": months, "value": [0.30, 0.31] * 9})
    restless = pl.DataFrame(rows | {"area_code": "b", "month": months, "value": [0.20, 0.41] * 9})
    both = side_by_side(
        values(("a", 30, 100), ("b", 30, 100), ("c", 30, 100)),
        values(("a", 36, 100), ("b", 36, 100), ("c", 36, 100)),
    )
    found = judged_money(
        both,
        indicator=FUND,
        monthly=pl.concat([steady, restless]).lazy(),
        later=dt.date(2024, 6, 1),
    )
    # Six points up: far beyond a steady area's months, within a restless one's, unknown of a third.
    assert found["mark"].to_list() == ["worse", "similar", "none"]


def test_the_history_begins_with_the_first_county_that_reported() -> None:
    rows = [
        ("x", "county", "2024-01-01", "missing"),
        ("x", "city", "2024-01-01", "final"),
        ("x", "county", "2024-03-01", "suppressed"),
        ("x", "county", "2024-04-01", "final"),
        ("y", "county", "2023-01-01", "final"),
    ]
    mart = pl.LazyFrame(
        rows, schema=["indicator_id", "area_level", "month", "status"], orient="row"
    ).with_columns(pl.col("month").str.to_date())
    assert str(first_month(mart, indicator_id="x")) == "2024-03-01"
    assert first_month(mart, indicator_id="z") is None
