"""Cards on the picture, and colours as Plotly writes them."""

from __future__ import annotations

import pytest

from dashboard import theme
from dashboard.exports.canvas import Box, Ink
from dashboard.exports.colours import colour_of, faded, on_scale
from dashboard.exports.slide_cards import CARD_HEIGHT, STRIP_HEIGHT, cards_height, draw_cards
from dashboard.look.cards import mark_image
from dashboard.look.markup import div, span
from tests.builders.drawing import Recorder

HEAD = div(
    span("县域外住院占比", cls="card-label"), span("越低越好", cls="card-side"), cls="card-row"
)


def test_a_card_without_a_value_says_why(canvas: Recorder) -> None:
    absent = div(HEAD, div("该地区本期没有上报数据。", cls="card-absent"), cls="card")
    draw_cards(canvas, [absent], Box(0, 0, 400, 300))
    assert canvas.texts() == ["越低越好", "县域外住院占比", "该地区本期没有上报数据。"]


def test_a_card_of_nothing_but_a_value_has_neither_rows_nor_sparkline(canvas: Recorder) -> None:
    bare = div(div(span("24.8", cls="card-value"), span("%", cls="card-unit")), cls="card")
    draw_cards(canvas, [bare], Box(0, 0, 400, 300))
    assert canvas.texts() == ["24.8", "%"]
    empty_row = div(div(cls="card-row"), div(HEAD, cls="x"), cls="card")
    draw_cards(canvas, [empty_row], Box(0, 0, 400, 300))
    assert "县域外住院占比" in canvas.texts()


def test_a_strip_without_its_side_is_still_a_strip(canvas: Recorder) -> None:
    strip = div(div(div("上转", cls="strip-label"), span("1068", cls="strip-value")), cls="strip")
    draw_cards(canvas, [strip], Box(0, 0, 400, 300))
    assert canvas.texts()[:2] == ["上转", "1068"]


def test_a_strip_says_its_verdict_in_colour_and_its_target_at_the_foot(canvas: Recorder) -> None:
    side = div(div(span("↘ 好转", cls="card-verdict good"), cls="strip-corner"), cls="strip-side")
    foot = div(
        span("目标 ≤23.0%", cls="card-side"),
        span(mark_image("worse"), span("差3.5个百分点"), cls="card-distance bad"),
        cls="strip-foot",
    )
    draw_cards(canvas, [div(div(), side, foot, cls="strip")], Box(0, 0, 400, 300))
    looks = {entry[1]: entry[3] for entry in canvas.of("words")}
    assert looks["↘ 好转"]["colour"] == theme.BETTER
    assert looks["差3.5个百分点"]["colour"] == theme.WORSE
    assert looks["差3.5个百分点"]["weight"] == looks["↘ 好转"]["weight"] == 700
    assert looks["目标 ≤23.0%"]["colour"] == theme.TEXT_3
    assert canvas.of("area")  # the mark


def test_more_than_six_cards_stand_in_rows_of_equal_length() -> None:
    card, strip = div(HEAD, cls="card"), div(cls="strip")
    assert cards_height([]) == 0
    assert cards_height([card] * 6) == CARD_HEIGHT + 18
    assert cards_height([strip] * 8) == 2 * (STRIP_HEIGHT + 18)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#FF0000", (1, 0, 0, 1)),
        ("rgb(255, 0, 0)", (1, 0, 0, 1)),
        ("rgba(255,0,0,0.5)", (1, 0, 0, 0.5)),
        ("white", (1, 1, 1, 1)),
    ],
)
def test_colours_are_read_in_every_spelling(
    text: str, expected: tuple[float, float, float, float]
) -> None:
    assert colour_of(text) == expected


def test_an_opaque_colour_is_not_faded() -> None:
    assert faded("#112233", 1) == "#112233"
    assert faded("rgba(0,0,0,0.5)", 0.5) == "rgba(0,0,0,0.250)"


def test_a_scale_mixes_its_colours_and_stays_in_its_ends() -> None:
    scale = [(0.0, "#000000"), (0.5, "#ffffff"), (0.5, "#ff0000"), (1.0, "#ff0000")]
    assert on_scale(0.25, scale) == "#808080"
    assert on_scale(0.75, scale) == "#ff0000"
    assert on_scale(-1, scale) == "#000000"
    assert on_scale(0.9, [(0.0, "#000000"), (0.5, "#ffffff")]) == "#ffffff"


def test_a_dashed_edge_of_an_area(canvas: Recorder) -> None:
    ink = Ink("#111111", 2, "dash")
    canvas.area([[(0, 0), (9, 0), (9, 9)]], "#FFFFFF", ink)
    assert canvas.sheet.figure.artists[0].get_linestyle() != "-"
    canvas.area([[(0, 0), (1, 1)]], "#FFFFFF")
    canvas.line([(0, 0)], ink)
    assert len(canvas.sheet.figure.artists) == 1
