"""Every page in a hand: one column, no side scroll of the page, targets for a finger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import harness, looks
from tests.browser.test_journeys import PATHS

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """Return a page of the size of a phone."""
    width, height = harness.PHONE
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(60_000)
    yield page
    page.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_a_phone(address: str, phone: Page, path: str) -> None:
    harness.open_page(phone, address + path)
    expect(phone.locator(".footer")).to_be_attached()
    found = {
        "sideways": looks.scrolls_sideways(phone),
        "inner_sideways": phone.evaluate(
            "(() => { const m = document.querySelector('[data-testid=stMain]');"
            " return m.scrollWidth > m.clientWidth + 1; })()"
        ),
        "out_of_reach": looks.out_of_reach(phone),
        "overlapping": looks.overlapping(phone),
        "small": looks.small_targets(phone),
        "english": looks.english(phone),
    }
    assert not any(found.values()), f"{path}: {found}"


def test_what_needs_attention_stands_before_the_map(address: str, phone: Page) -> None:
    harness.open_page(phone, address)
    order = ("title", "claim", "st-key-cards", "st-key-panel-points", "st-key-panel-scorecard")
    tops = []
    for name in (*order, "st-key-panel-map"):
        box = phone.locator(f".{name}").first.bounding_box()
        assert box is not None, name
        tops.append(box["y"])
    assert tops == sorted(tops)


def test_the_list_of_pages_is_for_fingers_too(address: str, phone: Page) -> None:
    harness.open_page(phone, address)
    expect(phone.locator(".brand")).to_be_visible()
    expect(phone.locator(".demo-pill")).to_be_visible()
    phone.get_by_test_id("stExpandSidebarButton").click()
    phone.get_by_test_id("stSidebarNavLink").filter(has_text="数据质量").wait_for()
    phone.wait_for_timeout(500)
    assert looks.english(phone) == []
    assert looks.small_targets(phone) == []
    phone.get_by_test_id("stSidebarNavLink").filter(has_text="数据质量").click()
    phone.wait_for_url(lambda url: "/quality" in url)
