"""Remember the typed rows of a raw file, so that the next run reads only what changed.

An entry is named by everything that its rows depend on: the bytes of the file, what its name says,
the declaration of the source, the reader's own code, the key that hides persons. A damaged entry is
none. The rows carry hashes where the file had persons, and no name.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

import polars as pl

from pipeline.catalog import sources as declarations
from pipeline.catalog.sources import Source
from pipeline.errors import StorageError, why_zh
from pipeline.ingest.files import RawFile

SUFFIX = ".parquet"
_SAID = "said"
_READERS = ("polars", "pyarrow", "fastexcel")
EarlyRefusal = tuple[str | None, int, str]  # sheet, row, reason


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What reading a file gave: typed rows without `_pos` and `_file`, and what was said of it."""

    rows: pl.DataFrame
    labels: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    refused: tuple[EarlyRefusal, ...] = ()  # rows refused before they were typed


@cache
def reader_code() -> str:
    """Return a hash of all code that turns a file into typed rows, libraries' versions included."""
    digest = hashlib.sha256()
    own = sorted(Path(__file__).parent.rglob("*.py"))
    for path in (*own, Path(declarations.__file__)):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    digest.update(repr([version(name) for name in _READERS]).encode())
    return digest.hexdigest()


def packed(remembered: Remembered) -> bytes:
    """Return an entry as a Parquet file; what was said of the file stands in its footer."""
    data = io.BytesIO()
    remembered.rows.write_parquet(
        data, compression="lz4", statistics=False, metadata=_footer(remembered)
    )
    return data.getvalue()


def _footer(remembered: Remembered) -> dict[str, str]:
    said = {
        "labels": remembered.labels,
        "warnings": remembered.warnings,
        "refused": remembered.refused,
    }
    return {_SAID: json.dumps(said, ensure_ascii=False)}


def _sink(remembered: Remembered, rows: pl.LazyFrame, target: Path | io.BytesIO) -> None:
    """Write an entry whose rows are more than should be held at once."""
    rows.sink_parquet(target, compression="lz4", statistics=False, metadata=_footer(remembered))


def unpacked(data: bytes) -> Remembered:
    """Return what an entry holds."""
    return replace(said_in(io.BytesIO(data)), rows=pl.read_parquet(data))


def said_in(place: Path | io.BytesIO) -> Remembered:
    """Return what an entry says beside its rows."""
    said: dict[str, Any] = json.loads(pl.read_parquet_metadata(place)[_SAID])
    return Remembered(
        rows=pl.DataFrame(),
        labels=said["labels"],
        warnings=tuple(said["warnings"]),
        refused=tuple((sheet, row, reason) for sheet, row, reason in said["refused"]),
    )


class ReadCache:
    """Entries in a private folder, or in memory without one.

    A file's name is the entry's and a checksum of its bytes. With `fresh` nothing of an earlier run
    is taken; what is read replaces it.
    """

    def __init__(self, folder: Path | None, *, key: bytes, fresh: bool = False) -> None:
        self._folder = folder
        self._fingerprint = hashlib.blake2b(b"read cache", key=key[:64]).hexdigest()
        self._memory: dict[str, bytes] = {}
        self._used: set[str] = set()
        self._definitions: dict[str, tuple[Source, str]] = {}
        self._new: set[str] = set()
        self.reused = 0
        there = folder.glob(f"*{SUFFIX}") if folder is not None and not fresh else ()
        self._there = {path.name.partition("-")[0]: path for path in there}

    def name_of(self, source: Source, *facts: str | None) -> str:
        """Name an entry by the facts it depends on, the reader's code and key among them."""
        of_all = (*facts, self._definition(source), reader_code(), self._fingerprint)
        return hashlib.sha256(json.dumps(of_all, ensure_ascii=False).encode()).hexdigest()

    def _definition(self, source: Source) -> str:
        held = self._definitions.get(source.id)
        if held is None or held[0] is not source:
            held = source, hashlib.sha256(repr(source).encode()).hexdigest()
            self._definitions[source.id] = held
        return held[1]

    def name(self, file: RawFile, source: Source) -> str:
        """Name the entry of a file; of its name only the suffix and the date matter."""
        day = file.date_in_name
        return self.name_of(
            # As it is read: the suffix of a path may hold bytes that are no text.
            source,
            file.sha256,
            PurePath(file.name).suffix.lower(),
            day.isoformat() if day else None,
        )

    def sealed(self, secret: str) -> str:
        """Return a keyed hash of a fact that must not be told, such as an address."""
        return hashlib.blake2b(secret.encode(), key=self._fingerprint[:64].encode()).hexdigest()

    def is_old(self, name: str) -> bool:
        """Say whether an entry is of an earlier run."""
        return name not in self._new

    def has(self, name: str) -> bool:
        """Say whether there is an entry, be it a damaged one."""
        return name in self._memory or name in self._there

    def get(self, name: str) -> Remembered | None:
        """Return an entry, None where there is none or a bit of it is not as it was written."""
        if name in self._memory:
            return unpacked(self._memory[name])
        path = self._there.get(name)
        try:
            data = path.read_bytes() if path is not None else None
        except OSError:
            data = None
        if (
            path is None
            or data is None
            or path.name != _file_name(name, hashlib.sha256(data).hexdigest())
        ):
            return None
        self._used.add(path.name)
        return unpacked(data)

    def checked(self, name: str) -> Remembered | None:
        """Return what an entry says beside its rows; None as `get` does."""
        place = self._place(name)
        return None if place is None else said_in(place)

    def rows(self, name: str) -> pl.LazyFrame:
        """Return the rows of an entry that is known to be sound, to be read when needed."""
        held = self._memory.get(name)
        return pl.scan_parquet(self._there[name] if held is None else io.BytesIO(held))

    def _place(self, name: str) -> Path | io.BytesIO | None:
        """Return where a sound entry lies."""
        if name in self._memory:
            return io.BytesIO(self._memory[name])
        path = self._there.get(name)
        try:
            is_sound = path is not None and path.name == _file_name(name, _digest(path))
        except OSError:
            return None
        if path is None or not is_sound:
            return None
        self._used.add(path.name)
        return path

    def put(self, name: str, remembered: Remembered, *, rows: pl.LazyFrame | None = None) -> None:
        """Keep an entry, whole or not at all; `rows` in place of those it holds.

        Raises:
            StorageError: the folder cannot be written.
        """
        self._new.add(name)
        if self._folder is None:
            packed_rows = io.BytesIO()
            if rows is not None:
                _sink(remembered, rows, packed_rows)
            self._memory[name] = packed(remembered) if rows is None else packed_rows.getvalue()
            return
        part = self._folder / ".part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            if rows is None:
                part.write_bytes(packed(remembered))
            else:
                _sink(remembered, rows, part)
            path = part.replace(self._folder / _file_name(name, _digest(part)))
        except OSError as error:
            raise StorageError(
                f"读取结果写不进{self._folder}：{why_zh(error)}。请检查磁盘空间和权限。"
            ) from error
        if (older := self._there.get(name, path)) != path:
            self._used.discard(older.name)
        self._there[name] = path
        self._used.add(path.name)

    def keep(self, name: str) -> None:
        """Leave an entry where it lies, though this run does not look at it."""
        if (path := self._there.get(name)) is not None:
            self._used.add(path.name)

    def clear_unused(self) -> None:
        """Remove the files that this run neither read nor wrote."""
        if self._folder is not None and self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.name not in self._used:
                    path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _file_name(name: str, digest: str) -> str:
    return f"{name}-{digest}{SUFFIX}"
