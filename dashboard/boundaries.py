"""County outlines of a snapshot: which features a page needs, and where it fetches them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from dashboard.charts.shapes import Shapes, read_shapes
from dashboard.places import GROUP, Place
from dashboard.store import Marts, open_marts
from dashboard.view import View

FILE = "counties.geojson"
KEPT = ("code", "name", "city")


def _parent(view: View) -> str:
    """Return the code under which the view's map is fetched: its city, or the group."""
    city = view.places.city_of(view.area.code)
    return GROUP if city is None else city.code


def geojson_url(view: View) -> str:
    """Return the address of the outlines, relative so that it survives a sub-path."""
    return f"./geo/{view.marts.id}/{_parent(view)}.geojson"


def map_counties(view: View) -> tuple[Place, ...]:
    """Return the counties of the view that can be drawn."""
    return tuple(p for p in view.counties if p.has_polygon)


def zones(view: View) -> tuple[Place, ...]:
    """Return the counties of the view that have no polygon and are listed beside the map."""
    return tuple(p for p in view.counties if not p.has_polygon)


@lru_cache(maxsize=8)
def _document(snapshot_id: str) -> dict[str, Any]:
    path = open_marts(snapshot_id).snapshot.boundary(FILE)
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def collection(marts: Marts, parent: str) -> dict[str, Any]:
    """Return the features of one city, or of all cities of the group; shapes and names only."""
    codes = {place.code for place in marts.places.counties(parent)}
    features = [
        {
            "type": "Feature",
            "id": feature["properties"]["code"],
            "properties": {key: feature["properties"].get(key) for key in KEPT},
            "geometry": feature["geometry"],
        }
        for feature in _document(marts.id)["features"]
        if feature["properties"]["code"] in codes
    ]
    return {"type": "FeatureCollection", "features": features}


@lru_cache(maxsize=32)
def encoded(snapshot_id: str, parent: str) -> bytes | None:
    """Return the collection as the route serves it; None when it has no feature."""
    document = collection(open_marts(snapshot_id), parent)
    if not document["features"]:
        return None
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=32)
def _shapes(snapshot_id: str, parent: str) -> Shapes:
    return read_shapes(collection(open_marts(snapshot_id), parent))


def shapes(view: View) -> Shapes:
    """Return the outlines for the placement of labels."""
    return _shapes(view.marts.id, _parent(view))
