"""A small map that says where a county lies among its sisters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import new_figure
from dashboard.charts.shapes import Shapes, unproject
from dashboard.formats import plain
from dashboard.remembering import drawn_once

LOOK: dict[str, Any] = {
    "zmin": 0,
    "zmax": 1,
    "colorscale": [[0, theme.NEUTRAL_FILL], [1, theme.ACCENT]],
    "showscale": False,
    "hovertemplate": "%{text}<extra></extra>",
    "marker": {"line": {"color": theme.CARD, "width": 1}},
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


def _extent(shapes: Shapes | None, codes: Sequence[str]) -> dict[str, Any]:
    known = [code for code in codes if shapes is not None and code in shapes.rings]
    if shapes is None or not known:
        return {"fitbounds": "locations"}
    west, south, east, north = shapes.bounds(known)
    (left, low), (right, high) = unproject(west, south), unproject(east, north)
    return {"lonaxis_range": [left, right], "lataxis_range": [low, high]}


@drawn_once
def locator_figure(
    names: Mapping[str, str],
    *,
    selected: str,
    geojson_url: str,
    height: int,
    shapes: Shapes | None = None,
) -> go.Figure:
    """Draw all counties grey and one in ink; a click on a county gives its code.

    Args:
        names: area code -> name of the counties with an outline.
        selected: the county in ink.
        geojson_url: where the browser fetches the outlines.
        height: in pixels.
        shapes: the same outlines; with them the map fills its frame, else the browser leaves air.
    """
    figure = new_figure(height=height, click=True)
    # The selected county last: a neighbour drawn later would cover half of its outline.
    codes = [*(c for c in names if c != selected), *([selected] if selected in names else [])]
    figure.add_choropleth(
        geojson=geojson_url,
        featureidkey="properties.code",
        locations=codes,
        z=[1 if code == selected else 0 for code in codes],
        customdata=codes,
        text=[plain(names[code]) for code in codes],
        **LOOK,
    )
    figure.update_geos(
        **_extent(shapes, codes),
        visible=False,
        projection_type="mercator",
        bgcolor="rgba(0,0,0,0)",
    )
    return figure
