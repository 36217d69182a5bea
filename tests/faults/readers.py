"""Readers at work while snapshots follow each other: each sees one snapshot, and a whole one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from pipeline import snapshots
from tests.faults.outcomes import Outcome

KIND = "publication under four readers"
READERS = 4
MARTS = ("areas", "clinics", "devices")


def publish(marts: Path, value: int) -> None:
    """Publish three marts that carry the same number."""
    tables = [(mart, pl.DataFrame({"value": [value] * 50})) for mart in MARTS]
    run = snapshots.describe(as_of=date(2025, 6, 30), demonstration=True)
    with snapshots.lock(marts) as held:
        snapshots.publish(held, tables, run)


def read(marts: Path, stop: threading.Event, faults: list[str]) -> None:
    """Read all marts of the snapshot in force until told to stop."""
    while not stop.is_set():
        try:
            snapshot = snapshots.current(marts)
            seen = {
                value
                for mart in MARTS
                for value in snapshot.scan(mart).collect()["value"].to_list()
            }
        except Exception as error:  # whatever a reader meets is a fault
            faults.append(f"{type(error).__name__}: {error}")
            continue
        if len(seen) != 1:
            faults.append(f"one snapshot, several numbers: {sorted(seen)}")


def all_publications(folder: Path, *, count: int) -> Iterator[Outcome]:
    """Publish again and again."""
    marts, stop = folder / "read", threading.Event()
    faults: list[str] = []
    publish(marts, 0)
    readers = [threading.Thread(target=read, args=(marts, stop, faults)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for number in range(1, count + 1):
        publish(marts, number)
        wrong, faults[:] = tuple(faults), []
        yield Outcome(kind=KIND, point=str(number), result="whole", wrong=wrong)
    stop.set()
    for reader in readers:
        reader.join()
