"""Labels in columns beside a narrow map: in the order of the land, inside the picture."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from dashboard.charts.leaders import is_crossing
from dashboard.charts.map import Outlines, map_figure
from dashboard.charts.measure import Measure
from dashboard.charts.placement import Placement
from dashboard.charts.shapes import Shapes, read_shapes
from dashboard.charts.side_columns import PITCH, place_beside

CODES = tuple(f"4102210{n:02}" for n in range(20))


def grid(*, columns: int, rows: int) -> Shapes:
    """Return twenty squares of a tenth of a degree, row by row from the north."""
    features = []
    for n, code in enumerate(CODES[: columns * rows]):
        row, column = divmod(n, columns)
        west, north = 114 + 0.1 * column, 35 - 0.1 * row
        ring = [
            [west, north],
            [west + 0.1, north],
            [west + 0.1, north - 0.1],
            [west, north - 0.1],
            [west, north],
        ]
        features.append(
            {"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    return read_shapes({"features": features})


NARROW = grid(columns=2, rows=10)
WIDTHS = tuple((code, 90.0) for code in CODES)


def beside(
    shapes: Shapes = NARROW, *, width: float = 500, height: float = 300, n: int = 20
) -> Placement | None:
    return place_beside(shapes, CODES[:n], WIDTHS[:n], width=width, height=height)


def test_every_label_stands_inside_the_picture_and_on_no_other() -> None:
    placed = beside()
    assert placed is not None
    assert len(placed.labels) == 20
    for side in ("left", "right"):
        lines = sorted(label.box.y for label in placed.labels if label.side == side)
        assert len(lines) == 10
        assert min(b - a for a, b in pairwise(lines)) >= PITCH
        assert lines[0] >= PITCH / 2
        assert lines[-1] <= 300 - PITCH / 2
    edges = [(la.box.x - la.box.width / 2, la.box.x + la.box.width / 2) for la in placed.labels]
    assert min(left for left, _ in edges) >= 0
    assert max(right for _, right in edges) <= 500


def test_labels_stand_on_the_side_of_their_land_and_leaders_do_not_cross() -> None:
    placed = beside()
    assert placed is not None
    side = {label.code: label.side for label in placed.labels}
    assert all(side[code] == ("right" if n % 2 else "left") for n, code in enumerate(CODES))
    lines = [(la.box.nearest(la.foot), la.foot) for la in placed.labels if la.foot is not None]
    for n, one in enumerate(lines):
        assert not any(is_crossing(*one, *other) for other in lines[n + 1 :])


def test_those_named_first_have_the_lines_there_are() -> None:
    placed = beside(height=8 * PITCH)
    assert placed is not None
    assert {label.code for label in placed.labels} == set(CODES[:16])


@pytest.mark.parametrize(
    ("shapes", "size"),
    [
        (NARROW, (500.0, 4 * PITCH)),  # lines for less than half of the areas
        (grid(columns=10, rows=2), (500.0, 300.0)),  # a wide map
        (NARROW, (230.0, 300.0)),  # the columns would leave hardly any map
    ],
)
def test_columns_that_are_no_help_are_not_drawn(shapes: Shapes, size: tuple[float, float]) -> None:
    assert beside(shapes, width=size[0], height=size[1]) is None


def test_a_narrow_map_names_its_townships_with_marks_at_the_outer_ends() -> None:
    values = pl.DataFrame(
        {
            "area_code": CODES,
            "area_name": [f"第{n:02}乡" for n in range(20)],
            "value": [0.5] * 20,
            "label": ["50.0"] * 20,
            "mark": ["worse", "better"] + [""] * 18,
            "status": ["final"] * 20,
        }
    )
    measure = Measure(
        unit_zh="%", decimals=1, polarity="higher_is_better", classes=(0.4, 0.45, 0.5, 0.55)
    )
    outlines = Outlines(geojson_url="./geo/S/410221.geojson", shapes=NARROW)
    figure = map_figure(values, measure, outlines, reference_zh="全县", size=(500, 300))
    layers = [trace for trace in figure.data if trace.type == "scattergeo"]
    words = {t for trace in layers if trace.mode == "text" for t in trace.text}
    assert {f"第{n:02}乡 50.0" for n in range(20)} == words
    marks = {trace.name: trace for trace in figure.data if trace.name in {"worse", "better"}}
    assert marks["worse"].lon[0] < min(114.0, *marks["better"].lon)
    assert marks["better"].lon[0] > 114.2
    assert marks["worse"].marker.opacity == 1
