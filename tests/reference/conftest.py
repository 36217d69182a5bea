"""A copy of the reference folder that a test may write to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.reference import DEFAULT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a fresh copy of data/reference."""
    return Path(shutil.copytree(DEFAULT, tmp_path / "reference"))
