"""Every test works in its own folders: the real data folder and the real key are out of reach."""

from __future__ import annotations

import logging
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

from dashboard.remembering import memory
from tests.builders.accounts import publish_accounts
from tests.builders.pages import Opened
from tests.builders.shared import demonstration, made_once
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


@pytest.fixture(autouse=True)
def _folder_of_this_test() -> Iterator[None]:
    """Let the folder that a test shows be none of the next one's."""
    before = os.environ["DASHBOARD_MARTS"]
    yield
    os.environ["DASHBOARD_MARTS"] = before


@pytest.fixture(autouse=True, scope="session")
def _packages_scanned_once() -> Iterator[None]:
    """Read the installed packages for components once: it takes longer than most pages do."""
    scanned = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", scanned)
        yield


@pytest.fixture(autouse=True, scope="session")
def _lookups_prepared_once() -> Iterator[None]:
    """Prepare the lookups of the same reference data once: a run does, and tests run often."""
    from pipeline.intake import examining  # slow to import, and few tests need it

    prepared = lru_cache(maxsize=8)(examining.references_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examining, "references_of", prepared)
        yield


@pytest.fixture(autouse=True)
def _same_main_module() -> Iterator[None]:
    """Put back the main module: a page under test takes its place, and a spawned child runs it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


def _patches(request: pytest.FixtureRequest) -> bool:
    return "monkeypatch" in request.fixturenames


@pytest.fixture(autouse=True)
def _own_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test that changes code read no answer or figure of the others, and leave none."""
    with pytest.MonkeyPatch.context() as patch:
        if _patches(request):
            patch.setattr(memory, "_kept", OrderedDict())
            patch.setattr(memory, "bytes", 0)
        yield


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
def demo_raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return raw files of 开封 and the two small worlds from 2024 on, one settlement in 500."""
    return made_once(tmp_path_factory, "demo_raw", demonstration)


@pytest.fixture(scope="session")
def _opened_by_all() -> Opened:
    return {}


@pytest.fixture
def opened(request: pytest.FixtureRequest, _opened_by_all: Opened) -> Opened | None:
    """Return the pages opened so far; a test that changes code opens its own, each time anew."""
    return None if _patches(request) else _opened_by_all


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
