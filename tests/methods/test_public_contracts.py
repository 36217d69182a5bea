"""The published contracts, called as they are written: names, defaults, types, odd rows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.errors import MethodError
from pipeline.methods.funnel import with_funnel_limits
from pipeline.methods.intervals import with_proportion_interval, with_rate_interval
from pipeline.methods.spc import with_process_limits
from pipeline.methods.standardise import directly_standardised_rate
from pipeline.methods.trend import chi_squared_trend

Method = Callable[..., pl.LazyFrame]
COUNTED: dict[str, Method] = {
    "proportion": with_proportion_interval,
    "rate": with_rate_interval,
    "funnel": with_funnel_limits,
    "standardised": lambda lf, **given: directly_standardised_rate(lf, **{"by": (), **given}),
    "trend": chi_squared_trend,
}
GROUPED = {"funnel": with_funnel_limits, "trend": chi_squared_trend}
GROUPED["standardised"] = directly_standardised_rate
GROUPED["process"] = with_process_limits
COLUMNS = ("numerator", "denominator", "standard_weight", "value")
NUMBERS = [pl.Int64, pl.UInt16, pl.Float32, pl.Decimal(12, 2)]


def counted() -> pl.LazyFrame:
    """Return ten months of two counties, out of order, with a column that is nobody's business."""
    rows = [
        (area, date(2025, month, 1), 10 * month + shift, 200, month, 10 * month - shift)
        for area, shift in (("b", 0), ("a", 3))
        for month in (10, 1, 2, 9, 3, 8, 4, 7, 5, 6)
    ]
    schema = ["area", "month", "numerator", "denominator", "standard_weight", "value"]
    return (
        pl.LazyFrame(rows, schema=schema, orient="row")
        .with_columns(pl.col(COLUMNS).cast(pl.Float64))
        .with_columns(note=pl.lit("kept"))
    )


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        (with_proportion_interval, "confidence=0.95"),
        (with_rate_interval, "per=100000 confidence=0.95"),
        (directly_standardised_rate, "by per=100000 confidence=0.95"),
        (with_funnel_limits, "by=() overdispersion=False"),
        (
            with_process_limits,
            "value='value' order='month' by=() improvement='increase' target=None rebase=None",
        ),
    ],
)
def test_names_order_and_defaults_are_the_published_ones(method: Method, signature: str) -> None:
    positional = [
        p.name if p.default is p.empty else f"{p.name}={p.default!r}"
        for p in inspect.signature(method).parameters.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    assert " ".join(positional) == f"lf {signature}"


@pytest.mark.parametrize("number", NUMBERS, ids=str)
@pytest.mark.parametrize("name", [*COUNTED, "process"])
def test_a_number_is_a_number_of_whatever_type(name: str, number: pl.DataType) -> None:
    method = {**COUNTED, "process": with_process_limits}[name]
    lf = counted().filter(pl.col("area") == "b")
    results = [
        method(given).drop(COLUMNS, strict=False).collect()
        for given in (lf, lf.with_columns(pl.col(COLUMNS).cast(number)))
    ]
    assert_frame_equal(*results, rel_tol=1e-12)


@pytest.mark.parametrize("name", ["proportion", "rate", "funnel", "process"])
def test_columns_and_rows_that_came_in_are_kept(name: str) -> None:
    method = {**COUNTED, "process": partial(with_process_limits, by="area")}[name]
    given = counted() if name == "process" else counted().drop("value")
    lf = given.with_row_index("row")
    columns = lf.collect_schema().names()
    rows = method(lf).collect()
    assert rows.columns[: len(columns)] == columns
    assert_frame_equal(rows.sort("row").select(columns), lf.collect())


@pytest.mark.parametrize("name", GROUPED)
def test_one_group_column_can_be_named_alone(name: str) -> None:
    alone, listed, tupled = (
        GROUPED[name](counted(), by=by).collect() for by in ("area", ["area"], ("area",))
    )
    assert_frame_equal(alone, listed)
    assert_frame_equal(alone, tupled)
    assert alone["area"].n_unique() == 2


@pytest.mark.parametrize("name", [*COUNTED, "process"])
def test_a_frame_without_rows_gives_its_columns(name: str) -> None:
    method = {**COUNTED, "process": with_process_limits}[name]
    lf = counted().filter(pl.col("area") == "a")
    rows = method(lf.clear()).collect()
    assert rows.schema == method(lf).collect_schema() == method(lf).collect().schema
    # A statistic of all rows is one row, which says that there is nothing.
    expected = {"standardised": ("incomplete",), "trend": (0,)}.get(name, ())
    first = {"standardised": "status", "trend": "points"}.get(name, rows.columns[0])
    assert tuple(rows[first]) == expected


MISSING = [(None, 10), (3, None), (float("nan"), 10), (3, float("nan")), (3, float("inf")), (0, 0)]


@pytest.mark.parametrize(("numerator", "denominator"), MISSING)
def test_a_row_that_holds_nothing_changes_nobody_else_and_has_no_figures(
    numerator: float | None, denominator: float | None
) -> None:
    lf = counted().filter(pl.col("area") == "a").drop("value")
    odd = lf.limit(1).with_columns(
        numerator=pl.lit(numerator, dtype=pl.Float64),
        denominator=pl.lit(denominator, dtype=pl.Float64),
        month=pl.lit(date(2025, 11, 1)),
    )
    both = pl.concat([lf, odd])
    for name in ("proportion", "rate", "funnel"):
        rows = COUNTED[name](both).collect()
        assert_frame_equal(rows[:-1], COUNTED[name](lf).collect())
        figures = [c for c in rows.columns if c.startswith(("value", "lower", "upper", "position"))]
        assert set(rows.select(figures).row(-1)) == {None}
    assert_frame_equal(chi_squared_trend(both).collect(), chi_squared_trend(lf).collect())
    standardised = directly_standardised_rate(both, by=()).collect()
    assert standardised.select("status", "value").row(0) == ("incomplete", None)


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
def test_a_point_without_a_number_is_a_gap_of_a_process_chart(nothing: float | None) -> None:
    values = [9.0, 11.0, 9.0, nothing, 9.0, 11.0, 9.0]
    schema = {"month": pl.Int64, "value": pl.Float64}
    lf = pl.LazyFrame({"month": range(7), "value": values}, schema=schema)
    rows = with_process_limits(lf).collect()
    assert rows["mean"].unique().to_list() == pytest.approx([58 / 6])
    assert rows["upper_limit"].unique().to_list() == pytest.approx([58 / 6 + 2.66 * 2])
    assert rows["point_type"].is_null().to_list() == [n == 3 for n in range(7)]


def test_a_funnel_of_which_nothing_is_known_has_no_centre() -> None:
    lf = pl.LazyFrame({"numerator": [None, 0], "denominator": [None, 0]})
    rows = with_funnel_limits(lf, overdispersion=True).collect()
    assert rows["centre"].to_list() == [None, None]
    assert rows["position"].to_list() == [None, None]


@pytest.mark.parametrize(
    ("order", "rebase"),
    [("month", date(2025, 6, 1)), ("number", 6), ("text", "2025-06"), ("zero_based", 0)],
)
def test_one_point_to_rebase_at_can_stand_alone(order: str, rebase: date | int | str) -> None:
    lf = (
        counted()
        .filter(pl.col("area") == "b")
        .with_columns(
            number=pl.col("month").dt.month(),
            zero_based=pl.col("month").dt.month().cast(pl.Int64) - 6,
            text=pl.col("month").dt.strftime("%Y-%m"),
        )
    )
    alone, listed = (
        with_process_limits(lf, order=order, rebase=r).collect() for r in (rebase, [rebase])
    )
    assert_frame_equal(alone, listed)
    assert alone["mean"].to_list() == pytest.approx([30.0] * 5 + [80.0] * 5)


def test_months_in_any_order_give_one_chart_in_their_order() -> None:
    rows = with_process_limits(counted(), by="area").collect()
    assert rows["area"].to_list() == ["a"] * 10 + ["b"] * 10
    assert rows["month"].to_list() == [date(2025, month, 1) for month in range(1, 11)] * 2


def test_two_series_in_one_are_refused() -> None:
    """As a peer does; without `by` the months of two counties stand twice."""
    with pytest.raises(MethodError, match=r"20行与别的行同属一期.*by.*，如month＝2025-"):
        with_process_limits(counted()).collect()


def test_a_row_of_no_month_is_refused() -> None:
    lf = counted().with_columns(pl.when(pl.col("value") != 50).then("month").alias("month"))
    with pytest.raises(MethodError, match="1行没有写明是哪一期"):
        with_process_limits(lf, by="area").collect()


@pytest.mark.parametrize("name", [*COUNTED, "process"])
def test_a_column_that_is_missing_or_holds_no_numbers_is_told_before_anything_is_read(
    name: str,
) -> None:
    method = {**COUNTED, "process": with_process_limits}[name]
    column = "value" if name == "process" else "denominator"
    lf = counted()
    with pytest.raises(MethodError, match=f"缺少{column}列（现有area、month、"):
        method(lf.drop(column))
    with pytest.raises(MethodError, match=r"列（现有0列）"):
        method(pl.LazyFrame())
    with pytest.raises(MethodError, match=f"{column}列应为数值，现为String。"):
        method(lf.with_columns(pl.col(column).cast(pl.String)))
    nothing = method(lf.filter(pl.col("area") == "b").with_columns(pl.lit(None).alias(column)))
    assert set(nothing.collect().to_series(-1)) <= {None, "wilson", "incomplete"}


@pytest.mark.parametrize("name", GROUPED)
def test_a_group_that_no_column_names_is_told(name: str) -> None:
    with pytest.raises(MethodError, match="缺少county列"):
        GROUPED[name](counted(), by=["area", "county"])


@pytest.mark.parametrize("rebase", ["2025-06", 202506, True, 3.5, b"x", [date(2025, 6, 1), None]])
def test_a_chart_cannot_begin_anew_at_what_is_no_month(rebase: Any) -> None:
    with pytest.raises(MethodError) as refused:
        with_process_limits(counted(), by="area", rebase=rebase)
    assert f"rebase应与month列同类（Date），现为{rebase!r}。" in refused.value.message_zh


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("rate", {"per": 0}, "per应为大于0的数，现为0"),
        ("rate", {"per": "千"}, "现为'千'"),
        ("standardised", {"per": -1}, "现为-1"),
        ("funnel", {"per": float("nan")}, "现为nan"),
        ("proportion", {"confidence": "0.95"}, "现为'0.95'"),
        ("trend", {"confidence": 95}, "置信水平应在0.9与1之间（不含1），现为95"),
        ("process", {"by": "area", "target": b"5"}, "target应为数值或列名，现为b'5'"),
    ],
)
def test_an_option_that_is_no_such_number_is_told(
    name: str, options: dict[str, Any], told: str
) -> None:
    method = {**COUNTED, "process": with_process_limits}[name]
    with pytest.raises(MethodError) as refused:
        method(counted(), **options)
    assert told in refused.value.message_zh


@pytest.mark.parametrize("name", [*COUNTED, "process"])
def test_a_frame_in_memory_and_no_groups_are_told_as_people_do(name: str) -> None:
    method = {**COUNTED, "process": with_process_limits}[name]
    lf = counted().filter(pl.col("area") == "b")
    given = {"by": None} if name in GROUPED else {}
    assert_frame_equal(method(lf.collect(), **given).collect(), method(lf).collect())


@pytest.mark.parametrize("method", GROUPED.values(), ids=GROUPED)
def test_a_column_named_twice_tells_groups_apart_once(method: Method) -> None:
    once, twice = (method(counted(), by=by).collect() for by in (["area"], ["area", "area"]))
    assert_frame_equal(once, twice)


@pytest.mark.parametrize("name", ["standardised", "trend", "funnel"])
@pytest.mark.parametrize("by", [(), ("area",)], ids=["alone", "by area"])
def test_sums_are_the_same_to_the_last_bit_in_any_order_of_rows(
    name: str, by: Sequence[str]
) -> None:
    uneven = pl.col("numerator") * 100 / (pl.col("standard_weight") + 93)
    rows = counted().with_columns(numerator=uneven, month=pl.int_range(pl.len())).collect()
    options = {"overdispersion": True} if name == "funnel" else {"order": "month"}
    options = {} if name == "standardised" else options
    found = set()
    for seed in range(20):
        lf = rows.sample(fraction=1, shuffle=True, seed=seed).lazy()
        figures = GROUPED[name](lf, by=by, **options).collect()
        found.add(tuple(figures.sort(pl.all()).rows()))
    assert len(found) == 1


@pytest.mark.parametrize("improvement", ["increase", "decrease", "neutral"])
def test_seven_points_that_rise_are_a_trend_and_six_are_none(improvement: str) -> None:
    six, seven = (
        with_process_limits(
            pl.LazyFrame({"month": range(count), "value": range(count)}),
            improvement=improvement,
            target=3,
        ).collect()
        for count in (6, 7)
    )
    assert set(six["special_cause"]) == {None}
    # Ranges of 1: limits 2.66 either side of 3, so that the ends lie outside.
    assert seven["special_cause"].to_list() == [
        "astronomical",
        *["trend"] * 5,
        "astronomical",
    ]
    assurance = None if improvement == "neutral" else "inconsistent"
    assert seven["assurance"].unique().to_list() == [assurance]
