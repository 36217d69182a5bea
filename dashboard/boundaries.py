"""Outlines of a snapshot: counties, and townships where the commission supplied them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dashboard.charts.shapes import Shapes, read_shapes
from dashboard.places import GROUP, Place
from dashboard.reading.topics import towns_of
from dashboard.store import Marts, open_marts
from dashboard.view import View

COUNTIES, TOWNSHIPS = "counties.geojson", "townships.geojson"
KEPT = ("code", "name", "city")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a map shows: areas, the whole they are part of, and the code their outlines go by."""

    places: tuple[Place, ...]
    above: Place | None
    parent: str

    @property
    def drawn(self) -> tuple[Place, ...]:
        """Return the areas that can be drawn."""
        return tuple(p for p in self.places if p.has_polygon)

    @property
    def zones(self) -> tuple[Place, ...]:
        """Return the areas that have no polygon and are listed beside the map."""
        return tuple(p for p in self.places if not p.has_polygon)

    @property
    def is_of_townships(self) -> bool:
        """Say whether the map is one of a county's townships."""
        return self.above is not None and self.above.level == "county"


def ground(view: View) -> Ground:
    """Return what the page's map shows: a county's townships once drawn, else the counties."""
    county, towns = view.county, towns_of(view, view.indicator)
    if county is not None and any(town.has_polygon for town in towns):
        return Ground(places=towns, above=county, parent=county.code)
    return Ground(places=view.counties, above=view.reference, parent=_parent(view))


def _parent(view: View) -> str:
    """Return the code under which the view's map is fetched: its city, or the group."""
    city = view.places.city_of(view.area.code)
    return GROUP if city is None else city.code


def geojson_url(view: View, parent: str | None = None) -> str:
    """Return the address of the outlines, relative so that it survives a sub-path."""
    return f"./geo/{view.marts.id}/{parent or _parent(view)}.geojson"


def map_counties(view: View) -> tuple[Place, ...]:
    """Return the counties of the view that can be drawn."""
    return tuple(p for p in view.counties if p.has_polygon)


def zones(view: View) -> tuple[Place, ...]:
    """Return the counties of the view that have no polygon and are listed beside the map."""
    return tuple(p for p in view.counties if not p.has_polygon)


@lru_cache(maxsize=8)
def _features(snapshot_id: str, file: str) -> list[dict[str, Any]]:
    snapshot = open_marts(snapshot_id).snapshot
    if file not in snapshot.manifest.boundaries:
        return []
    features: list[dict[str, Any]] = json.loads(snapshot.boundary(file).read_bytes())["features"]
    return features


def _is_county(place: Place | None) -> bool:
    return place is not None and place.level == "county"


def collection(marts: Marts, parent: str) -> dict[str, Any]:
    """Return the shapes and names of a city's counties, of all the group's, or of townships."""
    of_county = _is_county(marts.places.get(parent))
    places = marts.places.children(parent) if of_county else marts.places.counties(parent)
    codes = {place.code for place in places}
    features = [
        {
            "type": "Feature",
            "id": feature["properties"]["code"],
            "properties": {key: feature["properties"].get(key) for key in KEPT},
            "geometry": feature["geometry"],
        }
        for feature in _features(marts.id, TOWNSHIPS if of_county else COUNTIES)
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
def _shapes(snapshot_id: str, parents: tuple[str, ...]) -> Shapes:
    marts = open_marts(snapshot_id)
    rings = [read_shapes(collection(marts, parent)).rings for parent in parents]
    return Shapes({code: ring for part in rings for code, ring in part.items()})


def shapes(view: View) -> Shapes:
    """Return the outlines of all maps of the page, for the placement of labels."""
    return _shapes(view.marts.id, tuple(dict.fromkeys((_parent(view), ground(view).parent))))
