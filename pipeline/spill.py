"""Frames put aside as Parquet, so that a table of any size goes through memory part by part."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import StorageError, why_zh

_PACKED: Mapping[str, Any] = {"compression": "lz4", "statistics": False}


def private(folder: Path) -> Path:
    """Make a folder that only its owner can enter, and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def filled(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that have a value somewhere; all of them of a frame without rows.

    Of thirty columns of a list half may be empty throughout, and take as much memory as others.
    """
    return frame.select(c for c in frame if c.len() == 0 or c.null_count() < c.len())


def completed(rows: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    """Return rows with all columns of a schema, in its order; those left out (`filled`) empty."""
    given = rows.collect_schema()
    return rows.select(
        pl.col(name) if name in given else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in schema.items()
    )


@contextmanager
def faults_of(staged: Path) -> Iterator[None]:
    """Turn a fault of the disk into a sentence that names the folder.

    Raises:
        StorageError: the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"暂存数据写不进{staged}：{why_zh(error)}。请检查磁盘空间和权限。"
        ) from error


_Part = Path | bytes | pl.DataFrame


def _place(part: Path | bytes) -> Path | io.BytesIO:
    return io.BytesIO(part) if isinstance(part, bytes) else part


def _content(part: _Part) -> bytes:
    """Return what tells a part from others: its bytes, or the hashes of its rows."""
    if isinstance(part, pl.DataFrame):
        return part.hash_rows().to_numpy().tobytes()
    return part if isinstance(part, bytes) else part.read_bytes()


class Spill:
    """Parts of a table by name: in a private folder, or packed in memory without one.

    A check writes nothing, so its parts are packed in memory. Whatever an earlier run that was cut
    off left in the folder is removed first. Up to `held` rows stay as they are: writing and reading
    them again takes longer than all else that is done with few.
    """

    def __init__(self, folder: Path | None, *, held: int = 0) -> None:
        self._folder = folder
        self._parts: dict[str, list[_Part]] = {}
        self._room = held
        self._count = 0
        self.clear()

    @property
    def names(self) -> list[str]:
        """Return the names under which there are parts, in order."""
        return sorted(self._parts)

    def add(self, frame: pl.DataFrame, *, name: str = "") -> None:
        """Put a part aside.

        Raises:
            StorageError: the disk is full or the folder cannot be written.
        """
        self._count += 1
        parts = self._parts.setdefault(name, [])
        if frame.height < self._room:
            self._room -= frame.height
            parts.append(frame)
            return
        if self._folder is None:
            packed = io.BytesIO()
            frame.write_parquet(packed, **_PACKED)
            parts.append(packed.getvalue())
            return
        path = self._folder / f"{self._count:06}.parquet"
        with faults_of(self._folder.parent):
            private(self._folder)
            frame.write_parquet(path, **_PACKED)
        parts.append(path)

    def scans(self, name: str = "") -> list[pl.LazyFrame]:
        """Return the parts of a name, in the order they came."""
        return [
            part.lazy() if isinstance(part, pl.DataFrame) else pl.scan_parquet(_place(part))
            for part in self._parts.get(name, [])
        ]

    def digest(self, name: str = "") -> str:
        """Hash the parts of a name, in the order they came."""
        told = hashlib.sha256()
        for part in self._parts.get(name, []):
            told.update(hashlib.sha256(_content(part)).digest())
        return told.hexdigest()

    def drop(self, name: str = "") -> None:
        """Forget the parts of a name and free their place."""
        for part in self._parts.pop(name, []):
            if isinstance(part, Path):
                part.unlink()

    def move(self, folder: Path, *, name: str = "", stem: str = "") -> None:
        """Move the parts of a name, which lie on the disk, to another folder of it."""
        for at, part in enumerate(self._parts.pop(name, [])):
            assert isinstance(part, Path)
            part.replace(folder / f"{stem}{at:06}.parquet")

    def clear(self) -> None:
        """Forget everything."""
        self._parts.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
