"""Every page and its meeting mode under axe-core: no serious and no critical finding."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import axe, harness
from tests.browser.test_journeys import PATHS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_grave_finding(address: str, page: Page, path: str) -> None:
    meeting = path + ("&" if "?" in path else "?") + "meeting=1"
    for shown in (path, meeting):
        harness.open_page(page, address + shown)
        assert axe.grave_findings(page) == [], shown


def test_the_check_itself_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang='zh'><title>x</title><img src='data:,'><main>x</main></html>")
    assert any(found.startswith("image-alt (critical)") for found in axe.grave_findings(page))
