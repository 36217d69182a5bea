"""The queries of the topic pages on frames small enough to add up by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from dashboard.queries import measures, outflow
from pipeline.catalog import catalogue

JAN, FEB, MAR = (dt.date(2025, m, 1) for m in (1, 2, 3))


def monthly(*rows: tuple[str, str, dt.date, int | None, int | None, str]) -> pl.LazyFrame:
    names = ("indicator_id", "area_code", "month", "numerator", "denominator", "status")
    frame = pl.DataFrame(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema_overrides={"numerator": pl.Int64, "denominator": pl.Int64},
    )
    value = pl.col("numerator") / pl.col("denominator")
    return frame.with_columns(value=value, lower=value - 0.01, upper=value + 0.01).lazy()


def test_an_area_that_reported_nothing_is_missing_not_dropped() -> None:
    frame = monthly(("x", "B", JAN, 1, 4, "final"), ("x", "A", FEB, 9, 10, "final"))
    found = measures.values_in_month(frame, indicator_id="x", areas=["A", "B"], month=JAN)
    assert found["area_code"].to_list() == ["A", "B"]
    assert found["status"].to_list() == ["missing", "final"]
    assert found["value"].to_list() == [None, 0.25]


def test_only_the_year_so_far_is_read() -> None:
    frame = monthly(("x", "A", FEB, 1, 4, "final"), ("x", "A", FEB, 2, 4, "final"))
    to_date = frame.with_columns(
        period_kind=pl.Series(["month", "year"]),
        prior_numerator=1,
        prior_denominator=5,
        prior_value=0.2,
        period_start=JAN,
        period_end=FEB,
    )
    found = measures.values_to_date(to_date, indicator_id="x", areas=["A"], month=FEB)
    assert found["value"].to_list() == [0.5]


def test_a_series_ends_at_the_month_asked_for() -> None:
    frame = monthly(*(("x", "A", m, 1, 4, "final") for m in (MAR, JAN, FEB)))
    found = measures.monthly_series(frame, indicator_id="x", area="A", until=FEB, months=1)
    assert found["period"].to_list() == [FEB]


def test_a_weekly_series_keeps_the_last_weeks() -> None:
    frame = monthly(*(("x", "A", m, 1, 4, "final") for m in (JAN, FEB, MAR))).rename(
        {"month": "week_ending"}
    )
    found = measures.weekly_series(frame, indicator_id="x", area="A", until=MAR, weeks=2)
    assert found["period"].to_list() == [FEB, MAR]


def labelled(indicator_id: str, *, numerator: int | None, status: str = "final") -> dict[str, Any]:
    frame = monthly(("x", "A", JAN, numerator, 10_000_000, status))
    values = measures.values_in_month(frame, indicator_id="x", areas=["A"], month=JAN)
    return measures.labelled(
        values,
        names={"A": "甲县"},
        indicator=catalogue().indicators[indicator_id],
        marks={"A": "worse"},
    ).row(0, named=True)


def test_a_row_prints_its_value_and_both_counts() -> None:
    row = labelled("contract_rate", numerator=5_410_000)
    assert (row["label"], row["detail"], row["mark"]) == ("54.1", "5410000／10000000", "worse")


def test_money_is_printed_in_yuan_not_in_fen() -> None:
    assert labelled("fund_outflow_rate", numerator=5_000_000)["detail"] == "5.0万／10.0万元"


def test_a_row_without_counts_prints_a_dash_and_no_detail() -> None:
    row = labelled("contract_rate", numerator=None, status="suppressed")
    assert (row["label"], row["detail"]) == ("—", "")


def flows(*rows: tuple[str, str, str, str, int | None, str]) -> pl.LazyFrame:
    names = ("insured_county", "destination_code", "destination_tier", "care_type")
    frame = pl.DataFrame(
        [
            dict(zip(names, row[:4], strict=True))
            | {"settlements": row[4], "status": row[5], "month": FEB}
            for row in rows
        ],
        schema_overrides={"settlements": pl.Int64},
    )
    return frame.with_columns(
        destination_name=pl.col("destination_code") + "市",
        fund_fen=pl.col("settlements") * 100,
        referred_settlements=pl.col("settlements") // 4,
    ).lazy()


FLOWS = flows(
    ("A", "A", "same_county", "inpatient", 900, "final"),
    ("A", "P", "same_province", "inpatient", 60, "final"),
    ("B", "P", "same_province", "inpatient", 20, "final"),
    ("B", "Q", "other_province", "inpatient", 20, "final"),
    ("A", "Q", "other_province", "inpatient", None, "suppressed"),
    ("A", "P", "same_province", "outpatient", 500, "final"),
    ("C", "P", "same_province", "inpatient", 700, "final"),
)
YEAR = {"counties": ["A", "B"], "first": JAN, "last": MAR}


def test_destinations_sum_admissions_outside_the_county() -> None:
    found = outflow.destinations(FLOWS, **YEAR)  # type: ignore[arg-type]
    assert found["destination_code"].to_list() == ["P", "Q"]
    assert found["settlements"].to_list() == [60 + 20, 20]
    assert found["share"].to_list() == [0.8, 0.2]
    assert found["fund_fen"].to_list() == [8000, 2000]
    assert found["referred_share"].to_list() == [(15 + 5) / 80, 5 / 20]


def test_a_referred_share_is_of_the_admissions_of_which_referrals_are_known() -> None:
    unsent = pl.when(pl.col("insured_county") != "B").then("referred_settlements")
    found = outflow.destinations(FLOWS.with_columns(referred_settlements=unsent), **YEAR)  # type: ignore[arg-type]
    assert found["referred_share"].to_list() == [15 / 60, None]


def test_hidden_cells_are_counted_not_guessed() -> None:
    found = outflow.destinations(FLOWS, **YEAR)  # type: ignore[arg-type]
    assert dict(zip(found["destination_code"], found["hidden"], strict=True)) == {"P": 0, "Q": 1}


def test_a_destination_hidden_altogether_is_unknown_not_zero() -> None:
    found = outflow.destinations(FLOWS, counties=["A"], first=JAN, last=MAR)
    row = found.filter(pl.col("destination_code") == "Q").row(0, named=True)
    assert (row["settlements"], row["fund_fen"], row["share"]) == (None, None, None)
    assert found["destination_code"].to_list() == ["P", "Q"]


def test_months_outside_the_year_are_left_out() -> None:
    assert outflow.destinations(FLOWS, counties=["A"], first=MAR, last=MAR).is_empty()


def test_links_keep_county_tier_and_place() -> None:
    found = outflow.flow_links(FLOWS, **YEAR)  # type: ignore[arg-type]
    assert found.filter(pl.col("insured_county") == "B")["settlements"].to_list() == [20, 20]
    assert "same_county" not in found["tier"].to_list()


def test_shares_are_named_by_tier_and_cut_to_whole_months() -> None:
    ids = [f"destination_{tier}_share" for tier in outflow.TIERS]
    frame = monthly(*((i, "A", m, 1, 4, "final") for i in ids for m in (JAN, FEB, MAR)))
    found = outflow.destination_shares(frame, area="A", until=FEB, months=1)
    assert set(found["tier"]) == set(outflow.TIERS)
    assert set(found["month"]) == {FEB}
    prior = dict.fromkeys(measures.PRIOR, pl.lit(None))
    to_date = frame.with_columns(period_kind=pl.lit("year"), **prior)
    totals = outflow.destination_totals(to_date, area="A", month=JAN)
    assert totals == dict.fromkeys(outflow.TIERS, 0.25)
