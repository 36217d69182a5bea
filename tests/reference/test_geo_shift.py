"""A file shifted as a whole is found; generalised, redrawn or exact borders are left in peace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from pipeline.geo.shift import find_shift, to_bd09, to_gcj02, undo
from tests.reference.geo_files import KAIFENG, KNOWN

SHAPES = [shapely.geometry.shape(KNOWN[code]["geometry"]) for code in KAIFENG]
Change = Callable[[shapely.Geometry], shapely.Geometry]


def pairs(change: Change) -> list[tuple[shapely.Geometry, shapely.Geometry]]:
    return [(change(shape), shape) for shape in SHAPES]


def simplified(tolerance: float) -> Change:
    return lambda shape: shape.simplify(tolerance).buffer(0)


def test_gcj02_of_tiananmen_is_where_web_maps_draw_it() -> None:
    # Published example of the two systems: some 560 m to the east and 150 m to the north there.
    point = np.array([[116.3912757, 39.906217]])
    east, north = (to_gcj02(point) - point)[0]
    assert east * 111_320 * np.cos(np.radians(39.9)) == pytest.approx(533, abs=10)
    assert north * 111_320 == pytest.approx(156, abs=10)


@pytest.mark.parametrize("forward", [to_gcj02, to_bd09])
def test_undoing_a_shift_gives_the_point_back(forward: Change) -> None:
    points = np.array([[114.3, 34.8], [87.6, 43.8], [110.3, 20.0], [126.6, 45.7]])
    assert undo(forward(points), forward) == pytest.approx(points, abs=1e-7)


@pytest.mark.parametrize(("forward", "system"), [(to_gcj02, "GCJ-02"), (to_bd09, "BD-09")])
@pytest.mark.parametrize("tolerance", [0.0, 0.005], ids=["exact", "generalised"])
def test_shifted_city_is_found(forward: Change, system: str, tolerance: float) -> None:
    shift = find_shift(
        pairs(lambda shape: shapely.transform(simplified(tolerance)(shape), forward))
    )
    assert shift is not None
    assert shift.system == system
    assert shift.compared == 9
    assert 300 < shift.metres < 2000


def test_single_shifted_county_is_found() -> None:
    shift = find_shift([(shapely.transform(SHAPES[4], to_gcj02), SHAPES[4])])
    assert shift is not None
    assert shift.system == "GCJ-02"


def test_another_datum_is_found_as_a_plain_shift() -> None:
    moved = pairs(lambda shape: shapely.transform(shape, lambda points: points - (0.003, -0.002)))
    shift = find_shift(moved)
    assert shift is not None
    assert shift.system == "某种整体平移"
    assert shift.metres == pytest.approx(
        np.hypot(0.003 * np.cos(np.radians(34.5)), 0.002) * 111_320, rel=0.02
    )


@pytest.mark.parametrize("tolerance", [0.0, 0.001, 0.005, 0.02])
def test_generalised_borders_are_not_a_shift(tolerance: float) -> None:
    assert find_shift(pairs(simplified(tolerance))) is None


def test_noise_at_every_vertex_is_not_a_shift() -> None:
    random = np.random.default_rng(7)

    def shaken(points: np.ndarray) -> np.ndarray:
        noise = random.normal(0, 0.0005, points.shape)
        noise[-1] = noise[0]  # rings stay closed
        return points + noise

    largest = [max(shapely.get_parts(shape), key=lambda part: part.area) for shape in SHAPES]
    assert all(not part.interiors for part in largest)
    moved = [(shapely.transform(part, shaken).buffer(0), part) for part in largest]
    assert find_shift(moved) is None


def test_a_redrawn_border_of_one_county_is_not_a_shift() -> None:
    west, south, east, north = SHAPES[5].bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    redrawn = [(s.intersection(half) if i == 5 else s, s) for i, s in enumerate(SHAPES)]
    assert find_shift(redrawn) is None
    assert find_shift([redrawn[5]]) is None
