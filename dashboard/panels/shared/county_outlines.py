"""The counties of the view as a map: the one way from values to the figure."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from dashboard import boundaries
from dashboard.charts.map import Outlines, map_figure
from dashboard.charts.measure import Measure
from dashboard.view import View


def county_map_figure(
    view: View, values: pl.DataFrame, *, reference_zh: str, size: tuple[int, int]
) -> go.Figure:
    """Draw the chosen indicator; areas without an outline are left out.

    Args:
        view: gives indicator, chosen county and outlines.
        values: area_code, area_name, value, label, mark, status; one row a county.
        reference_zh: what the marks compare with; empty where nothing is compared.
        size: width and height in pixels.
    """
    drawn = [place.code for place in boundaries.map_counties(view)]
    return map_figure(
        values.filter(pl.col("area_code").is_in(drawn)),
        Measure.of(view.indicator),
        Outlines(geojson_url=boundaries.geojson_url(view), shapes=boundaries.shapes(view)),
        selected=view.county.code if view.county else None,
        reference_zh=reference_zh,
        size=size,
    )
