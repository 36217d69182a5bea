"""The small world with accounts and published figures, and pages run against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.builders.accounts import publish_accounts
from tests.builders.pages import open_page


@pytest.fixture(scope="session")
def accounts_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder with accounts and published figures."""
    marts = tmp_path_factory.mktemp("accounts") / "marts"
    publish_accounts(marts)
    return marts


@pytest.fixture(scope="session")
def hostile_accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same world with names that try to be markup and formulas."""
    marts = tmp_path_factory.mktemp("hostile-accounts") / "marts"
    publish_accounts(marts, hostile=True)
    return marts


@pytest.fixture
def open_at(accounts_world: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id, the marts folder, the link's query."""

    def run(page: str, *, marts: Path = accounts_world, **query: str) -> AppTest:
        return open_page(page, marts=marts, monkeypatch=monkeypatch, query=query)

    return run


@pytest.fixture
def html_of() -> Callable[[AppTest], str]:
    """Return a reader of all HTML that a page drew."""
    return lambda app: "\n".join(element.proto.body for element in app.get("html"))
