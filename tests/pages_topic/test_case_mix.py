"""Diseases that leave the county, and outflow at one common age structure."""

from __future__ import annotations

import polars as pl
import pytest

from dashboard.panels.outflow import cases
from dashboard.queries.case_mix import latest_year, leaking_diseases, standardised_outflow
from pipeline.catalog.diseases import disease_names

Row = tuple[str, str, str, str, int, int | None]


def mix(rows: list[Row], *, months: int = 12, status: str = "final") -> pl.LazyFrame:
    schema = ["insured_county", "destination_tier", "disease_category", "age_band", "year"]
    frame = pl.DataFrame(rows, schema=[*schema, "settlements"], orient="row")
    return frame.lazy().with_columns(
        fund_fen=pl.col("settlements") * 100_000,
        months=pl.lit(months),
        status=pl.when(pl.col("settlements").is_null())
        .then(pl.lit("suppressed"))
        .otherwise(pl.lit(status)),
    )


def disease(county: str, code: str, *, home: int | None, outside: int | None) -> list[Row]:
    return [
        (county, "same_county", code, "all", 2024, home),
        (county, "same_city", code, "all", 2024, outside),
    ]


def band(county: str, age: str, *, home: int | None, outside: int) -> list[Row]:
    return [
        (county, "same_county", "all", age, 2024, home),
        (county, "other_province", "all", age, 2024, outside),
    ]


def test_the_last_year_with_settled_admissions_is_shown() -> None:
    settled = mix([("a", "same_city", "I63", "all", 2024, 20)])
    arriving = mix([("a", "same_city", "I63", "all", 2025, 20)], months=6, status="provisional")
    both = pl.concat([settled, arriving])
    assert latest_year(both) == (2024, 12)
    assert latest_year(arriving) == (2025, 6)
    assert latest_year(settled.head(0)) is None


def test_diseases_are_ranked_by_admissions_outside_with_share_and_fund() -> None:
    rows = mix(
        disease("a", "C34", home=20, outside=60)
        + disease("a", "I63", home=80, outside=20)
        + disease("a", "all", home=100, outside=80)
    )
    found = leaking_diseases(rows, counties=["a"], comparable=[], year=2024)
    assert found["disease_category"].to_list() == ["C34", "I63"]
    assert found["share"].to_list() == pytest.approx([0.75, 0.2])
    assert found["fund_fen"].to_list() == [6_000_000, 2_000_000]


def test_a_county_treats_a_disease_itself_when_half_of_its_cases_stay() -> None:
    rows = mix(
        disease("a", "C34", home=10, outside=50)
        + disease("b", "C34", home=30, outside=30)
        + disease("c", "C34", home=29, outside=31)
        + disease("d", "C34", home=None, outside=31)
    )
    found = leaking_diseases(rows, counties=["a"], comparable=["b", "c", "d"], year=2024)
    assert found.select("treating", "compared").row(0) == (1, 2)


def test_a_disease_nobody_else_can_be_compared_on_has_none() -> None:
    rows = mix(disease("a", "C34", home=10, outside=50))
    found = leaking_diseases(rows, counties=["a"], comparable=["b"], year=2024)
    assert found.select("treating", "compared").row(0) == (0, 0)


def test_standardised_outflow_weighs_the_ages_of_all_counties_alike() -> None:
    # By hand: young 10 of 100 and 30 of 100 leave, old 40 of 80 and 20 of 20. Weights 200 and 100.
    rows = mix(
        band("a", "25-34", home=90, outside=10)
        + band("a", "65-74", home=40, outside=40)
        + band("b", "25-34", home=70, outside=30)
        + band("b", "65-74", home=0, outside=20)
    )
    found = standardised_outflow(rows, counties=["a", "b"], year=2024)
    assert found["area_code"].to_list() == ["a", "b"]
    assert found["value"].to_list() == pytest.approx(
        [(200 * 0.1 + 100 * 0.5) / 300, (200 * 0.3 + 100 * 1.0) / 300]
    )
    assert (found["lower"] < found["value"]).all()
    assert (found["value"] < found["upper"]).all()


def test_a_hidden_age_leaves_the_county_without_a_standardised_value() -> None:
    rows = mix(
        band("a", "25-34", home=90, outside=10)
        + band("a", "65-74", home=None, outside=40)
        + band("b", "25-34", home=70, outside=30)
        + band("b", "65-74", home=40, outside=40)
    )
    found = standardised_outflow(rows, counties=["a", "b"], year=2024)
    assert found["status"].to_list() == ["incomplete", "calculated"]
    assert found["value"][0] is None


def test_common_categories_have_a_chinese_name() -> None:
    assert disease_names()["I63"] == "脑梗死"
    assert all(len(code) == 3 for code in disease_names())


def test_of_very_many_counties_the_standardised_and_then_the_highest_are_drawn() -> None:
    def rates(n: int) -> pl.DataFrame:
        value = pl.Series([0.2, None, *[None] * (n - 2)], dtype=pl.Float64)
        crude = pl.Series([0.2, *(n / 100 for n in range(n - 2)), None], dtype=pl.Float64)
        return pl.DataFrame({"value": value, "crude": crude})

    assert cases.rates_shown(rates(cases.MOST_ROWS)).height == cases.MOST_ROWS - 1
    drawn = cases.rates_shown(rates(30))
    assert drawn["crude"].to_list() == [0.2, *(n / 100 for n in range(27, 17, -1))]
    assert drawn["value"].drop_nulls().to_list() == [0.2]
