"""Where the typed rows of a list of events lie: in parts of bounded size, read when needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from pipeline.ingest.batch import FileResult, SourceRows
from pipeline.ingest.collector import Sink
from pipeline.intake.origin import DAYS, facts_of_files, with_origin

PART_ROWS = 150_000
_NO_FILE: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of a file, to be read when they are needed, and what is looked at before."""

    rows: pl.LazyFrame
    height: int
    facts: pl.LazyFrame  # what `facts_of_files` needs


@dataclass(frozen=True)
class Parts:
    """Takes the rows of a source file by file; a part has many files, or some of a long one."""

    source: str
    rows: list[tuple[frozenset[int], pl.LazyFrame]] = field(default_factory=list)  # by files
    facts: list[pl.DataFrame] = field(default_factory=list)  # facts_of_files
    _waiting: list[_Rows] = field(default_factory=list)

    def take(self, rows: pl.LazyFrame, height: int, seen: pl.DataFrame | None = None) -> None:
        """Note where the rows of a file lie; `seen` are the same, if they are in memory still."""
        looked_at = ["_file", *DAYS[self.source], "_reason", "batch"]
        facts = rows.select(looked_at) if seen is None else seen[looked_at].lazy()
        if height > PART_ROWS:
            files = self._look_at(facts)
            slices = (rows.slice(at, PART_ROWS) for at in range(0, height, PART_ROWS))
            self.rows.extend((files, part) for part in slices)
            return
        self._waiting.append(_Rows(rows=rows, height=height, facts=facts))
        if sum(file.height for file in self._waiting) >= PART_ROWS:
            self.finish()

    def finish(self) -> None:
        """Make a part of what waits."""
        if self._waiting:
            files = self._look_at(pl.concat([file.facts for file in self._waiting]))
            self.rows.append((files, pl.concat([file.rows for file in self._waiting])))
            self._waiting.clear()

    def _look_at(self, rows: pl.LazyFrame) -> frozenset[int]:
        self.facts.append(facts_of_files(self.source, rows.collect()))
        return frozenset(self.facts[-1]["_file"])


class FilesInParts:
    """The files of a source that a run reads, each once and not before its rows are needed.

    `read` reads some files, by number, and hands their rows to a sink.
    """

    def __init__(
        self,
        source: str,
        read: Callable[[Collection[int], Sink], SourceRows],
        *,
        cities: Mapping[str, str],
    ) -> None:
        self._source = source
        self._read = read
        self._cities = cities
        self._rows: list[tuple[frozenset[int], pl.LazyFrame]] = []
        self._facts: list[pl.DataFrame] = []
        self.results: dict[int, FileResult] = {}

    @property
    def facts(self) -> pl.DataFrame:
        """Return what the rows of each file read say of it (`facts_of_files`)."""
        return pl.concat(self._facts)

    def take(self, read: SourceRows, parts: Parts) -> None:
        """Take files that were read, and the parts that have their rows."""
        parts.finish()
        facts = [facts_of_files(self._source, read.rows), *parts.facts]
        newest = pl.concat(facts).select("_file", "_newest")
        origin = partial(with_origin, files=read.files, cities=self._cities, newest=newest)
        # Without rows there is still a part to be staged.
        self._rows += [(_NO_FILE, origin(read.rows.lazy()))] * (not self._rows)
        self._rows += [(files, origin(rows)) for files, rows in parts.rows]
        self._facts += facts
        self.results |= {result.file_id: result for result in read.files}

    def of(self, files: Collection[int]) -> list[pl.LazyFrame]:
        """Return the rows of some files in parts, at least one."""
        wanted = frozenset(files)
        if unread := wanted - self.results.keys():
            parts = Parts(self._source)
            self.take(self._read(unread, parts.take), parts)
        found = [
            rows if of <= wanted else rows.filter(pl.col("_file").is_in(list(wanted)))
            for of, rows in self._rows
            if of & wanted
        ]
        return found or [self._rows[0][1]]
