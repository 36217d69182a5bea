"""Questions to the marts, on frames small enough to answer by hand."""

from __future__ import annotations

import datetime as dt

import polars as pl

from dashboard.queries import centres, headline
from dashboard.queries import townships as questions
from pipeline.catalog import catalogue

KNOWN = catalogue().indicators
FLOW, STOCK = KNOWN["out_of_county_inpatient_rate"], KNOWN["contract_rate"]
MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)


def measures(rows: list[tuple[str, str, dt.date, int, int]], column: str = "month") -> pl.LazyFrame:
    frame = pl.DataFrame(
        rows,
        schema=["indicator_id", "area_code", column, "numerator", "denominator"],
        orient="row",
    )
    return frame.with_columns(
        value=pl.col("numerator") / pl.col("denominator"),
        lower=pl.lit(0.1),
        upper=pl.lit(0.9),
        status=pl.lit("final"),
        as_of=pl.col(column).dt.month_end(),
    ).lazy()


def test_flows_come_from_the_year_so_far_and_stocks_from_the_month() -> None:
    monthly = measures([(STOCK.id, "A", JUNE, 53, 100), (FLOW.id, "A", MAY, 1, 10)])
    to_date = measures([(FLOW.id, "A", MAY, 25, 100), (FLOW.id, "A", JUNE, 99, 100)]).with_columns(
        period_kind=pl.lit("year"),
        period_start=dt.date(2025, 1, 1),
        period_end=pl.col("month").dt.month_end(),
        prior_numerator=pl.lit(26),
        prior_denominator=pl.lit(100),
        prior_value=pl.lit(0.26),
    )
    found = headline.current_values(
        monthly,
        to_date,
        indicators=[FLOW, STOCK],
        areas=["A", "B"],
        month=JUNE,
        final_month=MAY,
    )
    rows = {row["indicator_id"]: row for row in found.iter_rows(named=True)}
    assert found.height == 2
    assert rows[FLOW.id]["value"] == 0.25
    assert rows[FLOW.id]["prior_value"] == 0.26
    assert rows[FLOW.id]["until"] == dt.date(2025, 5, 31)
    assert rows[STOCK.id]["value"] == 0.53
    assert rows[STOCK.id]["prior_value"] is None
    assert rows[STOCK.id]["until"] == dt.date(2025, 6, 30)


def test_months_go_back_over_the_new_year() -> None:
    months = [dt.date(2024, 11, 1), dt.date(2024, 12, 1), dt.date(2025, 1, 1), dt.date(2025, 2, 1)]
    monthly = measures([(STOCK.id, "A", m, n, 10) for n, m in enumerate(months)])
    found = headline.months_of(
        monthly, indicators=[STOCK], areas=["A"], until=dt.date(2025, 1, 1), months=2
    )
    assert found["period"].to_list() == months[1:3]
    assert found["numerator"].to_list() == [1, 2]


def test_weeks_are_the_last_ones_of_stocks_only() -> None:
    fridays = [dt.date(2025, 6, d) for d in (6, 13, 20, 27)]
    rows = [(i, "A", f, 1, 2) for i in (STOCK.id, FLOW.id) for f in fridays]
    found = headline.weeks_of(
        measures(rows, "week_ending"),
        indicators=[STOCK, FLOW],
        areas=["A"],
        until=dt.date(2025, 6, 26),
        weeks=2,
    )
    assert found["period"].to_list() == fridays[1:3]
    assert found["indicator_id"].unique().to_list() == [STOCK.id]


def test_the_next_due_date_counts_and_after_the_last_one_the_last() -> None:
    columns = ["indicator_id", "area_code", "due_on", "target"]
    rows = [
        (STOCK.id, "city", dt.date(2025, 12, 31), 0.6),
        (STOCK.id, "city", dt.date(2024, 12, 31), 0.5),
        (STOCK.id, "county", dt.date(2026, 12, 31), 0.7),
        (FLOW.id, "city", dt.date(2024, 12, 31), 0.2),
        (FLOW.id, "city", dt.date(2023, 12, 31), 0.1),
    ]
    targets = pl.DataFrame(rows, schema=columns, orient="row").lazy()
    assert headline.next_targets(targets, on=dt.date(2025, 6, 30)) == {
        (STOCK.id, "city"): (0.6, dt.date(2025, 12, 31)),
        (STOCK.id, "county"): (0.7, dt.date(2026, 12, 31)),
        (FLOW.id, "city"): (0.2, dt.date(2024, 12, 31)),
    }


def devices(rows: list[tuple[str, str, str, str]]) -> pl.LazyFrame:
    columns = ["institution_code", "township_code", "device_type", "state"]
    return (
        pl.DataFrame(rows, schema=columns, orient="row")
        .with_columns(
            institution_name=pl.col("institution_code") + "卫生院",
            county_code=pl.lit("C"),
            devices_in_use=pl.lit(1),
            in_use_since=pl.lit(None, dtype=pl.Date),
            as_of=JUNE,
            reported_broken_on=pl.when(pl.col("state") == "stopped").then(dt.date(2025, 4, 1)),
        )
        .lazy()
    )


REGISTRY = devices(
    [
        ("I1", "T1", "dr", "in_use"),
        ("I1", "T1", "colour_ultrasound", "in_use"),
        ("I1", "T1", "biochemistry_analyser", "stopped"),
        ("I1", "T1", "ct", "missing"),
        ("I2", "T1", "dr", "missing"),
        ("I2", "T1", "colour_ultrasound", "in_use"),
        ("I2", "T1", "biochemistry_analyser", "repair"),
        ("I3", "T2", "dr", "in_use"),
        ("I3", "T2", "colour_ultrasound", "in_use"),
        ("I3", "T2", "biochemistry_analyser", "in_use"),
    ]
)


def test_a_centre_lacks_what_is_not_in_use_and_other_devices_do_not_count() -> None:
    found = centres.centres_short_of_devices(REGISTRY, counties=["C"])
    assert found.select("institution_code", "lacking").rows() == [("I1", 1), ("I2", 2)]
    assert centres.centres_short_of_devices(REGISTRY, counties=["D"]).is_empty()


def test_a_township_is_equipped_only_if_all_its_centres_are() -> None:
    assert questions.device_states(REGISTRY, county="C") == {
        "T1": ("broken", "in_use", "broken"),
        "T2": ("in_use", "in_use", "in_use"),
    }


def test_broken_devices_come_longest_reported_first() -> None:
    found = questions.broken_devices(REGISTRY, county="C")
    assert found["institution_code"].to_list() == ["I1", "I2", "I2"]
    assert questions.devices_of(REGISTRY, township="T2").height == 3


def test_clinics_with_work_left_come_first() -> None:
    columns = ["clinic_code", "status", "is_planned", "township_name"]
    rows = [
        ("1", "accepted", True, "甲镇"),
        ("2", "in_progress", True, "甲镇"),
        ("3", "not_started", True, "乙镇"),
        ("4", "completed", True, "甲镇"),
        ("5", "in_progress", False, "乙镇"),
    ]
    nothing = pl.lit(None, dtype=pl.Date)
    clinics = (
        pl.DataFrame(rows, schema=columns, orient="row")
        .with_columns(
            township_code=pl.lit("T"),
            county_code=pl.lit("C"),
            clinic_name=pl.lit("x"),
            village_name=pl.lit("x"),
            started_on=nothing,
            completed_on=nothing,
            accepted_on=nothing,
            doctors=pl.lit(1),
            served_population=pl.lit(1),
        )
        .lazy()
    )
    listed = questions.clinics_of(clinics, township="T")
    assert listed["clinic_code"].to_list() == ["3", "2", "4", "1", "5"]
    open_ones = questions.unfinished_clinics(clinics, county="C")
    assert open_ones.rows() == [("甲镇", 2), ("乙镇", 1)]


def test_consortia_are_counted_with_their_members() -> None:
    rows = [("C", "M1"), ("C", "M1"), ("C", "M2"), ("C", None), ("D", "M3")]
    institutions = pl.DataFrame(rows, schema=["county_code", "consortium_code"], orient="row")
    assert questions.consortium_of(institutions.lazy(), county="C") == (2, 3)


def test_township_rates_and_series() -> None:
    months = [dt.date(2024, 6, 1), dt.date(2024, 7, 1), JUNE]
    monthly = measures([(STOCK.id, "T1", m, n, 10) for n, m in enumerate(months)])
    series = questions.rate_series(monthly, indicator_id=STOCK.id, townships=["T1"], until=JUNE)
    assert series == {"T1": (0.1, 0.2)}
    rates = questions.rates_in_month(
        monthly, indicator_ids=[STOCK.id], townships=["T1"], month=JUNE
    )
    assert rates.select("area_code", "value").rows() == [("T1", 0.2)]
