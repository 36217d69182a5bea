"""Charts over time: provisional looks provisional, gaps stay gaps, axes are Chinese."""

from __future__ import annotations

import datetime as dt

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard import theme
from dashboard.charts.base import (
    Scale,
    line,
    month_ticks,
    new_figure,
    nice_range,
    nice_step,
    note,
    shortened,
    text_width,
)
from dashboard.charts.measure import Measure
from dashboard.charts.over_time import spread
from dashboard.charts.small_multiples import small_multiples_figure
from dashboard.charts.sparkline import sparkline_svg
from dashboard.charts.trend import Comparison, trend_figure

PERCENT = Measure(unit_zh="%", decimals=1)
MONTHS = [dt.date(2025, m, 1) for m in range(1, 7)]


def series(values: list[float | None], *, provisional: int = 0) -> pl.DataFrame:
    settled = len(values) - provisional
    return pl.DataFrame(
        {
            "period": MONTHS[: len(values)],
            "value": values,
            "status": ["final"] * settled + ["provisional"] * provisional,
        },
        schema_overrides={"value": pl.Float64},
    )


def notes(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


def test_settled_months_are_a_line_that_stops_before_the_provisional_ones() -> None:
    figure = trend_figure(series([0.25, 0.24, 0.23, 0.22, 0.21], provisional=2), PERCENT)
    settled = next(trace for trace in figure.data if trace.name == "已定案")
    assert list(settled.y) == [25.0, 24.0, 23.0, None, None]
    dashed, hollow = (trace for trace in figure.data if trace.name == "暂定")
    assert list(dashed.y) == [23.0, 22.0, 21.0]  # joined to the last settled month
    assert "px" in dashed.line.dash
    assert hollow.marker.color == theme.CARD
    assert list(hollow.x) == [month.isoformat() for month in MONTHS[3:5]]
    assert all("暂定" in text for text in hollow.text)


def test_the_provisional_months_stand_on_a_band() -> None:
    figure = trend_figure(series([0.25, 0.24, 0.23], provisional=1), PERCENT)
    band = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    assert band.fillcolor == theme.PROVISIONAL_BAND
    assert MONTHS[1] < dt.date.fromisoformat(str(band.x0)[:10]) < MONTHS[2]
    word = next(note for note in figure.layout.annotations if note.text == "暂定")
    # Neither a line below 100 nor a name beside the plot can lie under it.
    assert (word.y, word.yanchor, word.x, word.xanchor) == (1, "bottom", 1, "right")


def test_without_provisional_months_there_is_no_band() -> None:
    figure = trend_figure(series([0.25, 0.24]), PERCENT)
    assert not [shape for shape in figure.layout.shapes if shape.type == "rect"]


def test_a_single_month_that_is_provisional_can_be_drawn() -> None:
    figure = trend_figure(series([0.25], provisional=1), PERCENT)
    assert len(figure.data) == 3


def test_a_gap_stays_a_gap() -> None:
    figure = trend_figure(series([0.25, None, 0.23]), PERCENT)
    settled = next(trace for trace in figure.data if trace.name == "已定案")
    assert settled.connectgaps is False
    assert list(settled.y) == [25.0, None, 23.0]


def test_the_last_settled_value_target_and_comparison_are_named_at_the_line() -> None:
    figure = trend_figure(
        series([0.25, 0.24, 0.20], provisional=1),
        PERCENT,
        name_zh="兰考县",
        target=0.22,
        comparison=Comparison(name_zh="全市", series=series([0.30, 0.29, 0.28])),
    )
    assert {"兰考县 24.0", "目标 22.0", "全市 28.0"} <= set(notes(figure))
    target = next(shape for shape in figure.layout.shapes if shape.line.dash == "2px,4px")
    assert target.y0 == target.y1 == 22.0


def test_a_comparison_without_settled_values_has_no_label() -> None:
    figure = trend_figure(
        series([0.25, 0.24]),
        PERCENT,
        comparison=Comparison(name_zh="全市", series=series([None, None])),
    )
    assert not any("全市" in note for note in notes(figure))


def test_only_provisional_values_get_no_end_label() -> None:
    figure = trend_figure(series([0.25, 0.24], provisional=2), PERCENT, name_zh="兰考县")
    assert not any("兰考县" in note for note in notes(figure))


def test_a_count_keeps_its_own_unit() -> None:
    figure = trend_figure(series([12.0, 15.0]), Measure(unit_zh="所", decimals=0))
    settled = next(trace for trace in figure.data if trace.name == "已定案")
    assert list(settled.y) == [12.0, 15.0]
    assert "15所" in settled.text[1]


def test_weeks_are_named_by_their_day() -> None:
    weeks = pl.DataFrame({"period": [dt.date(2025, 6, 20)], "value": [0.5], "status": ["final"]})
    figure = trend_figure(weeks, PERCENT)
    assert "2025年6月20日" in figure.data[0].text[0]


def test_no_value_at_all_is_a_sentence() -> None:
    assert notes(trend_figure(series([None, None]), PERCENT)) == ["该地区本期没有可用的数据。"]


def test_a_constant_hundred_per_cent_does_not_rise_above_a_hundred() -> None:
    figure = trend_figure(series([1.0, 1.0]), PERCENT, target=1.0)
    low, high = figure.layout.yaxis.range
    assert high == 100
    assert low < 97


def test_labels_at_a_line_end_are_moved_apart_in_their_order() -> None:
    assert spread([5.0, 5.0, 5.5], gap=1.0) == [5.0, 6.0, 7.0]
    assert spread([9.0, 1.0], gap=1.0) == [9.0, 1.0]


def test_month_ticks_are_chinese_and_name_each_year_once() -> None:
    places, words = month_ticks(dt.date(2024, 11, 1), dt.date(2026, 2, 1))
    assert [place.month for place in places] == [1, 4, 7, 10, 1]
    assert words == ["1月<br>2025年", "4月", "7月", "10月", "1月<br>2026年"]


def test_few_months_are_all_named() -> None:
    _, words = month_ticks(dt.date(2025, 5, 1), dt.date(2025, 6, 27))
    assert words == ["5月<br>2025年", "6月"]


def test_a_year_of_one_tick_leaves_its_room_to_the_next() -> None:
    _, words = month_ticks(dt.date(2021, 12, 1), dt.date(2022, 3, 31))
    assert words == ["12月", "1月<br>2022年", "2月", "3月"]
    _, words = month_ticks(dt.date(2020, 1, 1), dt.date(2031, 2, 1))  # a tick a year has its room
    assert words[:2] == ["1月<br>2020年", "1月<br>2021年"]


@pytest.mark.parametrize(
    ("span", "step"), [(4.0, 1.0), (7.0, 2.0), (18.0, 5.0), (35.0, 10.0), (0.03, 0.01)]
)
def test_grid_steps_are_round(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


def test_no_span_has_a_step_too() -> None:
    assert nice_step(0.0) == 1.0


def test_months_without_a_january_or_july_keep_their_last_name() -> None:
    places, _ = month_ticks(dt.date(2025, 2, 1), dt.date(2025, 6, 1), wanted=0)
    assert places == [dt.date(2025, 4, 1)]


def test_an_axis_ends_on_grid_lines_around_the_values() -> None:
    assert nice_range([21.2, 27.1]) == pytest.approx((20.0, 28.0, 2.0))
    assert nice_range([0.3, 0.4, 0.5, 0.6])[0] == pytest.approx(0.3)


def test_values_that_are_all_zero_still_have_an_axis_with_a_length() -> None:
    low, high, step = nice_range([0.0, 0.0])
    assert low == 0.0
    assert high == step > 0.0


def test_grid_lines_run_from_end_to_end_whatever_the_rounding_of_their_distance() -> None:
    assert Scale(0.0, 0.3, 0.1).ticks == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert Scale(20.0, 28.0, 2.0).ticks == [20.0, 22.0, 24.0, 26.0, 28.0]


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    assert shortened("卫生院", size=18, room=60) == "卫生院"
    cut = shortened("第一人民医院分院", size=18, room=80)
    assert cut.endswith("…")
    assert text_width(cut, size=18) <= 80


def test_texts_and_shapes_are_kept_in_their_order_and_reach_the_browser() -> None:
    figure = new_figure(height=100)
    note(figure, "一", x=0, y=0)
    line(figure, start=(0, 0), end=(1, 1))
    assert [one.text for one in figure.layout.annotations] == ["一"]
    note(figure, "二", x=0, y=0)
    sent = figure.to_dict()["layout"]
    assert [one["text"] for one in sent["annotations"]] == ["一", "二"]
    assert len(sent["shapes"]) == 1


def groups(values: dict[str, list[float | None]]) -> pl.DataFrame:
    rows = [
        {"group": g, "month": m, "value": v}
        for g, line in values.items()
        for m, v in zip(MONTHS, line, strict=False)
    ]
    return pl.DataFrame(rows, schema={"group": pl.String, "month": pl.Date, "value": pl.Float64})


def test_small_multiples_share_one_scale_and_start_with_the_lowest() -> None:
    figure = small_multiples_figure(
        groups({"a": [0.8, 0.9], "b": [0.5, 0.6], "c": [None, None]}),
        names={"a": "甲", "b": "乙", "c": "丙"},
        width=1200,
    )
    assert notes(figure) == ["乙 <b>60.0</b>  +10.0", "甲 <b>90.0</b>  +10.0", "丙 <b>—</b>"]
    ranges = {tuple(figure.layout[f"yaxis{i}"].range) for i in ("", 2, 3)}
    assert len(ranges) == 1
    highest = max(trace.y[-1] for trace in figure.data if trace.y[-1] is not None)
    assert ranges.pop()[1] > highest  # a line at the top of the scale is not under the words
    assert {trace.mode for trace in figure.data} == {"lines", "markers"}


def test_a_small_chart_of_one_month_shows_its_dot() -> None:
    figure = small_multiples_figure(groups({"a": [0.8]}), names={"a": "甲"})
    assert [trace.mode for trace in figure.data] == ["markers"]


def test_small_multiples_without_values_are_a_sentence() -> None:
    assert notes(small_multiples_figure(groups({"a": [None]}), names={"a": "甲"})) == [
        "该地区本期没有可用的数据。"
    ]


def test_a_sparkline_breaks_at_gaps_and_dashes_what_is_provisional() -> None:
    svg = sparkline_svg([1.0, None, 3.0, 2.0, 4.0], provisional=1, target=2.5)
    assert svg.count("M") == 4  # target, dashed tail, two settled pieces
    assert 'stroke-dasharray="4 3"' in svg
    assert theme.PROVISIONAL_BAND in svg
    assert svg.count("<circle") == 1


def test_a_sparkline_without_values_is_empty_and_one_value_is_a_dot() -> None:
    assert "<path" not in sparkline_svg([None, None])
    assert "<circle" in sparkline_svg([0.5])
    assert "<circle" not in sparkline_svg([0.5, 0.6], provisional=2)
