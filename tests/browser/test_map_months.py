"""The map's slider in a real browser: the keyboard moves it, and the map alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import harness, looks

pytestmark = pytest.mark.browser

LEGEND = """() => [...document.querySelectorAll('.st-key-map .annotation-text')]
    .map(t => [t.textContent, ...['x', 'y'].map(k => Math.round(t.getBoundingClientRect()[k]))])"""
SAME_LEGEND = f"legend => JSON.stringify(({LEGEND})()) === JSON.stringify(legend)"
FILLS = """() => [...document.querySelectorAll('.st-key-map .choroplethlayer path')]
    .map(p => getComputedStyle(p).fill)"""
MOST_BYTES = 80_000  # of one interaction


def test_the_keyboard_moves_the_map_from_month_to_month(address: str, page: Page) -> None:
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    harness.open_page(page, address + "/")
    height = "document.querySelector('[data-testid=stMain]').scrollHeight"
    assert page.evaluate(height) <= 1080
    legend, fills = page.evaluate(LEGEND), page.evaluate(FILLS)
    cards = page.locator(".st-key-cards").inner_text()
    note = page.locator(".st-key-panel-map .panel-note")
    period = note.inner_text()
    received.clear()
    thumb = page.locator(".st-key-map-slider input[type=range]")
    thumb.focus()
    words = thumb.get_attribute("aria-valuetext")
    page.keyboard.press("Home")
    page.wait_for_url(lambda url: "map-month=" in url)
    harness.settle(page)

    assert sum(received) <= MOST_BYTES
    expect(note).not_to_have_text(period)
    first = thumb.get_attribute("aria-valuetext") or ""
    assert thumb.get_attribute("value") == "0"
    assert re.fullmatch(r"\d{4}年\d{1,2}月", first)
    assert first != words
    assert page.evaluate(LEGEND) == legend
    assert page.evaluate(FILLS) != fills
    assert page.locator(".st-key-cards").inner_text() == cards
    assert page.evaluate(height) <= 1080
    assert looks.english(page) == []

    page.go_back()
    page.wait_for_url(lambda url: "map-month=" not in url)
    harness.settle(page)
    assert page.evaluate(FILLS) == fills


def test_two_dates_stand_beside_each_other_on_a_laptop(address: str, page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    harness.open_page(page, f"{address}/?compare=2024-03")
    maps = [page.locator(f".st-key-side-map-{n}").bounding_box() for n in ("earlier", "later")]
    assert maps[0] is not None
    assert maps[1] is not None
    assert abs(maps[0]["y"] - maps[1]["y"]) <= 2
    assert looks.overlapping(page) == []
    assert looks.clipped(page) == []


SHOWN = "() => document.querySelector('.film-position span').innerText"


def test_the_months_play_until_they_are_halted_or_the_page_is_left(
    address: str, page: Page
) -> None:
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    harness.open_page(page, address + "/")
    play = page.locator(".st-key-map-film button")
    page.emulate_media(reduced_motion="reduce")  # who wants less motion is not offered a film
    expect(play).to_be_hidden()
    expect(page.locator(".st-key-map-slider")).to_be_visible()
    page.emulate_media(reduced_motion="no-preference")
    play.focus()
    page.keyboard.press("Enter")
    expect(play).to_have_text("暂停")
    page.locator(".film-position").wait_for()
    legend, first = page.evaluate(LEGEND), page.evaluate(SHOWN)
    received.clear()
    page.wait_for_function(f"first => ({SHOWN})() !== first", arg=first, timeout=20_000)
    page.wait_for_timeout(300)
    assert sum(received) <= 30_000
    page.wait_for_function(SAME_LEGEND, arg=legend)  # in the midst of a drawing it has no place
    assert "map-month" not in page.url
    assert page.evaluate("document.activeElement.innerText") == "暂停"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "map-month=" in url)
    harness.settle(page)
    thumb = page.locator("[class*=st-key-map-slider] input[type=range]")
    assert thumb.get_attribute("aria-valuetext") in page.locator(".st-key-map-months").inner_text()
    assert looks.english(page) == []

    play.click()
    expect(play).to_have_text("暂停")
    page.get_by_test_id("stHeader").get_by_text("数据质量").click()
    page.locator(".st-key-panel-matrix").wait_for()
    harness.settle(page)
    received.clear()
    page.wait_for_timeout(2500)
    assert received == []
