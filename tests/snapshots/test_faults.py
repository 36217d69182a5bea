"""A full disk, readers at work, the order in which things reach the disk."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline import snapshots

MARTS = ("areas", "clinics", "devices")

WRITER = """
import resource, sys
from datetime import date
from pathlib import Path
import polars as pl
from pipeline import snapshots
from pipeline.errors import PipelineError
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
frames = [(name, pl.DataFrame({"value": range(9000)})) for name in ("areas", "clinics")]
try:
    with snapshots.lock(Path(sys.argv[1])) as held:
        provenance = snapshots.describe(as_of=date(2025, 6, 30), demonstration=True)
        snapshots.publish(held, frames, provenance)
except PipelineError as error:
    print(error.message_zh)
    sys.exit(error.exit_code)
"""


def put(marts: Path, value: int) -> snapshots.Snapshot:
    provenance = snapshots.describe(as_of=date(2025, 6, 30), demonstration=True)
    with snapshots.lock(marts) as held:
        tables = [(name, pl.DataFrame({"value": [value]})) for name in MARTS]
        return snapshots.publish(held, tables, provenance)


@pytest.mark.parametrize("room", [0, 100, 1500])
def test_a_full_disk_is_exit_code_6_and_changes_nothing(tmp_path: Path, room: int) -> None:
    before = put(tmp_path, 1)
    result = subprocess.run(
        [sys.executable, "-c", WRITER, str(tmp_path), str(room)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 6, result.stderr
    assert "失败" in result.stdout or "不能写入" in result.stdout
    assert snapshots.current(tmp_path).id == before.id
    assert {path.name for path in tmp_path.iterdir()} == {
        ".lock",
        "CURRENT",
        "publications.jsonl",
        "snapshots",
    }
    assert put(tmp_path, 2).id.startswith("0002-")


def test_readers_never_see_two_snapshots_at_once(tmp_path: Path) -> None:
    put(tmp_path, 0)
    stop = threading.Event()
    seen: list[set[int]] = []
    faults: list[Exception] = []

    def read() -> None:
        try:
            while not stop.is_set():
                snapshot = snapshots.current(tmp_path)
                seen.append({snapshot.scan(mart).collect().item() for mart in MARTS})
        except Exception as error:
            faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for value in range(1, 15):
        put(tmp_path, value)
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert {len(values) for values in seen} == {1}
    assert len({next(iter(values)) for values in seen}) > 1


def test_everything_is_on_the_disk_before_what_points_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, 1)
    told: list[str] = []
    real_fsync, real_rename, real_replace = os.fsync, Path.rename, Path.replace

    def shown(path: Path) -> str:
        text = path.relative_to(tmp_path.resolve()).as_posix()
        return "/".join(part.partition("-")[0] for part in text.split("/"))

    def fsync(descriptor: int) -> None:
        told.append("flush " + shown(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real_fsync(descriptor)

    def rename(path: Path, target: Path) -> Path:
        told.append(f"rename {shown(path)}")
        return real_rename(path, target)

    def replace(path: Path, target: Path) -> Path:
        told.append(f"rename {shown(path)}")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(Path, "replace", replace)
    put(tmp_path, 2)
    assert [line for line in told if not line.endswith(".lock")] == [
        *(f"flush .stage/{mart}.parquet" for mart in MARTS),
        "flush .stage/boundaries",
        "flush .stage/manifest.json",
        "flush .stage",
        "rename .stage",
        "flush snapshots",
        "flush .",
        "flush .current",
        "rename .current",
        "flush .",
        "flush publications.jsonl",
    ]
