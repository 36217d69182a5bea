"""A server that starts, stops and comes back, as an open page sees it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser import harness, looks
from tests.browser.test_framework_words import BEFORE
from tests.browser.test_journeys import QI_COUNTY, query, wait_for_area

pytestmark = pytest.mark.browser


def test_a_link_opens_first_and_the_first_click_after_a_restart_is_answered(
    marts: Path, page: Page
) -> None:
    port, wanted = harness.free_port(), {"area": QI_COUNTY, "month": "2025-05"}
    with harness.serve(marts, port=port) as address:
        harness.open_page(page, f"{address}/county?{urlencode(wanted)}")
        assert query(page).items() >= wanted.items()
        expect(page.locator(".brand")).to_have_text("县域医共体运行监测")
        expect(page.locator(".footer")).to_contain_text("快照")
    with harness.serve(marts, port=port), page.expect_event("websocket") as found:
        found.value.wait_for_event("framereceived")
        harness.settle(page)
        page.locator(".st-key-crumbs").get_by_text("开封市").click()
        wait_for_area(page, "410200")
    heading = page.get_by_test_id("stDialog").locator("h2")
    expect(heading).to_be_visible(timeout=30_000)
    assert heading.evaluate(BEFORE) == '"没有连上服务器"'
    assert looks.english(page) == []
