"""Tables of our markup on the picture."""

from __future__ import annotations

import polars as pl
import pytest

from dashboard import theme
from dashboard.exports import faces
from dashboard.exports.canvas import Box
from dashboard.exports.page_tree import Node, read
from dashboard.exports.text_tables import draw_table, rows_of
from dashboard.exports.texts import draw_node
from dashboard.look import grids, tables
from dashboard.look.markup import Markup, div, el, span, svg_image
from dashboard.look.tables import Column
from tests.builders.drawing import Recorder

ROOM = Box(0, 0, 400, 300)


def table_of(markup: Markup) -> Node:
    found = read(markup).first(tag="table")
    assert found is not None
    return found


def places(canvas: Recorder) -> dict[str, tuple[float, float]]:
    return {text: place for _, text, place, _ in canvas.of("words")}


def test_a_cell_that_reaches_down_keeps_the_columns_below_in_place(canvas: Recorder) -> None:
    rows = [
        el("tr", el("th", "促分工", rowspan=2), el("td", "甲"), el("td", "1", cls="num")),
        el("tr", el("td", "乙"), el("td", "2", cls="num")),
        el("tr", el("th", "保健康"), el("td", "丙"), el("td", "3", cls="num")),
    ]
    table = table_of(grids.grid([grids.head("组", "项", ("值", "num"))], rows, label="表"))
    assert [len(row.cells) for row in rows_of(table)] == [3, 3, 3, 3]
    draw_table(canvas, table, ROOM)
    at = places(canvas)
    assert at["甲"][0] == at["乙"][0] == at["丙"][0]
    assert at["1"][0] == at["2"][0]


def test_rows_that_do_not_fit_are_said_to_be_elsewhere(canvas: Recorder) -> None:
    rows = [grids.row([grids.cell(f"第{n}行")]) for n in range(40)]
    end = draw_table(canvas, table_of(grids.grid([], rows, label="表")), ROOM)
    assert end <= ROOM.bottom
    said = canvas.texts()
    shown = sum(text.endswith("行") and text.startswith("第") for text in said)
    assert 0 < shown < 40
    assert said[-1] == f"其余{40 - shown}行见数据表"


def test_rows_of_which_a_page_has_the_first_are_counted_and_names_of_groups_are_not(
    canvas: Recorder,
) -> None:
    rows = [grids.row([grids.cell(f"第{n}行")]) for n in range(40)]
    rows.insert(39, grids.group_row("某市", columns=1))
    cut = table_of(grids.grid([], rows, label="表"))
    draw_table(canvas, cut, ROOM)
    shown = sum(text.startswith("第") for text in canvas.texts())
    assert canvas.texts()[-1] == f"其余{40 - shown}行见数据表"
    frame = pl.DataFrame({"name": [f"第{n}行" for n in range(40)]})
    columns = (Column(name="name", title="名称"),)
    box = tables._box(frame, columns, height=300, worse=None, compact=False, pitch=30, total=2911)
    draw_table(canvas, table_of(box), ROOM)
    shown = sum(text.startswith("第") for text in canvas.texts()) - shown
    assert canvas.texts()[-1] == f"其余{2911 - shown}行见数据表"


def test_a_mark_takes_room_before_its_words(canvas: Recorder) -> None:
    marked = grids.cell(grids.mark("not_computable"), "无法核对")
    rows = [grids.row([marked, grids.cell("开封市"), grids.cell("说明" * 200)])]
    draw_table(canvas, table_of(grids.grid([], rows, label="表")), ROOM)
    at = places(canvas)
    assert at["开封市"][0] >= at["无法核对"][0] + faces.width("无法核对", size=theme.SIZE_BODY)


def test_a_table_without_rows_takes_no_room(canvas: Recorder) -> None:
    assert draw_table(canvas, Node("table"), ROOM) == 0
    assert canvas.log == []


def test_long_texts_wrap_into_their_column(canvas: Recorder) -> None:
    long = "编号与另一行重复而内容不同，只保留一行，请核对后重新报送。" * 3
    rows = [grids.row([grids.cell(long), grids.cell("拒收", cls="quiet")])]
    draw_table(canvas, table_of(grids.grid([], rows, label="表")), ROOM)
    assert len([text for text in canvas.texts() if text != "拒收"]) == 3
    assert canvas.of("words")[-1][3]["colour"] == theme.TEXT_2


def test_the_second_line_of_a_cell_is_small_and_quiet(canvas: Recorder) -> None:
    cell = grids.cell("必填项为空，请补填。", grids.small("设备台账、医保结算"), cls="strong")
    draw_table(canvas, table_of(grids.grid([], [grids.row([cell])], label="表")), ROOM)
    looks = {text: look for _, text, _, look in canvas.of("words")}
    first, second = looks["必填项为空，请补填。"], looks["设备台账、医保结算"]
    assert (first["size"], second["size"]) == (theme.SIZE_BODY, theme.SIZE_NOTE)
    assert (second["colour"], second["weight"]) == (theme.TEXT_3, 400)
    assert first["weight"] > 400


def test_a_matrix_fills_its_cells_by_grade(canvas: Recorder) -> None:
    cells = [grids.row_head("医保结算"), grids.cell("差", span("0／1", cls="sub"), cls="grade-D")]
    rows = [grids.row(cells)]
    draw_table(canvas, table_of(grids.grid([], rows, label="表", cls="matrix")), ROOM)
    assert canvas.of("area")[0][2] == theme.SEQUENTIAL[3]
    looks = {text: look for _, text, _, look in canvas.of("words")}
    assert looks["差"]["colour"] == theme.CARD
    assert looks["0／1"]["size"] == theme.SIZE_NOTE


def test_a_matrix_of_fifteen_counties_breaks_neither_heads_nor_periods(canvas: Recorder) -> None:
    counties = [*(f"第{name}区" for name in "一二三四五六七八九甲乙丙丁戊己"), "未分县区"]
    year = grids.cell("优", span("2024年", cls="sub"), cls="grade-A")
    rows = [grids.row([grids.row_head("家庭医生签约进展"), *([year] * len(counties))])]
    heads = [grids.head("数据来源", *((name, "") for name in counties))]
    table = table_of(grids.grid(heads, rows, label="表", cls="matrix"))
    draw_table(canvas, table, Box(0, 0, 1180, 600))  # a panel of eight columns of twelve
    assert {"数据来源", "未分县区", "家庭医生签约进展", "2024年"} <= set(canvas.texts())
    # The first head stands over the names, at their left edge.
    assert places(canvas)["数据来源"][0] == places(canvas)["家庭医生签约进展"][0]


def test_every_verdict_has_its_mark(canvas: Recorder) -> None:
    kinds = ("match", "explained", "unexplained", "not_computable")
    rows = [grids.row([grids.cell(grids.mark(kind), kind)]) for kind in kinds]
    draw_table(canvas, table_of(grids.grid([], rows, label="表")), ROOM)
    fills = [entry[3] for entry in canvas.of("disc")]
    assert fills == [theme.ACCENT, theme.CARD, theme.ACCENT, theme.CARD]
    assert canvas.of("area")[0][2] == theme.TEXT_1


def test_the_mark_of_a_figure_stands_right_before_it(canvas: Recorder) -> None:
    cells = [grids.cell("65岁及以上"), grids.cell(grids.mark("worse"), "80.3", cls="num")]
    draw_table(canvas, table_of(grids.grid([], [grids.row(cells)], label="表")), ROOM)
    ((_, corners, fill, *_),) = canvas.of("area")
    assert fill == theme.WORSE
    figure = next(place for _, text, place, _ in canvas.of("words") if text == "80.3")
    width = faces.width("80.3", size=theme.SIZE_BODY)
    right_corner = max(x for x, _ in corners[0])
    assert 0 < figure[0] - width - right_corner < 12


def test_a_definition_prints_its_pill_and_its_classes(canvas: Recorder) -> None:
    classes = span(
        [span("<20.0", cls="swatch-0"), span("≥29.0", cls="swatch-rev-4")], cls="classes"
    )
    policy = span(span("本地口径", cls="pill pill-local"), "市卫健委通知")
    markup = div(grids.pairs([("地图分级", classes), ("政策依据", policy), ("单位", "%")]))
    draw_node(canvas, read(markup), ROOM)
    assert {"<20.0", "≥29.0", "【本地口径】市卫健委通知", "%"} <= set(canvas.texts())
    assert [entry[2] for entry in canvas.of("area")] == [theme.SEQUENTIAL[0]] * 2


def test_the_key_of_a_table_in_the_colours_of_a_map_has_its_own_line(canvas: Recorder) -> None:
    chips = [span("<70.0", cls="swatch-rev-0"), span("≥85.0", cls="swatch-rev-4")]
    key = read(span(chips, cls="classes"))
    end = draw_node(canvas, key, ROOM)
    assert canvas.texts() == ["<70.0", "≥85.0"]
    assert [entry[2] for entry in canvas.of("area")] == [theme.SEQUENTIAL[4], theme.SEQUENTIAL[0]]
    assert end > ROOM.top + theme.SIZE_NOTE
    assert draw_node(canvas, key, Box(0, 10, 300, 12)) == 10  # no room, nothing drawn
    assert len(canvas.texts()) == 2


@pytest.mark.parametrize("room", [240.0, 320.0, 500.0, 900.0])
def test_names_values_and_counts_never_lie_over_each_other(canvas: Recorder, room: float) -> None:
    def line(name: str, value: str, counts: str) -> Markup:
        words = (span(name, cls="pair-name"), span(value, cls="pair-value"), span(counts))
        return div(words, cls="pair pair-wide")

    lines = [
        line("标准化村卫生室完成率", "50.0%", "5／10所"),
        line("签约率", "9.5%", "8360／1.2万人"),
    ]
    end = draw_node(canvas, read(div(lines, cls="pairs")), Box(0, 0, room, 900))
    spans: dict[float, list[tuple[float, float]]] = {}
    for _, text, (x, middle), ink in canvas.of("words"):
        wide = faces.width(text, size=ink["size"], weight=ink["weight"])
        left = x - wide if ink["align"] == "right" else x
        spans.setdefault(middle, []).append((left, left + wide))
    for found in spans.values():
        inside = [0.0, *(round(edge, 1) for both in sorted(found) for edge in both), room]
        assert inside == sorted(inside)
    assert max(spans) < end
    assert len(spans) == (4 if room < 400 else 2)


def test_texts_end_where_their_room_ends(canvas: Recorder) -> None:
    low = Box(0, 0, 300, 40)
    lists = (
        grids.pairs([("甲", "一"), ("乙", "二"), ("丙", "三")]),
        div(
            [div(div("题", cls="point-title"), div("文", cls="point-text"), cls="point")] * 3,
            cls="points",
        ),
        div([div(span("名"), span("值"), cls="pair")] * 3, cls="pairs"),
        div([div(el("b", "词"), "义")] * 9, cls="terms"),
        div("一段很长的话。" * 30, cls="note"),
    )
    for markup in lists:
        assert draw_node(canvas, read(markup), low) <= 44
    assert draw_node(canvas, read(div(div("只有名字"), cls="terms")), ROOM) < 50


def test_a_rule_parts_points_and_none_stands_below_the_last(canvas: Recorder) -> None:
    some = [div(div(f"题{n}", cls="point-title"), cls="point") for n in range(3)]
    end = draw_node(canvas, read(div(some, cls="points")), ROOM)
    rules = [entry[1][0][1] for entry in canvas.of("line")]
    titles = [places(canvas)[f"题{n}"][1] for n in range(3)]
    assert [sum(title < rule for title in titles) for rule in rules] == [1, 2]
    assert max(rules) < titles[-1] < end


def test_a_mark_stands_before_the_first_line(canvas: Recorder) -> None:
    svg = '<svg width="16" height="16"><circle cx="8" cy="8" r="6" fill="#111111"/></svg>'
    mark = svg_image(svg, alt="较差", width=16, height=16)
    markup = div(mark, "差于全市", cls="note")
    draw_node(canvas, read(markup), ROOM)
    assert canvas.of("disc")[0][3] == "#111111"
    assert places(canvas)["差于全市"][0] == 24
