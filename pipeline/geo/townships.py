"""Take a commission's own township polygons into the reference folder, beside the counties.

No package holds township boundaries that may be shown; a commission has them. The codes of the
statistics bureau and of the civil affairs ministry collide below the county, so a polygon finds its
township by where it lies and what it is called, and only without a name by its code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from pipeline.errors import SourceError
from pipeline.geo.checks import check_place, check_shapes, refuse, to_geometry
from pipeline.geo.shapes import put_in_place, read_collection, to_feature, write_text_collection
from pipeline.geo.source import Feature, Source
from pipeline.reference import AREAS_SCHEMA, read_table, township_by_name

FILE = "townships.geojson"
MOSTLY = 0.5  # of a township's land tells which county it is in
LEAST_INSIDE = 0.9  # of it must lie there; borders are drawn apart
MOST_SHARED = 0.02  # of the smaller of two neighbours; more is one township drawn twice
COVERS = 0.95  # of a county's land: then a shift of all its townships can be told
REMEDY = "请检查坐标系（CGCS2000 经纬度），并先用 --codes 收入所在的市或县"


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """What was taken in, for the summary: names of counties and townships."""

    drawn: Mapping[str, int]  # townships by county
    absent: Mapping[str, tuple[str, ...]]  # townships without a polygon, by county
    strangers: tuple[str, ...]  # polygons that no township of the list is called by
    compared: bool  # whether a shift of the whole could be told


def take_townships(source: Source, *, folder: Path) -> TakenIn:
    """Check the polygons of townships and merge them into `folder`.

    Raises:
        SourceError: polygons are refused, or none is known; nothing is written.
    """
    areas = read_table(folder / "areas.csv", AREAS_SCHEMA)
    shapes = _counties(folder)
    check_shapes(source.features, name=source.name)
    placed = _placed(source, shapes)
    known, strangers = _named(placed, areas, name=source.name)
    if not known:
        raise SourceError(
            f"边界文件{source.name}中没有一个图形对得上已收入县区的乡镇。"
            "请检查属性 name（乡镇全称），并先用 --codes 收入所在的市或县。"
        )
    _refuse_twins(known, name=source.name)
    # A shift is told before what it does at the borders.
    compared = _check_lie(known, shapes, name=source.name)
    _refuse_outside(placed, shapes, name=source.name)
    _write(folder, areas, known, credit=source.credit)
    return _summary(known, areas, strangers=strangers, compared=compared)


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """A polygon, the county it lies in, and the county of the township once that is known."""

    feature: Feature
    shape: BaseGeometry
    inside: str  # code of the county polygon
    county: str = ""  # code of the township's own county: a zone lies in another one's polygon


def _counties(folder: Path) -> dict[str, BaseGeometry]:
    drawn = read_collection(folder / "boundaries" / "counties.geojson")
    return {code: shapely.geometry.shape(f["geometry"]) for code, f in sorted(drawn.items())}


def _placed(source: Source, counties: Mapping[str, BaseGeometry]) -> list[_Placed]:
    """Find the county that holds most of each polygon; polygons in none are refused."""
    codes, tree = list(counties), shapely.STRtree(list(counties.values()))
    found, nowhere = [], []
    for feature in source.features:
        shape = to_geometry(feature)
        assert shape is not None  # checked before
        near = [codes[int(n)] for n in tree.query(shape)]
        home = next((c for c in near if _inside(shape, counties[c]) > MOSTLY), "")
        if home:
            found.append(_Placed(feature=feature, shape=shape, inside=home))
        else:
            nowhere.append(feature.label)
    refuse(source.name, nowhere, "不在任何一个已收入的县区以内", REMEDY)
    return found


def _refuse_outside(
    placed: Sequence[_Placed], counties: Mapping[str, BaseGeometry], *, name: str
) -> None:
    """Refuse polygons of which much lies beyond the county's border."""
    over = [
        item.feature.label
        for item in placed
        if _inside(item.shape, counties[item.inside]) < LEAST_INSIDE
    ]
    refuse(name, over, "有一成以上的面积在所属县区以外", REMEDY)


def _inside(shape: BaseGeometry, county: BaseGeometry) -> float:
    return float(shape.intersection(county).area / shape.area)


def _named(
    placed: Sequence[_Placed], areas: pl.DataFrame, *, name: str
) -> tuple[dict[str, _Placed], tuple[str, ...]]:
    """Return polygons by township code, and the labels of those that no township is called by."""
    names = township_by_name(areas)
    by_name = {(c, n): code for c, n, code in names.select(names.columns[:3]).iter_rows()}
    towns = areas.filter(pl.col("area_level") == "township")
    parents = dict(towns.select("area_code", "parent_code").iter_rows())
    known: dict[str, _Placed] = {}
    twice: list[str] = []
    strangers: list[str] = []
    for item in placed:
        feature = item.feature
        written = _nine_digits(feature.code)
        by_code = written if parents.get(written) == item.inside else ""
        code = by_name.get((item.inside, feature.name)) if feature.name else by_code
        if not code:
            strangers.append(feature.label)
        elif code in known:
            twice.append(feature.label)
        else:
            known[code] = replace(item, county=parents[code])
    refuse(name, twice, "同一个乡镇有两个图形", "请合成一个 MultiPolygon")
    return known, tuple(strangers)


def _nine_digits(code: str) -> str:
    """Return a township's code without the country before it or the village's zeros behind it."""
    return code.removeprefix("156").removesuffix("000") if len(code) == 12 else code


def _refuse_twins(known: Mapping[str, _Placed], *, name: str) -> None:
    """Refuse polygons that lie on one another."""
    items = list(known.values())
    tree = shapely.STRtree([item.shape for item in items])
    pairs = ((int(a), int(b)) for a, b in tree.query([i.shape for i in items], "intersects").T)
    twins = [
        f"{items[a].feature.label}与{items[b].feature.label}"
        for a, b in pairs
        if a < b and _shared(items[a].shape, items[b].shape) > MOST_SHARED
    ]
    refuse(name, twins, "图形互相重叠", "请检查是否同一片地画了两次")


def _shared(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(one.intersection(other).area / min(one.area, other.area))


def _check_lie(
    known: Mapping[str, _Placed], counties: Mapping[str, BaseGeometry], *, name: str
) -> bool:
    """Refuse a file shifted as a whole; return whether any county is covered enough to tell."""
    unions: dict[str, BaseGeometry] = {}
    for code in sorted({item.inside for item in known.values()}):
        union = shapely.union_all([i.shape for i in known.values() if i.inside == code])
        if union.intersection(counties[code]).area >= COVERS * counties[code].area:
            unions[code] = union
    if unions:
        check_place(unions, known=counties, labels={code: code for code in unions}, name=name)
    return bool(unions)


def _write(folder: Path, areas: pl.DataFrame, known: Mapping[str, _Placed], *, credit: str) -> None:
    path = folder / "boundaries" / FILE
    drawn = read_collection(path)
    names = dict(areas.select("area_code", "area_name").iter_rows())
    for code, item in known.items():
        drawn[code] = to_feature(
            code=code,
            name=names[code],
            geometry=item.feature.geometry,
            shape=item.shape,
            county=item.county,
            source=credit,
        )
    marked = areas.with_columns(
        has_polygon=pl.col("has_polygon") | pl.col("area_code").is_in(list(drawn))
    )
    put_in_place(
        {
            folder / "areas.csv": marked.write_csv(),
            path: write_text_collection("townships", drawn.values()),
        }
    )


def _summary(
    known: Mapping[str, _Placed],
    areas: pl.DataFrame,
    *,
    strangers: tuple[str, ...],
    compared: bool,
) -> TakenIn:
    names = dict(areas.select("area_code", "area_name").iter_rows())
    counties = sorted({item.county for item in known.values()})
    towns = areas.filter((pl.col("area_level") == "township") & pl.col("successor_code").is_null())
    absent = towns.filter(
        pl.col("parent_code").is_in(counties) & ~pl.col("area_code").is_in(list(known))
    )
    return TakenIn(
        drawn={
            names[county]: sum(item.county == county for item in known.values())
            for county in counties
        },
        absent={
            names[county]: tuple(_of(absent, county)) for county in counties if _of(absent, county)
        },
        strangers=strangers,
        compared=compared,
    )


def _of(absent: pl.DataFrame, county: str) -> Iterable[str]:
    rows = absent.filter(pl.col("parent_code") == county).sort("area_code")
    return [str(name) for name in rows["area_name"]]
