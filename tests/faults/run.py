"""Every fault at full number: make faults. Prints a table; exits 1 when anything did not hold.

python -m tests.faults.run [--kills 240] [--disks 64] [--crowds 5] [--flips 300]
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline import snapshots
from pipeline.errors import StorageError
from tests.faults import crowd, damage, full_disk, kills, readers
from tests.faults.outcomes import Outcome, table
from tests.faults.worlds import World, make_world

ROLLBACK_SECONDS = 10.0
NUMBERS = {"kills": 240, "disks": 64, "crowds": 5, "reads": 200, "flips": 300}
# Some moments come after the end of a build that was quicker than those it was timed by.
MOMENTS_STRUCK = 0.6


def arguments() -> argparse.Namespace:
    """Read the numbers of faults."""
    parser = argparse.ArgumentParser()
    for name, number in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    return parser.parse_args()


def told(outcomes: list[Outcome]) -> None:
    """Show progress: one line of a terminal, or a line a kind and a fault that did not hold.

    A run takes half an hour; one that is cut off has told what it found until then.
    """
    last, number = outcomes[-1], sum(outcome.kind == outcomes[-1].kind for outcome in outcomes)
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{last.kind}: {number}, {len(outcomes)} faults in all    ")
    elif number == 1:
        sys.stderr.write(f"{last.kind}, after {len(outcomes) - 1} faults\n")
    if last.wrong:
        sys.stderr.write(f"{last.kind} {last.point}: {'; '.join(last.wrong)}\n")


def kill_points(world: World, folder: Path, count: int) -> list[kills.Point]:
    """Return all steps; the rest in thirds: calls of builds that read again or anew, moments."""
    steps = kills.step_points()
    rest = max(count - len(steps), 3) // 3
    again = kills.call_points(world, folder, count=rest, options=())
    anew = kills.call_points(world, folder, count=rest, options=("--full",))
    return [*steps, *again, *anew, *kills.time_points(count - len(steps) - len(again) - len(anew))]


def rolled_back(world: World, folder: Path) -> Outcome:
    """Roll back and say how long it took; a damaged snapshot must be refused."""
    own = world.copy(folder / "rollback")
    newest, older = (line.id for line in snapshots.list_snapshots(own.marts)[:2])
    began = time.monotonic()
    snapshots.rollback(own.marts, older)
    seconds = time.monotonic() - began
    wrong = [f"took {seconds:.1f} s"] if seconds > ROLLBACK_SECONDS else []
    if own.in_force() != older:
        wrong.append("not in force")
    mart = own.marts / "snapshots" / newest / "areas.parquet"
    damage.rewritten(mart, mart.read_bytes()[:-1])
    try:
        snapshots.rollback(own.marts, newest)
        wrong.append("rolled back to a damaged snapshot")
    except StorageError:
        pass
    return Outcome(kind="rollback", point="", result=f"{seconds:.2f} s", wrong=tuple(wrong))


def all_faults(
    world: World, folder: Path, points: list[kills.Point], wanted: argparse.Namespace
) -> Iterator[Outcome]:
    """Strike at everything that is wanted, one kind after another."""
    if points:
        yield from kills.all_kills(world, folder, points)
    if wanted.disks:
        yield from full_disk.all_full_disks(world, folder, rooms=str(wanted.disks))
    if wanted.crowds:
        yield from crowd.all_crowds(world, folder, count=wanted.crowds)
    if wanted.reads:
        yield from readers.all_publications(folder, count=wanted.reads)
    if wanted.flips:
        yield from damage.flips(world, folder, count=wanted.flips)
        yield from damage.cuts(world, folder, count=wanted.flips * 2 // 3)
        yield from damage.losses(world, folder)
    yield rolled_back(world, folder)


def main() -> int:
    """Run every kind of fault and print the table."""
    wanted = arguments()
    began = time.monotonic()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        folder = Path(scratch)
        world = make_world(folder)
        points = kill_points(world, folder, wanted.kills) if wanted.kills else []
        # Interrupted, it still tells what was found so far.
        with contextlib.suppress(KeyboardInterrupt):
            for outcome in all_faults(world, folder, points, wanted):
                outcomes.append(outcome)
                told(outcomes)
    moments = sum(point.how == "time" for point in points)
    needed = {
        **{kind: sum(p.how == how for p in points) for how, kind in kills.KIND.items()},
        kills.KIND["time"]: int(moments * MOMENTS_STRUCK),
        full_disk.KIND: wanted.disks,
        damage.FLIPS: wanted.flips,
    }
    lines, held = table(outcomes, needed=needed)
    verdict = "everything held" if held else "SOMETHING FAILED"
    print("\n".join([*lines, "", f"{time.monotonic() - began:.0f} s; {verdict}"]))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
