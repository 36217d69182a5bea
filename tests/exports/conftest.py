"""What pages drew, collected once a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.exports import collect
from dashboard.exports.canvas import Box, Sheet
from dashboard.exports.collect import Contents
from dashboard.view import View
from tests.builders.drawing import Recorder
from tests.builders.pages import open_page, show


@pytest.fixture
def canvas() -> Recorder:
    """Return an empty canvas of 400 by 300 pixels."""
    return Recorder(Sheet(400, 300, background="#FFFFFF"))


@pytest.fixture
def frame() -> Box:
    """Return a frame of 200 by 100 pixels in the corner."""
    return Box(0, 0, 200, 100)


@pytest.fixture(scope="session")
def collected() -> dict[tuple[str, ...], Contents]:
    """Return the contents collected so far; tests only read them."""
    return {}


@pytest.fixture
def contents_of(
    accounts_world: Path,
    collected: dict[tuple[str, ...], Contents],
) -> Callable[..., Contents]:
    """Return a reader of what a page draws: the page's id, the folder, the link's query."""
    begun: list[Contents] = []
    begin = collect.begin

    def begin_and_keep(view: View) -> Contents:
        begun.append(begin(view))
        return begun[-1]

    def read(page: str, *, marts: Path = accounts_world, **query: str) -> Contents:
        show(marts)
        key = (page, str(marts), *(f"{k}={v}" for k, v in sorted(query.items())))
        if key not in collected:
            with pytest.MonkeyPatch.context() as patch:  # it listens, and changes no answer
                patch.setattr(collect, "begin", begin_and_keep)
                app = open_page(page, marts=marts, query=query)
            assert not app.exception
            collected[key] = next(c for c in reversed(begun) if c.view.page_id == page)
        return collected[key]

    return read
