"""Publish three marts with one number: in a test, or in a process that is killed on the way.

python -m tests.snapshots.writer MARTS VALUE
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

from pipeline import snapshots

MARTS = ("areas", "clinics", "devices")


def write(marts: Path, value: int) -> str:
    """Publish; return what is said of the writer before, nothing where it ended by itself."""
    frames = [(name, pl.DataFrame({"value": [value]})) for name in MARTS]
    provenance = snapshots.describe(as_of=date(2025, 6, 30), demonstration=True)
    with snapshots.lock(marts) as held:
        snapshots.publish(held, frames, provenance, kept=1)
        return held.cut_off_zh or ""


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
