"""What a phone shows first, and its list of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import harness, looks

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(profile: BrowserContext) -> Iterator[Page]:
    """Return a page of the size of a phone."""
    page = profile.new_page()
    width, height = harness.PHONE
    page.set_viewport_size({"width": width, "height": height})
    yield page
    page.close()


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("/", ("title", "claim", "st-key-cards", "st-key-panel-points", "st-key-panel-scorecard")),
        ("/outflow", ("title", "claim", "st-key-panel-ranking")),  # in the row below the map's
        ("/contracts", ("title", "claim", "st-key-panel-ranking")),  # in the map's row
    ],
)
def test_what_needs_attention_stands_before_the_map(
    address: str, phone: Page, path: str, order: tuple[str, ...]
) -> None:
    harness.open_page(phone, address + path)
    tops = []
    for name in (*order, "st-key-panel-map", "footer"):
        box = phone.locator(f".{name}").first.bounding_box()
        assert box is not None, name
        tops.append(box["y"])
    assert tops == sorted(tops)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/consortium", "table.items td.strong"),  # the value of an item
        ("/consortium", "table.monitor td.num.strong"),
        ("/outflow", ".st-key-map .main-svg"),
        ("/outflow", ".st-key-chart-process svg .annotation text"),  # the newest month's value
    ],
)
def test_what_matters_is_in_sight_without_scrolling_sideways(
    address: str, phone: Page, path: str, seen: str
) -> None:
    harness.open_page(phone, address + path)
    box = phone.locator(seen).last.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= harness.PHONE[0]


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


WORDS = """() => [...new Set([...document.querySelectorAll('.st-key-ranking svg text')]
    .map(words => getComputedStyle(words).fontSize))]"""


def test_a_phone_turned_sideways_keeps_the_words_of_its_charts(
    address: str, chromium: Browser
) -> None:
    width, height = harness.PHONE
    held = chromium.new_context(
        viewport={"width": width, "height": height}, is_mobile=True, has_touch=True
    )
    page = held.new_page()
    harness.open_page(page, address + "/outflow")
    assert page.evaluate(WORDS) == ["13px"]
    page.set_viewport_size({"width": height, "height": width})
    harness.settle(page)
    assert page.evaluate(WORDS) == ["13px"]
    held.close()
