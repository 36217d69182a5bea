"""Which old snapshots go: never one in force lately, never one that a reader holds."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.snapshots.failpoints import reach
from pipeline.snapshots.layout import TRASH_PREFIX
from pipeline.snapshots.leases import sole
from pipeline.snapshots.publications import in_force_since
from pipeline.snapshots.reading import folders

# How long a snapshot stays after it stopped being in force, whatever the settings: a page run
# that resolved CURRENT just before must be able to finish.
GRACE_SECONDS = 3600.0


def _is_young(path: Path) -> bool:
    return time.time() - path.stat().st_mtime < GRACE_SECONDS


def retire(marts: Path, *, in_force: str | None, kept: int, kept_days: int) -> None:
    """Remove the oldest snapshots beyond `kept`.

    Those stay that were in force within `kept_days`, that were replaced within the grace time, or
    that a reader holds.

    Raises:
        OSError: a folder cannot be removed; the next build tries again.
    """
    lately = in_force_since(marts, datetime.now(UTC) - timedelta(days=kept_days)) | {in_force}
    for path in folders(marts)[: -max(kept, 1)]:
        if path.name in lately or _is_young(path):
            continue
        trash = marts / f"{TRASH_PREFIX}{path.name}"
        with sole(path) as free:
            if free:
                path.rename(trash)
                reach("retiring")
                shutil.rmtree(trash)
    reach("retired")
