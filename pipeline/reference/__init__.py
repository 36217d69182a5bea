"""The reference data: areas and their history, names, published facts, populations, boundaries.

Validity: `valid_from` and `valid_until` are days on which a code is right, both included. A code
that changed in a year is right to 31 December of that year, its successor from 1 January of it,
because approvals fall within the year: through that year both are accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

import polars as pl

from pipeline.errors import StorageError
from pipeline.methods.rollup import lineage

DEFAULT = Path(__file__).parent.parent.parent / "data" / "reference"

AREAS_SCHEMA = pl.Schema(
    {
        "area_code": pl.String(),
        "area_name": pl.String(),
        "area_level": pl.String(),
        "parent_code": pl.String(),
        "code_system": pl.String(),
        "valid_from": pl.Date(),
        "valid_until": pl.Date(),
        "successor_code": pl.String(),
        "located_in": pl.String(),
        "has_polygon": pl.Boolean(),
    }
)
OVERRIDES_SCHEMA = pl.Schema({k: v for k, v in AREAS_SCHEMA.items() if k != "has_polygon"})
ALIASES_SCHEMA = pl.Schema(
    dict.fromkeys(("parent_code", "alias_name", "area_code", "kind", "note"), pl.String())
)
INSTITUTION_ALIASES_SCHEMA = pl.Schema(
    dict.fromkeys(("institution_code", "alias_name", "confirmed_by", "confirmed_on"), pl.String())
)
CHANGES_SCHEMA = pl.Schema({"area_code": pl.String(), "year": pl.Int32(), "note_zh": pl.String()})
POPULATION_SCHEMA = pl.Schema(
    {
        "area_code": pl.String(),
        "area_name": pl.String(),
        "population": pl.Int64(),
        "share_0_14": pl.Float64(),
        "share_65_plus": pl.Float64(),
        "source": pl.String(),
    }
)
_FACT_TEXTS = (
    *("fact_id", "place_name", "adcode", "level", "topic", "measure_zh", "measure_en", "value"),
    *("comparator", "unit", "as_of", "source_title", "source_date", "note"),
)
FACTS_SCHEMA = pl.Schema({c: pl.Float64() if c == "value" else pl.String() for c in _FACT_TEXTS})

_COUNTY_SUFFIX = "(自治县|自治旗|特区|林区|新区|区|县|市|旗)$"
_TOWNSHIP_SUFFIX = "(街道办事处|街道办|街道|镇|乡)$"


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """All reference data; `boundaries` is the folder of counties.geojson and cities.geojson.

    One is equal to itself alone: tables are not compared.
    """

    areas: pl.DataFrame
    aliases: pl.DataFrame
    population: pl.DataFrame
    published_facts: pl.DataFrame
    boundaries: Path
    institution_aliases: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=INSTITUTION_ALIASES_SCHEMA)
    )


def read_table(path: Path, schema: pl.Schema) -> pl.DataFrame:
    """Read a CSV of the reference folder; its header must be the schema's columns, in order.

    Raises:
        StorageError: the file is missing, or is not what this version expects.
    """
    try:
        return pl.read_csv(path, schema=schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StorageError(
            f"参考数据{path.name}读不出来：{str(error).splitlines()[0]}。"
            "请从安装包恢复 data/reference。"
        ) from error


def load_reference(folder: Path = DEFAULT) -> Reference:
    """Load a reference folder, once per process."""
    return _load(folder)


def forget() -> None:
    """Drop what was loaded: its files have changed."""
    _load.cache_clear()


@cache
def _load(folder: Path) -> Reference:
    return Reference(
        areas=read_table(folder / "areas.csv", AREAS_SCHEMA),
        aliases=read_table(folder / "area_aliases.csv", ALIASES_SCHEMA),
        population=read_table(folder / "population_2020.csv", POPULATION_SCHEMA),
        published_facts=read_table(folder / "published_facts.csv", FACTS_SCHEMA),
        boundaries=folder / "boundaries",
        institution_aliases=read_table(
            folder / "institution_aliases.csv", INSTITUTION_ALIASES_SCHEMA
        ),
    )


def land_moved() -> pl.DataFrame:
    """Return what no table of codes can repair: land that moved between areas that kept theirs.

    One row per area and change: area_code, year, note_zh.
    """
    return read_table(DEFAULT / "area_changes.csv", CHANGES_SCHEMA)


def current_code(areas: pl.DataFrame) -> pl.DataFrame:
    """Return one row per area: its code, the code in force today, and the days its own is right.

    Raises:
        StorageError: a successor is unknown, or successors run in a circle.
    """
    successors = areas.select("area_code", next_code="successor_code")
    codes = areas.select("area_code", "valid_from", "valid_until", current_code="area_code")
    for _ in range(10):
        step = codes.join(
            successors, left_on="current_code", right_on="area_code", how="left", validate="m:1"
        )
        unknown = step.join(
            successors, left_on="next_code", right_on="area_code", how="anti"
        ).filter(pl.col("next_code").is_not_null())
        if unknown.height:
            raise StorageError(f"参考数据中有查不到的后继代码：{_some(unknown, 'next_code')}。")
        if step["next_code"].is_null().all():
            return codes.select("area_code", "current_code", "valid_from", "valid_until")
        codes = step.with_columns(current_code=pl.coalesce("next_code", "current_code")).drop(
            "next_code"
        )
    raise StorageError(
        "区划代码表中的现行代码互相指向，首尾成环，请检查“现行代码”列"
        "（项目自带的代码表为 area_overrides.csv）。"
    )


def ancestors(areas: pl.DataFrame) -> pl.DataFrame:
    """Return one row per area and ancestor (itself included), following parent_code only."""
    levels = areas.select(ancestor_code="area_code", ancestor_level="area_level")
    found = lineage(areas).join(levels, on="ancestor_code", validate="m:1")
    return found.sort("area_code", pl.col("ancestor_code").str.len_chars(), "ancestor_code")


def _counties_in_full(areas: pl.DataFrame) -> pl.DataFrame:
    """Return one row per county version: its city, its name and the code in force today."""
    counties = areas.filter(pl.col("area_level") == "county").join(
        current_code(areas), on="area_code", how="left", validate="1:1"
    )
    return counties.select(
        city_code="parent_code",
        county_name="area_name",
        county_code="current_code",
        kind=pl.when(pl.col("area_code") == pl.col("current_code"))
        .then(pl.lit("full"))
        .otherwise(pl.lit("former")),
    )


def county_by_name(areas: pl.DataFrame, aliases: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return one row per city and name a county is written with: full, short, former, misprint.

    `county_code` is the code in force today. Kind `former` and `misprint` deserve a warning.
    Short names that could mean two counties or the city itself are left out.
    """
    aliases = load_reference().aliases if aliases is None else aliases
    full = _counties_in_full(areas)
    cities = areas.filter(pl.col("area_level") == "city").select(
        city_code="area_code", city_name="area_name"
    )
    joined = full.join(cities, on="city_code", how="left", validate="m:1")
    with_city = joined.filter(~pl.col("county_name").str.starts_with(pl.col("city_name"))).select(
        "city_code",
        pl.concat_str("city_name", "county_name").alias("county_name"),
        "county_code",
        "kind",
    )
    short = (
        joined.filter(kind="full")
        .with_columns(pl.col("county_name").str.replace(_COUNTY_SUFFIX, ""), kind=pl.lit("short"))
        .filter(
            pl.col("county_name").str.len_chars() >= 2,
            pl.col("county_name") != pl.col("city_name").str.strip_suffix("市"),
        )
        .select(full.columns)
    )
    other = _aliases_of(aliases, areas, "county").rename(
        {"parent_code": "city_code", "name": "county_name", "area_code": "county_code"}
    )
    return _unambiguous([full, other, with_city, short], key=("city_code", "county_name"))


def township_by_name(areas: pl.DataFrame, aliases: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return one row per county and name a township is written with.

    In full, without its suffix, a street office with 办事处, and as listed in area_aliases.csv.
    A township of a zone is also found under the county the zone lies in (kind `zone`).
    Short names that could mean two townships are left out.
    """
    aliases = load_reference().aliases if aliases is None else aliases
    full = areas.filter(pl.col("area_level") == "township").select(
        county_code="parent_code",
        township_name="area_name",
        township_code="area_code",
        kind=pl.lit("full"),
    )
    name = pl.col("township_name")
    office = full.filter(name.str.ends_with("街道")).with_columns(kind=pl.lit("variant"))
    offices = [
        office.with_columns(name + "办事处"),
        office.with_columns(name + "办"),
        office.with_columns(name.str.strip_suffix("街道") + "办事处"),
    ]
    short = full.with_columns(name.str.replace(_TOWNSHIP_SUFFIX, ""), kind=pl.lit("short")).filter(
        name.str.len_chars() >= 2
    )
    other = _aliases_of(aliases, areas, "township").rename(
        {"parent_code": "county_code", "name": "township_name", "area_code": "township_code"}
    )
    names = _unambiguous([full, other, *offices, short], key=("county_code", "township_name"))
    zones = areas.drop_nulls("located_in").select(county_code="area_code", host="located_in")
    in_host = (
        names.join(zones, on="county_code", validate="m:1")
        .with_columns(county_code="host", kind=pl.lit("zone"))
        .select(names.columns)
    )
    return _unambiguous([names, in_host], key=("county_code", "township_name"))


def _aliases_of(aliases: pl.DataFrame, areas: pl.DataFrame, level: str) -> pl.DataFrame:
    of_level = areas.filter(pl.col("area_level") == level).select("area_code")
    return aliases.join(of_level, on="area_code", how="semi").select(
        "parent_code", "area_code", "kind", name="alias_name"
    )


def _unambiguous(frames: list[pl.DataFrame], *, key: tuple[str, str]) -> pl.DataFrame:
    """Stack names by authority; within the first frame that has a name, two owners void it."""
    code = next(c for c in frames[0].columns if c.endswith("_code") and c not in key)
    columns = [*key, code, "kind"]
    ranked = pl.concat(
        [f.select(*columns, rank=pl.lit(i, dtype=pl.Int32)) for i, f in enumerate(frames)]
    )
    best = ranked.filter(pl.col("rank") == pl.col("rank").min().over(key))
    return (
        best.filter(pl.col(code).n_unique().over(key) == 1)
        .unique(key, keep="first", maintain_order=True)
        .select(columns)
        .sort(key)
    )


def _some(frame: pl.DataFrame, column: str) -> str:
    return "、".join(cast("list[str]", frame[column].unique().sort().head(5).to_list()))
