"""What is dear to make and only read is made once, whichever worker needs it first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

DEMO_SEED = 7


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first worker makes; the others wait for it.

    Args:
        folders: pytest's factory of temporary folders.
        name: the folder's, of which there is one in a run.
        make: fills the folder, which is not there yet; it is none unless this ends well.
    """
    base = folders.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent  # the workers' folders lie side by side in it
    folder, part = base / name, base / f"{name}.part"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make(part)
            part.rename(folder)
    return folder


def demonstration(out: Path) -> None:
    """Write the raw files of one city and the two small worlds from 2024 on."""
    from pipeline.demo import write_world  # slow to import, and few tests need it

    write_world(out, cities=("410200",), scale=0.002, seed=DEMO_SEED, start=date(2024, 1, 1))
