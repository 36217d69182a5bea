"""A run that finds nothing new reads and stages nothing, and gives what a full one gives."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import last_run
from pipeline.errors import StorageError
from pipeline.ingest.batch import SourceRows
from pipeline.ingest.collector import FileResult
from pipeline.intake import taking_in
from pipeline.intake.taking_in import Intake, take_in
from tests.snapshots.spoiling import write_over
from tests.staging.conftest import KEY, small_reference
from tests.staging.rawfiles import LINES, settlements

MARCH = "settlements/410200_结算_202503.csv"
REGISTER = "机构编码,机构名称,机构类型,区划代码\nT1,示例卫生院,乡镇卫生院,410225\n"


class Staging:
    """Takes a raw folder in and counts how often anything was staged."""

    def __init__(self, raw: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raw, self.staged, self.count = raw, data / "staged", 0
        examine = taking_in.examine

        def counted(*args: Any, **options: Any) -> Any:
            self.count += 1
            return examine(*args, **options)

        monkeypatch.setattr(taking_in, "examine", counted)

    def take(self, **options: Any) -> Intake:
        return take_in(
            self.raw, self.staged, **({"reference": small_reference(), "key": KEY} | options)
        )

    def stages(self, **options: Any) -> bool:
        before = self.count
        self.take(**options)
        return self.count > before


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with raw files and what taking them in left."""
    folder = tmp_path_factory.mktemp("taken")
    raw = folder / "raw"
    (raw / "institutions").mkdir(parents=True)
    (raw / "institutions" / "名录_20250331.csv").write_text(REGISTER)
    settlements(raw / MARCH, LINES)
    with pytest.MonkeyPatch.context() as patch:
        assert Staging(raw, folder / "data", patch).stages()
    return folder


@pytest.fixture
def raw(taken_in: Path, tmp_path: Path) -> Path:
    return shutil.copytree(taken_in, tmp_path, dirs_exist_ok=True) / "raw"


@pytest.fixture
def staging(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staging:
    return Staging(raw, tmp_path / "data", monkeypatch)


def content(taken: Intake) -> list[Any]:
    frames = [taken.ledger_files, taken.ledger_cells, taken.rejected]
    frames += [taken.tables[name].collect() for name in sorted(taken.tables)]
    return [taken.as_of, *(frame.write_json() for frame in frames)]


def test_nothing_new_is_not_staged_again_and_gives_the_same(
    staging: Staging, raw: Path, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int, int]] = []
    again = staging.take(progress=lambda *step: told.append(step))
    assert (staging.count, again.reused) == (0, 2)
    assert told == [("read", 2, 2, 7)]
    full = take_in(raw, tmp_path / "new", reference=small_reference(), key=KEY, full=True)
    assert content(again) == content(full)
    assert again.run == full.run


def test_without_settlements_their_table_is_empty(staging: Staging, raw: Path) -> None:
    (raw / MARCH).unlink()
    first, again = staging.take(), staging.take()
    assert staging.count == 1
    assert content(again) == content(first)
    assert again.tables["settlements"].collect().is_empty()


def rename(raw: Path) -> None:
    (raw / MARCH).rename(raw / "settlements" / "411600_结算_202503.csv")


CHANGES: dict[str, Callable[[Path], object]] = {
    "another row": lambda raw: settlements(raw / MARCH, LINES[:2]),
    "a file more": lambda raw: settlements(raw / "settlements" / "2.csv", LINES[:1]),
    "a file less": lambda raw: (raw / MARCH).unlink(),
    "another name": rename,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_files_is_staged(
    staging: Staging, raw: Path, change: Callable[[Path], object]
) -> None:
    change(raw)
    assert staging.stages()
    assert not staging.stages()


OTHERS: dict[str, dict[str, Any]] = {
    "day": {"as_of": date(2025, 6, 30)},
    "key": {"key": b"x" * 32},
    "all of it": {"full": True},
    "reference": {"reference": replace(small_reference(), areas=small_reference().areas.head(-1))},
}


@pytest.mark.parametrize("options", OTHERS.values(), ids=OTHERS)
def test_what_else_a_run_depends_on_is_staged(staging: Staging, options: dict[str, Any]) -> None:
    assert staging.stages(**options)


def test_other_code_is_staged(staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_run, "program", lambda: "another")
    assert staging.stages()


@pytest.mark.parametrize(
    "where",
    [
        "staged/settlements/ym=202503/part.parquet",
        "staged/settlements/ym=202503/part.sha256",
        "staged/institutions/part.parquet",
        "staged/codes/area.parquet",
        "staged/.taken/rejected.parquet",
        "staged/.taken/taken.json",
        "quarantine/rejected.parquet",
    ],
)
def test_what_was_written_and_is_damaged_is_staged(staging: Staging, where: str) -> None:
    path = staging.staged.parent / where
    write_over(path, path.read_bytes()[:-1])
    assert staging.stages()
    path.unlink()
    assert staging.stages()
    assert not staging.stages()


def test_a_run_that_was_cut_off_is_none(
    staging: Staging, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlements(raw / MARCH, LINES[:2])

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(taking_in, "write_months", full_disk)
        with pytest.raises(StorageError):
            staging.take()
    settlements(raw / MARCH, LINES)
    assert staging.stages()


@pytest.mark.parametrize(("now", "is_staged"), [("CORRUPT", False), (None, True)])
def test_a_refusal_that_may_pass_is_looked_at_again(
    staging: Staging, raw: Path, monkeypatch: pytest.MonkeyPatch, now: str | None, is_staged: bool
) -> None:
    (raw / "settlements" / "坏.parquet").write_bytes(b"PAR1 and nothing behind it PAR1")
    taken = staging.take()
    assert taken.ledger_files.filter(refusal="CORRUPT").height == 1
    if now is None:

        def readable(files: Any, **_: Any) -> dict[str, SourceRows]:
            read = tuple(FileResult(file=file, file_id=1) for file in files)
            return {"settlements": SourceRows(rows=pl.DataFrame(), files=read)}

        monkeypatch.setattr(last_run, "read_sources", readable)
    assert staging.stages() is is_staged
    if not is_staged:
        assert staging.take().reused == 2
