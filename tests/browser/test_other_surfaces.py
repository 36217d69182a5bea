"""On paper and on a wall: a page keeps its measure, whole and without what cannot be used."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser import harness, looks

pytestmark = pytest.mark.browser

WALL, ULTRAWIDE = (3840, 2160), (2560, 1080)
WIDEST = 2560
WIDTHS = """() => ['[data-testid=stMainBlockContainer]', '.st-key-panel-scorecard']
    .map(name => document.querySelector(name).getBoundingClientRect().width)"""
HINT = "getComputedStyle(document.querySelector('.footer'), '::after').content"


def sheets(page: Page) -> list[bytes]:
    """Print the page; return the size of each sheet, in points."""
    printed = page.pdf(prefer_css_page_size=True)
    count = len(re.findall(rb"/Type\s*/Page\b", printed))
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+ [\d.]+)\]", printed)
    assert len(sizes) == count
    return sizes


def test_the_overview_is_one_sheet_of_paper(address: str, page: Page) -> None:
    harness.open_page(page, address)
    (sheet,) = sheets(page)
    assert [round(float(side)) for side in sheet.split()] == [842, 595]  # A4 landscape


def test_a_wall_is_not_stretched_and_says_how_to_enlarge_it(address: str, page: Page) -> None:
    page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    harness.open_page(page, address)
    assert max(page.evaluate(WIDTHS)) <= WIDEST
    assert "缩放" in page.evaluate(HINT)
    found = looks.clipped(page), looks.overlapping(page), looks.scrolls_sideways(page)
    assert not any(found), found

    page.set_viewport_size({"width": ULTRAWIDE[0], "height": ULTRAWIDE[1]})
    harness.settle(page)
    assert page.evaluate(WIDTHS)[0] == WIDEST
    assert page.evaluate(HINT) == "none"
    assert not any((looks.clipped(page), looks.overlapping(page), looks.scrolls_sideways(page)))


LYING_ON = """chart => {
    const texts = [...document.querySelectorAll(chart + ' svg text')]
        .filter(text => text.textContent.trim()).map(text => text.getBoundingClientRect());
    return texts.filter((a, n) => texts.slice(n + 1).some(b => a.left < b.right - 1
        && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4)).length;
}"""


def test_a_laptop_enlarged_to_twice_its_size_keeps_names_beside_values(
    address: str, page: Page
) -> None:
    page.set_viewport_size({"width": 960, "height": 540})
    harness.open_page(page, address + "/county?area=410221")
    assert page.evaluate(LYING_ON, ".st-key-spine") == 0


def test_a_meeting_on_a_laptop_shows_four_published_figures_whole(address: str, page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    harness.open_page(page, address + "/published?meeting=1")
    bottoms = page.evaluate(
        "[...document.querySelectorAll('table.facts tbody tr:not(.group)')]"
        ".map(row => row.getBoundingClientRect().bottom)"
    )
    assert len([bottom for bottom in bottoms if bottom <= 730]) >= 4
