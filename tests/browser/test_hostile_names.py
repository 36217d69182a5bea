"""Names that try to be something else are drawn as the text they are, on every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import harness, hostile

pytestmark = pytest.mark.browser

COUNTY, TOWNSHIP = "410225", "410225102"
PATHS = (
    f"/?area={COUNTY}",
    f"/outflow?area={COUNTY}",
    f"/clinics?area={COUNTY}",
    f"/contracts?area={COUNTY}",
    f"/county?area={COUNTY}",
    f"/consortium?area={COUNTY}",
    "/published",
    "/quality",
    "/definitions",
)

# These are looked at by tests of their own, which see further things on them.
OUTFLOW, ONE_TOWNSHIP, EQUIPMENT = WITH_MORE_TO_SEE = (
    "/outflow",
    f"/county?area={TOWNSHIP}",
    f"/equipment?area={COUNTY}",
)

# What the name would have become, had anything read it as markup.
WHAT_CAME_OF_IT = """() => ({
    ran: window.hit === 1,
    images: document.querySelectorAll('img[src="x"], image[href="x"]').length,
    links: document.querySelectorAll('a[href*="192.0.2.1"]').length,
    mirrored: [...document.querySelectorAll('body *')].filter(e => !e.children.length
        && !e.closest('script, style') && /[\\u202a-\\u202e\\u2066-\\u2069]/.test(e.textContent))
        .map(e => e.textContent.slice(0, 60)),
})"""
NOTHING = {"ran": False, "images": 0, "links": 0, "mirrored": []}

# The middle of a mark that answers to the pointer, chart by chart.
MARKS = """() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].map(chart => {
    const shapes = [...chart.querySelectorAll(
        '.choroplethlayer path, .points path, .barlayer path, .node-rect')];
    const boxes = shapes.map(s => s.getBoundingClientRect()).filter(b => b.width > 3);
    const box = boxes[Math.floor(boxes.length / 2)];
    return box ? [box.left + box.width / 2, box.top + box.height / 2] : null;
}).filter(spot => spot)"""


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the hostile world."""
    marts: Path = tmp_path_factory.mktemp("hostile-browser") / "marts"
    hostile.publish_hostile(marts)
    with harness.serve(marts) as url:
        yield url


def hover_texts(page: Page) -> list[str]:
    """Move over one mark of every chart; return what the hover boxes say."""
    texts = []
    for x, y in page.evaluate(MARKS):
        page.mouse.move(x - 2, y)
        page.mouse.move(x, y)
        page.wait_for_timeout(250)
        texts += page.locator(".hoverlayer .hovertext").all_text_contents()
    return texts


def drawn_as_text(page: Page, address: str) -> list[str]:
    """Open a page whose names are hostile, see that they stayed text; return its hover texts."""
    page.set_viewport_size({"width": 1920, "height": 2400})
    harness.open_page(page, address)
    expect(page.locator(".footer")).to_be_attached()
    said = hover_texts(page)
    assert page.evaluate(WHAT_CAME_OF_IT) == NOTHING
    assert "=cmd()" in page.locator("[data-testid=stMain]").inner_text()
    assert not any("<img" in text or hostile.MARK in text for text in said)
    assert "<img" not in page.title()
    return said


@pytest.mark.parametrize("path", PATHS)
def test_a_page_draws_hostile_names_as_text(hostile_address: str, page: Page, path: str) -> None:
    drawn_as_text(page, hostile_address + path)


def test_title_and_breadcrumb_show_the_name_letter_by_letter(
    hostile_address: str, page: Page
) -> None:
    drawn_as_text(page, hostile_address + ONE_TOWNSHIP)
    expect(page.locator(".title")).to_contain_text(hostile.SHOWN)
    expect(page.locator(".st-key-crumbs").get_by_role("button").last).to_contain_text(hostile.SHOWN)


def test_hover_boxes_and_the_list_of_areas_show_the_name_letter_by_letter(
    hostile_address: str, page: Page
) -> None:
    said = drawn_as_text(page, hostile_address + OUTFLOW)
    assert any("=cmd()\uff1cimg src=x" in text for text in said)
    page.locator(".st-key-pick-area input").click()
    expect(page.get_by_role("option").nth(2)).to_contain_text(hostile.SHOWN)
    assert page.evaluate(WHAT_CAME_OF_IT) == NOTHING


def test_the_file_of_a_chart_holds_no_formula(
    hostile_address: str, page: Page, tmp_path: Path
) -> None:
    drawn_as_text(page, hostile_address + EQUIPMENT)
    page.locator(".st-key-twin-grid button").click()
    with page.expect_download() as waiting:
        page.locator(".st-key-csv-grid button").click()
    waiting.value.save_as(tmp_path / "grid.csv")
    lines = (tmp_path / "grid.csv").read_text(encoding="utf-8-sig").splitlines()
    cells = [cell for line in lines[1:] for cell in line.split(",")]
    assert any(cell.startswith("'=cmd()<img") for cell in cells)
    assert not any(cell.startswith("=") or hostile.MARK in cell for cell in cells)
