"""Read area outlines for label placement: projected rings and their horizontal spans."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Ring = tuple[Point, ...]
Span = tuple[float, float]


def project(lon: float, lat: float) -> Point:
    """Project to spherical Mercator, in degrees of longitude, y upwards."""
    return lon, math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def unproject(x: float, y: float) -> Point:
    """Undo `project`."""
    return x, math.degrees(2 * math.atan(math.exp(math.radians(y))) - math.pi / 2)


@dataclass(frozen=True, eq=False)
class Shapes:
    """Projected rings by area code; compared by identity, so that placements can be cached."""

    rings: Mapping[str, tuple[Ring, ...]]

    def bounds(self, codes: Iterable[str]) -> tuple[float, float, float, float]:
        """Return west, south, east, north of some areas, in projected degrees."""
        points = [point for code in codes for ring in self.rings[code] for point in ring]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)


def read_shapes(geojson: Mapping[str, Any]) -> Shapes:
    """Take the polygon rings of a feature collection whose property `code` names the area."""
    rings: dict[str, tuple[Ring, ...]] = {}
    for feature in geojson["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        rings[str(feature["properties"]["code"])] = tuple(
            tuple(project(point[0], point[1]) for point in ring)
            for polygon in polygons
            for ring in polygon
        )
    return Shapes(rings)


def spans_at(rings: Iterable[Ring], y: float) -> list[Span]:
    """Return where a horizontal line lies inside the rings, by the even-odd rule."""
    crossings: list[float] = []
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y):
                crossings.append(x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    crossings.sort()
    return list(zip(crossings[::2], crossings[1::2], strict=False))


def intersect(left: list[Span], right: list[Span]) -> list[Span]:
    """Return the overlap of two ordered lists of spans."""
    return [(max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) < min(b, d)]
