"""What users do, in a real browser against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect
from pptx import Presentation

from tests.browser import axe, harness

pytestmark = pytest.mark.browser

QI_COUNTY = "410221"
WITHOUT_WHAT_CAME_SINCE = "delete Promise.withResolvers; delete Array.prototype.toSorted;"

FIND_COUNTY = """code => {
    const shape = [...document.querySelectorAll('.choroplethlayer path')]
        .find(p => p.__data__ && String(p.__data__.loc) === code);
    const box = shape.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
}"""

HAND = "([x, y]) => getComputedStyle(document.elementFromPoint(x, y)).cursor"


def click_at(page: Page, x: float, y: float) -> None:
    """Move onto a spot, give the chart time to notice, click."""
    page.mouse.move(x - 4, y - 3)
    page.mouse.move(x, y)
    page.wait_for_timeout(400)
    page.mouse.click(x, y)


def query(page: Page) -> dict[str, str]:
    """Return the query of the address bar."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_area(page: Page, code: str) -> None:
    """Wait until the address speaks of an area and the page has followed."""
    page.wait_for_url(lambda url: f"area={code}" in url, timeout=30_000)
    harness.settle(page)


def test_three_clicks_lead_from_the_city_to_a_village_clinic_and_the_breadcrumb_back(
    address: str, page: Page
) -> None:
    harness.open_page(page, address)
    click_at(page, *page.evaluate(FIND_COUNTY, QI_COUNTY))
    wait_for_area(page, QI_COUNTY)
    expect(page.locator(".title")).to_contain_text("杞县")

    if "/county" not in page.url:
        page.get_by_role("link", name="县域画像").first.click()
        page.wait_for_url(lambda url: "/county" in url)
        harness.settle(page)
    row = page.locator(".st-key-townships svg text", has_text="圉镇镇").first
    box = row.bounding_box()
    assert box is not None
    click_at(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(lambda url: "area=410221" in url and len(query(page)["area"]) == 9)
    harness.settle(page)

    assert page.get_by_text("村卫生室", exact=False).count() > 3
    expect(page.locator(".title")).to_have_text("圉镇镇")

    page.locator(".st-key-crumbs").get_by_text("杞县").click()
    wait_for_area(page, QI_COUNTY)
    page.locator(".st-key-crumbs").get_by_text("开封市").click()
    wait_for_area(page, "410200")


def test_a_row_of_a_ranking_follows_from_its_name_and_from_its_value(
    address: str, page: Page
) -> None:
    harness.open_page(page, f"{address}/outflow")
    ranking = page.locator(".st-key-panel-ranking")
    for size in (harness.SIZES["laptop"], harness.PHONE):
        harness.resize(page, size)
        for share in (0.05, 0.97):  # of the width: a name begins, a value ends
            name = ranking.locator("svg text", has_text="杞县").first
            name.scroll_into_view_if_needed()
            row, whole = name.bounding_box(), ranking.locator(".main-svg").first.bounding_box()
            assert row is not None
            assert whole is not None
            x, y = whole["x"] + share * whole["width"], row["y"] + row["height"] / 2
            click_at(page, x, y)
            wait_for_area(page, QI_COUNTY)
            assert page.evaluate(HAND, [x, y]) == "pointer"
            page.go_back()
            wait_for_area(page, "410200")


def test_an_unknown_area_falls_to_the_default_with_a_notice(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/?area=999999")
    expect(page.locator(".notice")).to_contain_text("链接中的地区不存在")
    assert query(page)["area"] == "410200"
    page.get_by_text("导出本页").click()
    expect(page.get_by_text("数据表（XLSX）")).to_be_visible()
    assert axe.grave_findings(page) == []  # notice and offers


@pytest.fixture
def older(tab: Page) -> Iterator[Page]:
    """Return a tab of a browser of two or three years ago."""
    with tab.context.new_page() as page, harness.watched(page) as outside:
        page.add_init_script(WITHOUT_WHAT_CAME_SINCE)
        yield page
        assert outside == []


def test_an_older_browser_takes_a_page_along_as_a_picture_slides_and_a_workbook(
    older: Page, address: str, tmp_path: Path
) -> None:
    harness.open_page(older, address + "/outflow")
    older.get_by_text("导出本页").click()
    taken = {}
    offers = (
        ("图片（首张，PNG）", ".png"),
        ("幻灯片（全部，PPTX）", ".pptx"),
        ("数据表（XLSX）", ".xlsx"),
    )
    for label, ending in offers:
        with older.expect_download() as download:
            older.get_by_text(label).click()
        taken[ending] = tmp_path / f"taken{ending}"
        download.value.save_as(taken[ending])
        assert download.value.suggested_filename.startswith("开封市_转诊外流_")
        assert download.value.suggested_filename.endswith(ending)
    with Image.open(taken[".png"]) as picture:
        assert picture.size == (1920, 1080)
    assert len(Presentation(str(taken[".pptx"])).slides) > 1
    book = load_workbook(taken[".xlsx"], read_only=True)
    assert book.sheetnames[:2] == ["说明", "指标数值"]
    book.close()
