"""What would be accepted and refused of files, and why; the façade of `check`. Writes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.catalog.sources import SOURCE_IDS
from pipeline.errors import StorageError, UsageError
from pipeline.ingest.batch import Progress, quiet
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.persons import KEY_BYTES
from pipeline.intake import Examined, examine, raw_files
from pipeline.reference import AREAS_SCHEMA, Reference, load_reference
from pipeline.spill import Spill

REGIONS = "ref_regions.csv"
INSTITUTIONS = "ref_institutions.csv"


def check(
    path: Path,
    *,
    source: str | None = None,
    reference: Path | None = None,
    as_of: date | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Return one object with, for each file, its accounts, refusals and sums in yuan.

    `read` is `accepted` plus the number of `rejected`; the duplicates are those among them. `row`
    is the physical line of a CSV, Excel's own row number, or the 1-based record.

    Raises:
        UsageError: the path or the source does not exist.
        StorageError: the code lists in `reference` cannot be read.
    """
    files = _files(path, source)
    codes = load_reference()
    register = None
    if reference is not None:
        codes, register = _own_codes(reference, codes)
    others = _register_beside(path, files) if register is None else []
    # A throw-away key: nothing is kept, and the real one must not come to be by a check.
    examined = examine(
        [*files, *others],
        reference=codes,
        as_of=as_of,
        progress=progress,
        key=secrets.token_bytes(KEY_BYTES),
        register=register,
    )
    reports = _reports(examined)[: len(files)]
    return {"as_of": examined.as_of.isoformat(), "files": reports}


def _register_beside(path: Path, files: Sequence[RawFile]) -> list[RawFile]:
    """Find the institution register of the raw folder that a single source is checked in."""
    if not files or any(file.source == "institutions" for file in files):
        return []
    folder = path if path.is_dir() else path.parent
    beside = folder.parent / "institutions"
    return find_files(beside, "institutions", root=folder.parent) if beside.is_dir() else []


def _files(path: Path, source: str | None) -> list[RawFile]:
    if not path.exists():
        raise UsageError(f"没有{path}这个文件或文件夹。")
    if source is not None and source not in SOURCE_IDS:
        raise UsageError(f"没有{source}这个数据源。可用的有：{'、'.join(SOURCE_IDS)}。")
    folder = path if path.is_dir() else path.parent
    if source is None and path.is_dir() and any((path / name).is_dir() for name in SOURCE_IDS):
        return raw_files(path)
    named = source or folder.name
    if named not in SOURCE_IDS:
        raise UsageError(f"看不出{path}是哪个数据源，请用 --source 指明：{'、'.join(SOURCE_IDS)}。")
    return find_files(path, named, root=folder)


def _reports(examined: Examined) -> list[dict[str, Any]]:
    refused = {
        file_id: part.select("sheet", "row", "column", "reason", "detail", "message_zh").to_dicts()
        for (file_id,), part in examined.rejected.partition_by("file_id", as_dict=True).items()
    }
    sums = _sums(examined.settlements)
    return [
        {
            "file": row["file"],
            "source": row["source"],
            "read": row["rows_read"],
            "accepted": row["accepted"],
            "duplicates": row["duplicates"],
            "rejected": refused.get(row["file_id"], []),
            "file_reject": row["refusal"],
            "message": row["message_zh"],
            "warnings": [warning.split(":")[0] for warning in row["warnings"].split()],
            "sums": sums.get(row["file_id"], _NOTHING) if row["source"] == "settlements" else {},
            "crashed": False,
        }
        for row in examined.ledger_files.iter_rows(named=True)
    ]


_NOTHING = {"total_cost": "0.00", "pooled_fund_paid": "0.00"}


def _sums(settlements: Spill) -> dict[int, dict[str, str]]:
    """Sum the accepted rows of each file, exactly."""
    parts = [
        part.group_by("file_id").agg(pl.col("total_fen", "fund_fen").sum()).collect()
        for month in settlements.names
        for part in settlements.scans(month)
    ]
    if not parts:
        return {}
    sums = pl.concat(parts).group_by("file_id").agg(pl.col("total_fen", "fund_fen").sum())
    return {
        file_id: {"total_cost": _yuan(total), "pooled_fund_paid": _yuan(fund)}
        for file_id, total, fund in sums.rows()
    }


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _own_codes(folder: Path, default: Reference) -> tuple[Reference, pl.DataFrame | None]:
    """Replace the code lists by those a folder brings: regions, institutions, or both."""
    regions, institutions = folder / REGIONS, folder / INSTITUTIONS
    if not folder.is_dir() or not (regions.exists() or institutions.exists()):
        raise StorageError(f"{folder}里没有{REGIONS}或{INSTITUTIONS}，请检查 --reference。")
    codes = default
    if regions.exists():
        table = _table(regions, ("代码", "名称", "启用年", "停用年", "现行代码"))
        codes = replace(default, areas=_areas(table))
    if not institutions.exists():
        return codes, None
    table = _table(institutions, ("机构编码", "机构名称", "区划代码", "类型"))
    register = table.select(
        institution_code="机构编码",
        county_code="区划代码",
        township_code=pl.lit(None, dtype=pl.String),
        hospital_level=pl.lit(None, dtype=pl.String),
        extract_date=pl.lit(date.min),
        member_from=pl.lit(None, dtype=pl.Date),
    )
    return codes, register


def _table(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise StorageError(f"代码表{path}读不出来，请存为UTF-8的CSV。") from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise StorageError(f"代码表{path}缺少列：{'、'.join(missing)}。")
    return table.with_columns(pl.col(columns).str.strip_chars().replace("", None))


def _areas(table: pl.DataFrame) -> pl.DataFrame:
    """Turn a list of region codes with years into areas."""
    code = pl.col("代码")
    level = (
        pl.when(code.str.ends_with("0000"))
        .then(pl.lit("province"))
        .when(code.str.ends_with("00"))
        .then(pl.lit("city"))
        .otherwise(pl.lit("county"))
    )
    parent = (
        pl.when(level == "county")
        .then(code.str.head(4) + "00")
        .when(level == "city")
        .then(code.str.head(2) + "0000")
    )
    frame = table.select(
        area_code=code,
        area_name="名称",
        area_level=level,
        parent_code=parent,
        code_system=pl.lit("local"),
        valid_from=pl.date(pl.col("启用年").cast(pl.Int32, strict=False), 1, 1),
        valid_until=pl.date(pl.col("停用年").cast(pl.Int32, strict=False), 12, 31),
        successor_code=pl.when(pl.col("现行代码") != code).then("现行代码"),
        located_in=pl.lit(None, dtype=pl.String),
        has_polygon=pl.lit(value=False),
    )
    return frame.select(AREAS_SCHEMA.names()).cast(AREAS_SCHEMA)
