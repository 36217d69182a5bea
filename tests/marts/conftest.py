"""Folders in which the small world is built anew, or was built before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.marts import small_world as world
from tests.marts.staged_world import Staged


@pytest.fixture(scope="session", autouse=True)
def _built_before_anything_is_counted() -> None:
    world.whole()


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staged:
    return Staged(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small world in a folder of its own."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        Staged(folder, patch).build(world.tables())
    return folder


@pytest.fixture
def built(built_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staged:
    """Return a folder in which the small world was built."""
    shutil.copytree(built_once, tmp_path, dirs_exist_ok=True)
    return Staged(tmp_path, monkeypatch)
