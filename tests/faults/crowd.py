"""Five builds at once: one publishes, the others are refused by name of the holder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.faults.outcomes import Outcome
from tests.faults.worlds import PATIENCE, World, sound, watched

KIND = "five builds at once"
BUSY = 5
CROWD = 5


def strike(world: World, folder: Path, number: int, *, crowd: int = CROWD) -> Outcome:
    """Let builds begin at the same moment."""
    before, go = world.in_force(), folder / f"go-{number}"
    builds = [world.start("--full", go=go) for _ in range(crowd)]  # long enough to meet
    go.touch()
    said = ["".join(build.communicate(timeout=PATIENCE)) for build in builds]
    codes = sorted(build.returncode for build in builds)
    wrong = list(sound(world, before=before, allowed=(f"{int(before[:4]) + 1:04d}",)))
    if codes != [0] + [BUSY] * (crowd - 1):
        wrong.append(f"exit codes {codes}: {said}")
    if world.in_force() == before:
        wrong.append("nobody published")
    refused = [text for text, build in zip(said, builds, strict=True) if build.returncode]
    holder = {str(build.pid) for build in builds if not build.returncode}
    named = {match for text in refused for match in re.findall("进程号 ([0-9]+|[?])", text)}
    if not named <= holder | {"?"} or not named:
        wrong.append(f"the holder {holder} is called {named}")
    wrong += world.errors
    world.errors.clear()
    return Outcome(kind=KIND, point=str(number), result="one published", wrong=tuple(wrong))


def all_crowds(world: World, folder: Path, *, count: int) -> Iterator[Outcome]:
    """Repeat it."""
    own = world.copy(folder / "crowd")
    with watched(own):
        for number in range(count):
            yield strike(own, folder, number)
