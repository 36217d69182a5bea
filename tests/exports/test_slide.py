"""The picture of every page."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from PIL import Image

from dashboard.exports import slide
from dashboard.exports.canvas import Box, Canvas
from dashboard.exports.collect import Contents, Panel, Place
from dashboard.exports.slide_frame import FOOTER_TOP
from dashboard.look.markup import div
from tests.builders.registries import HOSTILE

Read = Callable[..., Contents]
PAGES = (
    ("overview", {}),
    ("outflow", {}),
    ("clinics", {}),
    ("equipment", {}),
    ("contracts", {}),
    ("county", {"area": "410225"}),
    ("county", {"area": "410225001"}),
    ("published", {}),
    ("quality", {}),
    ("definitions", {}),
)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, float]]:
    """Return what is written on canvases: text, left edge and right edge on the sheet."""
    found: list[tuple[str, float, float]] = []
    words = Canvas.words

    def noted(self: Canvas, x: float, middle: float, text: str, **look: Any) -> float:
        wide = words(self, x, middle, text, **look)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[look.get("align", "left")]
        if not isinstance(self.sheet, slide._Blank):
            edges = (self.left + left * self.zoom, self.left + (left + wide) * self.zoom)
            found.append((text, *edges))
        return wide

    monkeypatch.setattr(Canvas, "words", noted)
    return found


@pytest.mark.parametrize(("page", "query"), PAGES)
def test_a_page_becomes_a_picture_that_says_what_it_is(
    contents_of: Read, written: list[tuple[str, float, float]], page: str, query: dict[str, str]
) -> None:
    contents = contents_of(page, **query)
    image = Image.open(io.BytesIO(slide.draw_slide(contents)))
    assert image.size == (1920, 1080)
    text = "\n".join(words for words, _, _ in written)
    assert contents.title in text
    assert contents.claim.replace("\n", "")[:12] in text
    for part in ("数据截至2025年6月30日", "演示数据，非真实统计", "来源：", "审图号：待确认"):
        assert part in text
    assert contents.view.marts.id in text
    # Nothing but the outermost marks of a chart may reach the edge.
    assert all(left > 0 and right < 1920 for words, left, right in written if words)
    assert len(image.getcolors(maxcolors=1 << 24) or ()) > 50


def test_hostile_names_are_only_names(
    contents_of: Read, hostile_accounts: Path, written: list[tuple[str, float, float]]
) -> None:
    contents = contents_of("county", marts=hostile_accounts, area="410225")
    slide.draw_slide(contents)
    assert any(HOSTILE[:10] in words for words, _, _ in written)


def panel(key: str, *, height: int | None = 300, place: Place | None = None, n: int = 1) -> Panel:
    found = Panel(key, key, "", height, place)
    found.drawn = [go.Figure(layout={"height": 200}) for _ in range(n)]
    return found


def test_panels_stand_in_their_columns_and_empty_ones_are_left_out(contents_of: Read) -> None:
    contents = Contents(contents_of("overview").view, rows=[(8, 4), (6, 6)])
    contents.panels = [
        panel("a", place=Place(0, 0)),
        panel("b", place=Place(0, 1)),
        panel("c", place=Place(0, 1)),
        panel("buttons", place=Place(1, 0), n=0),
        panel("d", place=Place(1, 1)),
        panel("e"),
    ]
    rows = slide.rows_of(contents)
    assert [row.spans for row in rows] == [(8, 4), (6,), (12,)]
    assert [[p.key for p in stack] for stack in rows[0].stacks] == [["a"], ["b", "c"]]
    assert contents.spans(contents.panels[0]) == (8, 4)
    assert contents.spans(contents.panels[5]) == (12,)


ROOM = Box(0, 0, 1848, 900)


def row(height: int, *, chart: bool = True) -> slide.Row:
    one = panel("x", height=height)
    if not chart:
        one.drawn = [div("甲", cls="note")]
    return slide.Row((12,), ((one,),))


def test_rows_that_fit_keep_their_size_and_charts_take_what_is_left() -> None:
    found = slide.fit([row(500), row(300, chart=False)], ROOM)
    assert (found.count, found.zoom) == (2, 1.0)
    assert found.heights == (pytest.approx(582), 300)


def test_rows_become_smaller_together_before_one_is_left_out() -> None:
    found = slide.fit([row(600), row(600)], ROOM)
    assert found.count == 2
    assert found.zoom < 1
    assert sum(found.heights) + 18 <= 900 / found.zoom + 1


def test_a_row_that_would_be_too_small_is_left_to_the_workbook() -> None:
    assert slide.fit([row(700), row(700)], ROOM).count == 1


def test_a_single_row_too_tall_is_pressed_into_the_picture() -> None:
    found = slide.fit([row(3000)], ROOM)
    assert (found.count, found.heights) == (1, (1125,))
    assert slide.fit([], ROOM) == slide.Fit(0, 0.8, ())


def test_the_footer_names_what_is_left_out(
    contents_of: Read, written: list[tuple[str, float, float]]
) -> None:
    contents = Contents(contents_of("overview").view, title="总览", claim="很长的要点。" * 40)
    contents.panels = [panel("甲图", height=700), panel("乙图", height=700)]
    slide.draw_slide(contents)
    assert "本图未列、可在数据表格中查看：乙图" in [words for words, _, _ in written]
    assert FOOTER_TOP < 1080


def test_a_chart_far_taller_than_its_room_keeps_its_upper_part(
    contents_of: Read, written: list[tuple[str, float, float]]
) -> None:
    contents = Contents(contents_of("overview").view)
    tall = panel("名单", height=500)
    notes = [
        {"text": str(n), "x": 0, "y": 1 - n / 40, "xref": "paper", "yref": "paper"}
        for n in range(40)
    ]
    for note in notes:
        note["showarrow"] = False
    tall.drawn = [go.Figure(layout={"height": 3000, "annotations": notes})]
    contents.panels = [tall, panel("其他", height=300)]
    slide.draw_slide(contents)
    assert any("图形较长" in words for words, _, _ in written)
