"""axe-core where a page is not as it opens: table twins unfolded, nothing there, nothing known."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, harness

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("path", "twin"),
    [
        ("/", "scorecard"),
        ("/outflow", "ranking"),
        ("/county?area=410221", "townships"),
        ("/county?area=410221103", "clinic-list"),
    ],
)
def test_an_unfolded_table_has_no_grave_finding(
    address: str, page: Page, path: str, twin: str
) -> None:
    harness.open_page(page, address + path)
    page.locator(f".st-key-twin-{twin} button").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=30_000)
    harness.settle(page)
    assert axe.grave_findings(page) == []


def test_what_is_taken_along_is_offered_without_a_grave_finding(address: str, page: Page) -> None:
    harness.open_page(page, f"{address}/?area=999999")  # with a notice above
    page.get_by_text("导出本页").click()
    expect(page.get_by_text("数据表（XLSX）")).to_be_visible()
    assert axe.grave_findings(page) == []


def test_a_page_without_any_snapshot_has_no_grave_finding(page: Page, tmp_path: Path) -> None:
    with harness.serve(tmp_path / "nothing") as empty:
        harness.open_page(page, empty)
        expect(page.locator(".st-key-panel-no-data")).to_be_visible()
        assert axe.grave_findings(page) == []


def test_the_check_itself_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang='zh'><title>x</title><img src='data:,'><main>x</main></html>")
    assert any(found.startswith("image-alt (critical)") for found in axe.grave_findings(page))
