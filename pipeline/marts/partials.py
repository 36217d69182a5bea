"""What was counted of each service month, kept below the staged folder and used again.

A month is counted again when its key changes: the hash of its file (which covers what its codes
mean and what its bands and chapters were derived with), of the referrals that can belong to it,
of the code that counts, and the day up to which care counts. A kept file that is not what was
written (a torn or flipped one) is not used.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipeline.counters.settled_month import Sums
from pipeline.spill import faults_of, private

PARTIALS = "partials"


def key_of(*parts: object) -> str:
    """Return a key that changes with any of its parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def hash_of(frame: pl.DataFrame) -> str:
    """Hash the content of a frame; rows in order."""
    return hashlib.sha256(_packed(frame)).hexdigest()


def _packed(frame: pl.DataFrame) -> bytes:
    packed = io.BytesIO()
    frame.write_ipc(packed, compression="lz4")
    return packed.getvalue()


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
        self._own.add(name)
        with faults_of(self.folder.parent):
            _keep(private(self.folder), name, key, sums)
        return sums

    def forget_others(self, names: Collection[str]) -> None:
        """Remove what is kept of any other name."""
        if self.folder is not None and self.folder.is_dir():
            for path in self.folder.iterdir():
                if path.name.partition(".")[0] not in names:
                    path.unlink()


def _kept(folder: Path, name: str, key: str, wanted: Callable[[str], object]) -> Sums | None:
    try:
        told = json.loads((folder / f"{name}.json").read_text())
        if told["key"] != key:
            return None
        sums = {}
        for part, digest in told["parts"].items():
            if not wanted(part):
                continue
            content = (folder / f"{name}.{part}.ipc").read_bytes()
            if hashlib.sha256(content).hexdigest() != digest:
                return None
            sums[part] = pl.read_ipc(io.BytesIO(content))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return sums


def _keep(folder: Path, name: str, key: str, sums: Sums) -> None:
    """Write the parts first, then, by one rename, what says that they are there."""
    index = folder / f"{name}.json"
    index.unlink(missing_ok=True)
    digests = {}
    for part, frame in sums.items():
        content = _packed(frame)
        digests[part] = hashlib.sha256(content).hexdigest()
        (folder / f"{name}.{part}.ipc").write_bytes(content)
    written = folder / f"{name}.new"
    written.write_text(json.dumps({"key": key, "parts": digests}))
    written.replace(index)
