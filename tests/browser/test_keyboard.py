"""From the city to a village clinic without a mouse, the ring always to be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import harness
from tests.browser.test_journeys import query, wait_for_area

pytestmark = pytest.mark.browser

MOST_TABS = 60
# What has the keyboard, and whether a ring at least two pixels wide is drawn around it.
FOCUS = """selector => {
    const el = document.activeElement;
    if (!el || !el.closest(selector)) return null;
    for (let up = el; up && up !== document.body; up = up.parentElement) {
        const style = getComputedStyle(up);
        if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) return 'ring';
    }
    return 'hidden';
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something inside the selector has the keyboard; it must show a ring."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS, selector)
        if found is not None:
            assert found == "ring", f"{selector} has the keyboard but no ring"
            return
    raise AssertionError(f"{selector} is out of the keyboard's reach")


def open_from_table(page: Page, twin: str, name: str) -> None:
    """Unfold a table, write the name of an area into its list, confirm."""
    tab_to(page, f".st-key-twin-{twin}")
    page.keyboard.press("Enter")
    expect(page.locator(f".st-key-open-{twin}")).to_be_visible()
    tab_to(page, f".st-key-open-{twin}")
    page.keyboard.type(name)
    expect(page.get_by_role("option", name=name)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_the_keyboard_leads_from_the_city_to_a_clinic_and_back(address: str, page: Page) -> None:
    harness.open_page(page, address)
    open_from_table(page, "scorecard", "杞县")
    page.wait_for_url(lambda url: "/county" in url and "area=410221" in url)
    harness.settle(page)
    expect(page.locator(".title")).to_contain_text("杞县")

    open_from_table(page, "townships", "圉镇镇")
    page.wait_for_url(lambda url: "area=410221" in url and len(query(page)["area"]) == 9)
    harness.settle(page)
    expect(page.locator(".title")).to_have_text("圉镇镇")
    tab_to(page, ".st-key-panel-clinic-list .grid-box")
    assert "村卫生室" in page.evaluate("document.activeElement.innerText")

    page.go_back()
    wait_for_area(page, "410221")
    expect(page.locator(".title")).to_contain_text("杞县")


def test_pages_and_choices_show_where_the_keyboard_is(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/outflow")
    # In the order of the page.
    for place in (
        "[data-testid=stTopNavLink]",
        ".st-key-pick-area",
        ".st-key-pick-month",
        ".st-key-twin-map",
    ):
        tab_to(page, place)
