"""Bits flipped, files cut short, missing or swapped: all noticed by `verify` and by the reader."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline import snapshots
from pipeline.errors import PipelineError
from tests.faults.outcomes import Outcome
from tests.faults.worlds import World

FLIPS, CUTS = "bit flip", "file cut short"


def lookalike(world: World, folder: Path) -> World:
    """Link a copy of the marts under another name, where no file has been verified yet."""
    shutil.rmtree(folder, ignore_errors=True)
    copy = World(world.raw, folder)
    shutil.copytree(world.marts, copy.marts, copy_function=os.link)
    return copy


def files_of(world: World) -> list[Path]:
    """Return the files of the snapshot in force, CURRENT among them, below the marts folder."""
    home = world.marts / "snapshots" / snapshots.current(world.marts).id
    found = sorted(path for path in home.rglob("*") if path.is_file())
    return [path.relative_to(world.marts) for path in [*found, world.marts / "CURRENT"]]


def rewritten(path: Path, content: bytes) -> None:
    """Put other content under a name without touching the file that is linked there."""
    path.unlink()
    path.write_bytes(content)


def noticed(world: World, name: str) -> tuple[str, ...]:
    """Say by whom a damage was not noticed."""
    asked: dict[str, Callable[[], object]] = {
        "verify": lambda: snapshots.verify(world.marts),
        "the reader": lambda: snapshots.current(world.marts),
    }
    wrong = []
    for who, ask in asked.items():
        try:
            ask()
        except PipelineError as error:
            if not error.message_zh:
                wrong.append(f"{who} says nothing")
        else:
            wrong.append(f"{who} did not notice {name}")
    return tuple(wrong)


def flips(world: World, folder: Path, *, count: int) -> Iterator[Outcome]:
    """Flip single bits, every file in turn, at positions drawn with a fixed seed."""
    drawn = random.Random(20250630)
    files = files_of(world)
    for number in range(count):
        file = files[number % len(files)]
        content = bytearray((world.marts / file).read_bytes())
        # The line end of CURRENT carries nothing.
        position = drawn.randrange(len(content) - (file.name == "CURRENT"))
        content[position] ^= 1 << drawn.randrange(8)
        copy = lookalike(world, folder / "flip" / str(number))
        rewritten(copy.marts / file, bytes(content))
        wrong = noticed(copy, f"byte {position} of {file}")
        yield Outcome(kind=FLIPS, point=f"{file} {position}", result="noticed", wrong=wrong)
        shutil.rmtree(copy.data)


def cuts(world: World, folder: Path, *, count: int) -> Iterator[Outcome]:
    """Cut files short at random places."""
    drawn = random.Random(20250631)
    files = [file for file in files_of(world) if file.name != "CURRENT"]
    for number in range(count):
        file = files[number % len(files)]
        content = (world.marts / file).read_bytes()
        length = drawn.randrange(len(content))
        copy = lookalike(world, folder / "cut" / str(number))
        rewritten(copy.marts / file, content[:length])
        wrong = noticed(copy, f"{file} cut to {length}")
        yield Outcome(kind=CUTS, point=f"{file} {length}", result="noticed", wrong=wrong)
        shutil.rmtree(copy.data)


def losses(world: World, folder: Path) -> Iterator[Outcome]:
    """Remove each file, and let each pair of neighbours change places."""
    files = [file for file in files_of(world) if file.name != "CURRENT"]
    for file in files:
        copy = lookalike(world, folder / "lost")
        (copy.marts / file).unlink()
        wrong = noticed(copy, f"the loss of {file}")
        yield Outcome(kind="file lost", point=str(file), result="noticed", wrong=wrong)
    for one, other in itertools.pairwise(files):
        copy = lookalike(world, folder / "swapped")
        first, second = copy.marts / one, copy.marts / other
        beside = copy.data / "beside"
        first.rename(beside)
        second.rename(first)
        beside.rename(second)
        wrong = noticed(copy, f"{one} for {other}")
        yield Outcome(kind="files swapped", point=f"{one} {other}", result="noticed", wrong=wrong)
