"""Which snapshots stay: the newest, those in force lately, those that a reader holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import snapshots
from pipeline.snapshots import Snapshot, leases, reading, retention
from tests.snapshots.frames import measured, provenance, tables

READER = """
import sys
from pathlib import Path
from pipeline import snapshots
held = snapshots.open_snapshot(Path(sys.argv[1]), sys.argv[2])
print("open", flush=True)
sys.stdin.read()
"""


def put(marts: Path, number: int = 1, *, kept: int | None = None) -> Snapshot:
    with snapshots.lock(marts) as held:
        frames = tables(measured(number)).items()
        return snapshots.publish(held, frames, provenance(), kept=kept)


def past(marts: Path, days: float) -> None:
    """Let everything have happened so many days earlier."""
    earlier = time.time() - days * 86_400
    for folder in reading.folders(marts):
        os.utime(folder, (earlier, earlier))
    log = marts / "publications.jsonl"
    moved = []
    for line in log.read_text().splitlines():
        fields = json.loads(line)
        fields["at"] = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        moved.append(json.dumps(fields) + "\n")
    log.write_text("".join(moved))


def kept(marts: Path) -> list[str]:
    return [path.name for path in reading.folders(marts)]


def test_old_snapshots_go_when_there_are_enough_newer_ones(tmp_path: Path) -> None:
    made = [put(tmp_path, number) for number in range(3)]
    past(tmp_path, 31)
    newest = put(tmp_path, 9, kept=2)
    assert kept(tmp_path) == [made[2].id, newest.id]


def test_what_was_in_force_within_the_days_of_the_setting_stays(tmp_path: Path) -> None:
    made = [put(tmp_path, number) for number in range(3)]
    past(tmp_path, 29)
    newest = put(tmp_path, 9, kept=1)
    assert kept(tmp_path) == [*(snapshot.id for snapshot in made), newest.id]


def test_the_grace_time_holds_whatever_the_log_says(tmp_path: Path) -> None:
    made = [put(tmp_path, number) for number in range(2)]
    (tmp_path / "publications.jsonl").unlink()
    newest = put(tmp_path, 9, kept=1)
    assert kept(tmp_path) == [*(snapshot.id for snapshot in made), newest.id]


def test_the_snapshot_in_force_until_a_moment_ago_is_kept_however_old(tmp_path: Path) -> None:
    made = [put(tmp_path, number) for number in range(3)]
    past(tmp_path, 90)
    snapshots.rollback(tmp_path, made[0].id)
    past(tmp_path, 90)
    newest = put(tmp_path, 9, kept=1)
    # The one rolled back to was replaced just now; the last before the days began counts as in
    # force when they began.
    assert kept(tmp_path) == [made[0].id, newest.id]


def test_what_another_process_holds_is_not_removed_until_it_dies(tmp_path: Path) -> None:
    first = put(tmp_path)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path), first.id],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        put(tmp_path, 2)
        past(tmp_path, 90)
        put(tmp_path, 3, kept=1)
        past(tmp_path, 90)
        put(tmp_path, 4, kept=1)
        assert first.id in kept(tmp_path)
        reader.kill()
    past(tmp_path, 90)
    put(tmp_path, 5, kept=1)
    assert first.id not in kept(tmp_path)


def test_a_hold_ends_with_the_object(tmp_path: Path) -> None:
    opened = snapshots.open_snapshot(tmp_path, put(tmp_path).id)
    path = opened.path
    with leases.sole(path) as free:
        assert not free
    del opened
    with leases.sole(path) as free:
        assert free


def test_opening_again_and_again_keeps_no_descriptor(tmp_path: Path) -> None:
    put(tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        snapshots.current(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


def test_what_is_being_removed_cannot_be_held_any_more(tmp_path: Path) -> None:
    path = put(tmp_path).path
    with leases.sole(path):
        assert leases.take(path) is None
    assert leases.take(path) is not None


def test_a_folder_without_a_manifest_is_free_and_cannot_be_held(tmp_path: Path) -> None:
    assert leases.take(tmp_path) is None
    with leases.sole(tmp_path) as free:
        assert free


def test_a_failed_retirement_does_not_fail_a_published_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    put(tmp_path)
    past(tmp_path, 90)
    put(tmp_path, 2)
    past(tmp_path, 90)
    monkeypatch.setattr(retention, "sole", refuse)
    published = put(tmp_path, 3, kept=1)
    assert snapshots.current(tmp_path).id == published.id
