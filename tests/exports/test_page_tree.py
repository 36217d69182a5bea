"""Our markup read back, and its small drawings."""

from __future__ import annotations

from dashboard.exports.canvas import Box
from dashboard.exports.page_tree import is_running_text, read, svg_of
from dashboard.exports.pictures import draw_picture, outlines
from dashboard.look.markup import div, el, span, svg_image
from tests.builders.drawing import Recorder

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">'
    '<path d="M8 1l7 7-7 7-7-7z" fill="#8F300B"/>'
    '<path d="M0,0L16,16" stroke="#111111" stroke-width="2" stroke-dasharray="2 4" fill="none"/>'
    '<rect x="0" y="0" width="4" height="4" fill="#EEEEEE" stroke="#222222"/>'
    '<circle cx="8" cy="8" r="4" fill="#333333"/></svg>'
)


def test_escaped_text_comes_back_as_it_was() -> None:
    hostile = '<img src=x onerror="alert(1)">=cmd()'
    (node,) = read(div(hostile, cls="note")).children
    assert (node.words, node.classes) == (hostile, {"note"})
    assert node.first(tag="img") is None


def test_blocks_stand_on_lines_of_their_own() -> None:
    tree = read(
        div("甲", el("small", "乙"), span("丙"), div("丁", span("戊")), span("己", cls="sub"))
    )
    assert tree.children[0].lines == ["甲", "乙", "丙", "丁戊", "己"]
    assert tree.words == "甲 乙 丙 丁戊 己"


def test_a_closing_tag_without_its_opening_is_ignored() -> None:
    assert read("</b>甲<div><span>乙</div>丙").words == "甲 乙 丙"


def test_running_text_holds_no_blocks() -> None:
    (plain,) = read(div("甲", span("乙"))).children
    (nested,) = read(div(div("甲"))).children
    assert is_running_text(plain)
    assert not is_running_text(nested)


def test_an_image_that_is_no_svg_of_ours_is_not_read(canvas: Recorder) -> None:
    assert svg_of("https://example.org/x.svg") is None
    (image,) = read(el("img", src="x.png")).children
    draw_picture(canvas, image, Box(0, 0, 16, 16))
    assert canvas.log == []


def test_path_data_may_count_from_the_last_point() -> None:
    assert outlines("M8 1l7 7-7 7-7-7z") == [([(8, 1), (15, 8), (8, 15), (1, 8)], True)]
    assert outlines("M0,0L2,2M4,4L6,6") == [([(0, 0), (2, 2)], False), ([(4, 4), (6, 6)], False)]


def test_a_small_drawing_fills_its_box_without_distortion(canvas: Recorder) -> None:
    (image,) = read(svg_image(SVG, alt="较差", width=16, height=16)).children
    draw_picture(canvas, image, Box(0, 0, 64, 32))
    (_, rings, fill, _) = canvas.of("area")[0]
    assert (rings[0][0], fill) == ((32, 2), "#8F300B")
    assert canvas.of("line")[0][1:] == ([(16, 0), (48, 32)], "#111111", 2, "2 4")
    assert canvas.of("disc")[0][1] == (32, 16)
