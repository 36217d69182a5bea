"""Pages run against a marts folder as the browser would run them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.store import open_marts
from dashboard.view import View
from pipeline.catalog import catalogue

MAIN = Path(__file__).parent.parent.parent / "dashboard" / "main.py"
Opened = dict[tuple[str, ...], AppTest]


class Page(AppTest):
    """A page that tests look at together, until one of them acts on it and has it for itself."""

    shared_in: Opened | None = None

    def _run(self, *args: Any, **options: Any) -> AppTest:
        if self.shared_in is not None:
            for address in [key for key, page in self.shared_in.items() if page is self]:
                del self.shared_in[address]
        return super()._run(*args, **options)


def show(marts: Path) -> None:
    """Let what is opened from now on, in this test, be of this folder."""
    os.environ["DASHBOARD_MARTS"] = str(marts)


def open_page(page: str, *, marts: Path, query: dict[str, str]) -> Page:
    """Run a page once: its id, the folder, the link's query."""
    show(marts)
    app = Page(MAIN, default_timeout=120)
    if page != "overview":
        app.switch_page(f"../pages/{page}.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app


def opener(world: Path, opened: Opened | None) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id and the link's query.

    Pages are kept in `opened`: tests that only look share a run. Without it each run is a new one.
    """

    def run(page: str = "overview", *, marts: Path = world, **query: str) -> AppTest:
        if opened is None:
            return open_page(page, marts=marts, query=query)
        current = marts / "CURRENT"
        snapshot = current.read_text(encoding="utf-8") if current.exists() else ""
        address = (page, str(marts), snapshot, *(f"{k}={v}" for k, v in sorted(query.items())))
        show(marts)
        if address not in opened:
            app = open_page(page, marts=marts, query=query)
            opened[address], app.shared_in = app, opened
        return opened[address]

    return run


def view_in(
    marts: Path,
    area: str = "410200",
    *,
    page: str = "overview",
    indicator: str = "contract_rate",
    month: int = -1,
    **options: object,
) -> View:
    """Return what a page would show of an area, an indicator, a month."""
    show(marts)
    opened = open_marts()
    return View(
        page_id=page,
        marts=opened,
        catalogue=catalogue(),
        area=opened.places.by_code[area],
        indicator=catalogue().indicators[indicator],
        offered=(indicator,),
        month=opened.months[month],
        **options,  # type: ignore[arg-type]
    )
