"""Pages run against the small world with accounts and published figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.builders.pages import Opened, opener


@pytest.fixture
def open_at(accounts_world: Path, opened: Opened | None) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id, the marts folder, the link's query."""
    return opener(accounts_world, opened)
