"""kill -9 at the named steps, before single file calls, and at moments spread over a build."""

from __future__ import annotations

import contextlib
import queue
import statistics
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.contracts.marts import MARTS
from pipeline.snapshots.failpoints import STEPS
from tests.faults.outcomes import Outcome
from tests.faults.worlds import World, recovered, sound, watched

KIND = {"step": "kill at a step", "call": "kill before a file call", "time": "kill at a moment"}
# Reached only when an old snapshot goes; tests/snapshots stops there.
NOT_REACHED = {"retiring"}


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where to kill: a step, the number of a file call, or a share of the build's time."""

    how: str
    where: str
    options: tuple[str, ...] = ()


def step_points() -> list[Point]:
    """Return every named step; the writing of marts once for each mart."""
    names = [step for step in STEPS if step not in NOT_REACHED | {"mart_written"}]
    names += [f"mart_written:{number}" for number in range(1, len(MARTS) + 1)]
    return [Point(how="step", where=name) for name in names]


def spread(count: int, among: int) -> list[int]:
    """Return numbers from 1 to `among`, evenly spread, each once."""
    wanted = min(count, among)
    return sorted({1 + (number * among) // wanted for number in range(wanted)})


def call_points(world: World, folder: Path, *, count: int, options: tuple[str, ...]) -> list[Point]:
    """Count the file calls of a build in a copy and spread the kills over them."""
    report = folder / f"calls{''.join(options)}"
    copy = world.copy(folder / "counted")
    copy.build(*options, report=report)
    among = int(report.read_text())
    return [Point(how="call", where=str(n), options=options) for n in spread(count, among)]


def time_points(count: int) -> list[Point]:
    """Return shares of a build's time, every second of them in a build that reads all anew."""
    return [
        Point(
            how="time",
            where=f"{(number + 0.5) / count:.4f}",
            options=("--full",) if number % 2 else (),
        )
        for number in range(count)
    ]


def _struck(world: World, point: Point, seconds: dict[tuple[str, ...], float]) -> Any:
    if point.how == "step":
        return world.build(*point.options, fatal_step=point.where)
    if point.how == "call":
        return world.build(*point.options, fatal_call=int(point.where))
    return world.build(*point.options, kill_after=float(point.where) * seconds[point.options])


def strike(
    world: World, point: Point, *, content: str, seconds: dict[tuple[str, ...], float]
) -> Outcome:
    """Kill one build, look, build again, look again."""
    before = world.in_force()
    number = int(before[:4])
    ended = _struck(world, point, seconds)
    wrong = list(sound(world, before=before, allowed=(f"{number + 1:04d}",)))
    result = "old" if not wrong and world.in_force() == before else "new"
    if not ended.killed:
        wrong += [] if point.how == "time" and ended.code == 0 else [f"not killed: {ended.said}"]
        result = "(ended before the kill)"
    wrong += recovered(world, content=content)
    wrong += world.errors
    world.errors.clear()
    return Outcome(
        kind=KIND[point.how],
        point=f"{point.where} {' '.join(point.options)}",
        result=result,
        wrong=tuple(wrong),
    )


def timed(world: World, folder: Path) -> dict[tuple[str, ...], float]:
    """Return how long builds take in a copy, with and without what was read before."""
    seconds = {}
    for options in ((), ("--full",)):
        copy = world.copy(folder / "timed")
        seconds[options] = statistics.median(copy.build(*options).seconds for _ in range(3))
    return seconds


def all_kills(world: World, folder: Path, points: list[Point]) -> Iterator[Outcome]:
    """Kill at every point, two worlds at a time, a reader at work in each."""
    content, seconds = world.content(), timed(world, folder)
    waiting: queue.SimpleQueue[Point] = queue.SimpleQueue()
    for point in points:
        waiting.put(point)
    done: queue.SimpleQueue[Outcome | BaseException] = queue.SimpleQueue()

    def work(name: str) -> None:
        try:
            own = world.copy(folder / name)
            with watched(own), contextlib.suppress(queue.Empty):
                while True:
                    point = waiting.get_nowait()
                    done.put(strike(own, point, content=content, seconds=seconds))
        except BaseException as error:  # a worker that stumbles must not be waited for
            done.put(error)

    for number in range(2):
        threading.Thread(target=work, args=(f"worker-{number}",), daemon=True).start()
    for _ in points:
        outcome = done.get()
        if isinstance(outcome, BaseException):
            raise outcome
        yield outcome
