"""A small fixed part of `make faults`, and that its checks can fail."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import crowd, damage, full_disk, readers
from tests.faults.kills import Point, spread, strike
from tests.faults.outcomes import Outcome, table
from tests.faults.worlds import TWO_COUNTIES, World, make_world, recovered, sound, watched


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Build the smallest world once."""
    return make_world(tmp_path_factory.mktemp("faults"), cities=TWO_COUNTIES)


@pytest.fixture
def world(base: World, tmp_path: Path) -> Iterator[World]:
    """Give a copy, read by somebody all the time."""
    copy = base.copy(tmp_path / "data")
    with watched(copy) as reads:
        yield copy
    assert reads[0] > 0
    assert copy.errors == []


@pytest.mark.parametrize(
    ("point", "result"),
    [
        (Point(how="call", where="40", options=("--full",)), "old"),
        (Point(how="step", where="pointer_renamed"), "new"),
    ],
    ids=["before the switch", "after the switch"],
)
def test_a_killed_build_is_old_or_new_and_the_next_build_recovers(
    world: World, point: Point, result: str
) -> None:
    outcome = strike(world, point, content=world.content(), seconds={})
    assert (outcome.result, outcome.wrong) == (result, ())


def test_builds_at_the_same_moment_publish_once(world: World, tmp_path: Path) -> None:
    assert crowd.strike(world, tmp_path, 1, crowd=2).wrong == ()


@pytest.mark.skipif(full_disk.namespace() is None, reason="no right to mount a tmpfs")
def test_a_full_disk_is_refused_in_a_sentence(base: World, tmp_path: Path) -> None:
    outcomes = list(full_disk.all_full_disks(base, tmp_path, rooms="64,"))
    assert [(o.result, o.wrong) for o in outcomes] == [("refused", ())]


def test_flips_cuts_losses_and_swaps_are_noticed(base: World, tmp_path: Path) -> None:
    outcomes = [
        *damage.flips(base, tmp_path, count=45),
        *damage.cuts(base, tmp_path, count=15),
        *damage.losses(base, tmp_path),
    ]
    assert [outcome.wrong for outcome in outcomes if outcome.wrong] == []
    assert len(outcomes) > 80


def test_readers_of_a_published_snapshot_see_one_number(tmp_path: Path) -> None:
    outcomes = list(readers.all_publications(tmp_path, count=10))
    assert [outcome.wrong for outcome in outcomes] == [()] * 10


def test_what_is_whole_is_not_called_damaged(base: World, tmp_path: Path) -> None:
    copy = damage.lookalike(base, tmp_path / "copy")
    assert len(damage.noticed(copy, "nothing")) == 2


def test_a_half_visible_snapshot_would_be_told(base: World, tmp_path: Path) -> None:
    broken = base.copy(tmp_path / "data")
    before = broken.in_force()
    assert list(sound(broken, before=before, allowed=())) == []
    assert "neither" in next(sound(broken, before="0009-00000000", allowed=("0010",)))
    mart = broken.marts / "snapshots" / before / "areas.parquet"
    damage.rewritten(mart, b"")
    assert "not whole" in next(sound(broken, before=before, allowed=()))
    with watched(broken):
        pass
    assert "a reader met" in broken.errors[0]


def test_a_build_that_does_not_recover_would_be_told(base: World, tmp_path: Path) -> None:
    other = base.copy(tmp_path / "data")
    assert "differs" in next(recovered(other, content="another"))
    empty = World(tmp_path / "nothing", tmp_path / "data")
    assert "ended with 2" in next(recovered(empty, content=""))
    shutil.rmtree(other.data)


def test_the_table_fails_on_anything_wrong_and_on_too_few_faults() -> None:
    good = Outcome(kind="kill", point="1", result="old")
    bad = Outcome(kind="kill", point="2", result="new", wrong=("not whole",))
    idle = Outcome(kind="kill", point="3", result="(ended before the kill)")
    assert table([good, idle], needed={"kill": 1})[1]
    assert not table([good, idle], needed={"kill": 2})[1]
    assert not table([good], needed={"disk full": 1})[1]
    lines, held = table([good, bad], needed={"disk full": 0})
    assert not held
    assert "kill 2: not whole" in lines
    assert "| kill | 2 | 2 | 1 new, 1 old | 1 |" in lines


def test_points_are_spread_evenly_and_not_twice() -> None:
    assert spread(3, 9) == [1, 4, 7]
    assert spread(9, 3) == [1, 2, 3]
    assert full_disk.points(8 * 4096, 3) == [0, 16384, 36864]
