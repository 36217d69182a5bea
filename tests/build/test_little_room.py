"""A file cut short by a full disk is told as that, not as a fault of the program."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import polars as pl
import pytest

from pipeline import build as plan
from pipeline.errors import StorageError
from tests.build.fakes import a_raw_folder

Usage = namedtuple("Usage", "free")


def fail(*_: object, **__: object) -> None:
    raise pl.exceptions.ComputeError("parquet: File out of specification")


def test_an_unreadable_file_on_a_full_disk_is_the_disks_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = a_raw_folder(tmp_path / "raw")
    monkeypatch.setattr(plan, "take_in", fail)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(36 * 1024))
    with pytest.raises(StorageError, match="只剩 36 KB") as refusal:
        plan.build(raw, tmp_path / "marts")
    assert refusal.value.exit_code == 6


def test_with_room_enough_it_stays_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = a_raw_folder(tmp_path / "raw")
    monkeypatch.setattr(plan, "take_in", fail)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 30))
    with pytest.raises(pl.exceptions.ComputeError):
        plan.build(raw, tmp_path / "marts")
