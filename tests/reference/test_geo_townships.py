"""A commission's own township polygons: taken in by place and name, refused when they would lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from pipeline.errors import SourceError
from pipeline.geo.shapes import read_collection
from pipeline.reference import load_reference
from tests.reference.geo_files import of_kaifeng, run_geo, write
from tests.reference.township_files import strips, towns_of

COUNTY = "410221"  # 杞县
EMPTY = {"type": "Polygon", "coordinates": []}


def take(folder: Path, tmp_path: Path, features: list[dict[str, Any]]) -> str:
    return run_geo(folder, "--townships", write(tmp_path / "towns.geojson", features))


def drawn(folder: Path) -> dict[str, dict[str, Any]]:
    return read_collection(folder / "boundaries" / "townships.geojson")


def moved(features: list[dict[str, Any]], east: float) -> list[dict[str, Any]]:
    for one in features:
        shape = shapely.transform(
            shapely.geometry.shape(one["geometry"]), lambda points: np.add(points, [east, 0.0])
        )
        one["geometry"] = json.loads(shapely.to_geojson(shape))
    return features


def test_townships_are_found_by_where_they_lie_and_their_name(folder: Path, tmp_path: Path) -> None:
    towns = towns_of(COUNTY)
    said = take(folder, tmp_path, strips(COUNTY))
    taken = drawn(folder)
    assert {(code, f["properties"]["name"]) for code, f in taken.items()} == set(towns)
    assert {f["properties"]["county"] for f in taken.values()} == {COUNTY}
    marked = load_reference(folder).areas.filter("has_polygon", area_level="township")
    assert marked["area_code"].to_list() == sorted(taken)
    assert f"已收入{len(towns)}个乡镇的边界：杞县{len(towns)}个。" in said
    assert "没有边界" not in said
    assert "未能核对" not in said


def test_a_second_file_adds_to_the_first_and_cities_taken_in_later_keep_both(
    folder: Path, tmp_path: Path
) -> None:
    both = [*strips(COUNTY), *strips("410222")]
    for features in (both[:5], both[5:]):
        take(folder, tmp_path, features)
    assert len(drawn(folder)) == len(both)
    cities = write(tmp_path / "cities.geojson", of_kaifeng())
    run_geo(folder, "--codes", "410200", "--source", cities)
    marked = load_reference(folder).areas.filter("has_polygon", area_level="township")
    assert marked.height == len(both)


def test_what_is_absent_or_unknown_is_named(folder: Path, tmp_path: Path) -> None:
    features = strips(COUNTY)
    lost = features.pop(0)["properties"]["name"]
    features[0]["properties"]["name"] = "国营农场"
    renamed = towns_of(COUNTY)[1][1]
    said = take(folder, tmp_path, features)
    assert f"杞县没有边界的乡镇2个，列在地图旁：{lost}、{renamed}。" in said
    assert "未采用1个（区划表中查不到）：国营农场" in said


def test_part_of_a_county_is_taken_in_and_says_what_could_not_be_compared(
    folder: Path, tmp_path: Path
) -> None:
    assert "坐标是否整体偏移未能核对" in take(folder, tmp_path, strips(COUNTY)[:4])
    assert len(drawn(folder)) == 4


@pytest.mark.parametrize("written", ["{}", "{}000", "156{}"])
def test_a_polygon_without_a_name_is_found_by_its_code(
    folder: Path, tmp_path: Path, written: str
) -> None:
    features = strips(COUNTY)[:2]
    code, _ = towns_of(COUNTY)[0]
    features[0]["properties"] |= {"name": "", "code": written.format(code)}
    take(folder, tmp_path, features)
    assert code in drawn(folder)


def test_a_name_goes_before_a_code_of_another_register(folder: Path, tmp_path: Path) -> None:
    features = strips(COUNTY)[:2]
    (first, _), (second, _) = towns_of(COUNTY)[:2]
    features[0]["properties"]["code"] = second
    take(folder, tmp_path, features)
    assert set(drawn(folder)) == {first, second}


def twice() -> list[dict[str, Any]]:
    features = strips(COUNTY)
    features[1]["properties"]["name"] = features[0]["properties"]["name"]
    return features


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (strips(COUNTY, overlap=0.2), "图形互相重叠"),
        (moved(strips(COUNTY), 0.0015), "坐标整体偏移约"),
        (moved(strips(COUNTY), 3.0), "不在任何一个已收入的县区以内"),
        (moved(strips(COUNTY)[:3], -0.004), "有一成以上的面积在所属县区以外"),
        (twice(), "同一个乡镇有两个图形"),
        ([f | {"properties": {"name": "无名"}} for f in strips(COUNTY)], "没有一个图形对得上"),
        (
            [f | {"geometry": {"type": "Polygon", "coordinates": []}} for f in strips(COUNTY)],
            "没有完整的多边形",
        ),
    ],
)
def test_polygons_that_would_draw_a_wrong_map_are_refused_whole(
    folder: Path, tmp_path: Path, features: list[dict[str, Any]], words: str
) -> None:
    before = load_reference(folder).areas
    with pytest.raises(SourceError, match=words):
        take(folder, tmp_path, features)
    assert not (folder / "boundaries" / "townships.geojson").exists()
    assert load_reference(folder).areas.equals(before)


def test_one_of_two_ways_must_be_asked_for(folder: Path) -> None:
    with pytest.raises(SystemExit):
        run_geo(folder)
