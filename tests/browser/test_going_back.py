"""The browser's back button leads to what was seen before, one step at a time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import harness

pytestmark = pytest.mark.browser

LISTS = ".st-key-scorecard .main-svg"


def test_back_from_a_page_and_from_a_county_is_what_was_seen_before(
    address: str, page: Page
) -> None:
    harness.open_page(page, address)
    seen, title = page.url, page.locator(".title").inner_text()
    page.get_by_test_id("stTopNavLink").filter(has_text="转诊外流").click()
    page.wait_for_url(lambda url: "/outflow?" in url)
    harness.settle(page)
    page.go_back()
    page.wait_for_url(seen)
    harness.settle(page)

    box = page.locator(LISTS).first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + 0.3 * box["height"])
    page.wait_for_url(lambda url: "/county?" in url)
    harness.settle(page)
    page.go_back()
    page.wait_for_url(seen)
    harness.settle(page)
    assert page.locator(".title").inner_text() == title
