"""Pages run against the small world with accounts and published figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.builders.pages import open_page


@pytest.fixture
def open_at(accounts_world: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id, the marts folder, the link's query."""

    def run(page: str, *, marts: Path = accounts_world, **query: str) -> AppTest:
        return open_page(page, marts=marts, monkeypatch=monkeypatch, query=query)

    return run
