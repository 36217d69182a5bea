"""The slides of a page as a presentation, opened again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from dashboard.exports import deck, indicators
from dashboard.exports.collect import Contents
from dashboard.exports.slide import draw
from dashboard.exports.slide_plan import plan
from dashboard.look.markup import div
from tests.builders.registries import HOSTILE
from tests.builders.slides import list_panel, panel_of

Read = Callable[..., Contents]


def opened(packed: bytes) -> Any:
    return Presentation(io.BytesIO(packed))


def words_of(slide: Any) -> str:
    """Return the text of the picture that a screen reader reads out."""
    return str(slide.shapes[1]._element.nvPicPr.cNvPr.get("descr"))


@pytest.fixture
def contents(contents_of: Read) -> Contents:
    """Return a page of two slides."""
    found = Contents(
        contents_of("overview").view,
        title="总览",
        claim="三项向好，请点击一个县区",
        sources=("clinics",),
    )
    text = panel_of("乙图", 700)
    text.drawn.append(div("一句话。点击县区可查看。", cls="note"))
    found.panels = [panel_of("甲图", 700), text]
    found.cards = [div(div("完成率", cls="strip-label"), cls="strip")]
    return found


def test_every_slide_is_its_whole_picture_with_a_real_title(contents: Contents) -> None:
    packed = deck.write_page(contents)
    made = opened(packed)
    assert (made.slide_width, made.slide_height) == (12_192_000, 6_858_000)
    titles = [slide.shapes.title.text for slide in made.slides]
    assert titles == ["总览（1／2）：甲图", "总览（2／2）：乙图"]
    for slide, one in zip(made.slides, plan(contents), strict=True):
        title, picture = slide.shapes
        assert title.is_placeholder
        assert picture.shape_type == MSO_SHAPE_TYPE.PICTURE
        size = (picture.left, picture.top, picture.width, picture.height)
        assert size == (0, 0, made.slide_width, made.slide_height)
        assert picture.image.blob == draw(contents, one)
        with Image.open(io.BytesIO(picture.image.blob)) as image:
            assert image.size == (1920, 1080)


def test_the_picture_says_in_words_what_it_shows(contents: Contents) -> None:
    first, second = opened(deck.write_page(contents)).slides
    assert words_of(first) == "总览；三项向好；完成率；甲图"
    assert words_of(second) == "总览；乙图；一句话。"


def test_the_notes_hold_the_figures_and_where_they_come_from(
    contents_of: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = contents_of("clinics")
    picture = draw(contents, plan(contents)[-1])
    monkeypatch.setattr(deck, "draw", lambda *_: picture)  # of each its own: tested above
    slides = opened(deck.write_page(contents)).slides
    for n, slide in enumerate(slides):
        notes = slide.notes_slide.notes_text_frame.text
        assert ("审图号：待确认" in notes) == (n == 0)  # where the map stands
        assert "标准化村卫生室完成率：" in notes
        assert "截至2025年6月30日，已定案）" in notes
        for part in ("数据截至2025年6月30日", "演示数据，非真实统计", "来源："):
            assert part in notes
        assert contents.view.marts.id in notes
    first = slides[0].notes_slide.notes_text_frame.text
    assert f"要点：{contents.claim}" in first


def test_only_indicators_that_reach_the_area_are_in_its_notes(contents_of: Read) -> None:
    view = contents_of("county", area="410225001").view
    offered = [view.catalogue.indicators[id_] for id_ in view.offered]
    reaching = [one.name_zh for one in offered if one.reaches("township")]
    assert [line.partition("：")[0] for line in indicators.sentences(view)] == reaching
    assert len(reaching) < len(offered)


def test_a_page_without_panels_is_a_slide_of_its_title(contents: Contents) -> None:
    contents.panels = []
    (slide,) = opened(deck.write_page(contents)).slides
    assert slide.shapes.title.text == "总览"


def test_panels_without_titles_leave_the_number_alone(contents: Contents) -> None:
    contents.panels = [panel_of("甲图", 700), panel_of("", 700)]
    _, second = opened(deck.write_page(contents)).slides
    assert second.shapes.title.text == "总览（2／2）"


def test_the_same_page_gives_the_same_bytes_that_name_no_machine(contents: Contents) -> None:
    packed = deck.write_page(contents)
    assert packed == deck.write_page(contents)
    with zipfile.ZipFile(io.BytesIO(packed)) as parts:
        assert {part.date_time for part in parts.infolist()} == {deck.EPOCH}
        names = parts.namelist()
        text = b"".join(parts.read(name) for name in names if name.endswith((".xml", ".rels")))
    for word in (b"python-pptx", b"Canny", b"Macintosh", b"thumbnail", b"printer"):
        assert word not in text
    assert len([name for name in names if "slideLayouts/slideLayout" in name]) == 1
    known = opened(packed).core_properties
    day = contents.view.data_date
    assert (known.created.date(), known.modified.date()) == (day, day)
    assert known.author == known.last_modified_by == contents.view.settings.product_name_zh


def test_hostile_names_are_only_text(contents: Contents) -> None:
    contents.title = f"{HOSTILE}\u202e"
    contents.claim = '=cmd()|" /C calc"!A1'
    contents.panels = [list_panel("<img src=x onerror=alert(1)>", 40)]
    first, second = opened(deck.write_page(contents)).slides
    assert first.shapes.title.text == f"{HOSTILE}（1／2）：<img src=x onerror=alert(1)>"
    assert "（续）" in second.shapes.title.text
    assert contents.claim in first.notes_slide.notes_text_frame.text
    assert "\u202e" not in words_of(first) + first.notes_slide.notes_text_frame.text


def test_hostile_registries_make_slides(contents_of: Read, hostile_accounts: Path) -> None:
    contents = contents_of("county", marts=hostile_accounts, area="410225")
    assert len(opened(deck.write_page(contents)).slides) == len(plan(contents))
