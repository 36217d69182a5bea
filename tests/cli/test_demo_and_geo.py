"""The commands that make a demonstration world and take in boundaries."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

Capture = pytest.CaptureFixture[str]


@dataclass
class FakeWorld:
    """What a fake write_world returns, and what it was asked for."""

    asked: dict[str, Any] = field(default_factory=dict)
    files: int = 1
    rows: dict[str, int] = field(default_factory=lambda: {"clinics": 1200})
    defects: tuple[str, ...] = ("one",)

    def __call__(self, out: Path, **asked: Any) -> FakeWorld:
        self.asked = asked
        out.mkdir(parents=True)
        (out / "DEMO.json").write_text("{}")
        return self


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> FakeWorld:
    """Put a fake in the place of the demonstration world."""
    fake = FakeWorld()
    monkeypatch.setattr("pipeline.demo.write_world", fake)
    return fake


def test_demo_passes_on_only_what_was_asked_for(
    run: Callable[..., int], world: FakeWorld, capsys: Capture
) -> None:
    assert run("demo", "--cities", "410200, 411600", "--until", "2025-03-31") == 0
    assert world.asked.pop("progress")
    assert world.asked == {"cities": ("410200", "411600"), "until": date(2025, 3, 31)}
    assert "1,200 行，其中有意写错 1 处" in capsys.readouterr().out
    assert Path("data/raw/DEMO.json").exists()


def test_demo_never_writes_among_files(
    run: Callable[..., int], world: FakeWorld, tmp_path: Path
) -> None:
    (tmp_path / "raw" / "clinics").mkdir(parents=True)
    assert run("demo", "--out", "raw") == 2
    assert world.asked == {}
    (tmp_path / "file").write_text("")
    assert run("demo", "--out", "file") == 2


def test_demo_fills_an_empty_folder_and_clears_half_a_world(
    run: Callable[..., int], world: FakeWorld, tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw.part" / "clinics").mkdir(parents=True)
    assert run("demo", "--out", "raw") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"raw"}
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["DEMO.json"]


def test_geo_answers_with_what_was_taken_in(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def taken(arguments: argparse.Namespace) -> str:
        return f"已收入 {arguments.codes}。"

    monkeypatch.setattr("pipeline.geo.run", taken)
    assert run("geo", "--codes", "410200") == 0
    assert capsys.readouterr().out == "已收入 410200。\n"
    run("geo", "--codes", "410200", "--json")
    assert json.loads(capsys.readouterr().out) == {"message": "已收入 410200。"}
