"""Write staged tables: one file each, or one file a month."""

from __future__ import annotations

import shutil
from pathlib import Path

import dataframely as dy
import polars as pl

from pipeline.spill import Spill, private

_BY_MONTH = ("insured_county", "institution_code", "service_date", "settlement_id")


def _fresh(staged: Path, name: str) -> Path:
    shutil.rmtree(staged / name, ignore_errors=True)
    return private(staged / name)


def write_table(staged: Path, name: str, frame: pl.DataFrame) -> pl.LazyFrame:
    """Write one staged table afresh and return it as a scan."""
    path = _fresh(staged, name) / "part.parquet"
    key = [c for c in frame.columns if c != "file_id" and frame.schema[c] != pl.Boolean()]
    frame.sort(key).write_parquet(path)
    return pl.scan_parquet(path)


def write_months(staged: Path, name: str, months: Spill, schema: type[dy.Schema]) -> pl.LazyFrame:
    """Write a table afresh, month by month (`ym=YYYYMM`), and return it as one scan."""
    folder = _fresh(staged, name)
    found = months.names
    for ym in found:
        month = pl.concat(months.scans(ym)).collect().sort(_BY_MONTH)
        month.write_parquet(private(folder / f"ym={ym}") / "part.parquet")
        months.drop(ym)
    if not found:
        return schema.create_empty(lazy=True)
    return pl.scan_parquet(folder / "ym=*" / "part.parquet", hive_partitioning=False)
