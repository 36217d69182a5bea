"""The figures of the outflow page: flows by level of hospital, referrals by month and county."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard import theme
from dashboard.charts.referral_rows import ReferralRow, referral_rows_figure
from dashboard.charts.sankey import sankey_figure
from dashboard.charts.two_lines import DOWNWARD, UPWARD, Line, two_lines_figure

HOSTILE = "<img src=x onerror=alert(1)>&县"
LEVELS = ("tertiary", "secondary", "unknown")


def links(*rows: tuple[str, str, str, int | None]) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows,
        schema=["insured_county", "tier", "destination_code", "settlements"],
        orient="row",
        schema_overrides={"settlements": pl.Int64},
    )
    return frame.with_columns(destination_name=pl.col("destination_code") + "院")


def notes(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


TWO_TIERS = links(
    ("A", "same_city", "tertiary", 40),
    ("A", "same_province", "tertiary", 60),
    ("A", "same_city", "secondary", 30),
    ("A", "other_province", "secondary", None),
)


def test_a_level_is_one_node_however_far_it_lies() -> None:
    figure = sankey_figure(TWO_TIERS, names={"A": "甲县"}, ends=LEVELS, end_zh="医院等级")
    shown = notes(figure)
    assert "tertiary院 <b>100</b>" in shown
    assert "secondary院 <b>30</b>" in shown
    assert "医院等级" in shown
    assert "就医地" not in shown


def test_levels_stand_in_their_order_not_in_that_of_size() -> None:
    small_first = links(("A", "same_city", "tertiary", 5), ("A", "same_city", "unknown", 500))
    figure = sankey_figure(small_first, names={"A": "甲县"}, ends=LEVELS)
    places = {str(n.text): n.y for n in figure.layout.annotations}
    assert places["tertiary院 <b>5</b>"] > places["unknown院 <b>500</b>"]


def test_a_flow_says_in_words_whence_whither_and_how_many() -> None:
    (trace,) = sankey_figure(TWO_TIERS, names={"A": "甲县"}, ends=LEVELS).data
    assert "甲县→省内跨市<br><b>60人次</b>" in trace.link.customdata
    assert "省内跨市→tertiary院<br><b>60人次</b>" in trace.link.customdata


def test_labels_of_small_nodes_keep_a_line_apart() -> None:
    rows = [("A", "other_province", f"P{n}", 900 if n == 0 else 1) for n in range(6)]
    height = 300
    figure = sankey_figure(links(*rows), names={"A": "甲县"}, height=height)
    right = sorted(n.y for n in figure.layout.annotations if n.x == 1 and n.y < 1)
    gaps = [(b - a) * (height - 38) for a, b in pairwise(right)]
    assert min(gaps) >= 22.9


def test_many_equal_counties_do_not_all_merge_into_one() -> None:
    rows = [(f"C{n:02}", "same_city", "tertiary", 100 - n) for n in range(30)]
    figure = sankey_figure(links(*rows), names={f"C{n:02}": f"第{n}县" for n in range(30)})
    shown = notes(figure)
    assert "第0县 <b>100</b>" in shown
    assert f"其他22区县 <b>{sum(100 - n for n in range(8, 30))}</b>" in shown


def test_names_of_flows_are_inert() -> None:
    (trace,) = sankey_figure(TWO_TIERS, names={"A": HOSTILE}, ends=LEVELS).data
    assert "<img" not in "".join(trace.link.customdata)


MONTHS = [dt.date(2025, month, 1) for month in range(1, 6)]
LINES = (
    Line(column="up", name_zh="上转", symbol=UPWARD[0], colour=UPWARD[1]),
    Line(column="down", name_zh="下转", symbol=DOWNWARD[0], colour=DOWNWARD[1]),
)


def series(up: list[int | None], down: list[int | None], *, provisional: int = 0) -> pl.DataFrame:
    settled = len(up) - provisional
    return pl.DataFrame(
        {
            "period": MONTHS[: len(up)],
            "up": up,
            "down": down,
            "status": ["final"] * settled + ["provisional"] * provisional,
        },
        schema_overrides={"up": pl.Float64, "down": pl.Float64},
    )


def drawn(frame: pl.DataFrame) -> go.Figure:
    return two_lines_figure(frame, LINES, unit_zh="人次", height=300)


def test_each_line_ends_in_its_name_and_last_settled_count() -> None:
    figure = drawn(series([100, 120, 90], [10, 12, 7], provisional=1))
    assert {"上转 120", "下转 12"} <= set(notes(figure))


def test_counts_start_at_zero() -> None:
    assert drawn(series([100, 120], [90, 95])).layout.yaxis.range[0] == 0


def test_a_hidden_month_breaks_its_line_and_not_the_other() -> None:
    up, down = drawn(series([100, 120, 90], [10, None, 7])).data
    assert list(down.y) == [10, None, 7]
    assert list(up.y) == [100, 120, 90]
    assert down.connectgaps is False


def test_provisional_months_are_hollow_dashed_and_named_once() -> None:
    figure = drawn(series([100, 120, 90], [10, 12, 7], provisional=2))
    assert notes(figure).count("暂定") == 1
    hollow = [trace for trace in figure.data if getattr(trace, "mode", "") == "markers"]
    assert [trace.marker.color for trace in hollow] == [theme.CARD, theme.CARD]
    assert all("（暂定）" in words for trace in hollow for words in trace.text)
    settled = next(trace for trace in figure.data if trace.name == "上转")
    assert list(settled.y) == [100, None, None]


def test_the_two_lines_are_told_apart_without_colour() -> None:
    up, down = drawn(series([100, 120], [10, 12])).data
    assert (up.marker.symbol, down.marker.symbol) == ("triangle-up", "triangle-down")


def test_nothing_known_is_a_sentence() -> None:
    assert notes(drawn(series([None], [None]))) == ["该地区本期没有可用的数据。"]


def row(**changes: object) -> ReferralRow:
    base = {
        "code": "A",
        "name": "甲县",
        "up": 200.0,
        "down": 50.0,
        "up_zh": "200",
        "down_zh": "50",
        "ratio_zh": "0.25",
        "share_zh": "44.9",
        "counts_zh": "168／374",
    }
    return ReferralRow(**(base | changes))  # type: ignore[arg-type]


def texts(figure: go.Figure) -> list[str]:
    return [
        words
        for trace in figure.data
        if getattr(trace, "mode", "") == "text"
        for words in trace.text
    ]


def test_a_county_shows_its_counts_ratio_and_ordered_part_and_can_be_clicked() -> None:
    figure = referral_rows_figure([row(), row(code="B", name="乙县")], height=300)
    assert {"200", "50", "0.25", "44.9", "168／374"} <= set(texts(figure))
    rows = next(trace for trace in figure.data if trace.name == "rows")
    assert list(rows.customdata) == ["A", "B"]


def test_bars_share_one_scale_and_a_hidden_count_has_none() -> None:
    figure = referral_rows_figure([row(), row(code="B", down=None, down_zh="＊")], height=300)
    bars = [s for s in figure.layout.shapes if s.fillcolor == theme.SEQUENTIAL[2]]
    assert len(bars) == 3
    up, down = bars[0], bars[1]
    # 200 of 200 on a part 9 wide, 50 of 200 on a part 5 wide.
    assert up.x1 - up.x0 == pytest.approx(9)
    assert down.x1 - down.x0 == pytest.approx(1.25)


def test_only_what_the_gate_claims_is_marked() -> None:
    plain, worse = (referral_rows_figure([row(mark=m)], height=200) for m in ("", "worse"))
    assert not [trace for trace in plain.data if getattr(trace, "mode", "") == "markers"]
    (marks,) = [trace for trace in worse.data if getattr(trace, "mode", "") == "markers"]
    assert list(marks.marker.symbol) == ["diamond"]


def test_the_chosen_county_is_shaded_and_hostile_names_are_inert() -> None:
    figure = referral_rows_figure([row(name=HOSTILE, is_selected=True)], height=200)
    assert any(s.fillcolor == theme.BETTER_TINT for s in figure.layout.shapes)
    assert "<img" not in "".join(texts(figure)) + "".join(
        next(trace for trace in figure.data if trace.name == "rows").text
    )


def test_no_county_is_an_empty_table() -> None:
    assert "上转" in texts(referral_rows_figure([], height=200))
