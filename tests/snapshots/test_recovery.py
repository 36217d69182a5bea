"""What a start under the lock clears, and what it says of the writer before."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pipeline import snapshots
from pipeline.snapshots import failpoints

OLD, NEW = "0001-00000000", "0002-00000000"


def cut_off(marts: Path, note: str, *, in_force: str = OLD) -> None:
    """Leave what a writer killed after its rename leaves."""
    for name in (f"snapshots/{OLD}", f"snapshots/{NEW}", ".stage-1-x", ".trash-0000-00000000"):
        (marts / name).mkdir(parents=True)
    (marts / ".current-1-x").write_text(NEW)
    (marts / "CURRENT").write_text(in_force)
    (marts / ".lock").write_text(note)


def left(marts: Path) -> set[str]:
    return {path.relative_to(marts).as_posix() for path in marts.rglob("*")}


WHOLE = {".lock", "CURRENT", "publications.jsonl", "snapshots", f"snapshots/{OLD}"}


def test_a_snapshot_that_never_came_into_force_is_cleared_with_its_stage(tmp_path: Path) -> None:
    cut_off(tmp_path, f'{{"pid": 5, "doing": "build", "publishing": "{NEW}"}}')
    with snapshots.lock(tmp_path) as held:
        assert held.cut_off_zh == (
            "上一次操作（build，进程 5）中途被中断，没有发布任何内容；"
            f"现用快照仍为 {OLD}。残留文件已清理。"
        )
    assert left(tmp_path) == WHOLE


def test_a_snapshot_that_came_into_force_is_kept(tmp_path: Path) -> None:
    cut_off(tmp_path, f'{{"pid": 5, "publishing": "{NEW}"}}', in_force=NEW)
    with snapshots.lock(tmp_path) as held:
        assert f"快照 {NEW} 已完整发布" in (held.cut_off_zh or "")
    assert left(tmp_path) == WHOLE | {f"snapshots/{NEW}"}


@pytest.mark.parametrize("publishing", ['".."', '"../.."', "7", "null", '""'])
def test_a_note_that_names_no_snapshot_removes_none(tmp_path: Path, publishing: str) -> None:
    cut_off(tmp_path, f'{{"pid": 5, "publishing": {publishing}}}')
    with snapshots.lock(tmp_path):
        pass
    assert left(tmp_path) == WHOLE | {f"snapshots/{NEW}"}


def test_a_fail_point_dies_the_nth_time_its_own_step_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda _, number: killed.append(number))
    monkeypatch.setattr(failpoints, "_reached", failpoints.Counter())
    monkeypatch.setenv("PIPELINE_FAIL_AT", "mart_written:2")
    failpoints.reach("mart_written")
    failpoints.reach("retired")
    assert killed == []
    failpoints.reach("mart_written")
    failpoints.reach("mart_written")
    assert killed == [signal.SIGKILL]
    monkeypatch.delenv("PIPELINE_FAIL_AT")
    failpoints.reach("mart_written")
    assert len(killed) == 1
