"""Settlements stand while other sources change, unless what they rest on changes with them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.ingest.batch import SourceRows
from pipeline.intake.files_in_parts import FilesInParts, Parts
from pipeline.intake.settled_basis import FOLDER
from pipeline.intake.taking_in import READ, Intake, take_in
from pipeline.reference import INSTITUTION_ALIASES_SCHEMA
from tests.staging.conftest import KEY, small_reference
from tests.staging.rawfiles import DOCUMENT, LINES, NAME, settlements

HEADER = "机构编码,机构名称,机构类型,区划代码"
FIRST, SECOND = "T1,示例卫生院,乡镇卫生院,410225", "T2,示例卫生院二,乡镇卫生院,410225"
POPULATION = "区划代码,年份,性别,年龄组,人口数\n410225,{},女,0-4,{}\n"
NO_MONTH = f"S9,{DOCUMENT},{NAME},410225,T1,21,,1.00,1.00"


def register(raw: Path, *lines: str) -> None:
    path = raw / "institutions" / "名录_20250331.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((HEADER, *lines)) + "\n")


def people(raw: Path, name: str = "人口.csv", *, count: int = 1000) -> None:
    path = raw / "population" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(POPULATION.format(2024, count))


def referral(raw: Path, day: str) -> None:
    path = raw / "referrals" / f"转诊_{day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    header = "转诊单号,证件号码,转出机构编码,转入机构编码,转诊方向,转诊日期"
    path.write_text(f"{header}\nR{day},{DOCUMENT},T1,T2,上转,{day}\n")


class Kept:
    """Takes a raw folder in beside a full run, and tells which settlements were read."""

    def __init__(self, raw: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raw, self.folder, self.reference = raw, folder, small_reference()
        self.read: list[str] = []
        self._files: dict[Path, bytes] = {}
        self._reference = self.reference
        self._full: list[Any] = []
        take = FilesInParts.take

        def told(files: FilesInParts, read: SourceRows, parts: Parts) -> None:
            named = [result.file for result in read.files]
            self.read += [file.path.name for file in named if file.source == "settlements"]
            take(files, read, parts)

        monkeypatch.setattr(FilesInParts, "take", told)

    def take(self, place: str = "kept", **options: Any) -> Intake:
        staged = self.folder / place / "staged"
        return take_in(self.raw, staged, reference=self.reference, key=KEY, **options)

    def content(self, place: str, **options: Any) -> list[Any]:
        taken = self.take(place, **options)
        frames = [taken.ledger_files, taken.ledger_cells, taken.rejected]
        frames += [taken.tables[name].collect() for name in sorted(taken.tables)]
        folder = self.folder / place
        paths = [*folder.rglob("part.parquet"), *folder.rglob("quarantine/*")]
        written = {path.relative_to(folder): path.read_bytes() for path in paths}
        return [taken.as_of, written, *(frame.write_json() for frame in frames)]

    def full(self) -> list[Any]:
        """Return what a full run gives; it runs again only where files or reference changed."""
        files = {path: path.read_bytes() for path in self.raw.rglob("*") if path.is_file()}
        if files != self._files or self.reference is not self._reference:
            self._files, self._reference = files, self.reference
            self._full = self.content("full", full=True)
        return self._full

    def stages(self) -> list[str]:
        """Take the folder in, as a full run would have it; return the settlements read."""
        self.read.clear()
        taken, read = self.content("kept"), sorted(self.read)
        assert taken == self.full()
        return read


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with raw files and what both ways of taking them in left."""
    folder = tmp_path_factory.mktemp("taken")
    raw = folder / "raw"
    register(raw, FIRST)
    people(raw)
    settlements(raw / "settlements" / "410200_结算_202503.csv", LINES)
    with pytest.MonkeyPatch.context() as patch:
        assert Kept(raw, folder, patch).stages()
    return folder


@pytest.fixture
def raw(taken_in: Path, tmp_path: Path) -> Path:
    return shutil.copytree(taken_in, tmp_path, dirs_exist_ok=True) / "raw"


@pytest.fixture
def kept(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(raw, tmp_path, monkeypatch)


def test_they_stand_while_another_source_changes(kept: Kept, raw: Path, tmp_path: Path) -> None:
    people(raw, count=2000)
    people(raw, "人口_2.csv")  # and the files have other numbers from now on
    assert not kept.stages()
    people(raw, count=3000)
    assert kept.take().reused == 3
    entries = len(list((tmp_path / "kept" / "staged" / READ).iterdir()))
    assert entries == 4
    register(raw, FIRST.replace("410225", "410212"))
    assert kept.stages()
    assert len(list((tmp_path / "kept" / "staged" / READ).iterdir())) == entries


WITH_NAMES = (
    "结算ID,证件号码,参保地区划代码,定点医药机构编号,定点医药机构名称,"
    "医疗类别,结算日期,总费用,统筹基金支出"
)
OF_T1 = f"S6,{DOCUMENT},410225,T1,示例卫生院,21,2025-02-05,1.00,1.00"
OF_T2 = f"S7,{DOCUMENT},410225,T2,另一卫生院,21,2025-04-05,1.00,1.00"
NOT_NAMED = "T3,示例卫生院三,乡镇卫生院,410225"
NEARBY, NAMED_T1, BOTH = "410200_结算_202503.csv", "有名称_202502.csv", "有名称_202504.csv"


@pytest.fixture(scope="module")
def with_names(taken_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as above with settlements that name institutions."""
    folder = Path(shutil.copytree(taken_in, tmp_path_factory.mktemp("names") / "taken"))
    raw = folder / "raw"
    settlements(raw / "settlements" / NAMED_T1, [OF_T1], WITH_NAMES)
    settlements(raw / "settlements" / BOTH, [OF_T2], WITH_NAMES)
    register(raw, FIRST, SECOND)
    with pytest.MonkeyPatch.context() as patch:
        assert Kept(raw, folder, patch).stages() == [NAMED_T1, BOTH]
    return folder


@pytest.fixture
def naming(with_names: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    folder = Path(shutil.copytree(with_names, tmp_path, dirs_exist_ok=True))
    return Kept(folder / "raw", folder, monkeypatch)


@pytest.mark.parametrize(
    ("lines", "confirmed", "read"),
    [
        ([FIRST, SECOND, NOT_NAMED], [], []),  # an institution that nobody names
        ([FIRST.replace("示例", "开封示例"), SECOND], [], []),  # the names agree still
        ([FIRST.replace("乡镇卫生院", "一级医院"), SECOND], [], []),  # not asked for
        ([FIRST.replace("示例", "甲"), SECOND], [], [NAMED_T1]),
        ([FIRST.replace("410225", "410212"), SECOND], [], [NEARBY, NAMED_T1]),
        ([SECOND], [], [NEARBY, NAMED_T1]),
        ([FIRST, SECOND], [("T2", "另一卫生院")], [BOTH]),
        ([FIRST, SECOND], [("T2", "又一卫生院")], []),
    ],
)
def test_they_stand_while_the_register_says_the_same_of_the_institutions_they_name(
    naming: Kept, lines: list[str], confirmed: list[tuple[str, str]], read: list[str]
) -> None:
    register(naming.raw, *lines)
    told = [(*line, None, None) for line in confirmed]
    aliases = pl.DataFrame(told, schema=INSTITUTION_ALIASES_SCHEMA, orient="row")
    naming.reference = replace(naming.reference, institution_aliases=aliases)
    assert naming.stages() == read
    assert not naming.stages()


def test_they_stand_when_the_data_reach_further(kept: Kept, raw: Path) -> None:
    before = kept.take().as_of
    referral(raw, "2025-06-30")
    assert not kept.stages()
    assert kept.take().as_of > before


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (
            LINES[0].replace("S1", "S8").replace("2025-03-02", "2025-05-02"),
            "410200_结算_202503.csv",
        ),
        (NO_MONTH, "410200_结算.csv"),
    ],
    ids=["a day to come", "no month"],
)
def test_they_are_staged_when_the_day_matters(kept: Kept, raw: Path, line: str, name: str) -> None:
    (raw / "settlements" / "410200_结算_202503.csv").unlink()
    settlements(raw / "settlements" / name, [*LINES, line] if "S8" in line else [line])
    referral(raw, "2025-04-01")
    assert kept.stages()
    referral(raw, "2025-06-30")
    assert kept.stages()
    people(raw, count=7)
    assert not kept.stages()


def settlement(raw: Path) -> None:
    settlements(raw / "settlements" / "2.csv", LINES[:1])


def damaged(raw: Path) -> None:
    for path in (raw.parent / "kept" / "staged" / "settlements").rglob("part.parquet"):
        path.write_bytes(path.read_bytes()[:-1])


def no_note(raw: Path) -> None:
    (raw.parent / "kept" / "staged" / ".taken" / "settled_rejected.parquet").unlink()


@pytest.mark.parametrize("change", [settlement, damaged, no_note])
def test_a_change_of_their_own_is_staged(
    kept: Kept, raw: Path, change: Callable[[Path], None]
) -> None:
    people(raw, count=2000)
    change(raw)
    assert kept.stages()
    assert not kept.stages()


def test_only_months_in_which_rows_differ_are_put_together_again(kept: Kept, raw: Path) -> None:
    march, both = "410200_结算_202503.csv", "410200_结算_202504.csv"
    april = [LINES[0].replace("S1", f"S{n}").replace("2025-03", "2025-04") for n in (7, 8)]
    may = april[0].replace("S7", "S9").replace("2025-04", "2025-05")
    settlements(raw / "settlements" / march, [*LINES, april[0]])
    settlements(raw / "settlements" / both, [april[1], may])
    assert kept.stages() == [march, both]
    settlements(raw / "settlements" / march, [*LINES[1:], april[0]])
    assert kept.stages() == [march]  # its row of April is as it was
    settlements(raw / "settlements" / both, [may, april[1]])
    assert kept.stages() == [both]  # in another order
    settlements(raw / "settlements" / both, [may])
    assert kept.stages() == [march, both]


def test_what_is_kept_of_them_and_is_lost_or_damaged_has_all_staged(
    kept: Kept, raw: Path, tmp_path: Path
) -> None:
    april = LINES[0].replace("S1", "S8").replace("2025-03", "2025-04")
    settlements(raw / "settlements" / "410200_结算_202504.csv", [april])
    assert kept.stages() == ["410200_结算_202504.csv"]
    folder = tmp_path / "kept" / "staged" / FOLDER
    for at, spoil in enumerate((shutil.rmtree, truncated)):
        spoil(folder)
        people(raw, count=at)
        assert len(kept.stages()) == 2


def truncated(folder: Path) -> None:
    path = next(path for path in folder.rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-1])
