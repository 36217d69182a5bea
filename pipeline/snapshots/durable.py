"""Files that survive a power cut: written, flushed, then named."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipeline.errors import StorageError

READ_ONLY = 0o444
OPEN_TO_READ = 0o755
LITTLE_ROOM = 16 * 1024 * 1024  # bytes


@contextmanager
def short_of_room(folder: Path) -> Iterator[None]:
    """Tell a full disk from a fault of ours.

    A file that a full disk cut short may be noticed only when polars reads it again, as an error
    of the file's format that says nothing of the disk.

    Raises:
        StorageError: polars failed and next to nothing is free.
    """
    try:
        yield
    except pl.exceptions.PolarsError as error:
        free = shutil.disk_usage(folder).free
        if free >= LITTLE_ROOM:
            raise
        raise StorageError(
            f"{folder} 所在的磁盘只剩 {free // 1024:,} KB，中间结果没有写全，没有发布，"
            "现用快照不变。请腾出空间后重试。"
        ) from error


def sha256_of(path: Path) -> str:
    """Hash a file without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_file(path: Path, content: bytes) -> None:
    """Write a new read-only file and flush it; an existing name is an error."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        # The dashboard reads under another account, whatever the umask of the one that builds.
        os.fchmod(file.fileno(), READ_ONLY)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_folder(path: Path) -> None:
    """Make a folder that every account may read, whatever the umask; an existing one stays."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(OPEN_TO_READ)


def flush_folder(folder: Path) -> None:
    """Flush a folder, so that the names in it are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
