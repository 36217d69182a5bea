"""Make the two boundary files: counties as read, and the outline of each whole city."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from pipeline.errors import StorageError
from pipeline.geo.source import Feature
from pipeline.reference import forget

CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}  # CGCS2000


def read_collection(path: Path) -> dict[str, dict[str, Any]]:
    """Read a boundary file of ours as features by code; a missing file is an empty one."""
    if not path.exists():
        return {}
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return {feature["properties"]["code"]: feature for feature in features}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"边界文件{path.name}读不出来：{error}。请从安装包恢复 data/reference/boundaries。"
        ) from error


def write_text_collection(name: str, features: Iterable[Mapping[str, Any]]) -> str:
    """Return a GeoJSON text, one feature a line, sorted by code."""
    ordered = sorted(features, key=lambda feature: feature["properties"]["code"])
    lines = (json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in ordered)
    head = json.dumps({"type": "FeatureCollection", "name": name, "crs": CRS}, ensure_ascii=False)
    return f'{head[:-1]}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


def put_in_place(texts: Mapping[Path, str]) -> None:
    """Write texts beside the files they replace, then put all in place."""
    for path, text in texts.items():
        path.with_name(path.name + ".new").write_text(text, encoding="utf-8")
    for path in texts:
        path.with_name(path.name + ".new").replace(path)
    forget()


def to_feature(
    *, code: str, name: str, geometry: Mapping[str, Any], shape: BaseGeometry, **properties: str
) -> dict[str, Any]:
    """Return a GeoJSON feature with the geometry untouched and a label point inside it."""
    point = shape.representative_point()
    return {
        "type": "Feature",
        "id": code,
        "properties": {
            "code": code,
            "name": name,
            **properties,
            "label_lon": round(point.x, 4),
            "label_lat": round(point.y, 4),
        },
        "geometry": geometry,
    }


def county_feature(
    feature: Feature, *, city: str, city_name: str, shape: BaseGeometry, credit: str
) -> dict[str, Any]:
    """Return a county's feature; who drew it stands in the property `source`."""
    return to_feature(
        code=feature.code,
        name=feature.name,
        geometry=feature.geometry,
        shape=shape,
        city=city,
        city_name=city_name,
        source=credit,
    )


def city_outlines(counties: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Dissolve counties into one clockwise outline per city."""
    frame = gpd.GeoDataFrame.from_features(list(counties), crs="EPSG:4490")
    if frame.empty:
        return []
    dissolved = frame.dissolve(by="city", aggfunc="first")
    outlines = shapely.orient_polygons(dissolved.geometry.to_numpy(), exterior_cw=True)
    return [
        to_feature(
            code=str(code),
            name=str(name),
            geometry=json.loads(shapely.to_geojson(outline)),
            shape=outline,
        )
        for code, name, outline in zip(
            dissolved.index, dissolved["city_name"], outlines, strict=True
        )
    ]
