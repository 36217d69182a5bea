"""Every page, opened once: whole on each screen and on paper, for a screen reader, in a meeting."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, harness, looks
from tests.browser.paths import PATHS, with_query

pytestmark = pytest.mark.browser

ON_A_SCREEN: dict[str, looks.Rule] = {
    "clipped": looks.clipped,
    "cut in a field": looks.cut_in_a_field,
    "overlapping": looks.overlapping,
    "English": looks.english,
    "blank charts": looks.blank_charts,
    "scrolls sideways": looks.scrolls_sideways,
}
IN_A_MEETING_ROOM: dict[str, looks.Rule] = {
    "small texts": looks.small_texts,
    "cut in a row": looks.cut_in_a_row,
}
FOR_EVERYBODY: dict[str, looks.Rule] = {"screen reader": axe.grave_findings}
ON_PAPER: dict[str, looks.Rule] = {
    "something to press": looks.controls,
    "nothing to read": looks.nothing_to_read,
    "charts beyond their card": looks.charts_beyond_their_card,
}
# A table unfolded covers part of the page: it is looked at last.
UNFOLDED = {
    "overview": "scorecard",
    "outflow": "ranking",
    "county": "townships",
    "township": "clinic-list",
}
READ_AT_LENGTH = {"published", "quality", "definitions"}
WIDGETS = "button:visible, input:visible, [data-testid=stSelectbox]:visible"
HEIGHTS = """(() => {
    const main = document.querySelector('[data-testid=stMain]');
    return [main.scrollHeight, main.clientHeight];
})()"""


@pytest.mark.parametrize("name", PATHS)
def test_a_page_is_whole_on_each_screen_and_on_paper(address: str, page: Page, name: str) -> None:
    harness.open_page(page, address + PATHS[name])
    expect(page.locator(".demo-pill")).to_be_visible()
    expect(page.locator(".footer")).to_contain_text("演示数据，非真实统计")
    wrong = looks.wrong(page, "screen", ON_A_SCREEN | IN_A_MEETING_ROOM | FOR_EVERYBODY)
    harness.resize(page, harness.SIZES["laptop"])
    wrong |= looks.wrong(page, "laptop", ON_A_SCREEN)
    page.emulate_media(media="print")
    wrong |= looks.wrong(page, "paper", ON_PAPER)
    page.emulate_media(media="screen")
    if name in UNFOLDED:
        page.locator(f".st-key-twin-{UNFOLDED[name]} button").click()
        expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=30_000)
        harness.settle(page)
        wrong |= looks.wrong(page, "table unfolded", FOR_EVERYBODY)
    assert wrong == {}


@pytest.mark.parametrize("name", PATHS)
def test_a_meeting_is_one_screen_without_widgets(address: str, page: Page, name: str) -> None:
    harness.open_page(page, address + with_query(PATHS[name], "meeting=1"))
    needed, there = page.evaluate(HEIGHTS)
    if name not in READ_AT_LENGTH:
        assert needed <= there == 1080, f"the page is {needed} px high"
        assert page.locator(WIDGETS).count() == 0
        assert page.locator("[data-testid=stTopNavLink]:visible").count() == 0
        for words in ("快照", "截至", "来源"):
            assert page.get_by_text(words).count() > 0
    assert axe.grave_findings(page) == []
