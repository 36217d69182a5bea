"""Where the typed settlements of a run lie: in parts of bounded size, read when they are needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipeline.origin import newest_batches, settled_days
from pipeline.spill import Spill

PART_ROWS = 150_000
_DAYS = ("settled_on", "started_on", "ended_on")
_FACTS = ("_file", *_DAYS, "_reason", "batch")


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of a file, to be read when they are needed, and what is looked at before."""

    rows: pl.LazyFrame
    height: int
    facts: pl.LazyFrame  # _FACTS


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The settlements put aside by month, and before that where their typed rows lie.

    A part has the rows of many files, or some of a long one.
    """

    months: Spill  # the accepted ones, by YYYYMM
    parts: list[pl.LazyFrame] = field(default_factory=list)
    days: list[date | None] = field(default_factory=list)  # the last that each file speaks of
    newest: list[pl.DataFrame] = field(default_factory=list)  # newest_batches
    latest: list[date | None] = field(default_factory=list)  # the last that any row names
    _waiting: list[_Rows] = field(default_factory=list)

    def take(self, rows: pl.LazyFrame, height: int, seen: pl.DataFrame | None = None) -> None:
        """Note where the rows of a file lie; `seen` are the same, if they are in memory still."""
        facts = rows.select(_FACTS) if seen is None else seen[list(_FACTS)].lazy()
        if height > PART_ROWS:
            self._look_at(facts)
            self.parts.extend(rows.slice(at, PART_ROWS) for at in range(0, height, PART_ROWS))
            return
        self._waiting.append(_Rows(rows=rows, height=height, facts=facts))
        if sum(file.height for file in self._waiting) >= PART_ROWS:
            self.finish()

    def finish(self) -> None:
        """Make a part of what waits."""
        if self._waiting:
            self._look_at(pl.concat([file.facts for file in self._waiting]))
            self.parts.append(pl.concat([file.rows for file in self._waiting]))
            self._waiting.clear()

    def _look_at(self, rows: pl.LazyFrame) -> None:
        facts = rows.collect()
        self.days.extend(settled_days(facts))
        self.newest.append(newest_batches(facts))
        self.latest.extend(facts.select(pl.col(_DAYS).max()).row(0))
