"""A file that would draw a wrong map is refused in Chinese, naming the features."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from pipeline.errors import PipelineError, SourceError, UsageError
from pipeline.geo.shift import to_gcj02
from tests.reference.geo_files import KAIFENG, KNOWN, feature, of_kaifeng, run_geo, write


def geo(folder: Path, source: Path, *, codes: str = "410200") -> str:
    return run_geo(folder, "--codes", codes, "--source", source)


def refusal(folder: Path, features: list[dict[str, Any]], **members: object) -> str:
    """Return the sentence a file is refused with, having seen that nothing was written."""
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    source = write(folder.parent / "自有边界.geojson", features, **members)
    with pytest.raises(SourceError) as caught:
        geo(folder, source)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    assert "自有边界.geojson" in caught.value.message_zh
    return caught.value.message_zh


def bow_tie() -> dict[str, Any]:
    ring = [[114, 34], [114, 35], [115, 34.2], [115, 35], [114, 34]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_wrong_ring_direction(folder: Path) -> None:
    turned = of_kaifeng(shapely.orient_polygons, only=["410212", "410225"])
    message = refusal(folder, turned)
    assert "环的方向不对" in message
    assert "祥符区410212、兰考县410225。" in message


def test_wrong_direction_of_a_hole(folder: Path) -> None:
    west, south, east, north = 114.0, 34.0, 115.0, 35.0
    outer = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    hole = [[114.4, 34.4], [114.4, 34.6], [114.6, 34.6], [114.6, 34.4], [114.4, 34.4]]
    features = of_kaifeng()
    features[0]["geometry"] = {"type": "Polygon", "coordinates": [outer, hole]}
    message = refusal(folder, features)
    assert "环的方向不对" in message
    assert "龙亭区410202。" in message


def test_self_intersection(folder: Path) -> None:
    features = of_kaifeng()
    features[1]["geometry"] = bow_tie()
    message = refusal(folder, features)
    assert "图形无效" in message
    assert "顺河回族区410203（Self-intersection" in message


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        {"type": "Point", "coordinates": [114, 34]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[114, 34], [115, 35]]]},
        {"type": "Polygon", "coordinates": [[[114, "x"], [115, 35], [114, 35], [114, 34]]]},
        {"type": "Polygon", "coordinates": [[[114, 34], [114, 35], [float("nan"), 35], [114, 34]]]},
        {"type": "Polygon", "coordinates": [[[114, 34], [114, 35], [1e999, 35], [114, 34]]]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": 7},
    ],
)
def test_no_whole_polygon(folder: Path, geometry: Any) -> None:
    features = of_kaifeng()
    features[2]["geometry"] = geometry
    message = refusal(folder, features)
    assert "鼓楼区410204" in message
    assert "没有完整的多边形" in message


@pytest.mark.parametrize("code", ["", None, "4102", "41020X", 41])
def test_missing_code(folder: Path, code: object) -> None:
    features = of_kaifeng()
    features[3]["properties"]["code"] = code
    message = refusal(folder, features)
    assert "缺少六位区划代码" in message
    assert "禹王台区" in message


def test_missing_code_and_name(folder: Path) -> None:
    features = [*of_kaifeng(), {"type": "Feature", "properties": None, "geometry": bow_tie()}]
    assert "缺少六位区划代码：（无名称）" in refusal(folder, features)


def test_duplicate_code(folder: Path) -> None:
    features = of_kaifeng()
    features[4]["properties"]["code"] = "410221"
    message = refusal(folder, features)
    assert "区划代码重复" in message
    assert "祥符区410221" in message
    assert "杞县410221" in message


def test_old_and_new_code_of_one_county_are_duplicates(folder: Path) -> None:
    features = of_kaifeng()
    features.append(feature("410224", KNOWN["410212"]["geometry"], name="开封县"))
    assert "区划代码重复：开封县410212、祥符区410212" in refusal(folder, features)


def test_missing_county(folder: Path) -> None:
    features = [f for f in of_kaifeng() if f["properties"]["code"] != "410225"]
    assert "缺少下列县区的边界：兰考县410225" in refusal(folder, features)


def test_more_than_five_names_are_counted(folder: Path) -> None:
    message = refusal(folder, of_kaifeng()[:1])
    assert "祥符区410212、杞县410221等8个" in message


def test_gcj02_shift(folder: Path) -> None:
    message = refusal(folder, of_kaifeng(lambda s: shapely.transform(s, to_gcj02)))
    assert "GCJ-02" in message
    assert "龙亭区410202、顺河回族区410203" in message
    assert "整体偏移约5" in message


def test_outside_china(folder: Path) -> None:
    moved = of_kaifeng(lambda s: shapely.transform(s, lambda p: p - (60, 0)), only=["410221"])
    message = refusal(folder, moved)
    assert "坐标在中国范围以外：杞县410221" in message


def test_latitude_first(folder: Path) -> None:
    swapped = of_kaifeng(lambda s: shapely.transform(s, lambda p: p[:, ::-1]), only=["410222"])
    assert "经度与纬度次序颠倒：通许县410222" in refusal(folder, swapped)


def test_projected_coordinates(folder: Path) -> None:
    metres = of_kaifeng(lambda s: shapely.transform(s, lambda p: p * 100_000), only=["410223"])
    assert "投影坐标）：尉氏县410223" in refusal(folder, metres)


def test_stated_projection(folder: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    assert "EPSG::4547" in refusal(folder, of_kaifeng(), crs=crs)


def test_polygon_of_another_place(folder: Path) -> None:
    features = of_kaifeng()
    features[0]["geometry"] = KNOWN["610902"]["geometry"]
    assert "毫无重合：龙亭区410202" in refusal(folder, features)


def test_nothing_to_compare_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.geo.source.package_file", lambda: None)
    (folder / "boundaries" / "counties.geojson").unlink()
    assert "无法核对坐标是否偏移" in refusal(folder, of_kaifeng())


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"type": "FeatureCollection"}', "县区,代码"],
)
def test_not_geojson(folder: Path, content: str) -> None:
    source = folder.parent / "坏.geojson"
    source.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=r"坏\.geojson不是 GeoJSON"):
        geo(folder, source)


def test_features_that_are_no_objects(folder: Path) -> None:
    assert "缺少六位区划代码" in refusal(folder, [7])  # type: ignore[list-item]


def test_missing_file(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"没有\.geojson读不出来"):
        geo(folder, folder / "没有.geojson")


def test_no_package_and_no_source(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.geo.source.importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pip install"):
        run_geo(folder, "--codes", "410200")


@pytest.mark.parametrize(
    ("codes", "said"), [("", "是空的"), (" , ", "是空的"), ("419999", "419999")]
)
def test_wrong_codes(folder: Path, codes: str, said: str) -> None:
    source = write(folder.parent / "自有.geojson", of_kaifeng())
    with pytest.raises(UsageError, match=said):
        geo(folder, source, codes=codes)


def test_broken_file_of_ours_is_told(folder: Path) -> None:
    (folder / "boundaries" / "counties.geojson").write_text(json.dumps({}), encoding="utf-8")
    source = write(folder.parent / "自有.geojson", of_kaifeng())
    with pytest.raises(PipelineError, match=r"counties\.geojson读不出来"):
        geo(folder, source)


def test_kaifeng_as_it_is_goes_through(folder: Path) -> None:
    source = write(folder.parent / "自有.geojson", of_kaifeng())
    assert f"已收入{len(KAIFENG)}个县区的边界" in geo(folder, source)
    assert len(KAIFENG) == 9
