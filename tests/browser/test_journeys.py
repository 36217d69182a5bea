"""What users do, in a real browser against a fresh server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import harness, looks

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
QI_COUNTY = "410221"

FIND_COUNTY = """code => {
    const shape = [...document.querySelectorAll('.choroplethlayer path')]
        .find(p => p.__data__ && String(p.__data__.loc) === code);
    const box = shape.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
}"""


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


def test_three_clicks_lead_from_the_city_to_a_village_clinic(address: str, page: Page) -> None:
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


def test_the_breadcrumb_leads_back_up(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/county?area=410221103")
    page.locator(".st-key-crumbs").get_by_text("杞县").click()
    wait_for_area(page, QI_COUNTY)
    page.locator(".st-key-crumbs").get_by_text("开封市").click()
    wait_for_area(page, "410200")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_opened_cold_shows_itself_whole(
    marts: Path, chromium: Browser, address: str, path: str
) -> None:
    for width, height in harness.SIZES.values():
        page = chromium.new_page(viewport={"width": width, "height": height})
        outside = harness.watch_requests(page)
        harness.open_page(page, address + path)
        expect(page.locator(".footer")).to_be_attached()
        found = {
            "clipped": looks.clipped(page),
            "overlapping": looks.overlapping(page),
            "english": looks.english(page),
            "blank": looks.blank_charts(page),
            "sideways": looks.scrolls_sideways(page),
            "outside": outside,
        }
        page.close()
        assert not any(found.values()), f"{path} at {width}×{height}: {found}"


@pytest.mark.parametrize("path", ["/county?area=410221&month=2025-05", "/clinics?area=410225"])
def test_a_link_opens_first_on_a_fresh_server(marts: Path, page: Page, path: str) -> None:
    with harness.serve(marts) as fresh:
        harness.open_page(page, fresh + path)
        wanted = parse_qs(urlsplit(path).query)
        assert {key: [value] for key, value in query(page).items()}.items() >= wanted.items()
        expect(page.locator(".brand")).to_have_text("县域医共体运行监测")
        expect(page.locator(".footer")).to_contain_text("快照")


def test_an_unknown_area_falls_to_the_default_with_a_notice(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/?area=999999")
    expect(page.locator(".notice")).to_contain_text("链接中的地区不存在")
    assert query(page)["area"] == "410200"


@pytest.mark.parametrize("path", PATHS[:8])
def test_the_meeting_mode_is_one_screen_without_widgets(
    address: str, page: Page, path: str
) -> None:
    harness.open_page(page, address + path + ("&" if "?" in path else "?") + "meeting=1")
    size = page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]');"
        " return [m.scrollHeight, m.clientHeight]; })()"
    )
    assert size[0] <= 1080, f"the page is {size[0]} px high"
    widgets = "button:visible, input:visible, [data-testid=stSelectbox]:visible"
    assert page.locator(widgets).count() == 0
    assert page.locator("[data-testid=stTopNavLink]:visible").count() == 0
    for words in ("快照", "截至", "来源"):
        assert page.get_by_text(words).count() > 0


def test_demonstration_data_is_named_on_every_page(address: str, page: Page) -> None:
    for path in PATHS:
        harness.open_page(page, address + path)
        expect(page.locator(".demo-pill")).to_be_visible()
        expect(page.locator(".footer")).to_contain_text("演示数据，非真实统计")


def test_a_page_is_taken_along_as_a_picture_and_a_workbook(
    page: Page, address: str, tmp_path: Path
) -> None:
    harness.open_page(page, address + "/outflow")
    page.get_by_text("带走本页").click()
    taken = {}
    for label, ending in (("会议图片", ".png"), ("数据表格", ".xlsx")):
        with page.expect_download() as download:
            page.get_by_text(label).click()
        taken[ending] = tmp_path / f"taken{ending}"
        download.value.save_as(taken[ending])
        assert download.value.suggested_filename.startswith("开封市_转诊外流_")
        assert download.value.suggested_filename.endswith(ending)
    with Image.open(taken[".png"]) as picture:
        assert picture.size == (1920, 1080)
    book = load_workbook(taken[".xlsx"], read_only=True)
    assert book.sheetnames[:2] == ["说明", "指标数值"]
    book.close()
