"""The files of a run, each read once and not before its rows are needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from pipeline.ingest.batch import FileResult, SourceRows, read_sources
from pipeline.ingest.collector import Sink
from pipeline.ingest.files import RawFile
from pipeline.intake.files_in_parts import FilesInParts, Parts
from pipeline.intake.origin import DAYS, LastDays, last_days, with_origin


@dataclass(frozen=True)
class Rows:
    """The rows of a source in parts, at least one, and its files."""

    parts: Sequence[pl.LazyFrame]
    files: Sequence[FileResult]


class Reading:
    """Reads the files of a run by their numbers, which are their places from 1.

    Lists of events, of which there can be any number, stay where they were put aside.
    """

    def __init__(self, files: Sequence[RawFile], *, cities: Mapping[str, str], **how: Any) -> None:
        self._files = files
        self._cities = cities
        self._how = how
        self._whole: dict[str, SourceRows] = {}
        self._done: set[int] = set()  # the numbers of files that were read
        self.events = {
            source: FilesInParts(source, partial(self._read_events, source), cities=cities)
            for source in DAYS
        }

    def numbers(self, source: str) -> frozenset[int]:
        """Return the numbers of the files of a source."""
        return frozenset(at for at, file in enumerate(self._files, 1) if file.source == source)

    @property
    def unread(self) -> tuple[RawFile, ...]:
        """Return the files that were not read."""
        return tuple(file for at, file in enumerate(self._files, 1) if at not in self._done)

    def read(self, numbers: Collection[int]) -> None:
        """Read some files."""
        parts = {source: Parts(source) for source in DAYS}
        read = self._read(numbers, {source: part.take for source, part in parts.items()})
        for source, part in parts.items():
            self.events[source].take(read.pop(source), part)
        self._whole |= {s: found for s, found in read.items() if found.files}

    def _read(self, numbers: Collection[int], sinks: Mapping[str, Sink]) -> dict[str, SourceRows]:
        self._done.update(numbers)
        others = set(range(1, len(self._files) + 1)).difference(numbers)
        return read_sources(self._files, left_out=others, sinks=sinks, **self._how)

    def _read_events(self, source: str, numbers: Collection[int], sink: Sink) -> SourceRows:
        return self._read(numbers, {source: sink})[source]

    def last_days(self, source: str) -> LastDays:
        """Return the last days that the files read of a source speak of."""
        if source in DAYS:
            return LastDays(self.events[source].facts.select(pl.max("day")).item(), None)
        read = self._whole.get(source)
        return last_days(source, read.rows) if read else LastDays(None, None)

    def rows(self, source: str) -> Rows:
        """Return the rows of all files of a source; they are given away, not to be held here."""
        numbers = self.numbers(source)
        if source in DAYS:
            events = self.events[source]
            parts = events.of(numbers)
            return Rows(parts, [events.results[number] for number in sorted(numbers)])
        if not numbers:
            return Rows((), ())
        if source not in self._whole:
            self.read(numbers)
        read = self._whole.pop(source)
        return Rows([with_origin(read.rows.lazy(), read.files, cities=self._cities)], read.files)
