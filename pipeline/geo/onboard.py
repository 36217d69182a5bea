"""Take cities or counties into the reference folder: check everything first, then write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
from shapely.geometry.base import BaseGeometry

from pipeline.errors import UsageError
from pipeline.geo.checks import (
    check_codes,
    check_complete,
    check_place,
    check_shapes,
    to_geometry,
)
from pipeline.geo.divisions import Divisions, local_rows, merge_areas, national_rows
from pipeline.geo.shapes import (
    city_outlines,
    county_feature,
    put_in_place,
    read_collection,
    write_text_collection,
)
from pipeline.geo.source import Feature, Source
from pipeline.reference import (
    AREAS_SCHEMA,
    OVERRIDES_SCHEMA,
    ancestors,
    current_code,
    read_table,
)


@dataclass(frozen=True, kw_only=True)
class Onboarded:
    """What was taken in, for the summary."""

    counties: tuple[str, ...]  # labels of the counties drawn
    cities: tuple[str, ...]  # codes of all cities that now have an outline
    without_polygon: tuple[str, ...]  # labels of county-level areas listed beside the map
    townships: int
    villages: int


def onboard(
    codes: Sequence[str],
    *,
    source: Source,
    known: Mapping[str, BaseGeometry],
    divisions: Divisions | None,
    folder: Path,
) -> Onboarded:
    """Check the polygons and divisions of cities or counties and merge them into `folder`.

    Raises:
        UsageError: a code is not a city or county of the division list.
        SourceError: polygons are refused; nothing is written.
    """
    areas = _areas(folder, codes, divisions)
    counties = _wanted(areas, codes)
    chosen = _chosen(source, areas, codes=codes, counties=set(counties["area_code"]))
    shapes = _checked(source, chosen, counties=counties, known=known)
    cities = _city_of(areas)
    drawn = read_collection(folder / "boundaries" / "counties.geojson")
    for feature in chosen:
        city, city_name = cities.get(feature.code, (feature.code[:4] + "00", ""))
        drawn[feature.code] = county_feature(
            feature,
            city=city,
            city_name=city_name,
            shape=shapes[feature.code],
            credit=source.credit,
        )
    outlines = city_outlines(_of_whole_cities(drawn, areas))
    townships = read_collection(folder / "boundaries" / "townships.geojson")
    polygons = [*drawn, *townships, *(o["properties"]["code"] for o in outlines)]
    finished = areas.with_columns(has_polygon=pl.col("area_code").is_in(polygons))
    _write(folder, finished, drawn=drawn, outlines=outlines)
    return _summary(finished, counties, chosen=chosen, outlines=outlines)


def _areas(folder: Path, codes: Sequence[str], divisions: Divisions | None) -> pl.DataFrame:
    """Return the areas known so far with those of the divisions and the overrides laid over."""
    path = folder / "areas.csv"
    known = read_table(path, AREAS_SCHEMA) if path.exists() else pl.DataFrame(schema=AREAS_SCHEMA)
    if divisions is None:
        return known
    added = pl.concat([national_rows(divisions), local_rows(divisions, codes=codes)])
    overrides = read_table(folder / "area_overrides.csv", OVERRIDES_SCHEMA)
    return merge_areas(known, added, overrides=overrides, polygons=[])


def _wanted(areas: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    """Return the counties in force under the codes; a city without counties stands for itself."""
    levels = areas.filter(pl.col("area_level").is_in(["city", "county"]))
    unknown = sorted(set(codes) - set(levels["area_code"]))
    if unknown:
        raise UsageError(
            f"--codes 中有查不到的市、县代码：{'、'.join(unknown)}。"
            "请写六位代码（市如 410200，县如 610902）；新增的区划请用 --divisions 带入。"
        )
    under = ancestors(levels).filter(pl.col("ancestor_code").is_in(codes)).select("area_code")
    found = levels.join(under.unique(), on="area_code", how="semi").filter(
        pl.col("successor_code").is_null()
    )
    childless = ~pl.col("area_code").is_in(found["parent_code"].drop_nulls().implode())
    return found.filter((pl.col("area_level") == "county") | childless)


def _chosen(
    source: Source, areas: pl.DataFrame, *, codes: Sequence[str], counties: set[str]
) -> list[Feature]:
    """Return the features of the wanted areas, old codes carried to their successors."""
    if not source.is_package:
        check_codes(source.features, name=source.name)
    now = dict(current_code(areas).select("area_code", "current_code").iter_rows())
    carried = [replace(f, code=now.get(f.code, f.code)) for f in source.features]
    prefixes = tuple(code[:4] for code in codes if code.endswith("00"))
    chosen = [
        f
        for f in carried
        if f.code in counties or (f.code not in now and f.code.startswith(prefixes or ("#",)))
    ]
    check_codes(chosen, name=source.name)
    return sorted(chosen, key=lambda feature: feature.code)


def _checked(
    source: Source,
    chosen: Sequence[Feature],
    *,
    counties: pl.DataFrame,
    known: Mapping[str, BaseGeometry],
) -> dict[str, BaseGeometry]:
    """Run every check; only the package itself may lack counties and needs no comparison."""
    shapes = check_shapes(chosen, name=source.name)
    if source.is_package and shapes:
        return shapes
    drawable = counties.filter(~_is_zone()).select("area_code", "area_name")
    check_complete(shapes, expected=dict(drawable.iter_rows()), name=source.name)
    labels = {f.code: f.label for f in chosen}
    check_place(shapes, known=known, labels=labels, name=source.name)
    return shapes


def _is_zone() -> pl.Expr:
    """Say whether a county-level area is a zone of statisticians or of a city, without polygon."""
    return (pl.col("code_system") == "local") | (pl.col("area_code").str.slice(4, 1) == "7")


def _city_of(areas: pl.DataFrame) -> dict[str, tuple[str, str]]:
    """Return city code and name by county code; a city without counties is its own."""
    cities = areas.filter(pl.col("area_level") == "city").select(
        city_code="area_code", city_name="area_name"
    )
    counties = areas.filter(pl.col("area_level") == "county").join(
        cities, left_on="parent_code", right_on="city_code", validate="m:1"
    )
    own = {code: (code, name) for code, name in cities.iter_rows()}
    rows = counties.select("area_code", "parent_code", "city_name").iter_rows()
    return own | {code: (city, name) for code, city, name in rows}


def _of_whole_cities(
    drawn: Mapping[str, Mapping[str, Any]], areas: pl.DataFrame
) -> list[Mapping[str, Any]]:
    """Return the counties of cities all of whose counties are drawn, zones aside."""
    needed = areas.filter(
        pl.col("area_level") == "county", pl.col("successor_code").is_null(), ~_is_zone()
    )
    partial = set(needed.filter(~pl.col("area_code").is_in(list(drawn)))["parent_code"])
    return [f for _, f in sorted(drawn.items()) if f["properties"]["city"] not in partial]


def _write(
    folder: Path,
    areas: pl.DataFrame,
    *,
    drawn: Mapping[str, Mapping[str, Any]],
    outlines: Sequence[Mapping[str, Any]],
) -> None:
    boundaries = folder / "boundaries"
    boundaries.mkdir(parents=True, exist_ok=True)
    put_in_place(
        {
            folder / "areas.csv": areas.write_csv(),
            boundaries / "counties.geojson": write_text_collection("counties", drawn.values()),
            boundaries / "cities.geojson": write_text_collection("cities", outlines),
        }
    )


def _summary(
    areas: pl.DataFrame,
    counties: pl.DataFrame,
    *,
    chosen: Sequence[Feature],
    outlines: Sequence[Mapping[str, Any]],
) -> Onboarded:
    drawn = {f.code for f in chosen}
    bare = counties.filter(~pl.col("area_code").is_in(drawn)).sort("area_code")
    below = ancestors(areas).filter(pl.col("ancestor_code").is_in(counties["area_code"].implode()))
    levels = areas.join(below, on="area_code", how="semi")["area_level"].value_counts()
    counts = dict(levels.iter_rows())
    return Onboarded(
        counties=tuple(f.label for f in chosen),
        cities=tuple(str(o["properties"]["code"]) for o in outlines),
        without_polygon=tuple(bare["area_name"] + bare["area_code"]),
        townships=counts.get("township", 0),
        villages=counts.get("village", 0),
    )


def known_shapes(folder: Path, package: Source | None) -> dict[str, BaseGeometry]:
    """Return the polygons to compare with: those of the package, else those taken in before."""
    drawn = read_collection(folder / "boundaries" / "counties.geojson")
    features = [
        *(Feature(code=c, name="", geometry=f["geometry"]) for c, f in sorted(drawn.items())),
        *(package.features if package else ()),
    ]
    shapes = {f.code: to_geometry(f) for f in features}
    return {code: shape for code, shape in shapes.items() if shape is not None}
