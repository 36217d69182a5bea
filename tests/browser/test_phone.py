"""Every page in a hand: it fits, what matters comes first, and fingers can press what is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.browser import harness, looks
from tests.browser.paths import PATHS

pytestmark = pytest.mark.browser

ON_A_PHONE: dict[str, looks.Rule] = {
    "scrolls sideways": looks.scrolls_sideways,
    "scrolls sideways inside": looks.inner_sideways,
    "out of reach": looks.out_of_reach,
    "taller than the screen": looks.taller_than_the_screen,
    "cut in a field": looks.cut_in_a_field,
    "overlapping": looks.overlapping,
    "too small for a finger": looks.small_targets,
    "English": looks.english,
}
# What needs attention stands before the map, wherever the map stands on a wide screen.
FROM_ABOVE = {
    "overview": ("st-key-cards", "st-key-panel-points", "st-key-panel-scorecard"),
    "outflow": ("st-key-panel-ranking",),  # in the row below the map's
    "contracts": ("st-key-panel-ranking",),  # in the map's row
}
# What is in sight without scrolling sideways in a table or chart.
IN_SIGHT = {
    "consortium": ("table.items td.strong", "table.monitor td.num.strong"),  # values
    "outflow": (
        ".st-key-map .main-svg",
        ".st-key-chart-process svg .annotation text",  # the newest month's value
    ),
}


@pytest.fixture
def phone(page: Page) -> Page:
    """Return a page of the size of a phone."""
    width, height = harness.PHONE
    page.set_viewport_size({"width": width, "height": height})
    return page


@pytest.mark.parametrize("name", PATHS)
def test_a_page_fits_a_phone(address: str, phone: Page, name: str) -> None:
    harness.open_page(phone, address + PATHS[name])
    assert looks.wrong(phone, "phone", ON_A_PHONE) == {}
    if name in FROM_ABOVE:
        places = ("title", "claim", *FROM_ABOVE[name], "st-key-panel-map", "footer")
        tops = [_box(phone, f".{place}", first=True)["y"] for place in places]
        assert tops == sorted(tops)
    for seen in IN_SIGHT.get(name, ()):
        box = _box(phone, seen)
        assert box["x"] >= 0, seen
        assert box["x"] + box["width"] <= harness.PHONE[0], seen


def _box(page: Page, selector: str, *, first: bool = False) -> FloatRect:
    found = page.locator(selector)
    box = (found.first if first else found.last).bounding_box()
    assert box is not None, selector
    return box


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
