"""A snapshot in the making, read back from the disk, and what an inspection found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipeline.snapshots.layout import mart_file
from pipeline.snapshots.manifest import MartFile


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Marts on the disk that no manifest names yet."""

    path: Path
    marts: Mapping[str, MartFile]

    def scan(self, mart: str) -> pl.LazyFrame:
        """Scan a mart as it was written."""
        return pl.scan_parquet(self.path / mart_file(mart))


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What an inspection adds to the manifest."""

    control_totals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    jumps: tuple[str, ...] = ()
    accepted_jump: str | None = None


# Looks at a draft before it gets its manifest; an exception stops the publication.
Inspection = Callable[[Draft], Findings]


def nothing_to_inspect(_: Draft) -> Findings:
    """Find nothing: for marts that are not the contract's."""
    return Findings()
