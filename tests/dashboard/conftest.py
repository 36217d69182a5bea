"""The small world, published once, and pages run against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import Marts, open_marts
from dashboard.view import View
from pipeline.catalog import catalogue
from tests.builders.world import publish_world

MAIN = Path(__file__).parent.parent.parent / "dashboard" / "main.py"


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder with the small world."""
    marts = tmp_path_factory.mktemp("small") / "marts"
    publish_world(marts)
    return marts


@pytest.fixture(scope="session")
def hostile_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder whose names try to be markup and formulas."""
    marts = tmp_path_factory.mktemp("hostile") / "marts"
    publish_world(marts, hostile=True)
    return marts


@pytest.fixture
def marts(small_world: Path, monkeypatch: pytest.MonkeyPatch) -> Marts:
    """Open the small world as the store does."""
    monkeypatch.setenv("DASHBOARD_MARTS", str(small_world))
    return open_marts()


@pytest.fixture
def view_of(marts: Marts) -> Callable[..., View]:
    """Return a maker of views: an area, an indicator, a month."""

    def make(
        area: str = "410200", indicator: str = "contract_rate", month: int = -1, **options: object
    ) -> View:
        return View(
            page_id="overview",
            marts=marts,
            catalogue=catalogue(),
            area=marts.places.by_code[area],
            indicator=catalogue().indicators[indicator],
            offered=(indicator,),
            month=marts.months[month],
            **options,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def run_page(small_world: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id and the link's query."""

    def run(page: str = "overview", *, marts: Path = small_world, **query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_MARTS", str(marts))
        app = AppTest.from_file(str(MAIN), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        if page != "overview":
            app.switch_page(f"../pages/{page}.py")
            for key, value in query.items():
                app.query_params[key] = value
            app.run()
        return app

    return run
