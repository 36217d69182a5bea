"""After any change of files, a run that stages only what it touches gives what a full one gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.staging.rawfiles import DOCUMENT, HEADER, NAME, settlements

from .test_settlements_kept import FIRST, SECOND, Kept, people, referral, register

HEAD = f"{HEADER},冲销标志,原结算单号"
COUNTIES = ("410225", "410212", "411626", "999999")
MONTHS = ("202501", "202502", "202503", "202504")


def line(
    at: str, day: str, fen: int = 100, *, county: str = "410225", original: str | None = None
) -> str:
    """Write a settlement, or the reversal of another."""
    sign, tail = ("-", f"是,{original}") if original else ("", "否,")
    money = f"{sign}{fen}.00,{sign}{fen // 2}.00"
    return f"{at},{DOCUMENT},{NAME},{county},T1,21,{day},{money},{tail}"


def day_of(month: str, day: int) -> str:
    return f"{month[:4]}-{month[4:]}-{day:02}"


class World:
    """Files of settlements that clash: few identifiers, reversals, faults, batches."""

    def __init__(self, raw: Path, chance: random.Random) -> None:
        self.folder, self.chance = raw / "settlements", chance
        for month in MONTHS[:3]:
            for city in ("410200", "411600"):
                self.write(f"{city}_结算_{month}.csv", month)

    def line(self, month: str) -> str:
        chance = self.chance
        month = chance.choice((month,) * 9 + MONTHS)
        day = day_of(month, chance.randint(1, 28))
        county = chance.choice(COUNTIES[:2] * 4 + COUNTIES)
        if chance.random() < 0.25:
            original = f"S{chance.randint(1, 60)}"
            return line(f"B{chance.randint(1, 30)}", day, county=county, original=original)
        paid = line(f"S{chance.randint(1, 60)}", day, chance.choice((100, 200)), county=county)
        return paid.replace("否,", "是,") if chance.random() < 0.2 else paid

    def write(self, name: str, month: str) -> None:
        lines = [self.line(month) for _ in range(self.chance.randint(1, 12))]
        settlements(self.folder / name, [*lines, *self.chance.sample(lines, 1)], HEAD)

    def some(self) -> Path:
        return self.chance.choice(sorted(self.folder.iterdir()))

    def add(self) -> None:
        month, city = self.chance.choice(MONTHS), self.chance.choice(("410200", "411600"))
        batch = self.chance.choice(("", "_v2", "_v3", "_补"))
        self.write(f"{city}_结算_{month}{batch}.csv", month)

    def lines(self, path: Path) -> list[str]:
        """Return the rows of a file; a spoilt one has none."""
        found = path.read_text("gb18030").splitlines()[1:]
        return found or [self.line(MONTHS[0])]

    def change_a_row(self) -> None:
        path = self.some()
        lines = self.lines(path)
        at = self.chance.randrange(len(lines))
        lines[at] = self.line(self.chance.choice(MONTHS))
        settlements(path, lines, HEAD)

    def copy_a_row(self) -> None:
        old, path = self.chance.choice(self.lines(self.some())), self.some()
        settlements(path, [*self.lines(path), old], HEAD)

    def remove(self) -> None:
        if len(list(self.folder.iterdir())) > 2:
            self.some().unlink()

    def rename(self) -> None:
        self.some().rename(self.folder / f"41{self.chance.randint(0, 9)}200_结算_改名.csv")

    def swap(self) -> None:
        one, two = self.some(), self.some()
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)

    def spoil(self) -> None:
        self.some().write_bytes(self.chance.choice((b"", b"PAR1 and nothing else PAR1")))


@pytest.mark.parametrize("seed", range(2))
def test_any_sequence_of_changes_gives_what_a_full_run_gives(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    raw = tmp_path / "raw"
    register(raw, FIRST)
    people(raw)
    world, kept = World(raw, chance), Kept(raw, tmp_path, monkeypatch)
    moves: list[Callable[[], object]] = [
        *[world.add, world.change_a_row, world.copy_a_row, world.remove] * 3,
        *(world.rename, world.swap, world.spoil),
        lambda: people(raw, count=chance.randint(1, 9999)),
        lambda: register(raw, FIRST, *[SECOND] * chance.randint(0, 1)),
        lambda: referral(raw, f"2025-0{chance.randint(2, 9)}-15"),
    ]
    assert len(kept.stages()) == 6
    for at_once in (1, 2, 1, 3, 1, 2):
        for move in chance.choices(moves, k=at_once):
            move()
        kept.stages()
