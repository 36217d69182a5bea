"""Find polygons that are shifted as a whole: GCJ-02, BD-09, or another datum.

Chinese web maps draw in GCJ-02, some 300 to 700 m off, and in BD-09, off again by as much.
Nothing in a file says so. Each polygon is laid over a known one with the same code: a shifted
file lies off in the same direction everywhere, and fits better once the shift is taken out.
Redrawn or generalised borders do neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Points = NDArray[np.float64]
Pair = tuple[BaseGeometry, BaseGeometry]

AXIS = 6378245.0  # Krasovsky 1940, metres
ECCENTRICITY_SQUARED = 0.00669342162296594323
METRES_PER_DEGREE = 111_320.0
SMALLEST_SHIFT = 100.0  # metres; CGCS2000 and WGS84 differ by less than one
STILL_OFF = 0.35  # of the distance: less is left when the right system is taken out
BETTER_FIT = 0.7  # of the mismatch: less is left when a shift of another kind is taken out
OTHER = "某种整体平移"


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A shift of a whole file: which, how far, and how many polygons were compared."""

    system: str
    metres: float
    compared: int


def _wave(x: Points, terms: tuple[tuple[float, float], ...]) -> Points:
    total: Points = sum((a * np.sin(x * b * np.pi) for a, b in terms), start=np.zeros_like(x))
    return total * 2.0 / 3.0


def to_gcj02(points: Points) -> Points:
    """Shift WGS84 longitudes and latitudes (n × 2) as GCJ-02 does."""
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    common = _wave(x, ((20.0, 6.0), (20.0, 2.0)))
    north = -100.0 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += common + _wave(y, ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))
    east = 300.0 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += common + _wave(x, ((20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))
    latitude = np.radians(points[:, 1])
    squeeze = 1 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian = AXIS * (1 - ECCENTRICITY_SQUARED) / squeeze**1.5
    parallel = AXIS / np.sqrt(squeeze) * np.cos(latitude)
    return points + np.degrees(np.column_stack([east / parallel, north / meridian]))


def to_bd09(points: Points) -> Points:
    """Shift WGS84 longitudes and latitudes (n × 2) as BD-09 does."""
    gcj = to_gcj02(points)
    x, y = gcj[:, 0], gcj[:, 1]
    turn = np.pi * 3000.0 / 180.0
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


SYSTEMS: Mapping[str, Callable[[Points], Points]] = {"GCJ-02": to_gcj02, "BD-09": to_bd09}


def undo(points: Points, forward: Callable[[Points], Points]) -> Points:
    """Take a shift out, by fixed point; three steps are good to a centimetre."""
    found = points
    for _ in range(3):
        found = found - (forward(found) - points)
    return found


def _mismatch(pairs: list[Pair]) -> float:
    return float(sum(ours.symmetric_difference(known).area for ours, known in pairs))


def _offsets(pairs: list[Pair]) -> Points:
    """Return metres east and north from each known centroid to ours."""
    ours = shapely.get_coordinates(shapely.centroid([p[0] for p in pairs]))
    known = shapely.get_coordinates(shapely.centroid([p[1] for p in pairs]))
    scale = np.column_stack([np.cos(np.radians(known[:, 1])), np.ones(len(pairs))])
    offsets: Points = (ours - known) * scale * METRES_PER_DEGREE
    return offsets


def find_shift(pairs: list[Pair]) -> Shift | None:
    """Compare polygons with known ones (ours, known); return the shift of the whole, if any."""
    offset = np.median(_offsets(pairs), axis=0)
    metres = float(np.hypot(*offset))
    if metres < SMALLEST_SHIFT:
        return None
    before = _mismatch(pairs)
    for system, forward in SYSTEMS.items():
        moved = [(_moved(ours, forward), known) for ours, known in pairs]
        residue = float(np.hypot(*np.median(_offsets(moved), axis=0)))
        if residue < STILL_OFF * metres and _mismatch(moved) < before:
            return Shift(system=system, metres=metres, compared=len(pairs))
    slid = [(_slid(ours, offset, known), known) for ours, known in pairs]
    if _mismatch(slid) < BETTER_FIT * before:
        return Shift(system=OTHER, metres=metres, compared=len(pairs))
    return None


def _moved(geometry: BaseGeometry, forward: Callable[[Points], Points]) -> BaseGeometry:
    return shapely.transform(geometry, lambda points: undo(points, forward)).buffer(0)


def _slid(geometry: BaseGeometry, offset: Points, known: BaseGeometry) -> BaseGeometry:
    scale = np.array([np.cos(np.radians(known.centroid.y)), 1.0]) * METRES_PER_DEGREE
    return shapely.transform(geometry, lambda points: points - offset / scale)
