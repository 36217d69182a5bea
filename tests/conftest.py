"""Every test works in its own folders: the real data folder and the real key are out of reach."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

from tests.builders.accounts import publish_accounts
from tests.builders.pages import Opened
from tests.builders.world import publish_world

settings.register_profile(
    "shared-machine",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shared-machine")


@pytest.fixture(autouse=True, scope="session")
def _away_from_real_data(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Point every default of the environment into a temporary folder."""
    folder = tmp_path_factory.mktemp("nowhere")
    os.environ["DASHBOARD_MARTS"] = str(folder / "marts")
    os.environ["DASHBOARD_KEY_FILE"] = str(folder / "pseudonym.key")


@pytest.fixture(autouse=True, scope="session")
def _packages_scanned_once() -> Iterator[None]:
    """Read the installed packages for components once: it takes longer than most pages do."""
    scanned = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", scanned)
        yield


@pytest.fixture(autouse=True)
def _same_main_module() -> Iterator[None]:
    """Put back the main module: a page under test takes its place, and a spawned child runs it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Let no test read what another one had answered or drawn."""
    loaded = sys.modules.get("dashboard.remembering")
    if loaded is not None:
        loaded.memory.forget()


def _published(
    folders: pytest.TempPathFactory, publish: Callable[..., object], **options: bool
) -> Path:
    marts = folders.mktemp("world") / "marts"
    publish(marts, **options)
    return marts


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder with the small world; tests only read it."""
    return _published(tmp_path_factory, publish_world)


@pytest.fixture(scope="session")
def hostile_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same world with names that try to be markup and formulas."""
    return _published(tmp_path_factory, publish_world, hostile=True)


@pytest.fixture(scope="session")
def accounts_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small world with accounts, input files and published figures."""
    return _published(tmp_path_factory, publish_accounts)


@pytest.fixture(scope="session")
def hostile_accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the world with accounts and names that try to be markup and formulas."""
    return _published(tmp_path_factory, publish_accounts, hostile=True)


@pytest.fixture(scope="session")
def opened() -> Opened:
    """Return the pages opened so far; tests that only look share a run."""
    return {}


class _Faults(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


@pytest.fixture(autouse=True)
def _no_broken_panel(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test during which a panel or page broke: on screen it is only one polite sentence."""
    faults = _Faults()
    log = logging.getLogger("dashboard.blocks")
    log.addHandler(faults)
    yield
    log.removeHandler(faults)
    if request.node.get_closest_marker("breaks_a_panel") is None:
        assert not faults.seen, faults.seen[0]


@pytest.fixture
def repository() -> Path:
    """Return the root of the checkout."""
    return Path(__file__).parent.parent
