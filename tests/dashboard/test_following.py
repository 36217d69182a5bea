"""A screen that nobody touches comes to show what was published meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboard import formats, opening, store
from tests.builders.pages import show

NEW = "0002-00000000"
Follow = Callable[..., list[str]]


@pytest.fixture
def follow_at(small_world: Path, monkeypatch: pytest.MonkeyPatch) -> Follow:
    show(small_world)

    def run(now: str | None, **link: str) -> list[str]:
        """Return what happens on a screen with this link when `now` has come into force."""
        done: list[str] = []
        screen = SimpleNamespace(query_params=link, rerun=lambda: done.append("drawn again"))
        monkeypatch.setattr(opening, "st", screen)
        monkeypatch.setattr(opening, "navigate", lambda **ids: done.append(f"without {[*ids]}"))
        before = store.open_marts().id
        monkeypatch.setattr(opening, "id_in_force", lambda: now or before)
        opening.follow(before)
        return done

    return run


def test_the_newest_month_gives_way_to_the_newest_of_the_new_snapshot(follow_at: Follow) -> None:
    newest = formats.month_key(store.open_marts().months[-1])
    assert follow_at(NEW, month=newest) == ["without ['month']", "drawn again"]


def test_an_earlier_month_that_was_asked_for_stays(follow_at: Follow) -> None:
    earlier = formats.month_key(store.open_marts().months[-2])
    assert follow_at(NEW, month=earlier) == ["drawn again"]


def test_nothing_happens_while_nothing_was_published_or_the_link_names_a_snapshot(
    follow_at: Follow,
) -> None:
    assert follow_at(None) == []
    assert follow_at(NEW, snapshot="0001-00000000") == []


def test_a_folder_without_snapshots_has_none_in_force(tmp_path: Path) -> None:
    show(tmp_path)
    assert store.id_in_force() is None
