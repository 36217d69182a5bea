"""Where a value lies on the picture of a chart."""

from __future__ import annotations

import base64
import datetime as dt
import math

import numpy as np
import pytest

from dashboard.exports.canvas import Box
from dashboard.exports.figure_axes import day_number, draw_axis, make_axis, sequence, ticks
from tests.builders.drawing import Recorder

PLOT = Box(0, 0, 200, 100)


def test_numbers_packed_by_plotly_are_unpacked() -> None:
    packed = {"dtype": "f8", "bdata": base64.b64encode(np.array([1.5, 2.5]).tobytes()).decode()}
    assert sequence(packed) == [1.5, 2.5]
    assert sequence(np.array([1, 2])) == [1, 2]
    assert sequence(None) == []


@pytest.mark.parametrize(
    ("value", "days"),
    [
        (dt.date(1970, 1, 2), 1.0),
        (dt.datetime(1970, 1, 1, 12), 0.5),  # noqa: DTZ001
        ("1970-01-11", 10.0),
        ("兰考县", None),
        (7, None),
    ],
)
def test_a_day_is_counted_from_1970(value: object, days: float | None) -> None:
    assert day_number(value) == days


def test_a_value_lies_by_its_share_of_the_stated_range() -> None:
    axis = make_axis({"range": [20, 40]}, [25], is_horizontal=True, span=(0, 200), has_marks=True)
    assert (axis.pixel(25), axis.pixel(40)) == (50, 200)
    assert axis.length(5) == 50
    assert math.isnan(axis.pixel(None))
    assert math.isnan(axis.number("无"))


def test_a_date_axis_takes_dates_and_their_text() -> None:
    days = [dt.date(2025, 1, 1), dt.date(2025, 1, 11)]
    axis = make_axis({}, days, is_horizontal=True, span=(0, 100), has_marks=False)
    assert axis.pixel("2025-01-06") == 50
    texts = make_axis(
        {}, ["2025-01-01", "2025-01-11"], is_horizontal=True, span=(0, 100), has_marks=False
    )
    assert texts.pixel(dt.date(2025, 1, 6)) == 50


def test_categories_stand_one_apart_with_half_a_step_of_air() -> None:
    axis = make_axis({}, ["甲", "乙", "甲"], is_horizontal=True, span=(0, 100), has_marks=False)
    assert (axis.pixel("甲"), axis.pixel("乙")) == (25, 75)
    assert ticks(axis) == [("甲", "甲"), ("乙", "乙")]


def test_a_logarithmic_axis_states_its_range_in_powers() -> None:
    options = {"type": "log", "range": [0, 2]}
    axis = make_axis(options, [10], is_horizontal=True, span=(0, 100), has_marks=False)
    assert axis.pixel(10) == 50
    assert math.isnan(axis.pixel(0))
    assert ticks(axis) == []


@pytest.mark.parametrize(
    ("values", "marks", "expected"),
    [
        ([0, 10], False, (0, 10)),
        ([0, 10], True, (-0.5, 10.5)),
        ([5], False, (4, 6)),
        ([], False, (0, 1)),
    ],
)
def test_a_range_that_is_not_stated_comes_from_the_values(
    values: list[float], marks: bool, expected: tuple[float, float]
) -> None:
    axis = make_axis({}, values, is_horizontal=True, span=(0, 100), has_marks=marks)
    assert (axis.low, axis.high) == pytest.approx(expected)


def test_a_reversed_axis_runs_the_other_way() -> None:
    options = {"autorange": "reversed"}
    axis = make_axis(options, [0, 10], is_horizontal=False, span=(100, 0), has_marks=False)
    assert (axis.pixel(0), axis.pixel(10)) == (0, 100)


def test_ticks_are_round_where_the_figure_names_none() -> None:
    axis = make_axis({"range": [0, 10]}, [], is_horizontal=True, span=(0, 1), has_marks=False)
    assert ticks(axis) == [(0, "0"), (2, "2"), (4, "4"), (6, "6"), (8, "8"), (10, "10")]
    named = make_axis(
        {"range": [0, 10], "tickvals": [3, "x"]},
        [],
        is_horizontal=True,
        span=(0, 1),
        has_marks=False,
    )
    assert ticks(named) == [(3, "3"), ("x", "x")]


def test_a_hidden_axis_draws_nothing(canvas: Recorder) -> None:
    axis = make_axis({"visible": False}, [0, 1], is_horizontal=True, span=(0, 200), has_marks=False)
    draw_axis(canvas, axis, PLOT)
    assert canvas.log == []


@pytest.mark.parametrize(("side", "y"), [("bottom", 100), ("top", 0)])
def test_a_horizontal_axis_draws_line_ticks_and_labels(
    canvas: Recorder, side: str, y: float
) -> None:
    options = {
        "range": [0, 10],
        "tickvals": [5, 20],
        "ticktext": ["中<br>2025年", "外"],
        "side": side,
        "showline": True,
        "linecolor": "#111111",
        "ticks": "outside",
        "ticklen": 5,
        "title": {"text": "月份"},
    }
    axis = make_axis(options, [], is_horizontal=True, span=(0, 200), has_marks=False)
    draw_axis(canvas, axis, PLOT)
    assert set(canvas.texts()) == {"中", "2025年", "月份"}
    assert ("line", [(0, y), (200, y)], "#111111", 1, "solid") in canvas.log
    out = 5 if side == "bottom" else -5
    assert [(100.0, y), (100.0, y + out)] in [entry[1] for entry in canvas.of("line")]


@pytest.mark.parametrize(("side", "x", "align"), [("left", -4, "right"), ("right", 204, "left")])
def test_a_vertical_axis_writes_its_labels_outside(
    canvas: Recorder, side: str, x: float, align: str
) -> None:
    options = {
        "range": [0, 10],
        "tickvals": [5],
        "side": side,
        "ticksuffix": "%",
        "title": "占比",
        "showgrid": False,
    }
    axis = make_axis(options, [], is_horizontal=False, span=(100, 0), has_marks=False)
    draw_axis(canvas, axis, PLOT)
    label = canvas.of("words")[0]
    assert label[1] == "5%"
    assert "占比" in canvas.texts()
    assert label[2][1] == 50
    assert not [entry for entry in canvas.of("line") if entry[1] == [(0, 50), (200, 50)]]
    start = label[2][0] if align == "left" else x
    assert start == x


def test_grid_lines_cross_the_plot(canvas: Recorder) -> None:
    options = {"range": [0, 10], "tickvals": [5], "gridcolor": "#EEEEEE", "showticklabels": False}
    axis = make_axis(options, [], is_horizontal=False, span=(100, 0), has_marks=False)
    draw_axis(canvas, axis, PLOT)
    assert canvas.log == [("line", [(0, 50), (200, 50)], "#EEEEEE", 1, "solid")]
