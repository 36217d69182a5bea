from __future__ import annotations

import gc

import pytest

from dashboard.serving import garbage
from dashboard.serving.garbage import LET_IN_AFTER, Watch, keep_collections_short

FULL = {"generation": 2}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    monkeypatch.setattr(garbage.gc, "freeze", lambda: seen.append("aside"))
    monkeypatch.setattr(garbage.gc, "unfreeze", lambda: seen.append("let in"))
    return seen


def collect(watch: Watch, monkeypatch: pytest.MonkeyPatch, *, seconds: float) -> None:
    moments = iter([10.0, 10.0 + seconds])
    monkeypatch.setattr(garbage.time, "thread_time", lambda: next(moments))
    watch("start", FULL)
    watch("stop", FULL)


@pytest.mark.parametrize(("seconds", "expected"), [(0.0004, []), (0.05, ["aside"])])
def test_survivors_of_a_long_collection_alone_are_set_aside(
    calls: list[str], monkeypatch: pytest.MonkeyPatch, seconds: float, expected: list[str]
) -> None:
    collect(Watch(), monkeypatch, seconds=seconds)
    assert calls == expected


def test_everything_is_let_in_now_and_then(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    for _ in range(LET_IN_AFTER):
        collect(watch, monkeypatch, seconds=0.0)
    assert calls == ["let in"]


def test_collections_of_the_young_are_left_alone(calls: list[str]) -> None:
    watch = Watch()
    watch("start", {"generation": 0})
    watch("stop", {"generation": 0})
    assert calls == []


def test_the_watch_ends_with_the_server() -> None:
    before = list(gc.callbacks)
    with keep_collections_short():
        assert len(gc.callbacks) == len(before) + 1
    assert gc.callbacks == before
