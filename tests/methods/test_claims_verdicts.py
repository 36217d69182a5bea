"""What may be claimed: many tests, material differences, polarity, ranks."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.methods.claims import (
    area_tests,
    change_verdicts,
    decide,
    period_tests,
    rank_intervals,
)
from pipeline.methods.claims.ranks import simultaneous_z
from pipeline.methods.intervals import with_proportion_interval
from tests.methods import oracle_claims as oracle

Row = dict[str, Any]


def row_of(**given: Any) -> Row:
    row = {
        "family": "week",
        "kind": "change",
        "name": "a",
        "p_value": 0.001,
        "difference": 0.02,
        "material_difference": 0.01,
        "polarity": "higher_is_better",
    }
    return row | given


def decided(*rows: Row) -> dict[str, Row]:
    found = decide(pl.LazyFrame(list(rows))).collect()
    return {row["name"]: row for row in found.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("given", "direction", "mark"),
    [
        ({}, "above", "better"),
        ({"polarity": "lower_is_better"}, "above", "worse"),
        ({"difference": -0.02}, "below", "worse"),
        ({"difference": -0.02, "polarity": "lower_is_better"}, "below", "better"),
        ({"polarity": "none"}, "above", "none"),
        ({"difference": 0.0099}, None, "similar"),  # certain, but nobody would act on it
        ({"difference": 0.56 - 0.55}, "above", "better"),  # exactly the declared one counts
        ({"p_value": 0.06}, None, "similar"),  # much, but chance does it
        ({"p_value": None}, None, "none"),
    ],
)
def test_a_claim_needs_chance_ruled_out_and_a_material_difference(
    given: Row, direction: str | None, mark: str
) -> None:
    found = decided(row_of(**given))["a"]
    assert (found["direction"], found["mark"]) == (direction, mark)


def test_what_one_test_may_claim_a_hundred_may_not() -> None:
    others = [row_of(name=f"n{n}", p_value=0.5) for n in range(99)]
    assert decided(row_of(p_value=0.004))["a"]["mark"] == "better"
    assert decided(row_of(p_value=0.004), *others)["a"]["mark"] == "similar"
    assert decided(row_of(p_value=0.0004), *others)["a"]["mark"] == "better"


def test_many_true_differences_do_not_make_changes_cheap() -> None:
    areas = [row_of(name=f"n{n}", kind="comparison", p_value=1e-9) for n in range(100)]
    others = [row_of(name=f"c{n}", p_value=0.5) for n in range(9)]
    found = decided(row_of(p_value=0.02), *areas, *others)
    assert found["n0"]["mark"] == "better"
    assert found["a"]["mark"] == "similar"


def test_another_family_costs_nothing() -> None:
    others = [row_of(name=f"n{n}", family="townships", p_value=0.5) for n in range(99)]
    assert decided(row_of(p_value=0.004), *others)["a"]["mark"] == "better"


def test_the_order_of_rows_does_not_matter() -> None:
    chance = random.Random(1)
    rows = [row_of(name=str(n), p_value=chance.random() ** 4) for n in range(50)]
    before = decided(*rows)
    chance.shuffle(rows)
    assert decided(*rows) == before


def pair(**given: Any) -> Row:
    row = {"numerator": 300, "denominator": 1000, "status": "final"}
    other = {"other_numerator": 2500, "other_denominator": 10_000, "other_status": "final"}
    return row | other | given


@pytest.mark.parametrize("test", [area_tests, period_tests])
def test_only_final_values_are_compared(test: Any) -> None:
    rows = [pair(), pair(status="provisional"), pair(other_status="suppressed")]
    found = test(pl.LazyFrame(rows)).collect()
    assert found["difference"].to_list() == [pytest.approx(0.05)] * 3
    assert found["p_value"][0] < 0.001
    assert found["p_value"][1:].to_list() == [None, None]


def test_an_area_is_tested_against_the_value_of_its_whole() -> None:
    found = area_tests(pl.LazyFrame([pair()])).collect()["p_value"][0]
    assert found == pytest.approx(oracle.binomial(300, 1000, 0.25), rel=0.05)


def test_a_period_is_tested_against_an_uncertain_one() -> None:
    row = pair(other_numerator=250, other_denominator=1000)
    found = period_tests(pl.LazyFrame([row])).collect()["p_value"][0]
    assert found == pytest.approx(oracle.fisher(300, 1000, 250, 1000), rel=0.05)


def ranked(counts: list[int], **columns: Any) -> dict[str, Row]:
    given = {
        "indicator_id": ["one"] * len(counts),
        "area_code": [f"A{n}" for n in range(len(counts))],
        "numerator": counts,
        "denominator": [1000] * len(counts),
        "status": ["final"] * len(counts),
        "polarity": ["higher_is_better"] * len(counts),
    }
    found = rank_intervals(pl.LazyFrame(given | columns)).collect()
    return {row["area_code"]: row for row in found.iter_rows(named=True)}


def test_first_is_only_who_is_certain_to_be() -> None:
    found = ranked([900, 500, 510])
    assert found["A0"]["is_first"]
    assert not found["A0"]["is_last"]
    # The other two may stand either way.
    assert [(found[a]["rank_best"], found[a]["rank_worst"]) for a in ("A1", "A2")] == [(2, 3)] * 2
    assert not any(found[a]["is_last"] for a in ("A1", "A2"))
    close = ranked([520, 500, 510])
    assert not any(row["is_first"] for row in close.values())


def test_where_low_is_good_the_lowest_is_first() -> None:
    found = ranked([900, 500, 700], polarity=["lower_is_better"] * 3)
    assert found["A1"]["is_first"]
    assert found["A0"]["is_last"]


def test_alone_nobody_is_first() -> None:
    found = ranked([900])
    assert not found["A0"]["is_first"]
    assert not found["A0"]["is_last"]


def test_only_final_proportions_with_a_polarity_are_ranked() -> None:
    assert list(ranked([900, 500], status=["provisional", "final"])) == ["A1"]
    assert ranked([900, 500], polarity=["none"] * 2) == {}
    assert list(ranked([1001, 500])) == ["A1"]


@pytest.mark.parametrize("seed", range(5))
def test_ranks_agree_with_every_pair_walked(seed: int) -> None:
    chance = random.Random(seed)
    counts = [chance.randint(300, 700) for _ in range(12)]
    rows = pl.LazyFrame({"numerator": counts, "denominator": [1000] * 12})
    limits = with_proportion_interval(rows, 1 - 0.05 / 12).collect()
    intervals = list(zip(limits["lower"], limits["upper"], strict=True))
    found = ranked(counts)
    expected = oracle.ranks(intervals)
    assert [(r["rank_best"], r["rank_worst"]) for r in (found[f"A{n}"] for n in range(12))] == (
        expected
    )


def test_intervals_of_many_areas_are_wider_so_that_all_hold() -> None:
    found = simultaneous_z(np.array([1.0, 10.0]))
    # Published normal quantiles of 0.975 and 0.9975.
    assert found.tolist() == [pytest.approx(1.959964), pytest.approx(2.807034)]


def change(statistic: str, p_value: float | None, difference: float, **given: Any) -> Row:
    row = row_of(p_value=p_value, difference=difference, statistic=statistic)
    return row | {"indicator_id": "one", "area_code": "A"} | given


def verdict(*rows: Row) -> Row:
    found = change_verdicts(decide(pl.LazyFrame(list(rows)))).collect()
    assert found.height == 1
    return found.row(0, named=True)


def test_a_claimed_test_of_a_series_goes_before_a_stronger_one_that_is_not() -> None:
    found = verdict(change("last", 1e-9, 0.005), change("last_three", 1e-4, -0.02))
    assert (found["verdict"], found["statistic"]) == ("worsened", "last_three")


def test_of_two_claims_the_stronger_one_is_told() -> None:
    found = verdict(change("last", 1e-4, 0.03), change("last_three", 1e-9, 0.02))
    assert (found["verdict"], found["statistic"]) == ("improved", "last_three")


def test_a_series_without_a_claim_varies_or_is_not_judged() -> None:
    assert verdict(change("last", 0.5, 0.03))["verdict"] == "normal"
    assert verdict(change("last", None, 0.03))["verdict"] == "not_judged"


def test_comparisons_are_no_changes() -> None:
    comparison = change("last", 1e-9, 0.5, kind="comparison")
    assert verdict(comparison, change("last", 0.9, 0.03))["verdict"] == "normal"
