"""A disk that fills up: a small tmpfs of our own, and a file that leaves X KB of it.

    python -m tests.faults.full_disk RAW DATA MOUNT ROOMS     prints one outcome a line as JSON

ROOMS is a number of points, from no room to a little more than a build takes, or rooms in KB with
commas between them.

Started by `all_full_disks` in a mount namespace, so that the tmpfs goes with the process and nobody
else sees it; that needs root or user namespaces. `tests/snapshots/test_faults.py` has a small part
that needs neither (RLIMIT_FSIZE).
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.faults.outcomes import Outcome
from tests.faults.worlds import ROOT, Ended, World, recovered, sound, watched

KIND = "disk full"
SIZE_MB = 128
STORAGE, DONE = 6, 0
STEP = 4096


def free_bytes(folder: Path) -> int:
    """Return the free room of the disk that a folder is on."""
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize


def room_of_a_build(world: World) -> int:
    """Return how many bytes a build takes at its most."""
    before, stop = free_bytes(world.data), threading.Event()
    least = [before]

    def look() -> None:
        while not stop.wait(0.002):
            least[0] = min(least[0], free_bytes(world.data))

    looking = threading.Thread(target=look)
    looking.start()
    world.build("--full")
    stop.set()
    looking.join()
    return before - least[0]


def fill(file: Path, *, leaving: int) -> None:
    """Write a file that leaves so many bytes."""
    file.unlink(missing_ok=True)
    with file.open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, max(free_bytes(file.parent) - leaving, STEP))


def told_well(ended: Ended) -> Iterator[str]:
    """Say what is wrong with how a refused build ended: exit code 6, one Chinese sentence."""
    if ended.code != STORAGE:
        yield f"exit code {ended.code}: {ended.said[-300:]}"
    last = ended.said.strip().splitlines()[-1:]
    if "Traceback" in ended.said or not re.search("[一-鿿]", "".join(last)):
        yield f"not told in a sentence: {ended.said[-300:]}"


def strike(world: World, filler: Path, *, leaving: int, content: str) -> Outcome:
    """Build on a disk with so much room, look, make room, build again, look again."""
    before = world.in_force()
    fill(filler, leaving=leaving)
    ended = world.build("--full")
    wrong = list(sound(world, before=before, allowed=(f"{int(before[:4]) + 1:04d}",)))
    if ended.code == DONE:
        result = "published"
        wrong += [] if world.in_force() != before else ["said to be published and is not"]
    else:
        result = "refused"
        wrong += told_well(ended)
        wrong += [] if world.in_force() == before else ["refused and yet in force"]
        stages = [path.name for path in world.marts.glob(".stage-*")]
        wrong += [f"left behind: {stages}"] if stages else []
    filler.unlink()
    wrong += recovered(world, content=content)
    wrong += world.errors
    world.errors.clear()
    return Outcome(kind=KIND, point=f"{leaving // 1024} KB left", result=result, wrong=tuple(wrong))


def points(need: int, count: int) -> list[int]:
    """Return rooms in whole blocks, from none to a little more than a build takes."""
    return [round(need * 1.1 * number / (count - 1) / STEP) * STEP for number in range(count)]


def main() -> None:
    """Mount, strike at every point, print the outcomes."""
    raw, data, mount, wanted = sys.argv[1:]
    options = ["-o", f"size={SIZE_MB}m,mode=700"]
    subprocess.run(["mount", "-t", "tmpfs", *options, "faults", mount], check=True)
    world = World(Path(raw), Path(data)).copy(Path(mount) / "data")
    content = world.content()
    if wanted.isdigit():
        rooms = points(room_of_a_build(world), int(wanted))
    else:
        rooms = [int(room) * 1024 for room in wanted.split(",") if room]
    with watched(world):
        for leaving in rooms:
            outcome = strike(world, Path(mount) / "filler", leaving=leaving, content=content)
            # Snapshots of earlier points would fill the disk by themselves.
            thin_out(world)
            print(json.dumps(dataclasses.asdict(outcome)), flush=True)


def thin_out(world: World) -> None:
    """Remove all snapshots but the newest two, as an operator short of room would."""
    folders = sorted((world.marts / "snapshots").iterdir())
    for folder in folders[:-2]:
        shutil.rmtree(folder)


def namespace() -> list[str] | None:
    """Return the command that starts a program where it may mount, or None where there is none."""
    for user in ([], ["--user", "--map-root-user"]):
        command = ["unshare", *user, "--mount", "--propagation", "private"]
        probe = [*command, "mount", "-t", "tmpfs", "-o", "size=1m", "probe", "/mnt"]
        try:
            found = subprocess.run(probe, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return None
        if found:
            return command
    return None


def all_full_disks(world: World, folder: Path, *, rooms: str) -> Iterator[Outcome]:
    """Strike at every point, in a namespace of our own."""
    command = namespace()
    if command is None:
        yield Outcome(kind=KIND, point="", result="(no right to mount a tmpfs)")
        return
    mount = folder / "tmpfs"
    mount.mkdir()
    arguments = [str(world.raw), str(world.data), str(mount), rooms]
    program = [*command, sys.executable, "-m", "tests.faults.full_disk", *arguments]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            fields = json.loads(line)
            yield Outcome(**fields | {"wrong": tuple(fields["wrong"])})
    if process.returncode:
        yield Outcome(kind=KIND, point="", result="(ended)", wrong=(f"exit {process.returncode}",))


if __name__ == "__main__":
    main()
