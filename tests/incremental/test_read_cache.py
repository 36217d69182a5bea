"""What is remembered of files, and that remembering changes nothing."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import last_run
from pipeline.errors import StorageError
from pipeline.ingest import batch
from pipeline.ingest.files import RawFile
from pipeline.ingest.read_cache import ReadCache, Remembered
from pipeline.intake.taking_in import READ, Intake, take_in
from pipeline.reference import Reference
from tests.ingest.conftest import small_source
from tests.staging.conftest import KEY, small_reference
from tests.staging.rawfiles import DOCUMENT, LINES, NAME, institutions, settlements

ROWS = pl.DataFrame({"_sheet": [None, "表"], "_row": [2, 3], "price": [100, None]})
SAID = Remembered(
    rows=ROWS, labels={"price": "原值"}, warnings=("HIDDEN_ROWS",), refused=((None, 4, "RAGGED"),)
)


def file(name: str = "a_20250331.csv", sha256: str = "0" * 64) -> RawFile:
    return RawFile(path=Path(name), name=name, source="small", sha256=sha256)


@pytest.fixture(params=["folder", "memory"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> ReadCache:
    return ReadCache(tmp_path / READ if request.param == "folder" else None, key=KEY)


def test_what_is_put_comes_back_as_it_was(cache: ReadCache) -> None:
    assert not cache.has("a")
    assert cache.get("a") is None
    cache.put("a", SAID)
    assert cache.has("a")
    back = cache.get("a")
    assert back is not None
    assert back.rows.equals(ROWS)
    assert (back.labels, back.warnings, back.refused) == (SAID.labels, SAID.warnings, SAID.refused)
    cache.clear_unused()
    assert cache.has("a")


def test_the_folder_is_private_and_holds_only_what_the_last_run_used(tmp_path: Path) -> None:
    folder = tmp_path / READ
    first = ReadCache(folder, key=KEY)
    for name in ("a", "b"):
        first.put(name, SAID)
    (folder / ".part").write_bytes(b"cut off")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    second = ReadCache(folder, key=KEY)
    assert second.get("a") is not None
    second.clear_unused()
    assert [path.name[:2] for path in folder.iterdir()] == ["a-"]
    ReadCache(tmp_path / "none", key=KEY).clear_unused()
    assert not (tmp_path / "none").exists()


def test_rows_are_read_when_they_are_needed(cache: ReadCache) -> None:
    assert cache.checked("a") is None
    cache.put("a", replace(SAID, rows=ROWS.clear()), rows=ROWS.lazy())
    said = cache.checked("a")
    assert said is not None
    assert (said.labels, said.warnings, said.refused) == (SAID.labels, SAID.warnings, SAID.refused)
    assert cache.rows("a").collect().equals(ROWS)
    whole = cache.get("a")
    assert whole is not None
    assert whole.rows.equals(ROWS)


@pytest.mark.parametrize("at", [0, 40, -1])
def test_a_damaged_entry_is_none(tmp_path: Path, at: int) -> None:
    ReadCache(tmp_path / READ, key=KEY).put("a", SAID)
    (path,) = (tmp_path / READ).iterdir()
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    damaged = ReadCache(tmp_path / READ, key=KEY)
    assert damaged.has("a")
    assert damaged.get("a") is None
    assert damaged.checked("a") is None
    path.unlink()
    assert damaged.get("a") is None
    assert damaged.checked("a") is None


def test_fresh_takes_nothing_of_an_earlier_run(tmp_path: Path) -> None:
    ReadCache(tmp_path / READ, key=KEY).put("a", SAID)
    assert not ReadCache(tmp_path / READ, key=KEY, fresh=True).has("a")


def test_a_name_changes_with_all_that_the_rows_depend_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = small_source()
    cache = ReadCache(tmp_path, key=KEY)
    names = [
        cache.name(file(), source),
        cache.name(file(sha256="1" * 64), source),
        cache.name(file("a_20250430.csv"), source),
        cache.name(file("a.csv"), source),
        cache.name(file("a_20250331.txt"), source),
        cache.name(file(), small_source(month_column="day")),
        ReadCache(tmp_path, key=b"x" * 32).name(file(), source),
    ]
    assert cache.name(file("b_2025年3月31日.CSV"), source) == names[0]
    foreign = RawFile(path=Path("a.\udcb1\udced"), name="a.表", source="small", sha256="0" * 64)
    names.append(cache.name(foreign, source))
    monkeypatch.setattr("pipeline.ingest.read_cache.reader_code", lambda: "other code")
    names.append(cache.name(file(), source))
    assert len(set(names)) == 9


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="写不进"):
        ReadCache(tmp_path / "file" / READ, key=KEY).put("a", SAID)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "institutions").mkdir(parents=True)
    register = "机构编码,机构名称,机构类型,区划代码\nT1,示例卫生院,乡镇卫生院,410225\n"
    (folder / "institutions" / "名录_20250331.csv").write_text(register)
    settlements(folder / "settlements" / "410200_结算_202503.csv", LINES)
    more = [line.replace("S", "T").replace("2025-03", "2025-04") for line in LINES]
    settlements(folder / "settlements" / "410200_结算_202504.csv", more)
    return folder


@pytest.fixture
def reference() -> Reference:
    return small_reference()


def content(intake: Intake) -> list[Any]:
    """Return all that an intake gives, bytes of the staged files apart."""
    frames = [intake.ledger_files, intake.ledger_cells, intake.rejected]
    frames += [intake.tables[name].collect() for name in sorted(intake.tables)]
    return [intake.as_of, *(frame.write_json() for frame in frames)]


def take(raw: Path, data: Path, *, full: bool = False) -> Intake:
    return take_in(raw, data / "staged", reference=small_reference(), key=KEY, full=full)


def test_a_run_that_remembers_gives_what_a_full_one_gives(raw: Path, tmp_path: Path) -> None:
    def compare(reused: int) -> None:
        again = take(raw, tmp_path / "kept")
        assert again.reused == reused
        assert content(again) == content(take(raw, tmp_path / "new", full=True))

    compare(0)
    compare(3)
    settlements(raw / "settlements" / "410200_结算_202504.csv", LINES[:1])
    compare(2)
    (raw / "settlements" / "410200_结算_202503.csv").unlink()
    compare(2)
    assert len(list((tmp_path / "kept" / "staged" / READ).iterdir())) == 2


def test_a_renamed_file_is_remembered_by_its_content(raw: Path, tmp_path: Path) -> None:
    take(raw, tmp_path / "kept")
    path = raw / "settlements" / "410200_结算_202503.csv"
    path.rename(path.with_name("411600_结算_202503_v2.csv"))
    again = take(raw, tmp_path / "kept")
    assert again.reused == 3
    assert content(again) == content(take(raw, tmp_path / "new"))


def test_a_file_whose_entry_is_damaged_is_read_again(raw: Path, tmp_path: Path) -> None:
    before = content(take(raw, tmp_path))
    folder = tmp_path / "staged" / READ
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    last_run.forget(tmp_path / "staged")  # else nothing is looked at
    again = take(raw, tmp_path)
    assert again.reused == 0
    assert content(again) == before
    assert take(raw, tmp_path).reused == 3


def test_a_refused_file_is_looked_at_again(raw: Path, tmp_path: Path) -> None:
    settlements(raw / "settlements" / "缺列.csv", ["1,2"], "结算ID,姓名")
    take(raw, tmp_path)
    last_run.forget(tmp_path / "staged")
    again = take(raw, tmp_path)
    assert again.reused == 3
    assert again.ledger_files.filter(file="settlements/缺列.csv")["refusal"].item() == (
        "HEADER_MISSING"
    )


def test_full_reads_every_file_and_remembers_it_anew(raw: Path, tmp_path: Path) -> None:
    take(raw, tmp_path)
    assert take(raw, tmp_path, full=True).reused == 0
    assert take(raw, tmp_path).reused == 3


def test_files_that_are_remembered_are_not_opened(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "institutions" / "名录_20250331.csv").unlink()
    institutions(raw / "institutions" / "名录_20250331.xlsx")
    take(raw, tmp_path)

    def opened(*_: object, **__: object) -> None:
        pytest.fail("a file was opened")

    monkeypatch.setattr(batch, "read_file", opened)
    monkeypatch.setattr(batch, "is_workbook", opened)
    assert take(raw, tmp_path).reused == 3


def test_neither_name_nor_document_is_remembered(raw: Path, tmp_path: Path) -> None:
    take(raw, tmp_path)
    entries = [pl.read_parquet(path) for path in (tmp_path / "staged" / READ).iterdir()]
    text = "".join(entry.write_json() for entry in entries)
    assert "S1" in text
    assert NAME not in text
    assert DOCUMENT not in text
