"""kill -9 between intake and publication: nothing changes, the next build goes through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import snapshots
from tests.build.fakes import a_raw_folder

BUILD = """
import sys
from pathlib import Path
from pipeline import build as plan
from pipeline.__main__ import main
from tests.build.fakes import GOOD, FakeIntake, plans
plan.take_in = lambda *_, **__: FakeIntake(files=list(GOOD))
plan.build_marts = lambda *_, **__: plans()
sys.exit(main(["build", "--raw", sys.argv[1] + "/raw", "--marts", sys.argv[1] + "/marts"]))
"""


def build(folder: Path, *, fail_at: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)],
        env={**os.environ, "PIPELINE_FAIL_AT": fail_at, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("fail_at", ["taken_in", "marts_planned", "mart_written:7"])
def test_a_build_killed_on_the_way_leaves_the_snapshot_in_force(
    tmp_path: Path, fail_at: str
) -> None:
    a_raw_folder(tmp_path / "raw")
    assert build(tmp_path).returncode == 0
    before = snapshots.current(tmp_path / "marts").id
    assert build(tmp_path, fail_at=fail_at).returncode == -signal.SIGKILL
    assert snapshots.current(tmp_path / "marts").id == before
    again = build(tmp_path)
    assert again.returncode == 0, again.stderr
    assert "中途被中断" in again.stderr
    assert snapshots.current(tmp_path / "marts").id.startswith("0002-")


def test_a_second_build_at_the_same_time_is_refused(tmp_path: Path) -> None:
    a_raw_folder(tmp_path / "raw")
    with snapshots.lock(tmp_path / "marts"):
        refused = build(tmp_path)
    assert refused.returncode == 5
    assert f"进程号 {os.getpid()}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_answer_nobody_reads_to_its_end_is_no_fault(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-u", "-m", "pipeline", "list", "--marts", str(tmp_path)],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (result.returncode, result.stderr) == (0, b"")
