"""Pages run against a marts folder as the browser would run them."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

MAIN = Path(__file__).parent.parent.parent / "dashboard" / "main.py"


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
