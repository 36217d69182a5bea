"""A hook for the kill tests: stop dead at a named step of a build.

`PIPELINE_FAIL_AT=mart_written` kills the process with SIGKILL the first time the step is reached,
`mart_written:3` the third time. Without the variable nothing happens.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "PIPELINE_FAIL_AT"

# In the order in which a build reaches them.
STEPS = (
    "locked",
    "taken_in",
    "marts_planned",
    "stage_created",
    "mart_written",
    "boundaries_written",
    "inspected",
    "manifest_written",
    "stage_flushed",
    "snapshot_renamed",
    "snapshots_flushed",
    "pointer_written",
    "pointer_renamed",
    "pointer_flushed",
    "recorded",
    "retiring",
    "retired",
)

_reached: Counter[str] = Counter()


def reach(step: str) -> None:
    """Pass a step of the build, or die there when the environment asks for it."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    name, _, times = wanted.partition(":")
    _reached[step] += 1
    if step == name and _reached[step] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
