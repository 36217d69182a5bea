"""Code lists that a check brings along: regions with their years, institutions, confirmed names."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.errors import StorageError
from pipeline.ingest.cells.grammar import cleaned, cleaned_text
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.texts.decode import decode
from pipeline.reference import AREAS_SCHEMA, INSTITUTION_ALIASES_SCHEMA, Reference, current_code

REGIONS = "ref_regions.csv"
INSTITUTIONS = "ref_institutions.csv"
ALIASES = "ref_institution_aliases.csv"
COUNTY_DIGITS = 6
_DELIMITERS = (",", "\t", ";")
_NAMES = ("名称", "机构名称", "别名")  # as written; codes and years are folded
_STILL = ["-", "--", "—", "/", "无", "至今", "现行"]  # for the last year of a code in force
CODE_LISTS = (REGIONS, INSTITUTIONS, ALIASES)


def own_codes(folder: Path, default: Reference) -> tuple[Reference, pl.DataFrame | None]:
    """Replace the code lists by those a folder brings: regions, institutions, or both.

    The register is None where the folder brings none.

    Raises:
        StorageError: the folder has no code list, or one cannot be read.
    """
    regions, institutions = folder / REGIONS, folder / INSTITUTIONS
    if not folder.is_dir() or not (regions.exists() or institutions.exists()):
        raise StorageError(f"{folder}里没有{REGIONS}或{INSTITUTIONS}，请检查 --reference。")
    codes = default
    if regions.exists():
        table = _table(regions, ("代码", "名称", "启用年", "停用年", "现行代码"))
        codes = replace(codes, areas=_areas(table, default.areas))
    if (folder / ALIASES).exists():
        confirmed = _table(folder / ALIASES, ("机构编码", "别名"))
        codes = replace(codes, institution_aliases=_aliases(confirmed))
    if not institutions.exists():
        return codes, None
    table = _table(institutions, ("机构编码", "机构名称", "区划代码", "类型"))
    return codes, _register(table, codes.areas)


def _table(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    try:
        text = decode(path.read_bytes())
        table = pl.read_csv(io.StringIO(text), separator=_delimiter(text), infer_schema=False)
    except (pl.exceptions.PolarsError, OSError, FileRefused) as error:
        raise StorageError(f"代码表{path}读不出来，请存为UTF-8的CSV。") from error
    table = table.rename(lambda name: name.strip().strip("\ufeff"))
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise StorageError(
            f"代码表{path}缺少列：{'、'.join(missing)}。表头应有：{','.join(columns)}。"
        )
    table = table.select(
        (cleaned_text if column in _NAMES else cleaned)(pl.col(column)) for column in columns
    )
    codes = [column for column in columns if column.endswith("代码")]
    return table.with_columns(_code(pl.col(codes))).drop_nulls(columns[0])


def _delimiter(text: str) -> str:
    """Return the delimiter of which the first line has most."""
    first = text.lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def _code(text: pl.Expr) -> pl.Expr:
    """Undo what table programs and the statistics office make of an area code of six digits."""
    return text.str.replace(r"\.0+$", "").str.replace(r"^(\d{6})0{6}$", "$1")


def _years(table: pl.DataFrame, column: str) -> pl.Series:
    """Read the years of a column (1949, 1949年, 1949-10-01).

    Raises:
        StorageError: a year cannot be read; without it a code would hold for ever.
    """
    years = table[column].str.extract(r"^(\d{4})(?:\D|$)").cast(pl.Int32)
    bad = table.filter(years.is_null() & pl.col(column).is_in(_STILL).not_())
    if bad.height:
        shown = f"“{bad[column][0]}”（代码{bad['代码'][0]}）"
        raise StorageError(f"区划代码表的“{column}”列有看不懂的年份{shown}，请只填四位年份。")
    return years


def _level(code: pl.Expr) -> pl.Expr:
    return (
        pl.when(code.str.len_chars() != COUNTY_DIGITS)
        .then(pl.lit("other"))
        .when(code.str.ends_with("0000"))
        .then(pl.lit("province"))
        .when(code.str.ends_with("00"))
        .then(pl.lit("city"))
        .otherwise(pl.lit("county"))
    )


def _listed_once(table: pl.DataFrame) -> pl.DataFrame:
    """Return one row per code: its last name and successor, its first and last year."""
    first, last = (_years(table, column) for column in ("启用年", "停用年"))
    return (
        table.with_columns(_from=first, _until=last)
        .sort("代码", "_until", nulls_last=True)
        .group_by("代码", maintain_order=True)
        .agg(
            pl.col("名称", "现行代码").last(),
            _from=pl.when(pl.col("_from").has_nulls().not_()).then(pl.col("_from").min()),
            _until=pl.when(pl.col("_until").has_nulls().not_()).then(pl.col("_until").max()),
        )
    )


def _areas(table: pl.DataFrame, default: pl.DataFrame) -> pl.DataFrame:
    """Turn a list of region codes with years into areas.

    A code that is listed for several spans of years is in force from the first to the last. A code
    of today that is itself not listed is added, and so are the provinces: they are where patients
    go, and every list leaves most of them out.
    """
    listed = _listed_once(table)
    code = pl.col("area_code")
    own = listed.select(
        area_code="代码",
        area_name="名称",
        valid_from=pl.date(pl.col("_from"), 1, 1),
        valid_until=pl.date(pl.col("_until"), 12, 31),
        successor_code=pl.when(pl.col("现行代码") != pl.col("代码")).then("现行代码"),
    )
    added = own.select(area_code="successor_code").drop_nulls().unique()
    provinces = default.filter(pl.col("area_level") == "province").select("area_code", "area_name")
    others = pl.concat([added, provinces], how="diagonal").unique("area_code")
    areas = pl.concat([own, others.join(own, on="area_code", how="anti")], how="diagonal")
    parent = (
        pl.when(_level(code) == "county")
        .then(code.str.head(4) + "00")
        .when(_level(code) == "city")
        .then(code.str.head(2) + "0000")
    )
    frame = areas.with_columns(
        pl.col("area_name").fill_null(code),
        area_level=_level(code),
        parent_code=parent,
        code_system=pl.lit("local"),
        located_in=pl.lit(None, dtype=pl.String),
        has_polygon=pl.lit(value=False),
    )
    return frame.select(AREAS_SCHEMA.names()).cast(AREAS_SCHEMA).sort("area_code")


def _register(table: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Turn a list of institutions into a register; a former area code becomes that of today."""
    today = current_code(areas).select("area_code", "current_code")
    return table.join(
        today, left_on="区划代码", right_on="area_code", how="left", validate="m:1"
    ).select(
        institution_code="机构编码",
        institution_name="机构名称",
        county_code=pl.coalesce("current_code", "区划代码"),
        township_code=pl.lit(None, dtype=pl.String),
        hospital_level=pl.lit(None, dtype=pl.String),
        extract_date=pl.lit(date.min),
        member_from=pl.lit(None, dtype=pl.Date),
    )


def _aliases(table: pl.DataFrame) -> pl.DataFrame:
    rows = table.select(institution_code="机构编码", alias_name="别名").drop_nulls()
    return pl.concat([pl.DataFrame(schema=INSTITUTION_ALIASES_SCHEMA), rows], how="diagonal")
