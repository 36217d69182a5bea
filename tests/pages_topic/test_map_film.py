"""The months of a map as a film: where it starts, how it steps, what ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.look.css_maps import MAPS_CSS
from dashboard.panels.shared import map_film
from dashboard.state import Moments
from tests.builders.drawn import address

Run = Callable[..., AppTest]
MONTHS = tuple(dt.date(2025, n, 1) for n in range(1, 7))
MARCH = dt.date(2025, 3, 1)


def moments(*, shown: int = 3, default: int = 3) -> Moments:
    return Moments(offered=MONTHS, default=dt.date(2025, default, 1), shown=dt.date(2025, shown, 1))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session and the link of its page, under `link`."""
    kept: dict[str, Any] = {}
    monkeypatch.setattr(map_film, "st", SimpleNamespace(session_state=kept))

    def navigate(**ids: str | None) -> None:
        kept["link"] = ids

    monkeypatch.setattr(map_film, "navigate", navigate)
    return kept


def label(app: AppTest) -> str:
    return app.button(key="map-film").label


def keys(app: AppTest) -> set[str | None]:
    return {widget.key for widget in app.select_slider}


def test_at_the_page_s_own_month_the_film_starts_with_the_first() -> None:
    assert map_film.first_month(moments()) == "2025-01"
    assert map_film.first_month(moments(shown=5)) == "2025-01"
    assert map_film.first_month(moments(shown=2)) == "2025-02"


def test_one_month_is_no_film() -> None:
    assert map_film.can_play(moments())
    assert not map_film.can_play(moments(default=1))


def test_every_run_shows_the_next_month_and_the_own_month_ends_it(session: dict[str, Any]) -> None:
    session.update({map_film.ASKED: True, map_film.MONTH: "2025-01"})
    assert map_film.begin()
    shown = [map_film.played(moments()) for _ in range(3)]
    assert [m.shown.month if m else None for m in shown] == [1, 2, None]
    assert not map_film.is_running()
    assert session["link"] == {"map-month": None}
    assert map_film.played(moments()) is None


def test_a_run_of_the_page_for_another_reason_ends_the_film(session: dict[str, Any]) -> None:
    session[map_film.MONTH] = "2025-01"
    assert not map_film.begin()
    assert not map_film.is_running()


def test_a_month_that_has_left_the_map_ends_the_film(session: dict[str, Any]) -> None:
    session[map_film.MONTH] = "2019-01"
    assert map_film.played(moments()) is None


def test_play_draws_the_first_month_and_pause_keeps_it_in_the_link(run_topic: Run) -> None:
    app = run_topic("outflow")
    assert label(app) == "播放"
    app.button(key="map-film").click().run()
    assert label(app) == "暂停"
    assert keys(app) == set()
    assert "map-month" not in app.query_params
    month = app.session_state[map_film.MONTH]
    app.button(key="map-film").click().run()
    assert label(app) == "播放"
    assert address(app, "map-month") == month
    assert app.select_slider(key="map-slider-1").value == month


def test_a_meeting_has_no_film(run_topic: Run) -> None:
    app = run_topic("outflow", meeting="1")
    assert "map-film" not in {button.key for button in app.button}


def test_who_wants_less_motion_is_offered_none() -> None:
    assert "(prefers-reduced-motion: reduce) { .st-key-map-film { display: none; } }" in MAPS_CSS
