"""The same rows give the same marts: in other files, in another order, refused first and mended.

And whatever the build of a broken world writes, no person is named in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.build import BuildResult, build
from pipeline.demo import write_world
from pipeline.snapshots import current

AS_OF = date(2025, 5, 31)
ENGINE = "POLARS_ENGINE_AFFINITY"
MARCH, APRIL, MAY = (f"settlements/340621_濉溪县_医保结算_20250{month}.csv" for month in (3, 4, 5))


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
    twice = raw / "settlements" / "濉溪四月.csv"
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


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the two small worlds of a quarter, without a fault in them."""
    raw = tmp_path_factory.mktemp("good") / "raw"
    cities = ("340621", "6109HK")
    write_world(raw, cities=cities, scale=0.005, start=date(2025, 3, 1), until=AS_OF)
    return raw


@pytest.fixture(scope="module")
def never_broken(good: Path) -> BuildResult:
    return build(good, good.parent / "marts", as_of=AS_OF)


@dataclass(frozen=True)
class Broken:
    """A world with raw files spoilt, and what a build made of it."""

    folder: Path
    result: BuildResult
    added: list[Path]


@pytest.fixture(scope="module")
def broken(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Broken:
    folder = tmp_path_factory.mktemp("broken")
    raw = shutil.copytree(good, folder / "raw")
    added = [path.relative_to(folder) for path in _break(raw)]
    return Broken(folder, build(raw, folder / "data" / "marts", as_of=AS_OF), added)


def test_what_was_broken_is_refused_and_nobody_named(
    good: Path, never_broken: BuildResult, broken: Broken
) -> None:
    assert _reasons(never_broken.rejected) == {}
    found = _reasons(broken.result.rejected)
    assert found[MARCH] == {"BAD_DATE", "RAGGED"}
    assert found[APRIL] == {"OVERLAP"}
    assert found["settlements/濉溪四月.csv"] == {"OVERLAP"}
    refused = _refused(broken.result) - _refused(never_broken)
    assert {file.split("/")[0] for file in refused} == {"settlements", "equipment", "clinics"}
    hashes = {one.snapshot.manifest.content_hash for one in (never_broken, broken.result)}
    assert len(hashes) == 2
    everything = "\n".join(_texts(broken.folder / "data"))
    assert "卫生院" in everything
    assert [person for person in _persons(good) if person in everything] == []


def test_what_was_mended_leaves_no_trace(
    good: Path, never_broken: BuildResult, broken: Broken, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(broken.folder, tmp_path / "mended"))
    for path in broken.added:
        (folder / path).unlink()
    for path in sorted(good.rglob("*")):
        mended = folder / "raw" / path.relative_to(good)
        if path.is_file() and mended.read_bytes() != path.read_bytes():
            shutil.copy(path, mended)
    why = "改正后重新放入"
    result = build(folder / "raw", folder / "data" / "marts", as_of=AS_OF, accept_jump=why)
    assert result.snapshot.manifest.content_hash == never_broken.snapshot.manifest.content_hash
    assert _reasons(result.rejected) == {}


def _shuffled(raw: Path, target: Path) -> None:
    """Copy a world so that its files are found in the opposite order."""
    for source in sorted(path for path in raw.iterdir() if path.is_dir()):
        (target / source.name).mkdir(parents=True)
        paths = sorted(source.iterdir())
        for number, path in enumerate(reversed(paths)):
            shutil.copy(path, target / source.name / f"{number:03d}_{path.name}")
    shutil.copy(raw / "DEMO.json", target)


def test_shuffled_files_other_threads_and_the_other_engine_give_the_same_content(
    broken: Broken, tmp_path: Path
) -> None:
    raw, marts = tmp_path / "raw", tmp_path / "marts"
    _shuffled(broken.folder / "raw", raw)
    threads = 1 if pl.thread_pool_size() > 1 else 4
    engine = "streaming" if os.environ.get(ENGINE) == "in-memory" else "in-memory"
    subprocess.run(
        [sys.executable, "-m", "pipeline", "build", "--raw", str(raw), "--marts", str(marts)],
        env={**os.environ, "POLARS_MAX_THREADS": str(threads), ENGINE: engine},
        capture_output=True,
        check=True,
    )
    shuffled = current(marts).manifest
    assert shuffled.content_hash == broken.result.snapshot.manifest.content_hash


def test_a_month_in_two_files_counts_as_in_one(
    good: Path, never_broken: BuildResult, tmp_path: Path
) -> None:
    raw = shutil.copytree(good, tmp_path / "raw")
    whole = raw / MARCH
    header, *lines = whole.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    for part, rows in (("甲", lines[100:]), ("乙", lines[:100])):
        assert rows
        target = whole.with_stem(f"{whole.stem}_{part}")
        target.write_text(header + "".join(rows), encoding="utf-8")
    whole.unlink()
    split = build(raw, tmp_path / "marts", as_of=AS_OF).snapshot.manifest.marts
    # The quality mart differs, as it should: it counts the reports that came.
    before = never_broken.snapshot.manifest.marts
    assert {name for name, mart in before.items() if split[name] != mart} == {"data_quality"}
