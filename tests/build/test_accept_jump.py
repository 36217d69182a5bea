"""A jump on the command line: refused with its own exit code, published with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import build as plan
from pipeline import snapshots
from pipeline.__main__ import main
from tests.build.fakes import GOOD, FakeIntake, a_raw_folder, plans, targets

JUMPED = 7


def test_a_jump_is_exit_code_7_until_a_reason_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, marts = a_raw_folder(tmp_path / "raw"), tmp_path / "marts"
    command = ["build", "--raw", str(raw), "--marts", str(marts)]
    monkeypatch.setattr(plan, "take_in", lambda *_, **__: FakeIntake(files=list(GOOD)))
    monkeypatch.setattr(
        plan, "build_marts", lambda *_, **__: plans(targets=targets(0.9, 0.8, 0.7, 0.6))
    )
    assert main(command) == 0
    before = snapshots.current(marts).id
    monkeypatch.setattr(plan, "build_marts", lambda *_, **__: plans(targets=targets(0.9)))
    capsys.readouterr()
    assert main(command) == JUMPED
    said = capsys.readouterr().err
    assert f"与快照 {before} 相比变化过大，没有发布" in said
    assert "数据表 targets 由 4 行减为 1 行（−75.0%）" in said
    assert "Traceback" not in said
    assert main([*command, "--accept-jump", ""]) == 2
    assert snapshots.current(marts).id == before

    assert main([*command, "--accept-jump", "目标表重编", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accepted_jump"] == "目标表重编"
    for words in ("status", "list"):
        assert main([words, "--marts", str(marts)]) == 0
        assert "变化较大，说明：目标表重编" in capsys.readouterr().out
