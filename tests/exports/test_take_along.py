"""The button of every page, and what becomes of a fault."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from PIL import Image
from pptx import Presentation

from dashboard.exports import collect, take_along
from dashboard.exports.collect import Contents, Table
from dashboard.look.markup import div
from tests.builders.pages import open_page

Read = Callable[..., Contents]


@pytest.mark.parametrize("page", ["overview", "quality"])
def test_every_page_offers_picture_slides_and_workbook(page: str, accounts_world: Path) -> None:
    app = open_page(page, marts=accounts_world, query={})
    keys = [b.proto.id for b in app.get("download_button")]
    for name in ("take-picture", "take-deck", "take-workbook"):
        assert sum(name in key for key in keys) == 1
    assert sum("take-meeting" in key for key in keys) == (page == "overview")


def test_a_meeting_has_no_buttons(accounts_world: Path) -> None:
    app = open_page("overview", marts=accounts_world, query={"meeting": "1"})
    assert not app.get("download_button")


def test_the_files_are_what_their_names_say(contents_of: Read) -> None:
    contents = contents_of("overview")
    picture = Image.open(io.BytesIO(take_along.make(take_along.PNG, contents)))
    assert picture.format == "PNG"
    book = openpyxl.load_workbook(io.BytesIO(take_along.make(take_along.XLSX, contents)))
    assert book.sheetnames[0] == "说明"
    deck = Presentation(io.BytesIO(take_along.make(take_along.PPTX, contents)))
    assert [page.shapes.title.text for page in deck.slides] == ["开封市运行总览"]
    assert take_along.file_name(contents, take_along.PNG) == "开封市_总览_20250630.png"


def test_a_hostile_name_makes_no_path(contents_of: Read, hostile_accounts: Path) -> None:
    contents = contents_of("county", marts=hostile_accounts, area="410225")
    assert not set(take_along.file_name(contents, take_along.PNG)) & set('<>:"/\\|?*')


@pytest.mark.parametrize("kind", [take_along.PNG, take_along.PPTX, take_along.XLSX])
def test_a_fault_becomes_a_file_with_one_sentence(
    kind: str, contents_of: Read, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(contents: Contents) -> bytes:
        if contents.panels:
            raise ValueError("broken")
        return b"picture"

    for name in ("_slide", "_deck"):
        monkeypatch.setattr(take_along, name, broken)
    monkeypatch.setattr(take_along, "_workbook", broken)
    with caplog.at_level(logging.ERROR):
        made = take_along.make(kind, contents_of("overview"))
    assert "not taken along" in caplog.text
    if kind != take_along.XLSX:
        assert made == b"picture"
        return
    (sheet,) = openpyxl.load_workbook(io.BytesIO(made)).worksheets
    assert "文件未能生成" in [row[1].value for row in sheet.iter_rows()][1]


def test_outside_of_a_page_nothing_is_collected() -> None:
    collect._page.set(None)
    collect._panel.set(None)
    collect.band(title="题", claim="", dates="")
    collect.sources(["clinics"])
    collect.markup(div("甲"))
    collect.table("表", lambda: None)  # type: ignore[arg-type, return-value]
    with collect.panel("k", title="", note="", height=None):
        collect.markup(div("甲"))
    assert collect.row_of((6, 6)) == 0
    assert collect.current() is None
    take_along.button()


def test_a_later_table_of_the_same_name_replaces_the_earlier(contents_of: Read) -> None:
    page = collect.begin(contents_of("overview").view)
    with collect.panel("k", title="题", note="", height=None):
        collect.table("表", lambda: None)  # type: ignore[arg-type, return-value]
        collect.table("表", lambda: None)  # type: ignore[arg-type, return-value]
        collect.table("另一张", lambda: None)  # type: ignore[arg-type, return-value]
    assert [type(table) for table in page.panels[0].tables] == [Table, Table]
    assert [table.name for table in page.panels[0].tables] == ["表", "另一张"]
    collect._page.set(None)


def test_the_numbers_of_a_twin_are_asked_for_when_they_are_taken_along(
    contents_of: Read,
) -> None:
    page = collect.begin(contents_of("overview").view)
    asked: list[bool] = []

    def twin() -> None:
        asked.append(collect.is_taken_along())
        collect.table("表", pl.DataFrame)

    with collect.panel("k", title="题", note="", height=None):
        collect.later(twin)
        collect.table("", pl.DataFrame)
        collect.table("表", pl.DataFrame)
    collect.later(twin)  # in no panel
    assert asked == []
    found = collect.tables_of(page.panels[0])
    assert ([table.name for table in found], asked) == (["表", ""], [True])
    assert not collect.is_taken_along()
    collect._page.set(None)
