"""Flows by level of hospital, the matrix of flows, referrals up and down."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dashboard.queries import outflow, outflow_levels, referrals
from dashboard.queries.flow_matrix import MERGED, PLACES, Flow, Matrix, flow_matrix

JAN, FEB = dt.date(2025, 1, 1), dt.date(2025, 2, 1)
Level = tuple[str, str, str, int, int | None, str]


def levels(*rows: Level, months: int = 12) -> pl.LazyFrame:
    schema = ["insured_county", "destination_tier", "hospital_level", "year", "settlements"]
    frame = pl.DataFrame(
        rows,
        schema=[*schema, "status"],
        orient="row",
        schema_overrides={"settlements": pl.Int64},
    )
    return frame.with_columns(months=pl.lit(months)).lazy()


def level(county: str, tier: str, name: str, count: int | None, *, year: int = 2024) -> Level:
    return (county, tier, name, year, count, "final" if count is not None else "suppressed")


def test_the_last_settled_year_up_to_the_chosen_one_is_shown() -> None:
    arriving = ("A", "same_city", "tertiary", 2025, 30, "provisional")
    both = levels(level("A", "same_city", "tertiary", 60), arriving)
    assert outflow_levels.shown_year(both, until=2025) == (2024, 12)
    assert outflow_levels.shown_year(levels(arriving, months=6), until=2025) == (2025, 6)
    assert outflow_levels.shown_year(both, until=2023) is None


def test_levels_leave_the_own_county_and_other_years_out() -> None:
    found = outflow_levels.level_links(
        levels(
            level("A", "same_county", "primary", 900),
            level("A", "same_city", "tertiary", 60),
            level("A", "same_city", "tertiary", 50, year=2023),
            level("B", "same_city", "tertiary", 40),
        ),
        counties=["A"],
        year=2024,
    )
    columns = ("insured_county", "tier", "destination_code", "settlements", "hidden")
    assert found.select(columns).rows() == [("A", "same_city", "tertiary", 60, 0)]


def test_a_hidden_level_is_null_and_counted() -> None:
    found = outflow_levels.level_links(
        levels(level("A", "same_city", "secondary", None)), counties=["A"], year=2024
    )
    assert found.select("settlements", "hidden").row(0) == (None, 1)


def flows(*rows: tuple[str, str, int | None, dt.date]) -> pl.LazyFrame:
    schema = ["insured_county", "destination_code", "settlements", "month"]
    frame = pl.DataFrame(
        rows, schema=schema, orient="row", schema_overrides={"settlements": pl.Int64}
    )
    return frame.with_columns(
        destination_name=pl.col("destination_code") + "市",
        destination_tier=pl.lit("same_province"),
        care_type=pl.lit("inpatient"),
        status=pl.when(pl.col("settlements").is_null())
        .then(pl.lit("suppressed"))
        .otherwise(pl.lit("final")),
    ).lazy()


def test_a_place_hidden_in_one_month_is_told_as_a_part() -> None:
    found = outflow.flow_links(
        flows(("A", "P", 20, JAN), ("A", "P", None, FEB), ("A", "Q", None, JAN)),
        counties=["A"],
        first=JAN,
        last=FEB,
    )
    assert found.select("destination_code", "settlements", "hidden").rows() == [
        ("P", 20, 1),
        ("Q", None, 1),
    ]


def links(*rows: tuple[str, str, str, int | None, int]) -> pl.DataFrame:
    schema = ["insured_county", "tier", "destination_code", "settlements", "hidden"]
    frame = pl.DataFrame(
        rows, schema=schema, orient="row", schema_overrides={"settlements": pl.Int64}
    )
    return frame.with_columns(destination_name=pl.col("destination_code") + "市")


def heads(matrix: Matrix) -> list[tuple[str, str]]:
    return [(end.tier, end.code) for end in matrix.ends]


def test_columns_go_from_near_to_far_and_levels_in_their_order() -> None:
    matrix = flow_matrix(
        links(
            ("A", "other_province", "tertiary", 90, 0),
            ("A", "same_city", "unknown", 80, 0),
            ("A", "same_city", "tertiary", 10, 0),
        ),
        ends=outflow_levels.LEVELS,
    )
    assert heads(matrix) == [
        ("same_city", "tertiary"),
        ("same_city", "unknown"),
        ("other_province", "tertiary"),
    ]


def test_places_stand_by_size_and_the_small_ones_of_a_tier_together() -> None:
    rows = [("A", "same_province", f"P{n}", 100 - n, 0) for n in range(PLACES + 2)]
    matrix = flow_matrix(links(*rows, ("A", "other_province", "X", 1, 0)))
    assert heads(matrix)[:2] == [("same_province", "P0"), ("same_province", "P1")]
    merged = next(end for end in matrix.ends if end.code == MERGED)
    assert (merged.tier, merged.merged) == ("same_province", 2)
    assert matrix.cell("A", merged) == Flow(settlements=100 - 7 + 100 - 8, hidden=0)
    # Alone in its tier a small place keeps its name.
    assert heads(matrix)[-1] == ("other_province", "X")


def test_hidden_partial_and_absent_cells_are_three_things() -> None:
    matrix = flow_matrix(
        links(
            ("A", "same_city", "P", None, 1),
            ("B", "same_city", "P", 30, 2),
            ("C", "other_province", "Q", 5, 0),
            ("C", "other_province", "R", None, 1),
        )
    )
    place = matrix.ends[0]
    hidden, partial = matrix.cell("A", place), matrix.cell("B", place)
    assert hidden is not None
    assert (hidden.settlements, hidden.is_partial) == (None, False)
    assert partial is not None
    assert partial.is_partial
    assert matrix.cell("C", place) is None
    sums = {end.code: matrix.shown_sum(end) for end in matrix.ends}
    assert sums == {"P": 30, "Q": 5, "R": None}  # what is wholly hidden is no zero


def test_the_largest_flows_leave_out_what_is_hidden_or_merged() -> None:
    rows = [("B", "same_province", f"P{n}", 50, 0) for n in range(PLACES)]
    small = [("A", "same_province", f"S{n}", 49, 0) for n in range(9)]
    matrix = flow_matrix(links(*rows, *small, ("A", "same_city", "H", None, 1)))
    largest = matrix.largest(most=3)
    assert [(county, end.code, n) for county, end, n in largest] == [
        ("B", "P0", 50),
        ("B", "P1", 50),
        ("B", "P2", 50),
    ]


def test_no_flow_is_an_empty_matrix() -> None:
    empty = flow_matrix(links(("A", "same_city", "P", 1, 0)).clear())
    assert (empty.ends, empty.cells) == ((), {})


Referral = tuple[str, dt.date, float | None, str]


def monthly(*rows: Referral) -> pl.LazyFrame:
    frame = pl.DataFrame(
        rows,
        schema=["indicator_id", "month", "value", "status"],
        orient="row",
        schema_overrides={"value": pl.Float64},
    )
    nothing = (pl.lit(None, dtype=pl.Float64).alias(c) for c in ("lower", "upper"))
    counts = (pl.col("value").alias(c) for c in ("numerator", "denominator"))
    return frame.with_columns(*nothing, *counts, area_code=pl.lit("A")).lazy()


def test_months_carry_both_counts_and_wait_until_both_are_settled() -> None:
    found = referrals.both_series(
        monthly(
            (referrals.UP, JAN, 100, "final"),
            (referrals.DOWN, JAN, None, "suppressed"),
            (referrals.UP, FEB, 90, "final"),
            (referrals.DOWN, FEB, 20, "provisional"),
        ),
        area="A",
        until=FEB,
    )
    assert found.rows() == [(JAN, 100, None, "final"), (FEB, 90, 20, "provisional")]


def test_a_month_with_one_direction_only_is_kept() -> None:
    found = referrals.both_series(
        monthly((referrals.UP, JAN, 100, "final"), (referrals.DOWN, FEB, 3, "final")),
        area="A",
        until=FEB,
    )
    assert found.rows() == [(JAN, 100, None, "final"), (FEB, None, 3, "final")]


@pytest.mark.parametrize(
    ("up", "down", "ratio"), [(200, 50, 0.25), (0, 5, None), (None, 5, None), (9, None, None)]
)
def test_down_per_up_needs_both(up: float | None, down: float | None, ratio: float | None) -> None:
    assert referrals.down_per_up(up, down) == ratio
