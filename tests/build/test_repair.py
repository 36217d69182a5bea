"""Fix what was refused and build again: the marts are those of a world that was never broken.

And whatever the build of the broken world writes, no person is named in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.build import BuildResult, build
from pipeline.demo import write_world

pytestmark = pytest.mark.build

AS_OF = date(2025, 6, 30)
MARCH = "settlements/410200_开封市_医保结算_202503.csv"
APRIL = "settlements/410200_开封市_医保结算_202504.csv"
MAY = "settlements/410200_开封市_医保结算_202505.csv"


def _edit(path: Path, change: Callable[[str], str]) -> None:
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(change(text), encoding="utf-8-sig")


def _three_bad_rows(text: str) -> str:
    """Spoil the date of three rows and cut one short."""
    header, *lines = text.splitlines()
    bad = [line.replace("2025-", "25-") for line in lines[3:6]]
    return "\n".join([header, *lines[:3], *bad, lines[6][:40], *lines[7:]]) + "\n"


def _other_insurance(text: str) -> str:
    """Write the month anew with another insurance of most persons, and without a batch."""
    return text.replace(",城乡居民,", ",职工,")


def _break(raw: Path) -> list[Path]:
    """Break files and rows in several ways; return the files that nobody had before."""
    _edit(raw / MARCH, _three_bad_rows)
    _edit(raw / MAY, lambda text: text.replace("结算日期", "办理日期", 1))
    twice = raw / "settlements" / "开封四月.csv"
    shutil.copy(raw / APRIL, twice)
    _edit(twice, _other_insurance)
    book = next((raw / "equipment").glob("*.xlsx"))
    book.write_bytes(book.read_bytes()[: book.stat().st_size // 2])
    clinics = next((raw / "clinics").glob("*.xlsx"))
    clinics.write_bytes(b"<html>not a workbook</html>")
    return [twice]


def _reasons(rejected: pl.DataFrame) -> dict[str, set[str]]:
    grouped = rejected.group_by("file").agg(pl.col("reason").unique())
    return {file: set(reasons) for file, reasons in grouped.iter_rows()}


def _persons(raw: Path) -> set[str]:
    """Return names and numbers of some of the insured."""
    lines = (raw / MARCH).read_text(encoding="utf-8-sig").splitlines()[1:60]
    return {cell for line in lines for cell in line.split(",")[1:3]}


def _texts(folder: Path) -> set[str]:
    """Return every text of every table below a folder, and every other file's content as one."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            text = pl.scan_parquet(path).select(pl.selectors.by_dtype(pl.String)).collect()
            found |= {value for column in text for value in column.drop_nulls().unique()}
        elif path.is_file():
            found.add(path.read_text(encoding="utf-8", errors="replace"))
    return found


def _refused(result: BuildResult) -> set[str]:
    return set(result.ledger_files.filter(pl.col("refusal").is_not_null())["file"])


def test_what_was_mended_leaves_no_trace(tmp_path: Path) -> None:
    good, raw = tmp_path / "good", tmp_path / "raw"
    write_world(good, cities=("410200",), scale=0.001, start=date(2025, 1, 1))
    shutil.copytree(good, raw)
    never_broken = build(good, tmp_path / "a" / "marts", as_of=AS_OF)
    added = _break(raw)
    marts = tmp_path / "b" / "marts"
    broken = build(raw, marts, as_of=AS_OF)
    found, before = _reasons(broken.rejected), _reasons(never_broken.rejected)
    assert found[MARCH] == {"BAD_DATE", "RAGGED"}
    assert found[APRIL] == {"OVERLAP"}
    assert found["settlements/开封四月.csv"] == {"OVERLAP"}
    refused = _refused(broken) - _refused(never_broken)
    assert {file.split("/")[0] for file in refused} == {"settlements", "equipment", "clinics"}
    assert broken.snapshot.manifest.content_hash != never_broken.snapshot.manifest.content_hash
    everything = "\n".join(_texts(tmp_path / "b"))
    assert "卫生院" in everything
    assert [person for person in _persons(good) if person in everything] == []
    for file in added:
        file.unlink()
    for path in sorted(good.rglob("*")):
        mended = raw / path.relative_to(good)
        if path.is_file() and mended.read_bytes() != path.read_bytes():
            shutil.copy(path, mended)
    mended_world = build(raw, marts, as_of=AS_OF, accept_jump="改正后重新放入")
    assert (
        mended_world.snapshot.manifest.content_hash == never_broken.snapshot.manifest.content_hash
    )
    assert _reasons(mended_world.rejected) == before
