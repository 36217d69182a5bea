"""Every page, opened once: whole on each screen, in a hand, for a screen reader, in a meeting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import axe, harness, looks

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/outflow",
    "/clinics",
    "/equipment",
    "/contracts",
    "/county?area=410221",
    "/county?area=410221103",
    "/consortium",
    "/published",
    "/quality",
    "/definitions",
)
WIDGETS = "button:visible, input:visible, [data-testid=stSelectbox]:visible"
HEIGHTS = """(() => {
    const main = document.querySelector('[data-testid=stMain]');
    return [main.scrollHeight, main.clientHeight];
})()"""
INNER_SIDEWAYS = """(() => {
    const main = document.querySelector('[data-testid=stMain]');
    return main.scrollWidth > main.clientWidth + 1;
})()"""


@dataclass
class Opened:
    """A page that stays open for several looks at it."""

    page: Page
    outside: list[str] = field(default_factory=list)

    def at(self, size: tuple[int, int]) -> Page:
        """Return the page at a window's size."""
        width, height = size
        if self.page.viewport_size != {"width": width, "height": height}:
            self.page.set_viewport_size({"width": width, "height": height})
            harness.settle(self.page)
        return self.page


@pytest.fixture(scope="module", params=PATHS)
def opened(
    request: pytest.FixtureRequest, profile: BrowserContext, address: str
) -> Iterator[Opened]:
    """Open a path cold."""
    shown = Opened(profile.new_page())
    shown.outside = harness.watch_requests(shown.page)
    harness.open_page(shown.page, address + request.param)
    yield shown
    shown.page.close()


@pytest.mark.parametrize("size", harness.SIZES)
def test_a_page_shows_itself_whole(opened: Opened, size: str) -> None:
    page = opened.at(harness.SIZES[size])
    expect(page.locator(".footer")).to_be_attached()
    found = {
        "clipped": looks.clipped(page),
        "overlapping": looks.overlapping(page),
        "english": looks.english(page),
        "blank": looks.blank_charts(page),
        "sideways": looks.scrolls_sideways(page),
        "outside": opened.outside,
    }
    assert not any(found.values()), found


def test_nothing_is_written_too_small_for_a_meeting_room(opened: Opened) -> None:
    assert looks.small_texts(opened.at(harness.SIZES["screen"])) == []


def test_demonstration_data_is_named(opened: Opened) -> None:
    expect(opened.page.locator(".demo-pill")).to_be_visible()
    expect(opened.page.locator(".footer")).to_contain_text("演示数据，非真实统计")


def test_a_screen_reader_finds_nothing_grave(opened: Opened) -> None:
    assert axe.grave_findings(opened.at(harness.SIZES["screen"])) == []


def test_a_page_fits_a_phone(opened: Opened) -> None:
    page = opened.at(harness.PHONE)
    # As a phone opens it: a chart keeps the room its words had in a window that was wider.
    harness.open_page(page, page.url)
    found = {
        "sideways": looks.scrolls_sideways(page),
        "inner_sideways": page.evaluate(INNER_SIDEWAYS),
        "out_of_reach": looks.out_of_reach(page),
        "overlapping": looks.overlapping(page),
        "small": looks.small_targets(page),
        "english": looks.english(page),
    }
    assert not any(found.values()), found


@pytest.mark.parametrize("path", PATHS)
def test_a_meeting_is_one_screen_without_widgets(address: str, page: Page, path: str) -> None:
    harness.open_page(page, address + path + ("&" if "?" in path else "?") + "meeting=1")
    needed, there = page.evaluate(HEIGHTS)
    if path not in PATHS[8:]:
        assert needed <= there == 1080, f"the page is {needed} px high"
        assert page.locator(WIDGETS).count() == 0
        assert page.locator("[data-testid=stTopNavLink]:visible").count() == 0
        for words in ("快照", "截至", "来源"):
            assert page.get_by_text(words).count() > 0
    assert axe.grave_findings(page) == []
