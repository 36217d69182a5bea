"""kill -9 at every step of a publication: the old or the new snapshot, and a word about it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import snapshots
from pipeline.snapshots.failpoints import STEPS
from tests.snapshots.writer import MARTS, write

# Steps of a build around the publication; the build's own tests stop there.
ELSEWHERE = {"taken_in", "marts_planned", "retiring"}
LEFT = {".lock", "CURRENT", "publications.jsonl", "snapshots"}
BEFORE_THE_SWITCH = STEPS[: STEPS.index("pointer_renamed")]


def cut_off(marts: Path, value: int, fail_at: str) -> None:
    """Publish in a process of its own, which is killed at a step."""
    killed = subprocess.run(
        [sys.executable, "-m", "tests.snapshots.writer", str(marts), str(value)],
        env={**os.environ, "PIPELINE_FAIL_AT": fail_at},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr


def read(marts: Path) -> set[int]:
    snapshot = snapshots.current(marts)
    return {value for mart in MARTS for value in snapshot.scan(mart).collect()["value"]}


@pytest.mark.parametrize(
    "fail_at", [*[step for step in STEPS if step not in ELSEWHERE], "mart_written:3"]
)
def test_a_killed_publication_is_old_or_new_and_the_next_run_says_so(
    tmp_path: Path, fail_at: str
) -> None:
    write(tmp_path, 1)
    cut_off(tmp_path, 2, fail_at)
    switched = fail_at.partition(":")[0] not in BEFORE_THE_SWITCH
    assert read(tmp_path) == ({2} if switched else {1})

    told = write(tmp_path, 3)
    assert "中途被中断" in told
    assert ("已完整发布" in told) == switched
    assert read(tmp_path) == {3}
    assert {path.name for path in tmp_path.iterdir()} == LEFT
    numbers = [line.id[:4] for line in snapshots.list_snapshots(tmp_path)]
    assert numbers == (["0003", "0002", "0001"] if switched else ["0002", "0001"])


def test_the_first_publication_of_all_can_be_cut_off_too(tmp_path: Path) -> None:
    cut_off(tmp_path, 1, "snapshot_renamed")
    with pytest.raises(snapshots.NoSnapshotError):
        snapshots.current(tmp_path)
    assert "此前没有发布过快照" in write(tmp_path, 2)
    assert read(tmp_path) == {2}


def test_a_run_that_ended_by_itself_is_not_called_cut_off(tmp_path: Path) -> None:
    write(tmp_path, 1)
    assert write(tmp_path, 2) == ""


@pytest.mark.parametrize("note", ["{", "[1]"])
def test_an_unreadable_note_still_counts_as_cut_off(tmp_path: Path, note: str) -> None:
    (tmp_path / ".lock").write_text(note)
    with snapshots.lock(tmp_path) as held:
        assert "中途被中断" in (held.cut_off_zh or "")


def test_a_publication_killed_while_an_old_snapshot_goes_is_whole(tmp_path: Path) -> None:
    for value in (1, 2):
        write(tmp_path, value)
    long_ago = time.time() - 90 * 86_400
    for snapshot in (tmp_path / "snapshots").iterdir():
        os.utime(snapshot, (long_ago, long_ago))
    log = tmp_path / "publications.jsonl"
    log.write_text(re.sub('"at": "[0-9]{4}', '"at": "2001', log.read_text()))
    cut_off(tmp_path, 3, "retiring")
    assert read(tmp_path) == {3}
    assert any(path.name.startswith(".trash-0001-") for path in tmp_path.iterdir())
    assert "已完整发布" in write(tmp_path, 4)
    assert {path.name for path in tmp_path.iterdir()} == LEFT
    assert [line.id[:4] for line in snapshots.list_snapshots(tmp_path)] == ["0004", "0003", "0002"]
