"""A source stands while nothing that it rests on changes, and gives what a full run gives."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.intake import examining
from tests.staging.rawfiles import LINES, settlements

from .test_settlements_kept import FIRST, HEADER, SECOND, Kept, people, referral

HEADS = {
    "clinics": "村卫生室编码,村卫生室名称,县区代码,县区名称,乡镇",
    "equipment": "设备编号,设备名称,机构编码,状态,数量",
    "contracts": "机构编码,机构名称,辖区内常住居民数,常住人口签约数",
    "activity": "区划代码,县区,月份,指标,数值",
}
MARCH = "20250331"
LOOKING_UP = {"referrals", "equipment", "contracts"}


def lines(source: str, number: int) -> list[str]:
    """Write a sound row, one of another institution and one that is refused."""
    return {
        "clinics": [f"C{n},卫生室{n},410225,兰考县,城关镇" for n in (number, number + 1)],
        "equipment": [f"E{number},DR,T1,在用,{number}", "E0,彩超,T2,在用,1", "E9,DR,T1,在用,甲"],
        "contracts": [f"T1,示例卫生院,{1000 + number},{number}", "T2,,500,10", "T1,,甲,1"],
        "activity": [f"410225,兰考县,2025-03,总诊疗人次,{number}", "410225,兰考县,2025-03,无名,1"],
    }[source]


def write(raw: Path, source: str, number: int, *, day: str = MARCH, name: str = "") -> None:
    path = raw / source / f"台账{name}_{day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEADS[source], *lines(source, number)]) + "\n")


def registered(raw: Path, day: str, *institutions: str) -> None:
    path = raw / "institutions" / f"名录_{day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((HEADER, *institutions)) + "\n")


def filled(folder: Path) -> Path:
    for source in HEADS:
        write(folder, source, 1)
    registered(folder, "20250131", FIRST)
    registered(folder, MARCH, FIRST)
    people(folder)
    referral(folder, "2025-03-15")
    settlements(folder / "settlements" / "410200_结算_202503.csv", LINES)
    return folder


class Staging(Kept):
    """Takes a folder in beside a full run, and tells which sources were staged."""

    def __init__(self, raw: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(raw, folder, monkeypatch)
        self.count: list[str] = []
        stage = examining.stage_source

        def counted(source: str, *args: Any, **options: Any) -> Iterable[Any]:
            self.count.append(source)
            return stage(source, *args, **options)

        monkeypatch.setattr(examining, "stage_source", counted)

    def taken(self) -> tuple[set[str], list[Any]]:
        """Take the folder in; return the sources staged and what was taken."""
        self.count.clear()
        content = self.content("kept")
        return set(self.count), content

    def sources(self) -> set[str]:
        """Take the folder in, as a full run would have it; return the sources staged."""
        found, taken = self.taken()
        assert taken == self.full()
        return found


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with raw files and what both ways of taking them in left."""
    folder = tmp_path_factory.mktemp("taken")
    with pytest.MonkeyPatch.context() as patch:
        first = Staging(filled(folder / "raw"), folder, patch)
        assert first.sources() == {"institutions", "population", *HEADS, "referrals"}
    return folder


@pytest.fixture
def raw(taken_in: Path, tmp_path: Path) -> Path:
    return shutil.copytree(taken_in, tmp_path / "copy") / "raw"


@pytest.fixture
def staging(raw: Path, monkeypatch: pytest.MonkeyPatch) -> Staging:
    return Staging(raw, raw.parent, monkeypatch)


def one_settlement_more(raw: Path) -> None:
    settlements(raw / "settlements" / "2.csv", LINES[:1])  # other files have other numbers now


def one_source_gone(raw: Path) -> None:
    (raw / "clinics" / f"台账_{MARCH}.csv").unlink()


CHANGES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "settlements": (one_settlement_more, set()),
    "a source gone": (one_source_gone, set()),
    "older register": (
        lambda raw: registered(raw, "20241231", FIRST),
        {"institutions"},
    ),
    "former name": (
        lambda raw: registered(raw, "20250131", FIRST.replace("示例", "旧名")),
        {"institutions", *LOOKING_UP},
    ),
    "register": (
        lambda raw: registered(raw, MARCH, FIRST, SECOND),
        {"institutions", *LOOKING_UP},
    ),
    "day": (
        lambda raw: write(raw, "equipment", 1, day="20250430", name="2"),
        {"institutions", "population", *HEADS, "referrals"},
    ),
}


@pytest.mark.parametrize(("change", "staged"), CHANGES.values(), ids=CHANGES)
def test_only_what_a_change_touches_is_staged(
    staging: Staging, raw: Path, change: Callable[[Path], None], staged: set[str]
) -> None:
    change(raw)
    assert staging.sources() == staged
    assert staging.sources() == set()


def test_sources_that_change_one_by_one_are_staged_alone(staging: Staging, raw: Path) -> None:
    for name in HEADS:
        write(raw, name, 5)
        assert staging.taken()[0] == {name}
    people(raw, count=7)
    assert staging.sources() == {"population"}  # and what stood since its own change is right
    assert staging.sources() == set()


def test_other_reference_data_have_all_staged(staging: Staging) -> None:
    staging.reference = replace(staging.reference, areas=staging.reference.areas.head(-1))
    assert staging.sources() == {"institutions", "population", *HEADS, "referrals"}


def test_a_damaged_table_has_all_staged(staging: Staging, raw: Path) -> None:
    path = staging.folder / "kept" / "staged" / "clinics" / "part.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    people(raw, count=7)
    assert "clinics" in staging.sources()


def test_a_source_with_a_refusal_that_may_pass_is_read_again(staging: Staging, raw: Path) -> None:
    (raw / "clinics" / "坏_20250331.parquet").write_bytes(b"PAR1 and nothing behind it PAR1")
    assert staging.sources() == {"clinics"}
    people(raw, count=7)
    assert staging.sources() == {"clinics", "population"}


@pytest.mark.parametrize("seed", range(2))
def test_any_sequence_of_changes_gives_what_a_full_run_gives(
    staging: Staging, raw: Path, seed: int
) -> None:
    chance = random.Random(seed)
    areas = staging.reference.areas

    def confirmed() -> None:
        alias = ("T1", "别名", "某人", "2025-01-01")
        known = staging.reference.institution_aliases
        rows = pl.DataFrame([alias][: chance.randint(0, 1)], schema=known.schema, orient="row")
        staging.reference = replace(
            staging.reference,
            areas=areas.head(areas.height - chance.randint(0, 1)),
            institution_aliases=rows,
        )

    def written() -> None:
        day = chance.choice((MARCH,) * 3 + ("20250228", "20250430"))
        name = chance.choice(("", "2"))
        write(raw, chance.choice(list(HEADS)), chance.randint(1, 9), day=day, name=name)

    def removed() -> None:
        found = sorted(raw.glob("*/台账*.csv"))
        if len(found) > 3:
            chance.choice(found).unlink()

    moves: list[Callable[[], None]] = [
        *[written] * 6,
        *(removed, confirmed, lambda: one_settlement_more(raw), lambda: people(raw)),
        lambda: registered(raw, MARCH, FIRST, *[SECOND] * chance.randint(0, 1)),
        lambda: registered(raw, "20250131", FIRST, *[SECOND] * chance.randint(0, 1)),
        lambda: referral(raw, f"2025-0{chance.randint(2, 4)}-15"),
    ]
    for at_once in (1, 2, 1, 2):
        for move in chance.choices(moves, k=at_once):
            move()
        staging.sources()
