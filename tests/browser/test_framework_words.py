"""What the framework says by itself: our words stand in place of its English ones."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import harness, looks

pytestmark = pytest.mark.browser

BEFORE = "e => getComputedStyle(e, '::before').content"


@pytest.mark.parametrize("path", ["/", "/county"])
def test_before_a_page_has_run_its_name_and_language_are_ours(
    address: str, page: Page, path: str
) -> None:
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address + path, wait_until="domcontentloaded")
    assert page.title() == "县域医共体运行监测"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_a_search_without_hits_and_a_hint_speak_chinese(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/clinics")
    page.locator(".st-key-pick-area input").fill("zzz")
    none = page.locator("[role=listbox][data-empty=true] [role=option] span")
    assert none.evaluate(BEFORE) == '"没有符合的选项"'
    assert looks.english(page) == []
    page.keyboard.press("Escape")
    page.locator(".st-key-clinic-words input").press_sequentially("镇")
    assert page.get_by_test_id("InputInstructions").evaluate(BEFORE) == '"按回车键确认"'
    assert looks.english(page) == []


def test_a_list_of_many_choices_speaks_chinese(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/county?area=410221")
    page.get_by_text("自选县区").click()
    harness.settle(page)
    page.locator("[data-testid=stMultiSelect] input").click()
    every = page.locator("[role=option][data-key^=__select_] [data-item-hl]")
    assert every.evaluate(BEFORE) == '"全选"'
    assert looks.english(page) == []
    page.keyboard.type("区")
    page.wait_for_timeout(300)
    assert looks.english(page) == []


def test_a_table_has_no_tools_of_the_framework_and_its_search_speaks_no_english(
    address: str, page: Page
) -> None:
    harness.open_page(page, address)
    page.locator("[class*=st-key-twin-] button").first.click()
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    harness.settle(page)
    box = table.bounding_box()
    assert box is not None
    # Over the header, then on the place of its menu.
    page.mouse.move(box["x"] + 60, box["y"] + 18)
    page.wait_for_timeout(300)
    page.mouse.click(box["x"] + 60, box["y"] + 18, button="right")
    page.wait_for_timeout(300)
    assert page.locator("[data-testid=stElementToolbar]:visible").count() == 0
    assert looks.english(page) == []

    table.click(position={"x": 60, "y": 60})
    page.keyboard.press("Control+f")
    expect(page.get_by_test_id("search-input")).to_be_visible()
    assert looks.english(page) == []
    page.keyboard.type("县")
    page.wait_for_timeout(300)
    assert looks.english(page) == []


def test_an_address_below_a_page_opens_the_page(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/county/410221")
    assert page.title().startswith("县域画像")


def test_an_unknown_page_is_explained_in_chinese(address: str, page: Page) -> None:
    page.goto(f"{address}/nosuch")
    heading = page.get_by_test_id("stDialog").locator("h2")
    heading.wait_for()
    harness.settle(page)
    assert heading.evaluate(BEFORE) == '"没有这个页面"'
    assert looks.english(page) == []
