"""Charts that compare areas and institutions: order, marks, clicks, text from data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard import theme
from dashboard.charts.device_grid import device_grid_figure
from dashboard.charts.ranked import in_order_of_need
from dashboard.charts.reference import Yardsticks
from dashboard.charts.sankey import sankey_figure
from dashboard.charts.status_stack import status_stack_figure
from tests.charts.compared import (
    FLOWS,
    GRID,
    HOSTILE,
    NAMES,
    areas,
    by_symbol,
    devices,
    everything,
    links,
    notes,
    ranked,
    stacks,
    trace,
)


def test_the_neediest_area_comes_first_and_ties_follow_the_code() -> None:
    down = in_order_of_need(areas(), "lower_is_better")["area_code"].to_list()
    up = in_order_of_need(areas(), "higher_is_better")["area_code"].to_list()
    assert (down, up) == (["B", "C", "A"], ["A", "B", "C"])


def test_an_area_without_a_value_comes_last() -> None:
    frame = pl.concat([areas(), areas(value=None, status="missing").head(1)])
    ordered = in_order_of_need(frame, "higher_is_better")
    assert ordered["value"].to_list()[-1] is None


def test_dots_carry_value_interval_shape_and_code() -> None:
    figure = ranked(areas())
    dots = trace(figure, "value")
    assert list(dots.x) == [30.0, 30.0, 20.0]
    assert list(dots.customdata) == ["B", "C", "A"]
    assert list(dots.marker.symbol) == ["diamond", "circle", "circle"]
    assert list(dots.marker.color) == [theme.WORSE, theme.BETTER, theme.CARD]
    assert list(trace(figure, "interval").x)[:2] == pytest.approx([29.0, 32.0])


def test_a_click_anywhere_in_a_row_chooses_its_area() -> None:
    for figure, codes in ((ranked(areas()), "BCA"), (status_stack_figure(stacks()), "BAC")):
        rows = trace(figure, "row")
        assert list(rows.customdata) == [*codes] * 2
        assert list(rows.y) == [0, 1, 2] * 2
        assert rows.marker.color == "rgba(0,0,0,0)"
        low, high = figure.layout.xaxis2.range
        halves = {(base, base + length) for base, length in zip(rows.base, rows.x, strict=True)}
        assert halves == {(low, (low + high) / 2), (high, (low + high) / 2)}
        assert (figure.layout.margin.l, figure.layout.margin.r) == (0, 0)  # margins hear no click


def test_names_and_values_hold_the_axis_away_from_the_edges() -> None:
    frame = areas(detail="").with_columns(area_name=pl.lit("甲乙县"))
    shapes = [s for s in ranked(frame).layout.shapes if s.xsizemode == "pixel"]
    # Three signs of 18 pixels and 16 to the axis; 66 for the value.
    assert [(s.x0, s.x1) for s in shapes] == [(-70, 0), (0, 66)]
    lowest, highest = (s.xanchor for s in shapes)
    assert lowest == min(s.x0 for s in ranked(frame).layout.shapes if s.xsizemode != "pixel")
    assert highest == max(s.x1 for s in ranked(frame).layout.shapes if s.xsizemode != "pixel")


def test_area_value_and_target_are_drawn_and_named() -> None:
    figure = ranked(areas(), beside=Yardsticks(reference=0.25, reference_zh="全市", target=0.22))
    assert {"全市 25.0", "目标 22.0"} <= set(notes(figure))
    dashes = {shape.line.dash for shape in figure.layout.shapes if shape.x0 in (25.0, 22.0)}
    assert dashes == {"solid", "2px,4px"}


def test_labels_of_close_lines_lead_away_from_each_other() -> None:
    figure = ranked(areas(), beside=Yardsticks(reference=0.25, reference_zh="全市", target=0.24))
    sides = {note.text: note.xanchor for note in figure.layout.annotations}
    assert (sides["目标 24.0"], sides["全市 25.0"]) == ("right", "left")


def test_one_label_serves_a_target_equal_to_the_area_value() -> None:
    figure = ranked(areas(), beside=Yardsticks(reference=0.25, reference_zh="全市", target=0.25))
    assert "全市 25.0＝目标" in notes(figure)
    assert not any(note.startswith("目标") for note in notes(figure))


def test_values_and_details_stand_at_the_right_and_claims_are_bold() -> None:
    figure = ranked(areas())
    values = [note for note in figure.layout.annotations if note.text in {"30.0", "20.0"}]
    assert [note.font.weight for note in values] == [700, 700, 500]
    assert values[0].font.color == theme.WORSE
    assert notes(figure).count("20／100") == 3


def test_without_counts_there_is_no_detail() -> None:
    figure = ranked(areas(detail=""))
    assert "20／100" not in notes(figure)


def test_suppressed_and_missing_are_marks_not_zeros() -> None:
    frame = pl.concat(
        [
            areas().head(1),
            areas(value=None, status="suppressed", area_code="S").head(1),
            areas(value=None, status="missing", area_code="M").head(1),
        ]
    )
    figure = ranked(frame)
    assert "＊" in notes(figure)
    assert "—" in notes(figure)
    assert len(trace(figure, "value").x) == 1


def test_without_any_value_there_is_a_sentence() -> None:
    assert notes(ranked(areas(value=None, status="missing"))) == ["该地区本期没有可用的数据。"]


def test_the_chosen_row_is_shaded_over_its_whole_width() -> None:
    figure = ranked(areas(), selected="A")
    shaded = [s for s in figure.layout.shapes if s.fillcolor == theme.PROVISIONAL_BAND]
    assert [(s.xref, s.x0, s.x1, s.y0, s.y1) for s in shaded] == [("paper", 0, 1, 1.5, 2.5)]
    assert next(n for n in figure.layout.annotations if n.text == "甲县").font.weight == 700
    assert figure.layout.shapes[0] == shaded[0]  # drawn first, so under the lines across the rows


def test_rows_in_little_room_get_the_smaller_size() -> None:
    sizes = {
        height: next(
            n for n in ranked(areas(), height=height).layout.annotations if n.text == "甲县"
        ).font.size
        for height in (200, 120)
    }
    assert sizes == {200: 18, 120: 16}


def test_provisional_values_are_paler() -> None:
    figure = ranked(areas(status="provisional", mark=""))
    assert next(n for n in figure.layout.annotations if n.text == "20.0").font.color == theme.TEXT_3


def test_clinic_bars_are_shares_and_print_counts_where_they_fit() -> None:
    figure = status_stack_figure(stacks(), selected="A")
    assert [one.name for one in figure.data] == ["已验收", "已完成", "在建", "未启动", "row"]
    accepted, row = figure.data[0], figure.data[-1]
    # Least finished first, none last; whichever part is pointed at, the row tells all four.
    assert list(row.customdata[:3]) == ["B", "A", "C"]
    assert row.text[1] == "<b>甲县</b><br>已验收 5所<br>已完成 3所<br>在建 2所<br>未启动 0所"
    assert {bar.hoverinfo for bar in figure.data[:4]} == {"skip"}
    assert list(accepted.x) == [0.0, 50.0, 0.0]
    assert list(accepted.text) == ["", "5", ""]


def test_clinic_bars_end_with_finished_over_planned_and_rate() -> None:
    shown = notes(status_stack_figure(stacks()))
    assert {"8／10", "80.0", "0／10", "0.0", "—"} <= set(shown)


@pytest.mark.parametrize("drawn", [ranked, lambda _: status_stack_figure(_long())])
def test_an_overlong_name_is_cut_and_leaves_the_plot_its_room(
    drawn: Callable[[pl.DataFrame], go.Figure],
) -> None:
    figure = drawn(areas().with_columns(area_name=pl.lit("长" * 80)))
    assert min(s.x0 for s in figure.layout.shapes if s.xsizemode == "pixel") > -280
    assert any(text.endswith("长…") for text in notes(figure))


def _long() -> pl.DataFrame:
    return stacks().with_columns(area_name=pl.lit("长" * 80))


def test_clinic_bars_without_areas_are_a_sentence() -> None:
    assert notes(status_stack_figure(stacks().clear())) == ["该地区本期没有可用的数据。"]


def test_each_state_of_a_device_has_its_own_shape() -> None:
    drawn = by_symbol(GRID)
    assert list(drawn) == ["square", "diamond", "x", "triangle-up-open", "diamond-open"]
    assert drawn["diamond"].marker.color == theme.WORSE
    assert list(drawn["diamond"].customdata) == ["I2"]
    assert list(drawn["diamond-open"].customdata) == ["I3", "I3"]
    assert len(drawn["square"].x) == 6  # the CT scanner is no column
    retired = by_symbol(devices(("I3", "丙卫生院", "dr", "retired", None)))
    assert list(retired["x"].customdata) == ["I3"]


def test_the_key_names_the_shapes_that_were_drawn() -> None:
    key = notes(device_grid_figure(GRID))[-1]
    assert all(words in key for words in ("在用", "报修或停用", "未配备"))
    assert "报废" not in key


def test_institutions_lacking_most_come_first() -> None:
    shown = [note for note in notes(device_grid_figure(GRID)) if note.endswith("卫生院")]
    assert shown == ["丙卫生院", "乙卫生院", "甲卫生院"]


def test_a_remark_says_what_is_wrong() -> None:
    shown = notes(device_grid_figure(GRID))
    assert "报修63天" in shown
    assert "差2件" in shown


def test_a_missing_device_has_no_days() -> None:
    one = devices(("I3", "丙卫生院", "dr", "missing", 99))
    assert "缺" in notes(device_grid_figure(one))


def test_two_blocks_stand_side_by_side() -> None:
    squares = by_symbol(GRID, blocks=2)["square"]
    assert max(squares.x) > 0.5 > min(squares.x)


def test_a_grid_without_institutions_is_a_sentence() -> None:
    assert notes(device_grid_figure(GRID.clear())) == ["该地区本期没有可用的数据。"]


def test_flows_add_up_on_both_sides() -> None:
    (sankey,) = sankey_figure(FLOWS, names=NAMES).data
    pairs = list(zip(sankey.link.source, sankey.link.target, sankey.link.value, strict=True))
    tiers = {target for _, target, _ in pairs} & {source for source, _, _ in pairs}
    assert sum(value for _, target, value in pairs if target in tiers) == 1130
    assert sum(value for source, _, value in pairs if source in tiers) == 1130


def test_small_counties_merge_into_one_source() -> None:
    shown = notes(sankey_figure(FLOWS, names=NAMES))
    assert "其他2区县 <b>30</b>" in shown
    assert "甲县 <b>800</b>" in shown
    assert not any(note.startswith("丙县") for note in shown)


def test_one_small_county_alone_keeps_its_name() -> None:
    shown = notes(sankey_figure(FLOWS.filter(pl.col("insured_county") != "D"), names=NAMES))
    assert "丙县 <b>20</b>" in shown


def test_places_beyond_the_seventh_merge() -> None:
    many = links(*(("A", "other_province", f"P{i}", 100 - i) for i in range(9)))
    shown = notes(sankey_figure(many, names=NAMES))
    assert f"其他2地 <b>{93 + 92}</b>" in shown


def test_a_low_chart_names_as_many_sources_as_it_has_lines_for() -> None:
    many = links(*((f"C{i:02}", "same_city", "P", 100 - i) for i in range(12)))
    names = {f"C{i:02}": f"县{i:02}" for i in range(12)}
    figure = sankey_figure(many, names=names, height=38 + 6 * 23)
    sources = [n for n in figure.layout.annotations if n.x == 0 and "<b>" in n.text]
    merged = sum(100 - i for i in range(5, 12))
    assert [n.text for n in sources][-1] == f"其他7区县 <b>{merged}</b>"
    assert len(sources) == 6
    assert max(n.y for n in sources) <= 1
    gaps = [above.y - below.y for above, below in pairwise(sources)]
    assert min(gaps) >= 1 / 6 - 1e-9


def test_words_on_a_flow_thinner_than_they_are_stand_on_white() -> None:
    flows = links(("A", "same_city", "P", 950), ("A", "other_province", "Q", 50))
    figure = sankey_figure(flows, names=NAMES, height=300)
    tiers = [n for n in figure.layout.annotations if n.x == 0.5 and "<b>" in n.text]
    # 262 pixels inside: a twentieth is 13 of them, and a line of words takes 23.
    assert [n.bgcolor for n in tiers] == [None, theme.CARD]


def test_large_totals_are_printed_in_ten_thousands() -> None:
    shown = notes(sankey_figure(links(("A", "same_city", "P", 25_600)), names=NAMES))
    assert "甲县 <b>2.56</b>" in shown


def test_no_flow_is_a_sentence() -> None:
    figure = sankey_figure(links(("A", "same_city", "P", 0)), names=NAMES)
    assert notes(figure) == ["该地区本期没有可用的数据。"]


def test_hostile_names_are_inert_in_every_chart() -> None:
    figures = [
        ranked(areas(area_name=HOSTILE, label=HOSTILE, detail=HOSTILE)),
        status_stack_figure(stacks(area_name=HOSTILE)),
        device_grid_figure(GRID.with_columns(institution_name=pl.lit(HOSTILE)), width=2000),
        sankey_figure(FLOWS.with_columns(destination_name=pl.lit(HOSTILE)), names={"A": HOSTILE}),
    ]
    for figure in figures:
        assert "<img" not in everything(figure)
        assert "img" in everything(figure)
