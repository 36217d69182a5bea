"""Text on the picture: widths, wrapping, looks, and what is left to the screen."""

from __future__ import annotations

import pytest

from dashboard.exports import faces
from dashboard.exports.rich_text import Run, parse, said, shortened, wrapped


def test_a_chinese_character_is_one_em_wide() -> None:
    assert faces.width("县域", size=20) == pytest.approx(40, abs=0.1)


def test_a_wide_space_takes_room_although_no_font_has_it() -> None:
    alone = faces.width("单位", size=20)
    assert 14 < faces.width("单\u3000位", size=20) - alone < 22


def test_bold_text_is_wider_than_regular_digits() -> None:
    assert faces.width("24.8", size=54, weight=700) > faces.width("24.8", size=54, weight=400)


def test_a_mark_comes_from_the_font_that_has_it() -> None:
    (first, text), (second, marks) = faces.pieces("差∿", weight=400)
    assert (first, second) == ("差", "∿")
    assert text.path != marks.path


def test_a_character_of_no_font_is_left_out() -> None:
    assert [piece for piece, _ in faces.pieces("甲\U0001f600乙", weight=400)] == ["甲乙"]


def test_brackets_stay_with_what_they_enclose() -> None:
    text = "老年人体检65.5%（68.9%）。医保局负责。"
    for room in range(120, 400, 7):
        lines = wrapped(text, size=18, room=room)
        assert "".join(lines) == text
        assert not any(line.startswith(("）", "。", "%")) for line in lines)
        assert not any(line.endswith("（") for line in lines)
        # One closing mark may hang over the end, no more, and none that is broad.
        assert all(faces.width(line[:-1], size=18) <= room for line in lines)
        broad = [line for line in lines if not line.endswith(("）", "。"))]
        assert all(faces.width(line, size=18) <= room for line in broad)


@pytest.mark.parametrize("text", ["县域外住院占比的变化和构成", "out of county rate of the city"])
def test_wrapped_lines_fit_and_lose_nothing(text: str) -> None:
    lines = wrapped(text, size=20, room=90)
    assert len(lines) > 2
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(faces.width(line.rstrip(), size=20) <= 110 for line in lines)


def test_a_line_never_begins_with_a_full_stop() -> None:
    assert wrapped("一二三四五。", size=20, room=100) == ["一二三四五。"]


def test_more_lines_than_allowed_end_in_an_ellipsis() -> None:
    lines = wrapped("一二三四五六七八九十", size=20, room=60, most=2)
    assert lines == ["一二三", "四五…"]


@pytest.mark.parametrize(
    ("room", "expected"), [(200, "通许县人民医院"), (90, "通许县…"), (10, "…")]
)
def test_a_long_name_is_cut_to_its_room(room: float, expected: str) -> None:
    assert shortened("通许县人民医院", size=20, room=room) == expected


def test_tags_become_looks_and_entities_characters() -> None:
    lines = parse('&lt;20 <b>粗</b><br><span style="color:#8F300B">◆</span> 差<i>于</i></b>')
    assert lines == [
        (Run("<20 "), Run("粗", is_bold=True)),
        (Run("◆", colour="#8F300B"), Run(" 差"), Run("于")),
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("按签约率由低到高；点击一行看名单", "按签约率由低到高"),
        ("点击一行进入县域画像", ""),
        ("显示前200条，共248条；请用查找缩小范围，或下载全表。", "显示前200条，共248条"),
        ("两期长短不一，不作升降判断；可改选同期。", "两期长短不一，不作升降判断"),
        ("演示数据按公开数据校准。", "演示数据按公开数据校准。"),
    ],
)
def test_what_only_the_screen_can_do_is_not_on_the_picture(text: str, kept: str) -> None:
    assert said(text) == kept
