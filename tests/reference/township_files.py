"""Townships as a commission would draw them: a county's land cut into strips from west to east."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import shapely

from pipeline.reference import load_reference
from tests.reference.geo_files import KNOWN, feature


def towns_of(county: str) -> list[tuple[str, str]]:
    """Return code and name of a county's townships."""
    rows = load_reference().areas.filter(
        (pl.col("area_level") == "township") & (pl.col("parent_code") == county)
    )
    return list(rows.sort("area_code").select("area_code", "area_name").iter_rows())


def strips(county: str, *, overlap: float = 0.0) -> list[dict[str, Any]]:
    """Return a feature per township of a county, without codes; strips may reach over the next."""
    land = shapely.geometry.shape(KNOWN[county]["geometry"])
    west, south, east, north = land.bounds
    towns = towns_of(county)
    edges = np.linspace(west, east, len(towns) + 1)
    found = []
    for (_, name), left, right in zip(towns, edges, edges[1:], strict=False):
        piece = land.intersection(shapely.box(left, south, right + overlap * (right - left), north))
        whole = shapely.orient_polygons(piece, exterior_cw=True)
        found.append(feature("", json.loads(shapely.to_geojson(whole)), name=name))
    return found
