"""A build says how many files it did not read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import build as plan
from pipeline.console import report
from tests.build.fakes import GOOD, FakeIntake, a_raw_folder, plans


@pytest.mark.parametrize("reused", [0, 1])
def test_a_build_says_how_many_files_it_did_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reused: int
) -> None:
    passed: dict[str, Any] = {}

    def take_in(*_: object, **options: Any) -> FakeIntake:
        passed.update(options)
        return FakeIntake(files=list(GOOD), reused=reused)

    made: dict[str, pl.LazyFrame] = plans()
    monkeypatch.setattr(plan, "take_in", take_in)
    monkeypatch.setattr(plan, "build_marts", lambda *_, **__: made)
    raw = a_raw_folder(tmp_path / "raw")
    result = plan.build(raw, tmp_path / "marts", full=reused == 0)
    assert passed["full"] is (reused == 0)
    said = [line for line in report.summary_lines(result) if "沿用" in line]
    assert said == (["沿用上次读取结果的 1 个文件，重读 1 个。"] if reused else [])
    assert report.build_object(result)["reused_files"] == reused
