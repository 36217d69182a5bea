"""The committed polygons: the source's own geometry, clockwise, one per county."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import polars as pl
import pytest
import shapely

from pipeline.geo.shapes import city_outlines, read_collection
from pipeline.reference import load_reference

REFERENCE = load_reference()
COUNTIES = read_collection(REFERENCE.boundaries / "counties.geojson")
CITIES = read_collection(REFERENCE.boundaries / "cities.geojson")
ALONE = {"330212", "340621", "610902"}
# Vertices of the polygons as published, counted in the upstream file.
VERTICES = {"330212": 66, "340621": 159, "410202": 82, "410212": 146, "411326": 211, "610902": 232}
# Over [[code, geometry], …] of the 35 polygons of the upstream file, sorted by code.
GEOMETRY_SHA256 = "d7f20715e0eafd534bc64c96c869b44859d25859c878a68ec18e19b91af79885"


def shape(feature: dict[str, Any]) -> shapely.MultiPolygon:
    return shapely.geometry.shape(feature["geometry"])


def test_there_are_thirty_two_counties_of_the_three_cities_and_three_more() -> None:
    by_city = [f["properties"]["city"] for f in COUNTIES.values()]
    assert (by_city.count("410200"), by_city.count("411300"), by_city.count("411600")) == (
        9,
        13,
        10,
    )
    assert set(COUNTIES) > ALONE
    assert len(COUNTIES) == 35


def test_every_county_of_the_three_cities_has_a_polygon_or_is_a_zone() -> None:
    counties = REFERENCE.areas.filter(
        pl.col("parent_code").is_in(["410200", "411300", "411600"]),
        pl.col("successor_code").is_null(),
    )
    bare = set(counties["area_code"]) - set(COUNTIES)
    assert bare == {"411371", "411372", "411671"}


def test_has_polygon_says_what_the_files_hold() -> None:
    marked = REFERENCE.areas.filter("has_polygon")["area_code"]
    assert set(marked) == set(COUNTIES) | set(CITIES)


def test_geometry_is_the_sources_own() -> None:
    pairs = [[code, COUNTIES[code]["geometry"]] for code in sorted(COUNTIES)]
    text = json.dumps(pairs, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == GEOMETRY_SHA256


@pytest.mark.parametrize(("code", "vertices"), VERTICES.items())
def test_no_vertex_was_dropped(code: str, vertices: int) -> None:
    assert len(shapely.get_coordinates(shape(COUNTIES[code]))) == vertices


@pytest.mark.parametrize("features", [COUNTIES, CITIES], ids=["counties", "cities"])
def test_rings_turn_as_plotly_needs_them(features: dict[str, Any]) -> None:
    for feature in features.values():
        for polygon in shapely.get_parts(shape(feature)):
            assert not polygon.exterior.is_ccw
            assert all(ring.is_ccw for ring in polygon.interiors)


@pytest.mark.parametrize("features", [COUNTIES, CITIES], ids=["counties", "cities"])
def test_label_point_lies_in_its_polygon(features: dict[str, Any]) -> None:
    for feature in features.values():
        properties = feature["properties"]
        point = shapely.Point(properties["label_lon"], properties["label_lat"])
        assert shape(feature).contains(point)


def test_names_and_cities_are_those_of_the_division_list() -> None:
    names = dict(REFERENCE.areas.select("area_code", "area_name").iter_rows())
    for code, feature in (COUNTIES | CITIES).items():
        properties = feature["properties"]
        assert (feature["id"], properties["code"], properties["name"]) == (code, code, names[code])
        assert properties.get("city_name") in (None, names.get(properties.get("city")))


def test_only_whole_cities_have_an_outline() -> None:
    assert set(CITIES) == {"410200", "411300", "411600"}


@pytest.mark.parametrize("city", ["410200", "411300", "411600"])
def test_city_outline_is_the_union_of_its_counties(city: str) -> None:
    union = shapely.union_all(
        [shape(f) for f in COUNTIES.values() if f["properties"]["city"] == city]
    )
    outline = shape(CITIES[city])
    assert outline.symmetric_difference(union).area == pytest.approx(0, abs=1e-12)
    assert outline.area == pytest.approx(
        sum(shape(f).area for f in COUNTIES.values() if f["properties"]["city"] == city), rel=1e-6
    )


def test_nothing_to_dissolve_gives_no_outline() -> None:
    assert city_outlines([]) == []
