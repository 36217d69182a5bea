"""Charts drawn without a browser: every mark at the place Plotly would give it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.charts.shapes import Shapes
from dashboard.exports.canvas import Box
from dashboard.exports.figure import TRACES, draw_figure
from tests.builders.drawing import Recorder

SQUARE = Shapes({"410225": (((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)),)})
CLEAR: dict[str, Any] = {
    "template": "none",
    "margin": {"l": 0, "t": 0, "r": 0, "b": 0},
    "xaxis": {"visible": False, "range": [0, 10]},
    "yaxis": {"visible": False, "range": [0, 10]},
}


def drawn(canvas: Recorder, frame: Box, *traces: Any, **layout: Any) -> Recorder:
    draw_figure(canvas, go.Figure(list(traces), layout=CLEAR | layout), frame, lambda: SQUARE)
    return canvas


def boxes(canvas: Recorder) -> list[tuple[float, float, float, float]]:
    """Return left, top, right, bottom of every area."""
    found = []
    for _, rings, *_ in (entry for entry in canvas.of("area") if entry[1]):
        xs, ys = [x for x, _ in rings[0]], [y for _, y in rings[0]]
        found.append((min(xs), min(ys), max(xs), max(ys)))
    return found


def test_every_kind_of_trace_that_charts_use_can_be_drawn(repository: Path) -> None:
    used = {
        name.lower()
        for path in (repository / "dashboard" / "charts").glob("*.py")
        for name in re.findall(r"\bgo\.([A-Z]\w+)\(", path.read_text(encoding="utf-8"))
    }
    assert used - {"figure", "layout"} <= TRACES


def test_a_line_runs_through_its_values_with_a_gap(canvas: Recorder, frame: Box) -> None:
    line = go.Scatter(x=[0, 5, 10], y=[0, None, 10], mode="lines", line={"color": "#111111"})
    drawn(canvas, frame, line)
    (_, points, colour, width, dash) = canvas.of("line")[0]
    assert (points[0], points[2]) == ((0, 100), (200, 0))
    assert points[1][1] != points[1][1]  # not a number
    assert (colour, width, dash) == ("#111111", 2, "solid")


def test_gaps_are_bridged_and_steps_stepped_where_the_chart_says_so(
    canvas: Recorder, frame: Box
) -> None:
    look = {"mode": "lines", "connectgaps": True}
    drawn(canvas, frame, go.Scatter(x=[0, 5, 10], y=[0, None, 10], **look))
    drawn(canvas, frame, go.Scatter(x=[0, 10], y=[0, 10], mode="lines", line={"shape": "hv"}))
    bridged, stepped = (entry[1] for entry in canvas.of("line"))
    assert bridged == [(0, 100), (200, 0)]
    assert stepped == [(0, 100), (200, 100), (200, 0)]


def test_marks_have_their_own_shape_size_and_colour(canvas: Recorder, frame: Box) -> None:
    marker = {
        "symbol": ["circle", "diamond", "circle-open", "x"],
        "color": ["#111111", "#222222", "#333333", "#444444"],
        "size": [10, 10, 10, 10],
        "line": {"width": [0, 2, 0, 2], "color": ["#555555", "#666666", "#888888", "#777777"]},
    }
    drawn(canvas, frame, go.Scatter(x=[1, 2, 3, 4, None], y=[5] * 5, mode="markers", marker=marker))
    assert canvas.of("disc")[0] == ("disc", (20, 50), 5, "#111111", None)
    assert canvas.of("disc")[1][3:] == ("rgba(0,0,0,0)", "#333333")
    assert boxes(canvas) == [(33.5, 43.5, 46.5, 56.5)]
    assert [entry[2] for entry in canvas.of("line")] == ["#777777"] * 2


def test_a_transparent_mark_fades(canvas: Recorder, frame: Box) -> None:
    marker = {"color": "#000000", "opacity": 0.5}
    drawn(canvas, frame, go.Scatter(x=[5], y=[5], mode="markers", marker=marker))
    assert canvas.of("disc")[0][3] == "rgba(0,0,0,0.500)"


@pytest.mark.parametrize(
    ("place", "align", "x"),
    [("middle right", "left", 104), ("middle left", "right", 96), ("middle center", "center", 100)],
)
def test_a_text_stands_on_its_side_of_the_point(
    canvas: Recorder, frame: Box, place: str, align: str, x: float
) -> None:
    look = {"mode": "text", "textposition": place, "textfont": {"size": 18, "weight": 700}}
    drawn(canvas, frame, go.Scatter(x=[5, 6], y=[5, 5], text=["兰考", ""], **look))
    (_, text, (left, middle), style) = canvas.of("words")[0]
    width = {"left": 0, "center": 18, "right": 36}[align]
    assert (text, left + width, middle) == ("兰考", pytest.approx(x, abs=0.1), 50)
    assert (style["size"], style["weight"]) == (18, 700)


def test_texts_above_and_below_leave_the_point_free(canvas: Recorder, frame: Box) -> None:
    look = {"mode": "text", "textposition": ["top center", "bottom center"]}
    drawn(canvas, frame, go.Scatter(x=[5, 5], y=[5, 5], text=["上", "下"], **look))
    above, below = (entry[2][1] for entry in canvas.of("words"))
    assert above < 50 < below


def test_error_bars_and_fills(canvas: Recorder, frame: Box) -> None:
    error = {"type": "data", "array": [2, None], "arrayminus": [1, 1], "color": "#111111"}
    dots = go.Scatter(x=[5, 6], y=[5, 6], mode="markers", error_x=error, error_y={"array": [1, 1]})
    drawn(canvas, frame, dots)
    assert ("line", [(80, 50), (140, 50)], "#111111", 2, "solid") in canvas.log
    assert [(100, 60), (100, 40)] in [entry[1] for entry in canvas.of("line")]
    filled = {"mode": "none", "fillcolor": "#AAAAAA"}
    drawn(canvas, frame, go.Scatter(x=[0, 10], y=[5, 5], fill="tozeroy", **filled))
    drawn(canvas, frame, go.Scatter(x=[0, 10, 5], y=[5, 5, 8], fill="toself", **filled))
    drawn(canvas, frame, go.Scatter(x=[0], y=[5], fill="toself", **filled))
    assert boxes(canvas) == [(0, 50, 200, 100), (0, 20, 200, 50)]


def test_stacked_bars_stand_on_each_other(canvas: Recorder, frame: Box) -> None:
    look = {"x": [2, 7], "marker": {"color": ["#111111", "#222222"]}}
    bars = [go.Bar(y=[4, 2], **look), go.Bar(y=[1, None], **look)]
    drawn(canvas, frame, *bars, barmode="stack", bargap=0.2)
    assert boxes(canvas) == [(0, 60, 80, 100), (100, 80, 180, 100), (0, 50, 80, 60)]


def test_a_bar_along_dates_is_as_wide_as_its_milliseconds(canvas: Recorder, frame: Box) -> None:
    dates = {"type": "date", "range": [dt.date(2025, 1, 1), dt.date(2025, 1, 11)]}
    bar = go.Bar(x=[dt.date(2025, 1, 6)], y=[5], width=4 * 86_400_000)
    drawn(canvas, frame, bar, barmode="stack", xaxis=dates)
    assert boxes(canvas) == [(60, 50, 140, 100)]  # days 4 to 8 of ten over 200 pixels


def test_bars_side_by_side_share_their_room(canvas: Recorder, frame: Box) -> None:
    bars = [go.Bar(x=[2, 7], y=[5, 5]), go.Bar(x=[2, 7], y=[5, 5])]
    drawn(canvas, frame, *bars, barmode="group", bargap=0.2)
    assert [box[0] for box in boxes(canvas)] == [0, 100, 40, 140]


def test_a_flat_bar_on_its_own_base_with_text_hatch_and_edge(canvas: Recorder, frame: Box) -> None:
    bar = go.Bar(
        orientation="h",
        base=[2],
        x=[4],
        y=[5],
        width=[2],
        text=["27"],
        textposition="inside",
        textangle=0,
        textfont={"color": "#FFFFFF", "size": 16},
        marker={
            "color": "#111111",
            "line": {"color": "#FFFFFF", "width": 1},
            "pattern": {"shape": ["/"], "fgcolor": "#EEEEEE"},
        },
    )
    drawn(canvas, frame, bar, barmode="overlay")
    assert boxes(canvas) == [(40, 40, 120, 60)]
    assert canvas.of("area")[0][2:] == ("#111111", "#EEEEEE")
    assert canvas.texts() == ["27"]


@pytest.mark.parametrize("orientation", ["h", "v"])
def test_a_text_outside_its_bar_stands_beyond_its_end(
    canvas: Recorder, frame: Box, orientation: str
) -> None:
    ends = {"x": [5], "y": [5]}
    drawn(
        canvas, frame, go.Bar(orientation=orientation, text=["9"], textposition="outside", **ends)
    )
    x, y = canvas.of("words")[0][2]
    assert x > 100 if orientation == "h" else y < 50


def test_invisible_bars_and_traces_are_not_drawn(canvas: Recorder, frame: Box) -> None:
    drawn(
        canvas,
        frame,
        go.Bar(x=[5], y=[5], marker={"opacity": 0}),
        go.Scatter(x=[1], y=[1], visible=False),
        go.Scatter(x=[1], y=[1], visible="legendonly"),
    )
    assert canvas.of("area") + canvas.of("line") + canvas.of("disc") == []


def test_a_map_fills_areas_by_class_and_leaves_unknown_codes_out(
    canvas: Recorder, frame: Box
) -> None:
    scale = [(0, "#111111"), (0.5, "#111111"), (0.5, "#222222"), (1, "#222222")]
    areas = go.Choropleth(
        geojson="./geo",
        locations=["410225", "999999"],
        z=[1, 0],
        zmin=-0.5,
        zmax=1.5,
        colorscale=scale,
        marker={"line": {"color": "#FFFFFF", "width": 1}},
    )
    places = go.Scattergeo(
        lon=[5, None], lat=[4.99, 1], mode="lines+markers+text", text=["甲", "乙"]
    )
    drawn(canvas, frame, areas, places, geo={"fitbounds": "locations"})
    assert canvas.of("area")[0][2] == "#222222"
    assert boxes(canvas) == [(52, 2, 148, 98)]
    assert canvas.texts() == ["甲"]
    assert canvas.of("words")[0][2][1] == pytest.approx(50, abs=1)


def test_a_map_keeps_its_stated_range(canvas: Recorder, frame: Box) -> None:
    geo = {"lonaxis": {"range": [0, 20]}, "lataxis": {"range": [0, 9.95]}}
    areas = go.Choropleth(locations=["410225"], z=[0], colorscale=[(0, "#111111"), (1, "#111111")])
    drawn(canvas, frame, areas, geo=geo)
    assert boxes(canvas)[0] == pytest.approx((0, 0, 100, 100), abs=1.5)


def test_a_map_of_nothing_known_stays_empty(canvas: Recorder, frame: Box) -> None:
    drawn(canvas, frame, go.Choropleth(locations=["x"], z=[0], colorscale="Blues"))
    assert canvas.log == []


def test_flows_leave_and_arrive_in_order(canvas: Recorder, frame: Box) -> None:
    flows = go.Sankey(
        node={
            "x": [0.001, 0.999, 0.999],
            "y": [0.5, 0.25, 0.75],
            "thickness": 10,
            "pad": 0,
            "color": ["#111111", "#222222", "#333333"],
        },
        link={"source": [0, 0], "target": [2, 1], "value": [1, 1], "color": ["#AAAAAA", "#BBBBBB"]},
    )
    drawn(canvas, frame, flows)
    to_lower, to_upper = boxes(canvas)[:2]
    assert (to_upper[1], to_upper[3]) == (0, 50)
    assert (to_lower[1], to_lower[3]) == (50, 100)
    assert [entry[2] for entry in canvas.of("area")[2:]] == ["#111111", "#222222", "#333333"]


def test_a_small_multiple_stands_in_its_own_domain(canvas: Recorder, frame: Box) -> None:
    second = go.Scatter(x=[0, 10], y=[0, 10], mode="lines", xaxis="x2", yaxis="y2")
    axis = {"visible": False, "range": [0, 10]}
    drawn(
        canvas,
        frame,
        second,
        xaxis2=axis | {"domain": [0.5, 1]},
        yaxis2=axis | {"domain": [0, 0.5]},
    )
    assert canvas.of("line")[0][1] == [(100, 100), (200, 50)]
