"""One small world, server, browser and tab for all journeys."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from xdist.scheduler import LoadScopeScheduling

from tests.browser import harness
from tests.browser.paths import PATHS

WORLD = ("--cities", "410200", "--scale", "0.01", "--from", "2023-07-01")
BUILT = "built"


class ByServer(LoadScopeScheduling):
    """Gives to one worker what asks its server the same: a page, and all hostile names.

    The largest comes first: one worker looks at hostile names while the other builds the world.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if file.endswith("test_hostile_names.py"):
            return file
        page = test.partition("[")[2].removesuffix("]")
        return page if page in PATHS else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share the journeys out."""
    return ByServer(config, log)


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
def tab(chromium: Browser) -> Iterator[Page]:
    """Open the one tab of all journeys: a second one would start a process and compile anew."""
    context = chromium.new_context()
    context.set_default_timeout(harness.PATIENCE)
    expect.set_options(timeout=harness.PATIENCE)
    context.add_init_script(harness.STILL)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def address(marts: Path) -> Iterator[str]:
    """Start one server for all journeys."""
    with harness.serve(marts) as url:
        yield url


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """Return the tab as a journey finds it: on the meeting room's screen, the mouse in a corner.

    It may not leave the host. What it shows is left to the journey, which opens a page first.
    """
    width, height = harness.SIZES["screen"]
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(media="screen", reduced_motion="no-preference")
    tab.mouse.move(0, 0)
    with harness.watched(tab) as outside:
        yield tab
    tab.unroute_all()
    assert outside == [], f"requests left the host: {outside[:5]}"
