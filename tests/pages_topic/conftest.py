"""The small world, published once, and the topic pages run against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import Marts, open_marts
from tests.builders.world import publish_world

MAIN = Path(__file__).parent.parent.parent / "dashboard" / "main.py"


@pytest.fixture(scope="session")
def topic_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder with the small world."""
    marts = tmp_path_factory.mktemp("topics") / "marts"
    publish_world(marts)
    return marts


@pytest.fixture(scope="session")
def hostile_topic_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder whose names try to be markup and formulas."""
    marts = tmp_path_factory.mktemp("hostile_topics") / "marts"
    publish_world(marts, hostile=True)
    return marts


@pytest.fixture
def topic_marts(topic_world: Path, monkeypatch: pytest.MonkeyPatch) -> Marts:
    """Open the small world as the store does."""
    monkeypatch.setenv("DASHBOARD_MARTS", str(topic_world))
    return open_marts()


@pytest.fixture(scope="session")
def opened() -> dict[tuple[str, ...], AppTest]:
    """Return the pages opened so far; tests that only look share a run."""
    return {}


@pytest.fixture
def run_topic(
    topic_world: Path, opened: dict[tuple[str, ...], AppTest], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id and the link's query; `fresh` to act on the page."""

    def run(page: str, *, marts: Path = topic_world, fresh: bool = False, **query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_MARTS", str(marts))
        address = (page, str(marts), *(f"{k}={v}" for k, v in sorted(query.items())))
        if not fresh and address in opened:
            return opened[address]
        app = AppTest.from_file(str(MAIN), default_timeout=120)
        app.switch_page(f"../pages/{page}.py")
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        if not fresh:
            opened[address] = app
        return app

    return run
