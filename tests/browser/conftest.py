"""One small world, server and browser for all journeys; every journey gets a page of its own."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import harness

WORLD = ("--cities", "410200", "--scale", "0.01", "--from", "2023-07-01")
BUILT = "built"


@pytest.fixture(scope="session")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the marts of a small world of one city, or those of DASHBOARD_TEST_MARTS.

    Workers share one world: the first builds it, the others wait.
    """
    ready = os.environ.get("DASHBOARD_TEST_MARTS")
    if ready:
        return Path(ready)
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent  # the workers' folders lie side by side in it
    world = folder / "world"
    world.mkdir(exist_ok=True)
    with (folder / "world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (world / BUILT).exists():
            harness.build_world(world, *WORLD)
            (world / BUILT).touch()
    return world / "marts"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one Chromium for all journeys."""
    with harness.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """Return what pages share: a cache, so that each does not load the program anew."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def address(marts: Path) -> Iterator[str]:
    """Start one server for all journeys."""
    with harness.serve(marts) as url:
        yield url


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    """Return a page at the size of the meeting room's screen that may not leave the host."""
    page = profile.new_page()
    outside = harness.watch_requests(page)
    yield page
    page.close()
    assert outside == [], f"requests left the host: {outside[:5]}"
