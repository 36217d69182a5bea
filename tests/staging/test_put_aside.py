"""What an intake puts aside on its way, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import ContractError, StorageError
from pipeline.intake.examining import examine, raw_files
from pipeline.intake.settled_basis import FOLDER
from pipeline.intake.taking_in import PARTS, READ, take_in
from pipeline.reference import Reference
from pipeline.spill import Spill
from pipeline.staged.tables import SCHEMAS

from .conftest import KEY
from .rawfiles import DOCUMENT, LINES, NAME, institutions, settlements


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    institutions(folder / "institutions" / "名录_20250331.xlsx")
    settlements(folder / "settlements" / "410200_结算_202503.csv", LINES)
    return folder


def test_nothing_is_left_of_what_was_put_aside(
    raw: Path, tmp_path: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = tmp_path / "data" / "staged"
    take_in(raw, staged, reference=reference, key=KEY)
    assert not (staged / PARTS).exists()
    monkeypatch.setitem(SCHEMAS, "settlements", SCHEMAS["referrals"])
    with pytest.raises(ContractError):
        take_in(raw, staged, reference=reference, key=KEY, full=True)
    assert not (staged / PARTS).exists()


def test_no_personal_value_is_put_aside(
    raw: Path, tmp_path: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    add = Spill.add

    def watched(spill: Spill, frame: pl.DataFrame, *, name: str = "") -> None:
        seen.append(frame.write_json())
        add(spill, frame, name=name)

    monkeypatch.setattr(Spill, "add", watched)
    take_in(raw, tmp_path / "staged", reference=reference, key=KEY)
    # Institutions named, reversals, hashes of identifiers, rows that share one, the same as text,
    # and the one month.
    assert ["S1" in part for part in seen] == [False, False, False, False, False, True]
    settled = tmp_path / "staged" / FOLDER
    folders = [settled, *(path for path in settled.rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    kept = [*(tmp_path / "staged" / READ).iterdir(), *settled.rglob("*")]
    seen += [pl.read_parquet(path).write_json() for path in kept if path.is_file()]
    assert len(seen) == 10
    assert NAME not in "".join(seen)
    assert DOCUMENT not in "".join(seen)


def test_a_full_disk_is_not_the_fault_of_the_file_just_read(
    raw: Path, tmp_path: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: pl.DataFrame, *args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.ingest.collector.CHUNK_ROWS", 1)
    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(StorageError, match="磁盘已满"):
        take_in(raw, tmp_path / "staged", reference=reference, key=KEY)


def test_few_workbooks_at_a_time_give_all_of_them(
    raw: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (28, 29, 30):
        institutions(raw / "institutions" / f"名录_202503{day}.xlsx")
    monkeypatch.setattr("pipeline.ingest.batch.AHEAD", 1)
    files = examine(raw_files(raw), reference=reference, key=KEY).ledger_files
    assert (
        files.filter(source="institutions").select("rows_read", "accepted").rows() == [(2, 1)] * 4
    )


@pytest.mark.parametrize("error", [KeyError("张三"), pl.exceptions.PanicException("张三")])
def test_a_fault_at_the_values_says_which_files_they_are_of(
    raw: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error

    settlements(raw / "settlements" / "b.csv", LINES[:1])
    monkeypatch.setattr("pipeline.ingest.collector.typed", fail)
    with pytest.raises(type(error)) as fault:
        examine(raw_files(raw), reference=reference, key=KEY)
    (note,) = fault.value.__notes__
    assert note.startswith("正在读取settlements/")
    assert note.endswith("、settlements/b.csv")
