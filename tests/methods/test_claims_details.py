"""What an indicator's own chart may mark."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest

from pipeline.methods.claims import funnel_claims, process_marks


def months(values: list[float | None], **columns: Any) -> pl.LazyFrame:
    given = {
        "month": [dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(len(values))],
        "value": values,
        "status": ["final"] * len(values),
    }
    return pl.LazyFrame(given | columns)


STEADY: list[float | None] = [0.50, 0.52] * 7


def test_a_point_beyond_the_limits_is_marked_by_polarity() -> None:
    series = [*STEADY, 0.70]
    for polarity, expected in (
        ("higher_is_better", "special_cause_improvement"),
        ("lower_is_better", "special_cause_concern"),
        ("none", "special_cause_neutral_high"),
    ):
        found = process_marks(months(series), polarity=polarity).collect()  # type: ignore[arg-type]
        assert found["point_type"][-1] == expected


def test_a_provisional_point_has_a_value_and_no_mark() -> None:
    statuses = ["final"] * 14 + ["provisional"]
    found = process_marks(months([*STEADY, 0.90], status=statuses)).collect()
    last = found.row(-1, named=True)
    assert (last["value"], last["point_type"]) == (0.90, None)
    assert last["upper_limit"] == found["upper_limit"][0] < 0.6


def test_few_points_have_neither_limits_nor_marks() -> None:
    found = process_marks(months([0.5, 0.52] * 5 + [0.9])).collect()
    assert found["upper_limit"].null_count() == 11
    assert found["point_type"].null_count() == 11
    assert process_marks(months(STEADY)).collect()["upper_limit"].null_count() == 0


def test_each_of_many_series_has_the_limits_and_marks_it_has_alone() -> None:
    climbing: list[float | None] = [0.30 + 0.01 * n for n in range(14)]
    series = {"A": [*STEADY, 0.70], "B": climbing, "C": [0.5, None] * 4, "D": [0.9, *STEADY]}
    many = pl.concat(months(values, area=[area] * len(values)) for area, values in series.items())
    together = process_marks(many, by="area", polarity="higher_is_better").collect()
    for area, values in series.items():
        alone = process_marks(months(values), polarity="higher_is_better").collect()
        of_area = together.filter(pl.col("area") == area).drop("area")
        assert of_area.equals(alone.select(of_area.columns))
    assert set(together.drop_nulls("special_cause")["area"]) == {"A", "B", "D"}


def counties(counts: list[int], **columns: Any) -> pl.LazyFrame:
    given = {
        "area_code": [f"A{n}" for n in range(len(counts))],
        "numerator": counts,
        "denominator": [1000] * len(counts),
        "status": ["final"] * len(counts),
        "polarity": ["lower_is_better"] * len(counts),
        "material_difference": [0.01] * len(counts),
    }
    return pl.LazyFrame(given | columns)


def claims(frame: pl.DataFrame) -> dict[str, tuple[str | None, str]]:
    return {
        row["area_code"]: (row["direction"], row["mark"]) for row in frame.iter_rows(named=True)
    }


def test_a_funnel_names_only_what_chance_gives_to_no_area() -> None:
    # 95 % limits around 0.25 are ± 0.027: A1 lies outside them, but one of twenty does by chance.
    found = claims(funnel_claims(counties([350, 279, *[250] * 18])).collect())
    assert found["A0"] == ("above", "worse")
    assert found["A1"] == (None, "similar")


def test_a_funnel_widened_for_overdispersion_widens_its_test() -> None:
    chance = random.Random(3)
    counts = [chance.randint(150, 350) for _ in range(30)]
    plain = funnel_claims(counties(counts)).collect()
    wide = funnel_claims(counties(counts), overdispersion=True).collect()
    assert plain["direction"].count() > 15
    assert wide["direction"].count() == 0
    assert set(wide["limits_method"]) == {"additive"}


def test_a_funnel_leaves_out_what_is_not_final() -> None:
    statuses = ["provisional"] + ["final"] * 9
    found = funnel_claims(counties([900] + [250] * 9, status=statuses)).collect().sort("area_code")
    assert found["centre"][1] == pytest.approx(0.25)
    assert claims(found)["A0"] == (None, "none")
