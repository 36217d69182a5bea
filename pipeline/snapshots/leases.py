"""A reader's hold on a snapshot: as long as one is held, retention leaves the snapshot alone.

The hold is a shared lock of the kernel on the manifest, so that a reader needs no right to write
and a reader that dies holds nothing. Local disks only: over NFS the lock may not be seen.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import weakref
from collections.abc import Iterator
from pathlib import Path

from pipeline.snapshots.manifest import FILE_NAME


class Lease:
    """A hold that ends with the object."""

    def __init__(self, descriptor: int) -> None:
        self._end = weakref.finalize(self, os.close, descriptor)

    def end(self) -> None:
        """Give the snapshot free now."""
        self._end()


def take(folder: Path) -> Lease | None:
    """Hold a snapshot; none when it cannot be opened or is just being removed."""
    try:
        descriptor = os.open(folder / FILE_NAME, os.O_RDONLY)
    except OSError:
        return None
    lease = Lease(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        lease.end()
        return None
    return lease


@contextlib.contextmanager
def sole(folder: Path) -> Iterator[bool]:
    """Say whether nobody holds a snapshot; while it is asked nobody can begin to."""
    try:
        descriptor = os.open(folder / FILE_NAME, os.O_RDONLY)
    except OSError:
        yield True  # without a manifest nobody can read it
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
