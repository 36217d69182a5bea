"""axe-core where there is no page, and where it must find something."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, harness

pytestmark = pytest.mark.browser


def test_a_page_without_any_snapshot_has_no_grave_finding(page: Page, tmp_path: Path) -> None:
    with harness.serve(tmp_path / "nothing") as empty:
        harness.open_page(page, empty)
        expect(page.locator(".st-key-panel-no-data")).to_be_visible()
        assert axe.grave_findings(page) == []


def test_the_check_itself_finds_what_is_wrong(page: Page) -> None:
    page.goto("about:blank")
    page.set_content("<html lang='zh'><title>x</title><img src='data:,'><main>x</main></html>")
    assert any(found.startswith("image-alt (critical)") for found in axe.grave_findings(page))
