"""What the page asks of the marts."""

from __future__ import annotations

import datetime as dt

import polars as pl

from dashboard.queries import consortium as queries
from pipeline.catalog import catalogue

KNOWN = catalogue().indicators
JUNE, MARCH = dt.date(2025, 6, 1), dt.date(2025, 3, 1)


def monthly(*rows: tuple[str, str, dt.date, int, int | None]) -> pl.LazyFrame:
    names = ("indicator_id", "area_code", "month", "numerator", "denominator")
    frame = pl.LazyFrame(rows, schema=list(names), orient="row")
    value = pl.col("numerator") / pl.col("denominator").fill_null(1)
    return frame.with_columns(
        value=value,
        lower=pl.lit(None, dtype=pl.Float64),
        upper=pl.lit(None, dtype=pl.Float64),
        status=pl.lit("final"),
        as_of=pl.col("month").dt.month_end(),
    )


def to_date(*rows: tuple[str, str, dt.date, int, int, float]) -> pl.LazyFrame:
    names = ("indicator_id", "area_code", "month", "numerator", "denominator", "prior_value")
    return pl.LazyFrame(rows, schema=list(names), orient="row").with_columns(
        value=pl.col("numerator") / pl.col("denominator"),
        lower=pl.lit(None, dtype=pl.Float64),
        upper=pl.lit(None, dtype=pl.Float64),
        prior_numerator=pl.lit(1),
        prior_denominator=pl.lit(2),
        status=pl.lit("provisional"),
        period_kind=pl.lit("year"),
        period_start=pl.date(2025, 1, 1),
        period_end=pl.date(2025, 3, 31),
    )


def test_a_flow_is_the_year_so_far_and_a_stock_the_month_each_beside_last_year() -> None:
    found = queries.reported(
        monthly(
            ("senior_doctors_seconded", "A", JUNE, 30, None),
            ("senior_doctors_seconded", "A", dt.date(2024, 6, 1), 20, None),
            ("senior_doctors_seconded", "B", JUNE, 7, None),
            ("primary_visit_share", "A", JUNE, 1, 9),
        ),
        to_date(("primary_visit_share", "A", MARCH, 60, 100, 0.5)),
        indicators=[KNOWN["senior_doctors_seconded"], KNOWN["primary_visit_share"]],
        areas=["A", "B"],
        month=JUNE,
        final_month=MARCH,
    )
    assert found.rows() == [
        ("primary_visit_share", "A", 60, 100, 0.6, 0.5, "provisional"),
        ("senior_doctors_seconded", "A", 30, None, 30.0, 20.0, "final"),
        ("senior_doctors_seconded", "B", 7, None, 7.0, None, "final"),
    ]


def institution(
    code: str, kind: str, consortium: str | None, **values: object
) -> dict[str, object]:
    row = {
        "institution_code": code,
        "institution_name": f"机构{code}",
        "institution_type": kind,
        "county_code": "410225",
        "consortium_code": consortium,
        "consortium_name": f"医共体{consortium}",
        "is_lead": False,
        "standard": None,
        "has_tcm_clinic": False,
        "is_sub_centre": False,
        "is_five_hundred_model": False,
    }
    return row | values


def test_a_consortium_is_counted_with_its_members() -> None:
    centre = "township_health_centre"
    register = pl.LazyFrame(
        [
            institution("1", centre, "K1", standard="basic", has_tcm_clinic=True),
            institution("2", centre, "K1", standard="recommended", is_sub_centre=True),
            institution("3", "secondary_hospital", "K1", is_lead=True, standard="recommended"),
            institution("4", "community_health_centre", "K2", is_five_hundred_model=True),
            institution("5", centre, None),
            institution("6", centre, "K3", county_code="410221"),
        ]
    )
    found = queries.consortia(register, counties=["410225"])
    names = ["consortium_code", "lead", "members", "centres", "basic", "recommended"]
    assert found.select(names).rows() == [("K1", "机构3", 3, 2, 2, 1), ("K2", None, 1, 1, 0, 0)]
    assert found.select("tcm_clinics", "sub_centres", "models").rows() == [(1, 1, 0), (0, 0, 1)]
