"""Write staged tables: one file each, or one file a month in codes."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

import dataframely as dy
import polars as pl

from pipeline.contracts.staging import ADMISSION_CODES, ADMISSIONS
from pipeline.spill import Spill, private
from pipeline.staged.codes import Codes, encoded
from pipeline.version import code_version

SETTLEMENTS = "settlements"
CODES = "codes"
PART = "part.parquet"
DIGEST = "part.sha256"
NOTE = "written.json"
# Rows of a month in one piece: whoever reads it has arrays without copying.
_TOGETHER = 4_000_000
_BY_MONTH = ("insured_county", "institution_code", "service_date", "settlement_id")
_ADMISSIONS = "admissions"
# Three rows in ten, and some counts are of them alone: they are read without the others.
_ADMISSIONS_FIRST = ~pl.col("care_type").is_in(ADMISSIONS)


def _fresh(staged: Path, name: str) -> Path:
    shutil.rmtree(staged / name, ignore_errors=True)
    return private(staged / name)


def write_table(staged: Path, name: str, frame: pl.DataFrame) -> pl.LazyFrame:
    """Write one staged table afresh and return it as a scan."""
    path = _fresh(staged, name) / PART
    key = [c for c in frame.columns if c != "file_id" and frame.schema[c] != pl.Boolean()]
    frame.sort(key).write_parquet(path)
    return scan_table(staged, name)


def scan_table(staged: Path, name: str) -> pl.LazyFrame:
    """Return a staged table that is one file."""
    return pl.scan_parquet(staged / name / PART)


def scan_months(staged: Path, name: str, schema: type[dy.Schema]) -> pl.LazyFrame:
    """Return a staged table that is one file a month; with `schema` where there is no month."""
    if not any((staged / name).glob(f"ym=*/{PART}")):
        return schema.create_empty(lazy=True)
    return pl.scan_parquet(staged / name / "ym=*" / PART, hive_partitioning=False)


def scan_admissions(month: Path) -> pl.LazyFrame:
    """Return the admissions of a month's file, which come first in it."""
    return pl.scan_parquet(month).head(int(pl.read_parquet_metadata(month)[_ADMISSIONS]))


def write_months(
    staged: Path,
    name: str,
    months: Spill,
    schema: type[dy.Schema],
    *,
    untouched: Collection[str] = (),
    full: bool = False,
) -> pl.LazyFrame:
    """Write settlements month by month (`ym=YYYYMM`), and return them as one scan.

    The spill has accepted rows; the files have `schema`, the staged one. The code tables are kept
    from the last run, so that the bytes of a month change only with its own rows; a month whose
    rows are those of the last run is not written again, unless `full`. What is neither a month of
    the spill nor `untouched` is removed.
    """
    folder = _fresh(staged, name) if full else private(staged / name)
    tables = private(staged / CODES)
    codes = Codes.read(tables)
    found = months.names
    for path in set(folder.iterdir()) - {folder / f"ym={ym}" for ym in (*found, *untouched)}:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for ym in found:
        digest = months.digest(ym)
        if not is_written(folder / f"ym={ym}", digest, codes):
            rows = months.scans(ym)
            codes = codes.extended(pl.concat(rows))
            write_month(folder, ym, rows, codes)
            note_written(folder / f"ym={ym}", digest, codes)
        months.drop(ym)
    codes.write(tables)
    return scan_months(staged, name, schema)


def note_written(month: Path, rows: str, codes: Codes) -> None:
    """Note beside a month which rows (a hash) and codes it was written from."""
    sizes = codes.sizes()
    told = {
        "code": code_version(),
        "rows": rows,
        "part": (month / DIGEST).read_text(),
        "sizes": sizes,
        "codes": codes.meaning(sizes),
    }
    written = month / f"{NOTE}.new"
    written.write_text(json.dumps(told))
    written.replace(month / NOTE)


def is_written(month: Path, rows: str, codes: Codes) -> bool:
    """Say whether a month lies there as it would be written from some rows (a hash).

    Codes that other months added since change nothing: a code, once given, stays.
    """
    try:
        told = json.loads((month / NOTE).read_text())
        is_same = (told["code"], told["rows"]) == (code_version(), rows)
        if not is_same or codes.meaning(told["sizes"]) != told["codes"]:
            return False
        with (month / PART).open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
        return all(digest == found for digest in (told["part"], (month / DIGEST).read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_month(folder: Path, ym: str, rows: Sequence[pl.LazyFrame], codes: Codes) -> None:
    """Write the accepted settlements of a service month in codes.

    Only what orders the rows is held as text, the rows themselves in codes.
    """
    named = pl.concat(rows).select(_ADMISSIONS_FIRST.alias("_kind"), *_BY_MONTH)
    order = named.with_row_index("_at").sort("_kind", *_BY_MONTH)
    at = order.select("_at").collect()["_at"]
    coded = pl.concat(encoded(part, codes).collect() for part in rows)
    write_coded(folder, ym, coded[at], codes)


def write_coded(folder: Path, ym: str, coded: pl.DataFrame, codes: Codes) -> None:
    """Write a month of StagedSettlement with the hash of its file beside it.

    Admissions come first. The file's metadata say how many they are, and have the hash of what its
    codes stand for and of what its bands and chapters were derived with, so that the hash of the
    file changes with them.
    """
    packed = io.BytesIO()
    is_admission = coded["care_type"].is_in(ADMISSION_CODES)
    admissions = is_admission.sum()
    assert is_admission[:admissions].all(), "a month is written with its admissions first"
    told = {"codes": codes.digest(coded), _ADMISSIONS: f"{admissions}"}
    coded.write_parquet(
        packed, compression="lz4", statistics=False, row_group_size=_TOGETHER, metadata=told
    )
    month = private(folder / f"ym={ym}")
    (month / NOTE).unlink(missing_ok=True)
    content = packed.getbuffer()
    (month / PART).write_bytes(content)
    (month / DIGEST).write_text(hashlib.sha256(content).hexdigest())
