"""Keep garbage collections short: what lives as long as the process is not walked through again.

Streamlit collects garbage after every script run. Modules, snapshots and sessions that stay make
that more than half of a page's time, so whatever survives a long collection is set aside. Now and
then everything is let back in, so that what has become garbage since is found as well.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONG = 0.0005  # seconds of a full collection after which its survivors are set aside
LET_IN_AFTER = 1_000  # full collections, that is page runs


class Watch:
    """A callback of the collector."""

    def __init__(self) -> None:
        self._started = 0.0
        self._collections = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """Note when a full collection starts; when it was long, set its survivors aside."""
        if info["generation"] != 2:
            return
        if phase == "start":
            self._started = time.thread_time()
            return
        self._collections += 1
        if self._collections % LET_IN_AFTER == 0:
            gc.unfreeze()
        elif time.thread_time() - self._started > LONG:
            gc.freeze()


@contextmanager
def keep_collections_short() -> Iterator[None]:
    """Watch the collector while the server runs."""
    watch = Watch()
    gc.callbacks.append(watch)
    try:
        yield
    finally:
        gc.callbacks.remove(watch)
