"""Where nothing changed, the marts in force are published again and nothing is counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import build as plan
from pipeline import last_run, snapshots
from pipeline.build_inputs import DEMO_MARK
from pipeline.marts.partials import PARTIALS, Partials
from tests.build.fakes import GOOD, FakeIntake, a_raw_folder, plans, quality
from tests.snapshots.spoiling import write_over

RUN = "run"


class Building:
    """Builds from a fake intake and counts how often marts were counted."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raw, self.marts, self.count = a_raw_folder(folder / "raw"), folder / "d" / "marts", 0
        self.run = RUN

        def take_in(_: Path, staged: Path, **__: Any) -> FakeIntake:
            last_run.note(staged, last_run.TAKEN, self.run, {}, tables=[], more={})
            return FakeIntake(files=list(GOOD), run=self.run)

        def counted(*_: Any, **__: Any) -> Any:
            self.count += 1
            return plans(data_quality=quality(list(GOOD)))

        monkeypatch.setattr(plan, "take_in", take_in)
        monkeypatch.setattr(plan, "build_marts", counted)

    def build(self, **options: Any) -> snapshots.Snapshot:
        return plan.build(self.raw, self.marts, **options).snapshot


@pytest.fixture
def building(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Building:
    return Building(tmp_path, monkeypatch)


def test_the_same_run_is_published_again_without_counting(building: Building) -> None:
    first, again, third = building.build(), building.build(), building.build()
    assert building.count == 1
    assert [first.id[:4], again.id[:4], third.id[:4]] == ["0001", "0002", "0003"]
    assert first.manifest.marts == again.manifest.marts == third.manifest.marts
    assert first.manifest.content_hash == third.manifest.content_hash


def another_run(building: Building) -> None:
    building.run = "another"


def demonstration(building: Building) -> None:
    mark = building.raw / DEMO_MARK
    mark.unlink() if mark.exists() else mark.write_text("{}")


def damaged(building: Building) -> None:
    path = snapshots.current(building.marts).path / "targets.parquet"
    write_over(path, path.read_bytes()[:-1])
    snapshots.reading._verified.clear()


def rolled_back(building: Building) -> None:
    building.build()
    oldest = min(found.id for found in snapshots.list_snapshots(building.marts))
    snapshots.rollback(building.marts, oldest)


@pytest.mark.parametrize("change", [another_run, demonstration, damaged, rolled_back])
def test_anything_else_is_counted(building: Building, change: Callable[[Building], None]) -> None:
    building.build()
    change(building)
    building.build()
    assert building.count == 2


def test_of_another_run_only_marts_that_are_new_are_validated(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    validated = plan.validated

    def told(*args: Any, name: str) -> Any:
        names.append(name)
        return validated(*args, name=name)

    monkeypatch.setattr(plan, "validated", told)
    first = building.build()
    every = list(names)
    for run in ("another", "third"):
        names.clear()
        building.run = run
        assert building.build().manifest.marts == first.manifest.marts
        assert names == []
    monkeypatch.setattr(last_run, "program", lambda: "of another day")
    building.build()
    assert names == every
    assert building.count == 4


def keep_weekly(building: Building, value: int) -> None:
    folder = building.marts.parent / plan.STAGED / PARTIALS
    Partials(folder).put("weekly", "key", {"000": pl.DataFrame({"value": [value]})})


def test_a_mart_kept_whole_is_collected_only_where_it_is_another(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    taken_over = snapshots.taken_over

    def told(before: snapshots.Snapshot, name: str, *frame: pl.DataFrame) -> Any:
        found.extend([name] * len(frame))
        return taken_over(before, name, *frame)

    monkeypatch.setattr(snapshots, "taken_over", told)

    def is_collected(run: str) -> bool:
        found.clear()
        building.run = run
        building.build()
        return "indicator_weekly" in found

    assert is_collected("no table is kept yet") is False  # nothing to compare it with
    assert is_collected("still none")
    keep_weekly(building, 1)
    assert is_collected("the first table")
    assert not is_collected("the same table")
    keep_weekly(building, 2)  # by a build that was refused
    assert not is_collected("the same table")  # the run in force: its marts are published again
    assert is_collected("the second table")
    assert not is_collected("the second table still")


def test_a_full_build_counts(building: Building) -> None:
    building.build()
    building.build(full=True)
    assert building.count == 2


def test_a_note_that_cannot_be_written_fails_no_build(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(last_run, "note_published", full_disk)
    assert building.build().id.startswith("0001")
    assert building.build().id.startswith("0002")
    assert building.count == 2
