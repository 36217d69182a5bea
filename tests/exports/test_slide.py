"""The picture of every page."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import plotly.graph_objects as go
import pytest
from PIL import Image

from dashboard.charts.shapes import Shapes
from dashboard.exports import slide
from dashboard.exports.canvas import Box, Canvas, Sheet
from dashboard.exports.collect import Contents
from dashboard.exports.slide_plan import plan
from dashboard.look.markup import div
from tests.builders.registries import HOSTILE
from tests.builders.slides import list_panel, panel_of

Read = Callable[..., Contents]
TOWNSHIP = "410225001"
MAPLESS = {"published", "consortium", "quality", "definitions"}
PAGES = (
    ("overview", {}),
    ("outflow", {}),
    ("clinics", {}),
    ("equipment", {}),
    ("contracts", {}),
    ("county", {"area": "410225"}),
    ("county", {"area": TOWNSHIP}),
    ("published", {}),
    ("consortium", {}),
    ("quality", {}),
    ("definitions", {}),
)


class Words(NamedTuple):
    """What is written once: the text, its edges on the sheet and its size there."""

    text: str
    left: float
    right: float
    size: float


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Words]:
    """Return what is written on canvases."""
    found: list[Words] = []
    words = Canvas.words

    def noted(self: Canvas, x: float, middle: float, text: str, **look: Any) -> float:
        wide = words(self, x, middle, text, **look)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[look.get("align", "left")]
        edges = (self.left + left * self.zoom, self.left + (left + wide) * self.zoom)
        found.append(Words(text, *edges, look["size"] * self.zoom))
        return wide

    monkeypatch.setattr(Canvas, "words", noted)
    return found


@pytest.mark.parametrize(("page", "query"), PAGES)
def test_a_page_becomes_pictures_that_say_what_they_are(
    contents_of: Read, written: list[Words], page: str, query: dict[str, str]
) -> None:
    contents = contents_of(page, **query)
    slides = plan(contents)
    for n, one in enumerate(slides, start=1):
        written.clear()
        picture = slide.draw(contents, one) if n > 1 else slide.draw_first(contents)
        said = [words.text for words in written]
        assert all(words.left >= 0 and words.right <= 1920 for words in written if words.text)
        assert f"第{n}／{len(slides)}张" in said or len(slides) == 1
        assert contents.title in said
        assert contents.view.marts.id in "".join(said)
        # No print is smaller than on the page.
        assert min(words.size for words in written) >= 16
        if n == 1:
            first_picture(contents, picture, written)
            has_map = page not in MAPLESS and query.get("area") != TOWNSHIP
            assert ("审图号：待确认" in "".join(said)) == has_map
    shown = {title.removesuffix("（续）") for one in slides for title in one.titles}
    assert shown == {panel.title for panel in contents.panels if panel.drawn and panel.title}


def first_picture(contents: Contents, picture: bytes, written: list[Words]) -> None:
    """Check what the picture says that is taken along alone."""
    image = Image.open(io.BytesIO(picture))
    assert image.size == (1920, 1080)
    text = "\n".join(words.text for words in written)
    assert contents.claim.replace("\n", "")[:12] in text
    for part in ("数据截至2025年6月30日", "演示数据，非真实统计", "来源："):
        assert part in text
    # Nothing but the outermost marks of a chart may reach the edge.
    assert all(words.left > 0 and words.right < 1920 for words in written if words.text)
    assert image.getcolors(maxcolors=50) is None  # it has more


def test_hostile_names_are_only_names(
    contents_of: Read, hostile_accounts: Path, written: list[Words]
) -> None:
    contents = contents_of("county", marts=hostile_accounts, area="410225")
    slide.draw_first(contents)
    assert any(HOSTILE[:10] in words.text for words in written)


def test_the_footer_names_what_is_left_out(contents_of: Read, written: list[Words]) -> None:
    contents = Contents(contents_of("overview").view, title="总览", claim="很长的要点。" * 40)
    contents.panels = [panel_of("甲图", 700), panel_of("乙图", 700)]
    slide.draw_first(contents)
    said = [words.text for words in written]
    assert "本图为首张，其余见幻灯片：乙图" in said
    assert "第1／2张" in said


def test_a_chart_far_taller_than_its_room_keeps_its_upper_part(
    contents_of: Read, written: list[Words]
) -> None:
    contents = Contents(contents_of("overview").view)
    tall = panel_of("名单")
    notes = [
        {"text": str(n), "x": 0, "y": 1 - n / 40, "xref": "paper", "yref": "paper"}
        for n in range(40)
    ]
    for note in notes:
        note["showarrow"] = False
    tall.drawn = [go.Figure(layout={"height": 3000, "annotations": notes})]
    contents.panels = [tall, panel_of("其他")]
    slide.draw_first(contents)
    assert any("图形较长" in words.text for words in written)


def test_a_list_too_long_for_the_slides_leaves_the_sentences_below_it_their_room(
    contents_of: Read, written: list[Words]
) -> None:
    contents = Contents(contents_of("overview").view)
    long = list_panel("名单", 300)
    long.drawn.append(div("一、" + "说明" * 90 + "完。", cls="note"))
    contents.panels = [long]
    slide.draw(contents, plan(contents)[-1])
    said = [words.text for words in written]
    rest = next(n for n, words in enumerate(said) if words.startswith("其余"))
    assert said[rest + 1].startswith("一、")
    assert any(words.endswith("完。") for words in said[rest + 1 :])


@pytest.mark.parametrize(
    ("box", "zoom", "top", "frame"),
    [
        # Higher than wanted: larger as a whole up to the most, a little taller, in the middle.
        (Box(0, 0, 1000, 900), 1.4, 156.0, Box(0, 0, 1000 / 1.4, 420)),
        # The legend has its words down to a width, so a narrow box does not enlarge.
        (Box(0, 0, 520, 600), 1.0, 90.0, Box(0, 0, 520, 420)),
        # Pressed a little it is lower, and its words stay as large as on the page.
        (Box(0, 0, 1000, 360), 1.0, 0.0, Box(0, 0, 1000, 360)),
        (Box(0, 0, 1000, 200), 0.5, 0.0, Box(0, 0, 2000, 400)),
    ],
)
def test_a_map_is_as_large_as_its_box_allows(
    monkeypatch: pytest.MonkeyPatch, box: Box, zoom: float, top: float, frame: Box
) -> None:
    drawn: list[tuple[float, float, Box]] = []

    def noted(canvas: Canvas, figure: go.Figure, frame: Box, outlines: object) -> None:
        drawn.append((canvas.zoom, canvas.top, frame))

    monkeypatch.setattr(slide, "draw_figure", noted)
    figure = go.Figure(layout={"height": 400})
    slide._draw_map(Canvas(Sheet(1920, 1080, background="#FFFFFF")), figure, box, _no_outlines)
    ((found_zoom, found_top, found),) = drawn
    assert (found_zoom, found_top) == (pytest.approx(zoom), pytest.approx(top))
    assert (found.width, found.height) == (pytest.approx(frame.width), pytest.approx(frame.height))


def _no_outlines() -> Shapes:
    raise AssertionError("nothing is drawn")
