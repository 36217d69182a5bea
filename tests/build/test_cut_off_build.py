"""kill -9 between intake and publication: nothing changes, the next build goes through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import build as plan
from pipeline import snapshots
from pipeline.__main__ import main
from tests.build.fakes import GOOD, FakeIntake, a_raw_folder, plans

KILLED = """
import sys
from pathlib import Path
from tests.build.test_cut_off_build import build
sys.exit(build(Path(sys.argv[1])))
"""


def build(folder: Path) -> int:
    """Build fakes from the command line; return the exit code."""
    words = ("build", "--raw", str(folder / "raw"), "--marts", str(folder / "marts"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "take_in", lambda *_, **__: FakeIntake(files=list(GOOD)))
        patch.setattr(plan, "build_marts", lambda *_, **__: plans())
        return main(list(words))


@pytest.mark.parametrize("fail_at", ["taken_in", "marts_planned", "mart_written:7"])
def test_a_build_killed_on_the_way_leaves_the_snapshot_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fail_at: str
) -> None:
    a_raw_folder(tmp_path / "raw")
    assert build(tmp_path) == 0
    before = snapshots.current(tmp_path / "marts").id
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={**os.environ, "PIPELINE_FAIL_AT": fail_at, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert snapshots.current(tmp_path / "marts").id == before
    capsys.readouterr()
    assert build(tmp_path) == 0
    assert "中途被中断" in capsys.readouterr().err
    assert snapshots.current(tmp_path / "marts").id.startswith("0002-")


def test_a_second_build_at_the_same_time_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_raw_folder(tmp_path / "raw")
    with snapshots.lock(tmp_path / "marts"):
        assert build(tmp_path) == 5
    refused = capsys.readouterr().err
    assert f"进程号 {os.getpid()}" in refused
    assert "Traceback" not in refused


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
