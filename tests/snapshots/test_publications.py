"""The log of publications: every switch has its line, whatever cut the writer off."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import snapshots
from pipeline.errors import StorageError
from pipeline.snapshots import publications
from tests.snapshots.frames import measured, publish, tables
from tests.snapshots.spoiling import cut_short

LOG = "publications.jsonl"


def put(marts: Path) -> str:
    return publish(marts, tables(measured(1))).id


def lines(marts: Path) -> list[tuple[str, str, str | None]]:
    return [(p.action, p.snapshot, p.replaced) for p in publications.recorded(marts)]


def test_builds_and_rollbacks_have_a_line_each(tmp_path: Path) -> None:
    first, second = put(tmp_path), put(tmp_path)
    snapshots.rollback(tmp_path, first)
    assert lines(tmp_path) == [
        ("build", first, None),
        ("build", second, first),
        ("rollback", first, second),
    ]
    assert all(line.by for line in publications.recorded(tmp_path))


def test_a_refused_rollback_has_no_line(tmp_path: Path) -> None:
    first, _ = put(tmp_path), put(tmp_path)
    cut_short(tmp_path / "snapshots" / first / "areas.parquet", 5)
    with pytest.raises(StorageError):
        snapshots.rollback(tmp_path, first)
    assert len(lines(tmp_path)) == 2


def test_a_switch_without_its_line_is_caught_up_by_the_next_writer(tmp_path: Path) -> None:
    first = put(tmp_path)
    (tmp_path / LOG).unlink()
    with snapshots.lock(tmp_path):
        pass
    with snapshots.lock(tmp_path):
        pass
    assert lines(tmp_path) == [("recovered", first, None)]
    switched = (tmp_path / "CURRENT").stat().st_mtime
    assert abs(publications.recorded(tmp_path)[0].at.timestamp() - switched) <= 1


@pytest.mark.parametrize("torn", ['{"action": "bui', "[1]", '{"at": "x"}', '{"at": 7}'])
def test_a_torn_line_is_left_out_and_the_next_begins_anew(tmp_path: Path, torn: str) -> None:
    first = put(tmp_path)
    with (tmp_path / LOG).open("a") as log:
        log.write(torn)
    second = put(tmp_path)
    assert lines(tmp_path) == [("build", first, None), ("build", second, first)]


@pytest.mark.parametrize(("field", "value"), [("snapshot", ".."), ("at", "2025-01-01T00:00:00")])
def test_a_line_that_names_no_snapshot_or_moment_is_left_out(
    tmp_path: Path, field: str, value: str
) -> None:
    put(tmp_path)
    entry = json.loads((tmp_path / LOG).read_text())
    (tmp_path / LOG).write_text(json.dumps(entry | {field: value}) + "\n")
    assert lines(tmp_path) == []


def test_a_log_that_cannot_be_written_does_not_undo_a_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(publications, "record", refuse)
        first = put(tmp_path)
    assert snapshots.current(tmp_path).id == first
    second = put(tmp_path)
    assert lines(tmp_path) == [("recovered", first, None), ("build", second, first)]


def test_in_force_since_counts_what_was_in_force_at_the_beginning(tmp_path: Path) -> None:
    now = datetime(2025, 7, 31, tzinfo=UTC)
    for days, name in ((90, "0001"), (40, "0002"), (20, "0003"), (1, "0001")):
        at = now - timedelta(days=days)
        publications.record(tmp_path, f"{name}-00000000", action="build", at=at)
    since = {
        days: {name[:4] for name in publications.in_force_since(tmp_path, now - timedelta(days))}
        for days in (0, 30, 60)
    }
    assert since == {0: {"0001"}, 30: {"0001", "0002", "0003"}, 60: {"0001", "0002", "0003"}}


def test_a_user_without_a_name_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", unknown)
    put(tmp_path)
    assert publications.recorded(tmp_path)[0].by == str(os.getuid())
