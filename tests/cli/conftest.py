"""A command run in an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import __main__ as command_line


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command in an empty folder, with a marts folder of its own."""
    monkeypatch.setenv("DASHBOARD_MARTS", str(tmp_path / "marts"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: command_line.main([str(word) for word in words])
