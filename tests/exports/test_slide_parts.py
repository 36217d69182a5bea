"""Rows too tall for a slide, in parts."""

from __future__ import annotations

import math

import pytest

from dashboard.exports.collect import Panel
from dashboard.exports.page_tree import Node, read
from dashboard.exports.slide_parts import MOST_AIR, MOST_PARTS, parts_of, spread, table_of
from dashboard.exports.slide_rows import Block, Row, Ruler, block_of
from dashboard.exports.text_tables import rows_of
from dashboard.look import grids
from dashboard.look.markup import div, el
from tests.builders.slides import list_panel, panel_of, spanned_table

WIDE, ROOM = 1848.0, 890.0
ROOMS = (ROOM, ROOM)


def rows_shown(block: Block) -> list[str]:
    table = table_of(block)
    assert table is not None
    return [row.cells[0].lines[0] for row in rows_of(table) if not row.is_head and row.cells]


def one(*panels: Panel) -> Row:
    return Row((12,), (tuple(block_of(panel) for panel in panels),))


def test_a_row_that_fits_stays_whole() -> None:
    row = one(list_panel("名单", 10))
    assert parts_of(row, WIDE, ROOMS, Ruler()) == [row]


def test_a_long_list_is_cut_between_rows_and_its_header_repeated() -> None:
    parts = parts_of(one(list_panel("名单", 40)), WIDE, ROOMS, Ruler())
    blocks = [block for row in parts for block in row.blocks]
    assert [block.title for block in blocks] == ["名单", "名单（续）"]
    assert [n for b in blocks for n in rows_shown(b)] == [f"第{n}行" for n in range(1, 41)]
    ruler = Ruler()
    for block in blocks:
        table = table_of(block)
        assert table is not None
        assert [row.is_head for row in rows_of(table)].count(True) == 1
        assert ruler.natural(block, WIDE) <= ROOM
    lengths = [len(rows_shown(block)) for block in blocks]
    assert abs(lengths[0] - lengths[1]) <= 2


def test_a_register_of_more_slides_than_a_meeting_leafs_through_stands_on_one() -> None:
    panel = list_panel("名单", 300)
    panel.drawn.append(div("显示前300条，共450条", cls="note count"))
    (part,) = parts_of(one(panel), WIDE, ROOMS, Ruler())
    (block,) = part.blocks
    assert len(rows_shown(block)) == 300
    assert len(block.items) == 1  # the slide shows fewer rows than the page says


def test_a_list_is_leafed_through_up_to_the_most_slides() -> None:
    lengths = {n: len(parts_of(one(list_panel("名单", n)), WIDE, ROOMS, Ruler())) for n in (40, 60)}
    assert lengths == {40: 2, 60: MOST_PARTS}


def test_a_list_that_its_page_cuts_already_is_a_register() -> None:
    panel = list_panel("名单", 40)
    panel.drawn.append(div("显示前40条，共596条", cls="note count"))
    (part,) = parts_of(one(panel), WIDE, ROOMS, Ruler())
    assert len(rows_shown(part.blocks[0])) == 40


@pytest.mark.parametrize("room", [500.0, 640.0, ROOM])
def test_parts_are_even_and_none_is_left_a_row_or_two(room: float) -> None:
    ruler = Ruler()
    frame, row = (ruler.row(one(list_panel("名单", n)), WIDE)[0] for n in (0, 1))
    row -= frame
    for count in range(5, 60):
        parts = parts_of(one(list_panel("名单", count)), WIDE, (room, room), Ruler())
        lengths = [len(rows_shown(part.blocks[0])) for part in parts]
        fewest = math.ceil(count / ((room - frame) // row))
        assert len(lengths) == (fewest if fewest <= MOST_PARTS else 1)
        assert max(lengths) - min(lengths) <= 1


def test_the_rest_of_a_list_is_measured_by_the_width_it_has_there() -> None:
    panel = list_panel("名单", 0)
    body = [grids.row([grids.cell("甲" * 80)]) for _ in range(34)]
    panel.drawn = [grids.grid([grids.head("名称")], body, label="名单")]
    row = Row((6, 6), ((block_of(panel),), (block_of(panel_of("图", 300)),)))
    parts = parts_of(row, WIDE, ROOMS, Ruler())
    # Two lines a row beside the chart, where it would take three slides; then one line a row.
    assert [part.titles for part in parts] == [["名单", "图"], ["名单（续）"]]
    assert sum(len(rows_shown(part.blocks[0])) for part in parts) == 34


def test_the_first_part_fits_the_smaller_room_of_the_first_slide() -> None:
    parts = parts_of(one(list_panel("名单", 40)), WIDE, (600, ROOM), Ruler())
    assert Ruler().natural(parts[0].blocks[0], WIDE) <= 600


def test_rows_held_together_by_a_wide_cell_are_not_parted() -> None:
    panel = Panel("k", "", "", None, None, drawn=[spanned_table(12, 4)])
    parts = parts_of(one(panel), WIDE, ROOMS, Ruler())
    assert len(parts) > 1
    tables = [table_of(row.blocks[0]) for row in parts]
    counts = [len(rows_of(table)) - 1 for table in tables if table is not None]
    assert sum(counts) == 48
    assert all(count % 4 == 0 for count in counts)
    assert [row.blocks[0].title for row in parts] == [""] * len(parts)


def test_later_parts_fill_the_larger_room_of_the_other_slides() -> None:
    parts = parts_of(one(list_panel("名单", 28)), WIDE, (400, ROOM), Ruler())
    first, second = (len(rows_shown(row.blocks[0])) for row in parts)
    assert first + second == 28
    assert second > 2 * first
    assert Ruler().natural(parts[0].blocks[0], WIDE) <= 400


def glossary_panel(terms: int) -> Panel:
    parts = [div(el("b", f"词{n}"), "意思" * 20) for n in range(terms)]
    return Panel("terms", "名词", "", None, None, drawn=[div(parts, cls="terms")])


def terms_shown(block: Block) -> list[str]:
    return [
        node.words for item in block.items if isinstance(item, Node) for node in item.all(tag="b")
    ]


def test_a_glossary_goes_on_over_as_many_slides_as_it_needs() -> None:
    parts = parts_of(one(glossary_panel(90)), WIDE, ROOMS, Ruler())
    blocks = [row.blocks[0] for row in parts]
    assert [block.title for block in blocks] == ["名词", *["名词（续）"] * (len(blocks) - 1)]
    assert len(blocks) > 1
    assert [word for block in blocks for word in terms_shown(block)] == [
        f"词{n}" for n in range(90)
    ]
    assert all(Ruler().natural(block, WIDE) <= ROOM for block in blocks)


def test_a_glossary_that_fits_stays_whole_and_one_that_never_fits_is_cut_line_by_line() -> None:
    assert len(parts_of(one(glossary_panel(8)), WIDE, ROOMS, Ruler())) == 1
    assert len(parts_of(one(glossary_panel(12)), WIDE, (60, 60), Ruler())) == 3


def test_the_panels_of_a_column_go_on_one_by_one_and_columns_that_end_leave_their_room() -> None:
    stack = tuple(block_of(panel_of(key, 500)) for key in "甲乙")
    row = Row((6, 6), (stack, (block_of(panel_of("丙", 500)),)))
    first, second = parts_of(row, WIDE, ROOMS, Ruler())
    assert (first.spans, first.titles) == ((6, 6), ["甲", "丙"])
    assert (second.spans, second.titles) == ((6,), ["乙"])


def test_a_list_below_another_panel_begins_on_a_slide_of_its_own() -> None:
    parts = parts_of(one(panel_of("图", 600), list_panel("名单", 40)), WIDE, ROOMS, Ruler())
    assert [row.titles for row in parts] == [["图"], ["名单"], ["名单（续）"]]


def test_a_list_without_header_is_cut_as_well() -> None:
    rows = [Node("tr", children=[Node("td", children=[Node("", str(n))])]) for n in range(40)]
    body = Node("root", children=[Node("table", children=[Node("tbody", children=rows)])])
    row = Row((12,), ((Block("", "", (body,)),),))
    parts = parts_of(row, WIDE, ROOMS, Ruler())
    assert sum(len(rows_shown(part.blocks[0])) for part in parts) == 40


def test_spare_height_moves_the_rows_of_a_table_apart() -> None:
    block = block_of(list_panel("名单", 9))
    ruler = Ruler()
    airy = spread(block, 100)
    assert ruler.natural(airy, WIDE) - ruler.natural(block, WIDE) == 100
    most = spread(block, 10_000)
    assert round(ruler.natural(most, WIDE) - ruler.natural(block, WIDE)) == MOST_AIR * 10
    text = Block("", "", (read(div("文", cls="note")),))
    assert spread(text, 100) is text
