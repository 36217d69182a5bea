"""A map of more areas than it has room to name: every claim has its mark, the worse ones a name."""

from __future__ import annotations

import math
from itertools import combinations

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard.charts.map import Outlines, map_figure
from dashboard.charts.measure import Measure
from dashboard.charts.placement import Placement, place_claimed
from dashboard.charts.shapes import Shapes, read_shapes

SIDE = 6
CODES = tuple(f"4102{n:02}" for n in range(SIDE * SIDE))
WORSE, BETTER = CODES[:3], CODES[-2:]


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """Return 36 squares of a tenth of a degree, in rows from the north."""
    features = []
    for n, code in enumerate(CODES):
        row, column = divmod(n, SIDE)
        west, north = 114 + 0.1 * column, 35 - 0.1 * row
        east, south = west + 0.1, north - 0.1
        ring = [[west, north], [east, north], [east, south], [west, south], [west, north]]
        features.append(
            {"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    return read_shapes({"features": features})


def placed(shapes: Shapes, *, width: float) -> Placement:
    lines = tuple((code, 90.0) for code in WORSE)
    return place_claimed(shapes, CODES, (*WORSE, *BETTER), lines, width=width, height=200)


def test_every_claim_has_a_spot_in_its_area_and_the_worse_a_line_outside(shapes: Shapes) -> None:
    found = placed(shapes, width=544)
    assert [code for code, _ in found.spots] == [*WORSE, *BETTER]
    for code, spot in found.spots:
        corners = [found.canvas.pixels(point) for point in shapes.rings[code][0]]
        assert min(x for x, _ in corners) < spot[0] < max(x for x, _ in corners)
        assert min(y for _, y in corners) < spot[1] < max(y for _, y in corners)
    assert {label.code for label in found.labels} == set(WORSE)
    west, _ = found.canvas.pixels(shapes.rings[CODES[0]][0][0])
    for label in found.labels:
        assert label.is_line
        assert label.foot == dict(found.spots)[label.code]
        left, right = (label.box.x + sign * label.box.width / 2 for sign in (-1, 1))
        assert left >= 0
        assert right <= 544
        assert right < west or left > 544 - west
    for one, other in combinations(found.labels, 2):
        assert math.dist((one.box.x, one.box.y), (other.box.x, other.box.y)) >= 15


def test_a_line_without_room_is_left_out_and_its_mark_stays(shapes: Shapes) -> None:
    found = placed(shapes, width=210)
    assert found.labels == ()
    assert len(found.spots) == 5


def test_nobody_claimed_leaves_a_bare_map(shapes: Shapes) -> None:
    assert place_claimed(shapes, CODES, (), (), width=544, height=200).labels == ()


def crowded(shapes: Shapes, marks: list[str]) -> go.Figure:
    values = pl.DataFrame(
        {
            "area_code": CODES,
            "area_name": [f"名称较长的第{n:02}县" for n in range(SIDE * SIDE)],
            "value": [0.5] * SIDE * SIDE,
            "label": ["50.0"] * SIDE * SIDE,
            "mark": marks,
            "status": ["final"] * SIDE * SIDE,
        }
    )
    measure = Measure(
        unit_zh="%", decimals=1, polarity="higher_is_better", classes=(0.4, 0.45, 0.5, 0.55)
    )
    outlines = Outlines(geojson_url="./geo/S/all.geojson", shapes=shapes)
    return map_figure(values, measure, outlines, reference_zh="合计", size=(544, 280))


def test_the_figure_names_the_worse_and_marks_all_claims(shapes: Shapes) -> None:
    figure = crowded(shapes, ["worse", "worse", *[""] * 32, "better", "better"])
    layers = [trace for trace in figure.data if trace.type == "scattergeo"]
    words = [word for trace in layers if trace.mode == "text" for word in trace.text]
    assert words == ["名称较长的第00县 50.0", "名称较长的第01县 50.0"]
    marks = {trace.name: trace for trace in layers if trace.name in {"worse", "better"}}
    assert {name: len(trace.lon) for name, trace in marks.items()} == {"worse": 2, "better": 2}
    assert all(114 < lon < 114.2 for lon in marks["worse"].lon)


def test_a_crowded_map_without_claims_has_no_words(shapes: Shapes) -> None:
    layers = [trace for trace in crowded(shapes, [""] * 36).data if trace.type == "scattergeo"]
    assert layers == []
