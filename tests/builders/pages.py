"""Pages run against a marts folder as the browser would run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import open_marts
from dashboard.view import View
from pipeline.catalog import catalogue

MAIN = Path(__file__).parent.parent.parent / "dashboard" / "main.py"
Opened = dict[tuple[str, ...], AppTest]


def open_page(
    page: str, *, marts: Path, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> AppTest:
    """Run a page once: its id, the folder, the link's query."""
    monkeypatch.setenv("DASHBOARD_MARTS", str(marts))
    app = AppTest.from_file(str(MAIN), default_timeout=120)
    if page != "overview":
        app.switch_page(f"../pages/{page}.py")
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def opener(world: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id and the link's query; `fresh` to act on the page.

    Pages are kept in `opened`: tests that only look share a run.
    """

    def run(page: str, *, marts: Path = world, fresh: bool = False, **query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_MARTS", str(marts))
        address = (page, str(marts), *(f"{k}={v}" for k, v in sorted(query.items())))
        if not fresh and address in opened:
            return opened[address]
        app = open_page(page, marts=marts, monkeypatch=monkeypatch, query=query)
        if not fresh:
            opened[address] = app
        return app

    return run


def view_in(
    marts: Path,
    monkeypatch: pytest.MonkeyPatch,
    area: str = "410200",
    *,
    page: str = "overview",
    indicator: str = "contract_rate",
    month: int = -1,
    **options: object,
) -> View:
    """Return what a page would show of an area, an indicator, a month."""
    monkeypatch.setenv("DASHBOARD_MARTS", str(marts))
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
