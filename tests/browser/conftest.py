"""One small world and one server for the journeys; every journey gets a page of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import harness

WORLD = ("--cities", "410200", "--scale", "0.01", "--from", "2023-07-01")


@pytest.fixture(scope="session")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the marts of a small world of one city, or those of DASHBOARD_TEST_MARTS."""
    ready = os.environ.get("DASHBOARD_TEST_MARTS")
    return Path(ready) if ready else harness.build_world(tmp_path_factory.mktemp("world"), *WORLD)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one Chromium for all journeys."""
    with harness.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(marts: Path) -> Iterator[str]:
    """Start a fresh server for a module of journeys."""
    with harness.serve(marts) as url:
        yield url


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Return a page at the size of the meeting room's screen that may not leave the host."""
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(60_000)
    outside = harness.watch_requests(page)
    yield page
    page.close()
    assert outside == [], f"requests left the host: {outside[:5]}"
