"""What was counted in an earlier run, kept below the staged folder and used again.

A month's sums are counted again when their key changes: the hash of the month's file (which covers
what its codes mean and what its bands and chapters were derived with), of the referrals that can
belong to it, of the code that counts, and the day up to which care counts. Tables made of sums or
of a registry are kept whole, each under a key of all that it is made of. A kept file that is not
what was written (a torn or flipped one) is not used.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.counters.settled_month import Sums
from pipeline.spill import faults_of, private

PARTIALS = "partials"


def key_of(*parts: object) -> str:
    """Return a key that changes with any of its parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def hash_of(frame: pl.DataFrame) -> str:
    """Hash the content of a frame; rows in order.

    By rows: how texts lie in memory, and what lies under a null, does not matter.
    """
    told = hashlib.sha256(repr(frame.schema).encode())
    told.update(frame.hash_rows().to_numpy().tobytes())
    return told.hexdigest()


def _packed(frame: pl.DataFrame) -> memoryview:
    """Return a frame as bytes to be read whole: a stream takes a tenth of a small file's time."""
    packed = io.BytesIO()
    frame.write_ipc_stream(packed, compression="lz4")
    return packed.getbuffer()


def _packed_to_scan(frame: pl.DataFrame) -> memoryview:
    """Return a frame as the bytes of a file: only that can be scanned."""
    packed = io.BytesIO()
    frame.write_ipc(packed, compression="lz4")
    return packed.getbuffer()


@dataclass(frozen=True)
class Partials:
    """Kept sums by name; without a folder nothing is kept."""

    folder: Path | None
    full: bool = False  # count everything again, whatever an earlier run kept
    _own: set[str] = field(default_factory=set)  # the names that this run counted

    def get(
        self,
        name: str,
        key: str,
        count: Callable[[], Sums],
        *,
        wanted: Callable[[str], object] = bool,
    ) -> Sums:
        """Return the sums of a name, counted again unless those kept have this very key.

        Of what is kept only the parts whose name is `wanted` are read.

        Raises:
            StorageError: the folder cannot be written.
        """
        if self.folder is None:
            return count()
        is_old = self.full and name not in self._own
        kept = None if is_old else _kept(self.folder, name, key, wanted)
        if kept is not None:
            return kept
        sums = count()
        self.put(name, key, sums)
        return sums

    def put(self, name: str, key: str, sums: Sums) -> None:
        """Keep the sums of a name.

        Raises:
            StorageError: the folder cannot be written.
        """
        if self.folder is not None:
            self._own.add(name)
            with faults_of(self.folder.parent):
                _keep(private(self.folder), name, key, sums.items())

    def by_month(
        self,
        name: str,
        months: Collection[date],
        keys: Mapping[date, str],
        count: Callable[[Sequence[date]], Sums],
    ) -> Sums:
        """Return tables by `month`; of months with the key they were kept with, what is kept.

        `count` makes the tables of some months, of none where nothing is kept. Without a key for
        every month nothing is kept.

        Raises:
            StorageError: the folder cannot be written.
        """
        if self.folder is None or not set(months) <= set(keys):
            return count(sorted(months))
        is_old = self.full and name not in self._own
        told = {} if is_old else _months_told(self.folder, name)
        same = {month for month in months if told.get(f"{month}") == keys[month]}
        kept = _kept(self.folder, name, json.dumps(told), bool) if same else None
        if kept is not None and len(same) == len(told) == len(months):
            return kept
        missing = sorted(set(months) - (same if kept is not None else set()))
        tables = dict(count(missing)) if missing or kept is None else {}
        for table, rows in (kept or {}).items():
            own = rows.filter(pl.col("month").is_in(same))
            tables[table] = pl.concat([own, tables[table]]) if missing else own
        self.put(name, json.dumps({f"{month}": keys[month] for month in sorted(months)}), tables)
        return tables

    def table(
        self, name: str, key: str, made: Callable[[], Iterable[pl.DataFrame]]
    ) -> list[pl.LazyFrame]:
        """Return the parts of a table, made again unless those kept have this very key.

        The parts are written as they are made and read from the disk when they are collected.

        Raises:
            StorageError: the folder cannot be written.
        """
        if self.folder is None:
            return [frame.lazy() for frame in made()]
        is_old = self.full and name not in self._own
        digests = None if is_old else _whole(self.folder, name, key)
        if digests is None:
            with faults_of(self.folder.parent):
                numbered = ((f"{n:03}", frame) for n, frame in enumerate(made()))
                digests = _keep(private(self.folder), name, key, numbered, packed=_packed_to_scan)
            self._own.add(name)
        return [pl.scan_ipc(self.folder / f"{name}.{part}.ipc") for part in sorted(digests)]

    def forget_others(self, names: Collection[str]) -> None:
        """Remove what is kept of any other month or year."""
        if self.folder is not None and self.folder.is_dir():
            for path in self.folder.iterdir():
                name = path.name.partition(".")[0]
                if "=" in name and name not in names:
                    path.unlink()


def _told(folder: Path, name: str, key: str) -> dict[str, str] | None:
    """Return the hash of each part of a name, or nothing where the key is another."""
    try:
        told = json.loads((folder / f"{name}.json").read_text())
        return dict(told["parts"]) if told["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def digest_of(folder: Path, name: str) -> str | None:
    """Return a hash of all that is kept under a name; None where nothing is."""
    try:
        return key_of(sorted(json.loads((folder / f"{name}.json").read_text())["parts"].items()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _months_told(folder: Path, name: str) -> dict[str, str]:
    """Return the key of each month that is kept under a name."""
    try:
        keys = json.loads(json.loads((folder / f"{name}.json").read_text())["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return keys if isinstance(keys, dict) else {}


def _content(folder: Path, name: str, part: str, digest: str) -> bytes | None:
    try:
        content = (folder / f"{name}.{part}.ipc").read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _kept(folder: Path, name: str, key: str, wanted: Callable[[str], object]) -> Sums | None:
    digests = _told(folder, name, key)
    if digests is None:
        return None
    sums = {}
    for part, digest in digests.items():
        if wanted(part):
            content = _content(folder, name, part, digest)
            if content is None:
                return None
            sums[part] = pl.read_ipc_stream(io.BytesIO(content))
    return sums


def _whole(folder: Path, name: str, key: str) -> dict[str, str] | None:
    """Return the hash of each part of a name, nothing unless every part is what was written."""
    digests = _told(folder, name, key)
    if digests is None or any(_content(folder, name, *item) is None for item in digests.items()):
        return None
    return digests


def _keep(
    folder: Path,
    name: str,
    key: str,
    parts: Iterable[tuple[str, pl.DataFrame]],
    *,
    packed: Callable[[pl.DataFrame], memoryview] = _packed,
) -> dict[str, str]:
    """Write the parts first, then, by one rename, what says that they are there."""
    index = folder / f"{name}.json"
    index.unlink(missing_ok=True)
    digests = {}
    for part, frame in parts:
        content = packed(frame)
        digests[part] = hashlib.sha256(content).hexdigest()
        (folder / f"{name}.{part}.ipc").write_bytes(content)
    written = folder / f"{name}.new"
    written.write_text(json.dumps({"key": key, "parts": digests}))
    written.replace(index)
    return digests
