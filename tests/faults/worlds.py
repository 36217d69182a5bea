"""A small world that builds in seconds, copies of it to break, and what must hold after a fault."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline import snapshots
from pipeline.demo import write_world
from pipeline.errors import PipelineError
from pipeline.snapshots import publications

ALLOWED = {".lock", "CURRENT", "publications.jsonl", "snapshots"}
PATIENCE = 300  # seconds; a build takes a few
READ_EVERY = 0.4
NINE_COUNTIES = ("410200",)
TWO_COUNTIES = ("340621", "6109HK")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    said: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Say whether it was killed."""
        return self.code == -signal.SIGKILL


@dataclass(frozen=True)
class World:
    """A raw folder, read only, and a data folder of our own."""

    raw: Path
    data: Path
    errors: list[str] = field(default_factory=list)

    @property
    def marts(self) -> Path:
        """The folder of snapshots."""
        return self.data / "marts"

    def copy(self, data: Path) -> World:
        """Copy the data folder; the raw folder is shared."""
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.data, data)
        return World(self.raw, data)

    def start(
        self,
        *options: str,
        fatal_call: int = 0,
        fatal_step: str = "",
        report: Path | None = None,
        go: Path | None = None,
    ) -> subprocess.Popen[str]:
        """Start a build."""
        own = [str(self.data), str(fatal_call), str(report or ""), str(go or "")]
        command = ["build", "--raw", str(self.raw), "--marts", str(self.marts), *options]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child", *own, *command],
            cwd=ROOT,
            env={
                **os.environ,
                "PIPELINE_FAIL_AT": fatal_step,
                "DASHBOARD_KEY_FILE": str(self.raw.with_name("key")),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def build(self, *options: str, kill_after: float | None = None, **fatal: object) -> Ended:
        """Build to the end, or to the kill."""
        began = time.monotonic()
        process = self.start(*options, **fatal)  # type: ignore[arg-type]
        timer = threading.Timer(kill_after or PATIENCE, process.kill)
        timer.start()
        out, err = process.communicate()
        timer.cancel()
        return Ended(code=process.returncode, said=out + err, seconds=time.monotonic() - began)

    def in_force(self) -> str:
        """Return the snapshot in force after hashing every file of it."""
        return snapshots.verify(self.marts).id

    def content(self) -> str:
        """Return the hash of what is in force."""
        return snapshots.current(self.marts).manifest.content_hash


def make_world(folder: Path, *, cities: tuple[str, ...] = NINE_COUNTIES) -> World:
    """Write and build the world: three months, two snapshots."""
    raw = folder / "raw"
    write_world(raw, cities=cities, scale=0.0005, start=date(2025, 4, 1), until=date(2025, 6, 30))
    world = World(raw, folder / "base")
    for _ in range(2):
        ended = world.build()
        if ended.code:
            raise SystemExit(f"The world does not build: {ended.said}")
    return world


def sound(world: World, *, before: str, allowed: Sequence[str]) -> Iterator[str]:
    """Say what is wrong after a fault: CURRENT must name a whole snapshot, the old or the next."""
    try:
        now = world.in_force()
    except PipelineError as error:
        yield f"not whole: {error.message_zh}"
        return
    if now != before and now[:4] not in allowed:
        yield f"{now} in force, neither {before} nor the next"


def recovered(world: World, *, content: str) -> Iterator[str]:
    """Say what is wrong with a world after the next build."""
    ended = world.build()
    if ended.killed:
        yield f"the next build did not end within {PATIENCE} seconds"
        return
    if ended.code:
        yield f"the next build ended with {ended.code}: {ended.said[-300:]}"
        return
    now = world.in_force()
    if world.content() != content:
        yield f"{now} differs from a build that was never disturbed"
    left = {path.name for path in world.marts.iterdir()} - ALLOWED
    if left:
        yield f"left behind: {sorted(left)}"
    if publications.recorded(world.marts)[-1].snapshot != now:
        yield "the log of publications does not end with the snapshot in force"


@contextmanager
def watched(world: World) -> Iterator[list[int]]:
    """Read all marts over and over while something happens; faults go to `world.errors`."""
    stop, reads = threading.Event(), [0]

    def read() -> None:
        while not stop.is_set():
            try:
                snapshot = snapshots.current(world.marts)
                for name, entry in snapshot.manifest.marts.items():
                    rows = snapshot.scan(name).select("^.*$").collect().height
                    if rows != entry.rows:
                        world.errors.append(f"a reader saw {rows} rows of {name} in {snapshot.id}")
            except Exception as error:  # whatever a reader meets is a fault
                world.errors.append(f"a reader met {type(error).__name__}: {error}")
            reads[0] += 1
            stop.wait(READ_EVERY)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield reads
    finally:
        stop.set()
        reader.join()
