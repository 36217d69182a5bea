"""From the city to a village clinic without a mouse, the ring always to be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import harness
from tests.browser.test_journeys import query, wait_for_area

pytestmark = pytest.mark.browser

MOST_TABS = 60
SPOKEN_OF = {
    "out_of_county_inpatient_rate": "住院",
    "fund_outflow_rate": "基金",
    "standardised_clinic_rate": "村卫生室",
    "three_device_coverage": "三大件",
    "contract_rate": "签约",
    "key_group_contract_rate": "签约",
}
# What has the keyboard: whether it is in the window, a ring at least two pixels wide around it.
FOCUS = """selector => {
    const el = document.activeElement;
    if (!el || !el.closest(selector)) return null;
    const box = el.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight) return 'outside the window';
    for (let up = el; up && up !== document.body; up = up.parentElement) {
        const style = getComputedStyle(up);
        if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) return 'ring';
    }
    return 'without a ring';
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something inside the selector has the keyboard; it must show a ring."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS, selector)
        if found is not None:
            assert found == "ring", f"{selector} has the keyboard {found}"
            return
    raise AssertionError(f"{selector} is out of the keyboard's reach")


def pick(page: Page, name: str) -> None:
    """Write the name of an area into the picker, confirm."""
    # A page that is still being drawn closes the list again.
    harness.settle(page)
    tab_to(page, ".st-key-pick-area")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(name)
    expect(page.get_by_role("option", name=name)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_the_keyboard_leads_from_the_city_to_a_clinic_and_back(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/county?area=410200")
    pick(page, "杞县")
    wait_for_area(page, "410221")
    expect(page.locator(".title")).to_contain_text("杞县")

    pick(page, "圉镇镇")
    page.wait_for_url(lambda url: "area=410221" in url and len(query(page)["area"]) == 9)
    harness.settle(page)
    expect(page.locator(".title")).to_have_text("圉镇镇")
    tab_to(page, ".st-key-panel-clinic-list .grid-box")
    assert "村卫生室" in page.evaluate("document.activeElement.innerText")

    page.go_back()
    wait_for_area(page, "410221")
    expect(page.locator(".title")).to_contain_text("杞县")


def test_the_keyboard_goes_through_a_page_in_its_order_and_into_a_table(
    address: str, page: Page
) -> None:
    harness.open_page(page, f"{address}/outflow")
    for place in (
        "[data-testid=stTopNavLink]",
        ".st-key-pick-area",
        ".st-key-pick-month",
        ".st-key-twin-map",
    ):
        tab_to(page, place)
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid=stPopoverBody] canvas").first).to_be_visible()
    harness.settle(page)
    box = page.locator("[data-testid=stPopoverBody]")
    page.keyboard.press("Tab")
    expect(box.locator("input:focus")).to_have_count(1)
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".st-key-twin-map button:focus")).to_have_count(1)
    # The download is the last of the box; what follows is what stands behind the button.
    box.locator(".st-key-csv-map button").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".st-key-panel-map button:focus")).to_have_text("住院外流")


def test_a_point_of_the_week_leads_to_what_it_speaks_of(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/?month=2025-06")
    tab_to(page, ".st-key-points")
    title = page.locator("[class*=st-key-point-]:focus-within .point-title").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/?" not in url and "month=2025-06" in url)
    harness.settle(page)
    assert SPOKEN_OF[query(page)["indicator"]] in title
    expect(page.locator(".st-key-panel-map .panel-title")).to_be_visible()


def test_the_list_of_a_table_opens_an_area(address: str, page: Page) -> None:
    harness.open_page(page, address)
    page.locator(".st-key-twin-scorecard button").click()
    page.locator(".st-key-open-scorecard input").fill("杞县")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/county" in url and "area=410221" in url)
