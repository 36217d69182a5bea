"""The small map that says where a county lies."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from dashboard.charts.locator import locator_figure
from dashboard.charts.shapes import Shapes, read_shapes

NAMES = {"410221": "杞县", "410225": "兰考县"}


def square(code: str, west: float) -> dict[str, object]:
    ring = [[west, 34.0], [west, 35.0], [west + 1, 35.0], [west + 1, 34.0], [west, 34.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"properties": {"code": code}, "geometry": geometry}


OUTLINES = read_shapes({"features": [square("410221", 114.0), square("410225", 115.0)]})


def drawn(shapes: Shapes | None) -> go.Figure:
    return locator_figure(NAMES, selected="410221", geojson_url="x", height=100, shapes=shapes)


def test_the_map_fills_its_frame_with_the_drawn_counties() -> None:
    geo = drawn(OUTLINES).layout.geo
    assert list(geo.lonaxis.range) == pytest.approx([114.0, 116.0])
    assert list(geo.lataxis.range) == pytest.approx([34.0, 35.0])


@pytest.mark.parametrize("shapes", [None, Shapes({})])
def test_without_outlines_the_browser_finds_the_frame(shapes: Shapes | None) -> None:
    assert drawn(shapes).layout.geo.fitbounds == "locations"
