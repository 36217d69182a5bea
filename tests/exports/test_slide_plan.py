"""Which rows stand on which slide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dashboard.exports.canvas import Box
from dashboard.exports.collect import Contents, Place
from dashboard.exports.page_tree import read
from dashboard.exports.slide_plan import fit, plan, share_out
from dashboard.exports.slide_rows import Row, Ruler, block_of, pressed, rows_of
from dashboard.look import grids
from dashboard.look.markup import div
from tests.builders.slides import list_panel, panel_of

Read = Callable[..., Contents]
ROOM = Box(0, 0, 1848, 890)
FRAME = 38 + 2 * 14 + 8  # of a titled panel around its charts


def row(height: int) -> Row:
    """Return a row whose chart makes it as high as wanted."""
    return Row((12,), ((block_of(panel_of("x", height - FRAME)),),))


def text(rows: int) -> Row:
    return Row((12,), ((block_of(list_panel("x", rows)),),))


def shared(rows: list[Row], *, first: Box = ROOM) -> list[int]:
    found = share_out(rows, lambda is_first: first if is_first else ROOM, Ruler())
    return [len(some) for some, _ in found]


def test_panels_stand_in_their_columns_and_empty_ones_are_left_out(contents_of: Read) -> None:
    contents = Contents(contents_of("overview").view, rows=[(8, 4), (6, 6)])
    contents.panels = [
        panel_of("a", place=Place(0, 0)),
        panel_of("b", place=Place(0, 1)),
        panel_of("c", place=Place(0, 1)),
        panel_of("buttons", place=Place(1, 0), n=0),
        panel_of("d", place=Place(1, 1)),
        panel_of("e"),
    ]
    rows = rows_of(contents)
    assert [row.spans for row in rows] == [(8, 4), (6,), (12,)]
    assert [[b.title for b in stack] for stack in rows[0].stacks] == [["a"], ["b", "c"]]
    assert contents.spans(contents.panels[0]) == (8, 4)
    assert contents.spans(contents.panels[5]) == (12,)


def test_a_panel_that_only_says_why_it_is_empty_leaves_its_room_to_the_chart_beside_it(
    contents_of: Read,
) -> None:
    contents = Contents(contents_of("overview").view, rows=[(5, 7), (5, 7)])
    hidden = [panel_of("s", place=Place(r, 1), n=0) for r in (0, 1)]
    for panel in hidden:
        panel.drawn = [div(div("人数过少，不显示。", cls="state"))]
    other = replace(hidden[0], key="t", place=Place(1, 0))
    contents.panels = [panel_of("a", place=Place(0, 0)), *hidden, other]
    assert [row.spans for row in rows_of(contents)] == [(5, 2), (5, 7)]


def test_the_height_of_a_row_is_that_of_its_charts_and_frames() -> None:
    stack = tuple(block_of(panel_of(key, 200)) for key in "ab")
    least, natural = Ruler().row(Row((6, 6), (stack, stack[:1])), 1848)
    assert natural == 2 * (200 + FRAME) + 18
    assert natural - least == pytest.approx(0.18 * 400)


@pytest.mark.parametrize(
    ("sizes", "free", "heights"),
    [
        ([(80, 100), (50, 50)], 200, [100, 50]),
        ([(80, 100), (50, 50)], 140, [90, 50]),
        ([(80, 100), (50, 50)], 65, [40, 25]),
    ],
)
def test_heights_are_shared_as_wanted_then_pressed(
    sizes: list[tuple[float, float]], free: float, heights: list[float]
) -> None:
    assert pressed(sizes, free) == heights


def test_a_small_figure_stands_beside_a_text_and_alone_has_lines_of_its_own() -> None:
    alone = block_of(panel_of("x", 120))
    beside = replace(alone, items=(read(div("文", cls="note")), *alone.items))
    after = replace(alone, items=(*alone.items, read(div("文", cls="note"))))
    assert [block.charts for block in (alone, beside, after)] == [120, 0, 120]


def test_charts_take_what_is_left_at_the_size_of_the_page() -> None:
    found = fit([row(500)], ROOM, Ruler())
    assert found is not None
    assert (found.zoom, found.heights[0], found.empty) == (1, pytest.approx(890), pytest.approx(0))
    small = fit([row(300)], ROOM, Ruler())
    assert small is not None
    assert small.heights[0] == pytest.approx(300 * 2.4)
    assert small.empty == pytest.approx(1 - 720 / 890)


def test_charts_are_pressed_a_little_before_a_row_goes_to_the_next_slide() -> None:
    found = fit([row(450), row(460)], ROOM, Ruler())
    assert found is not None
    assert (found.zoom, sum(found.heights)) == (1.0, pytest.approx(890 - 18))
    assert fit([row(600), row(600)], ROOM, Ruler()) is None


def names(characters: int) -> Row:
    """Return a row with a table of one long name."""
    panel = list_panel("x", 2)
    panel.drawn = [grids.grid([], [grids.row([grids.cell("甲" * characters)])], label="表")]
    return Row((12,), ((block_of(panel),),))


def test_a_zoom_never_makes_a_table_wrap_that_stood_whole() -> None:
    found = fit([names(80)], ROOM, Ruler())
    assert found is not None
    # 80 characters of 18 pixels and the gap between columns, in a panel's frame of 20 each side.
    assert 1848 / found.zoom - 40 >= 80 * 18 + 16 > 1848 / (found.zoom + 0.05) - 40
    assert found.zoom > 1
    # One that wraps as it is may as well be larger; a whole one beside it still sets the limit.
    (wrapping, both) = (
        fit(rows, ROOM, Ruler()) for rows in ([names(200)], [names(200), names(80)])
    )
    assert wrapping is not None
    assert both is not None
    assert (wrapping.zoom, both.zoom) == (1.45, found.zoom)


def test_the_fewest_slides_and_among_those_the_fullest() -> None:
    assert shared([row(400), row(400), row(400), row(400)]) == [2, 2]
    # Two slides either way; three rows in the first would not fit, one would leave it half empty.
    assert shared([text(5), text(5), text(25)]) == [2, 1]
    assert shared([row(500), row(300)], first=Box(0, 0, 1848, 600)) == [1, 1]


def test_a_row_that_cannot_be_cut_is_pressed_into_its_slide() -> None:
    ((some, found),) = share_out([row(3000)], lambda _: ROOM, Ruler())
    assert len(some) == 1
    assert (found.zoom, found.heights) == (1.0, (890,))


def test_a_page_without_panels_is_one_slide(contents_of: Read) -> None:
    (only,) = plan(Contents(contents_of("overview").view, title="总览"))
    assert (only.number, only.count, only.rows) == (1, 1, ())


def test_the_claim_and_the_cards_take_room_on_the_first_slide_only(contents_of: Read) -> None:
    contents = Contents(contents_of("overview").view, title="总览", claim="很长的要点。" * 40)
    contents.cards = [div(div(cls="strip-label"), cls="strip")]
    contents.panels = [panel_of("甲", 500), panel_of("乙", 500)]
    first, second = plan(contents)
    assert first.room.top > second.room.top
    assert first.room.bottom == second.room.bottom
