"""Published: NHSRplotthedots, vignette "Deviations from Excel defaults" (its figures' captions:
upper 4.6, mean 1.94, lower −0.72 with screening); rules of NHS England, Making Data Count."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MethodError
from pipeline.methods.spc import with_process_limits
from tests.methods import oracle_spc
from tests.methods.process_charts import CALM, causes, chart, close, series

VIGNETTE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


def test_the_published_chart_with_screening() -> None:
    rows = chart(VIGNETTE, screen_outliers=True)
    assert rows["upper_limit"].unique().to_list() == pytest.approx([4.60], abs=0.005)
    assert rows["mean"].unique().to_list() == pytest.approx([1.94], abs=0.005)
    assert rows["lower_limit"].unique().to_list() == pytest.approx([-0.72], abs=0.005)
    assert rows["special_cause"].to_list() == [None] * 4 + ["astronomical"] + [None] * 13


def test_without_screening_every_moving_range_counts() -> None:
    """17 ranges: 15 of 1, one of 8 and one of 9; the mean is 35 / 18."""
    rows = chart(VIGNETTE)
    width = 2.66 * (15 * 1 + 8 + 9) / 17
    assert rows["mean"][0] == pytest.approx(35 / 18)
    assert rows["lower_limit"][0] == pytest.approx(35 / 18 - width)
    assert rows["upper_limit"][0] == pytest.approx(35 / 18 + width)


def test_a_moving_range_is_screened_above_3267_averages() -> None:
    """Ranges 1, 1, 1 and r: the average is (3 + r)/4, the bound (3 + r)·0.81675, met at 13.37."""
    kept, screened = (
        chart([0.0, 1.0, 0.0, 1.0, 1.0 + r], screen_outliers=True) for r in (13.3, 13.4)
    )
    assert kept["upper_limit"][0] - kept["mean"][0] == pytest.approx(2.66 * 16.3 / 4)
    assert screened["upper_limit"][0] - screened["mean"][0] == pytest.approx(2.66)


def test_a_point_beyond_a_limit_is_astronomical() -> None:
    found = causes([*CALM, 30, *CALM])
    assert found == [None] * 12 + ["astronomical"] + [None] * 12


@pytest.mark.parametrize(("length", "found"), [(6, None), (7, "shift"), (9, "shift")])
@pytest.mark.parametrize("sign", [1, -1])
def test_seven_points_on_one_side_are_a_shift(length: int, found: str | None, sign: int) -> None:
    """The run alternates, so that it is no trend; the rest balances it on the other side."""
    high = [1.0, 1.5] * 5
    rest = [-1.4, 1.2] * 2 + [-4.0, 1.1] * 3
    values = [sign * v for v in [*rest, -4.0, *high[:length], -4.0]]
    assert causes(values)[11 : 11 + length] == [found] * length
    assert "shift" not in causes(values)[:11]
    assert causes(values)[-1] is None


@pytest.mark.parametrize(("length", "found"), [(6, None), (7, "trend"), (8, "trend")])
@pytest.mark.parametrize("sign", [1, -1])
def test_seven_rising_or_falling_points_are_a_trend(
    length: int, found: str | None, sign: int
) -> None:
    steps = [-3.5 + n * 7 / (length - 1) for n in range(length)]
    values = [sign * v for v in [3.0, -3.0] * 3 + [3.0] + steps + [-3.0, 3.0]]
    assert causes(values)[7 : 7 + length] == [found] * length


def test_equal_neighbours_end_a_trend() -> None:
    values = [3.0, -3.0, 3.0, -3.5, -2.5, -1.5, -0.5, -0.5, 0.5, 1.5, -3.0, 3.0, -3.0]
    assert causes(values) == [None] * 13


def outer(*middle: float) -> list[float | None]:
    """Return a calm series with three points inside; see CALM for its limits, roughly."""
    return [9.0, 11.0, 9.0, *middle, *CALM, *CALM]


@pytest.mark.parametrize(
    ("middle", "expected"),
    [
        ((15.2, 15.2, 11.5), ["two_of_three", "two_of_three", None]),
        ((15.2, 11.5, 15.2), ["two_of_three", None, "two_of_three"]),
        ((11.5, 15.2, 15.2), [None, "two_of_three", "two_of_three"]),
        ((15.2, 9.0, 15.2), [None, None, None]),  # the third lies on the other side
        ((15.2, 11.5, 11.5), [None, None, None]),  # one of three
        ((15.2, 15.2, 15.2), ["two_of_three"] * 3),
    ],
)
def test_two_of_three_in_an_outer_third(
    middle: tuple[float, ...], expected: list[str | None]
) -> None:
    rows = chart(outer(*middle))
    width = rows["upper_limit"][0] - rows["mean"][0]
    assert rows["mean"][0] + width * 2 / 3 < 15.2 < rows["upper_limit"][0]
    assert rows["special_cause"].to_list()[3:6] == expected


def test_a_point_beyond_a_limit_is_not_one_of_the_two_near_it() -> None:
    found = causes([*CALM, 19, 13.9, 11.2, *CALM])
    assert found[12:15] == ["astronomical", None, None]


numbers = st.one_of(
    st.none(), st.integers(-9, 9).map(float), st.floats(-50, 50).map(lambda x: round(x, 3))
)


@settings(max_examples=120)
@given(
    st.lists(numbers, min_size=1, max_size=40),
    st.sampled_from(["increase", "decrease", "neutral"]),
    st.booleans(),
)
def test_charts_equal_the_oracle(
    values: list[float | None], improvement: str, screened: bool
) -> None:
    # A little drift keeps values off the mean and the limits, where rounding decides.
    moved = [None if v is None else v + 0.0001 * n * 2**0.5 for n, v in enumerate(values)]
    expected = oracle_spc.chart(moved, improvement, screened=screened)
    rows = chart(moved, improvement=improvement, screen_outliers=screened)
    for row, point in zip(rows.iter_rows(named=True), expected, strict=True):
        assert close(row["mean"], point.mean)
        assert close(row["lower_limit"], point.lower)
        assert close(row["upper_limit"], point.upper)
        assert (row["special_cause"], row["point_type"]) == (point.cause, point.kind)


@settings(max_examples=120)
@given(st.lists(st.integers(0, 5), min_size=8, max_size=40), st.integers(0, 1), st.integers(5, 9))
def test_runs_equal_the_oracle(steps: list[int], way: int, length: int) -> None:
    """Random walks with long runs and trends, which independent numbers hardly ever have."""
    level, values = 0.0, []
    for n, step in enumerate(steps):
        direction = 1 if (n // length + way) % 2 else -1
        level += direction * (step + 0.01 * n)
        values.append(level)
    expected = oracle_spc.chart(values, "increase")
    assert causes(values) == [p.cause for p in expected]


def test_a_gap_is_not_bridged_and_ends_a_run() -> None:
    values: list[float | None] = [*CALM, 11.0, 10.9, 11.1, None, 10.9, 11.1, 10.9, 11.1, *CALM]
    rows = chart(values)
    assert rows["special_cause"].to_list() == [
        p.cause for p in oracle_spc.chart(values, "increase")
    ]
    assert "shift" not in rows["special_cause"].to_list()
    assert rows["point_type"][15] is None
    assert rows["points"].to_list() == [31] * 32


def test_series_do_not_mix_and_order_does_not_matter() -> None:
    both = pl.concat(
        [
            series(CALM).with_columns(area=pl.lit("b")),
            series([*CALM, 30]).with_columns(area=pl.lit("a")),
        ]
    )
    options = {"by": ["area"], "target": 20, "rebase": [6]}
    together = with_process_limits(both, **options).collect()
    shuffled = with_process_limits(
        both.collect().sample(fraction=1, shuffle=True, seed=1).lazy(), **options
    )
    assert together.equals(shuffled.collect())
    assert together["area"].to_list() == ["a"] * 13 + ["b"] * 12
    for area in ("a", "b"):
        alone = with_process_limits(
            both.filter(pl.col("area") == area), target=20, rebase=[6]
        ).collect()
        assert together.filter(pl.col("area") == area).equals(alone)


def test_columns_are_named_by_the_caller() -> None:
    lf = pl.LazyFrame({"week": [2, 1, 3], "rate": [4, 2, 6]})
    rows = with_process_limits(lf, value="rate", order="week").collect()
    assert rows["week"].to_list() == [1, 2, 3]
    assert rows["mean"].to_list() == [4] * 3
    assert rows.columns == [
        "week", "rate", "mean", "points", "lower_limit", "upper_limit",
        "special_cause", "point_type", "assurance",
    ]  # fmt: skip


def test_one_point_has_a_mean_and_no_limits() -> None:
    row = chart([5.0]).row(0, named=True)
    assert (row["mean"], row["lower_limit"], row["upper_limit"], row["points"]) == (
        5,
        None,
        None,
        1,
    )
    assert row["point_type"] == "common_cause"


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(MethodError, match="improvement"):
        chart(CALM, improvement="up")


# The mean of twelve times 0.1 is rounded.
@pytest.mark.parametrize("value", [0.0, 0.1, 12345.1, 1e9 / 3])
@pytest.mark.parametrize("screened", [False, True])
def test_equal_values_of_any_size_are_common_cause(value: float, screened: bool) -> None:
    rows = chart([value] * 12, screen_outliers=screened)
    assert rows["point_type"].unique().to_list() == ["common_cause"]
    assert rows["lower_limit"].unique().to_list() == pytest.approx([value])


@pytest.mark.parametrize(("share", "expected"), [(0.999, None), (1.001, "two_of_three")])
def test_the_outer_third_begins_at_two_thirds_of_a_limit(
    share: float, expected: str | None
) -> None:
    calm = [-0.5, 0.5] * 100
    edge = 1.8
    # Two points more move the mean and the limits a little: found by going round.
    for _ in range(30):
        rows = chart([*calm, edge, edge, 0.5, *calm])
        edge = rows["mean"][0] + (rows["upper_limit"][0] - rows["mean"][0]) * 2 / 3
    assert causes([*calm, edge * share, edge * share, 0.5, *calm])[200] == expected
