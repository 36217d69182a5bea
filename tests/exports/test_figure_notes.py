"""Shapes and texts of a chart on the picture."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.charts.shapes import Shapes
from dashboard.exports.canvas import Box
from dashboard.exports.figure import draw_figure
from tests.builders.drawing import Recorder

AXES: dict[str, Any] = {
    "template": "none",
    "margin": {"l": 0, "t": 0, "r": 0, "b": 0},
    "xaxis": {"visible": False, "range": [0, 10]},
    "yaxis": {"visible": False, "range": [0, 10]},
}
INK: dict[str, Any] = {"line": {"color": "#111111", "width": 2}}


def drawn(canvas: Recorder, frame: Box, **layout: Any) -> Recorder:
    draw_figure(canvas, go.Figure(layout=AXES | layout), frame, lambda: Shapes({}))
    return canvas


@pytest.mark.parametrize(
    ("shape", "points"),
    [
        ({"x0": 0, "x1": 10, "y0": 5, "y1": 5}, [(0, 50), (200, 50)]),
        ({"xref": "paper", "x0": 0.5, "x1": 1, "y0": 5, "y1": 5}, [(100, 50), (200, 50)]),
        (
            {"xref": "x domain", "yref": "y domain", "x0": 0, "x1": 1, "y0": 0, "y1": 1},
            [(0, 100), (200, 0)],
        ),
    ],
)
def test_a_line_lies_in_the_coordinates_it_names(
    canvas: Recorder, frame: Box, shape: dict[str, Any], points: list[tuple[float, float]]
) -> None:
    drawn(canvas, frame, shapes=[{"type": "line", **shape, **INK}])
    assert canvas.of("line")[0][1] == points


def test_pixels_count_from_the_anchor(canvas: Recorder, frame: Box) -> None:
    shape = {
        "type": "rect",
        "xref": "paper",
        "yref": "y",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": 1,
        "yanchor": 5,
        "x0": -20,
        "x1": -8,
        "y0": -7,
        "y1": 7,
        "fillcolor": "#222222",
        "line": {"width": 0},
    }
    drawn(canvas, frame, shapes=[shape])
    (_, rings, fill, _) = canvas.of("area")[0]
    assert (rings[0][0], rings[0][2], fill) == ((180, 43), (192, 57), "#222222")


def test_pixels_on_an_axis_without_a_range_hold_its_ends_away_from_the_edges(
    canvas: Recorder, frame: Box
) -> None:
    room = {"type": "rect", "xsizemode": "pixel", "y0": 0, "y1": 10, "line": {"width": 0}}
    ends = [{**room, "xanchor": 0, "x0": -50, "x1": 0}, {**room, "xanchor": 10, "x0": 0, "x1": 30}]
    line = {"type": "line", "x0": 0, "x1": 10, "y0": 5, "y1": 5, **INK}
    drawn(canvas, frame, shapes=[*ends, line], xaxis={"autorange": True, "visible": False})
    assert canvas.of("line")[0][1] == [(50, 50), (170, 50)]  # of 200 pixels


def test_a_circle_a_faded_box_and_what_is_not_drawn(canvas: Recorder, frame: Box) -> None:
    place = {"x0": 4, "x1": 6, "y0": 4, "y1": 6}
    drawn(
        canvas,
        frame,
        shapes=[
            {"type": "circle", **place, "fillcolor": "#222222", **INK},
            {"type": "rect", **place, "fillcolor": "#000000", "opacity": 0.5, "layer": "below"},
            {"type": "rect", **place, "visible": False},
            {"type": "path", "path": "M0,0 L1,1"},
            {"type": "line", "xref": "x9", **place},
            {"type": "line", "yref": "y9", **place},
        ],
    )
    assert canvas.of("disc")[0] == ("disc", (100, 50), 10, "#222222", "#111111")
    assert canvas.of("area")[0][2] == "rgba(0,0,0,0.500)"
    assert len(canvas.log) == 2


@pytest.mark.parametrize(
    ("note", "x", "y"),
    [
        ({"x": 5, "y": 5, "xref": "x", "yref": "y"}, 92, 50),
        ({"x": 0, "y": 1, "xref": "paper", "yref": "paper"}, 0, 10.4),
        ({"x": 1, "y": 0, "xref": "paper", "yref": "paper"}, 184, 89.6),
        ({"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}, 92, 50),
        (
            {"x": 5, "y": 5, "xanchor": "right", "yanchor": "top", "xshift": 4, "yshift": 6},
            88,
            54.4,
        ),
    ],
)
def test_a_text_is_held_at_its_anchor(
    canvas: Recorder, frame: Box, note: dict[str, Any], x: float, y: float
) -> None:
    drawn(
        canvas,
        frame,
        annotations=[{"text": "县", "showarrow": False, "font": {"size": 16}, **note}],
    )
    left, middle = canvas.of("words")[0][2]
    assert (left, middle) == (pytest.approx(x, abs=0.1), pytest.approx(y, abs=0.1))


def test_an_arrow_is_a_line_from_its_text(canvas: Recorder, frame: Box) -> None:
    note = {
        "x": 5,
        "y": 5,
        "text": "此处",
        "ax": 20,
        "ay": -10,
        "arrowcolor": "#111111",
        "bgcolor": "#FFFFFF",
        "align": "left",
    }
    drawn(canvas, frame, annotations=[note])
    assert canvas.of("line")[0][1] == [(120, 40), (100, 50)]
    assert canvas.of("area")[0][2] == "#FFFFFF"
    assert canvas.texts() == ["此处"]


def test_hidden_texts_and_those_of_unknown_axes_are_left_out(canvas: Recorder, frame: Box) -> None:
    base = {"x": 1, "y": 1, "text": "无", "showarrow": False}
    drawn(canvas, frame, annotations=[{**base, "visible": False}, {**base, "xref": "x7"}])
    assert canvas.log == []
