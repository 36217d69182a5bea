"""The small world opened, and pages run against it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import Marts, open_marts
from dashboard.view import View
from tests.builders.pages import Opened, opener, show, view_in
from tests.builders.week import Told


@pytest.fixture
def marts(small_world: Path) -> Marts:
    """Open the small world as the store does."""
    show(small_world)
    return open_marts()


@pytest.fixture
def view_of(small_world: Path) -> Callable[..., View]:
    """Return a maker of views: an area, an indicator, a month."""
    return partial(view_in, small_world)


@pytest.fixture
def run_page(small_world: Path, opened: Opened | None) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id and the link's query."""
    return opener(small_world, opened)


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[Told], None]:
    """Return how the gate of the overview and the profile is told what to claim."""

    def told(week: Told) -> None:
        for module in (
            "panels.overview.board",
            "panels.overview.week_points",
            "panels.county.spine",
            "reading.facts",
        ):
            monkeypatch.setattr(f"dashboard.{module}.week_of", lambda _: week)

    return told
