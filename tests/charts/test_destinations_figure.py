"""Destinations over time: what is hidden makes no shorter bar."""

from __future__ import annotations

import datetime as dt

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard import theme
from dashboard.charts.destinations import destinations_figure

MONTHS = [dt.date(2025, m, 1) for m in range(1, 7)]


def notes(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


def shares(*, provisional: int = 1) -> pl.DataFrame:
    tiers = {"same_county": 0.75, "same_city": 0.14, "same_province": 0.08, "other_province": 0.03}
    settled = len(MONTHS) - provisional
    return pl.DataFrame(
        [
            {"month": m, "tier": t, "share": s, "status": "final" if i < settled else "provisional"}
            for i, m in enumerate(MONTHS)
            for t, s in tiers.items()
        ]
    )


def test_destinations_stack_from_the_farthest_and_leave_the_county_out() -> None:
    figure = destinations_figure(
        shares(),
        totals={"same_county": 0.752, "same_city": 0.138, "same_province": 0.081},
        period_zh="2025年1—5月",
    )
    assert [trace.name for trace in figure.data] == ["跨省", "省内跨市", "市内跨县"]
    assert list(figure.data[2].y) == pytest.approx([14.0] * 6)
    assert {"75.2", "13.8", "8.1", "—", "2025年1—5月"} <= set(notes(figure))
    assert figure.layout.yaxis.range[0] == 0


def test_the_bar_of_a_single_month_has_a_width_of_its_own() -> None:
    lone = destinations_figure(
        shares().filter(pl.col("month") == MONTHS[0]), totals={}, period_zh=""
    )
    assert {trace.width for trace in lone.data} == {22 * 86_400_000}  # of 32 days shown
    several = destinations_figure(shares(), totals={}, period_zh="")
    assert {trace.width for trace in several.data} == {None}


def test_provisional_bars_are_hatched() -> None:
    figure = destinations_figure(shares(provisional=2), totals={}, period_zh="")
    assert list(figure.data[0].marker.pattern.shape) == ["", "", "", "", "/", "/"]
    assert "暂定" in notes(figure)
    settled = destinations_figure(shares(provisional=0), totals={}, period_zh="")
    assert "暂定" not in notes(settled)


def test_a_month_with_a_hidden_part_is_a_mark_not_a_shorter_bar() -> None:
    is_hidden = (pl.col("tier") == "other_province") & (pl.col("month") == MONTHS[1])
    frame = shares(provisional=0).with_columns(
        share=pl.when(~is_hidden).then("share"),
        status=pl.when(is_hidden).then(pl.lit("suppressed")).otherwise("status"),
    )
    near = {"same_county": 0.752, "same_city": 0.138, "same_province": 0.081}
    figure = destinations_figure(frame, totals=near, period_zh="")
    for trace in figure.data:
        assert [value is None for value in trace.y] == [False, True, False, False, False, False]
        assert set(trace.marker.pattern.shape) == {""}
    # Over the month, and beside the tier whose year may not be told.
    assert notes(figure).count("＊") == 2
    assert "—" not in notes(figure)
    assert any("人数过少" in note for note in notes(figure))
    assert "暂定" not in notes(figure)


def test_a_month_whose_parts_are_hidden_shows_its_sum_where_that_may_be_told() -> None:
    is_hidden = (pl.col("tier") != "same_county") & pl.col("month").is_in(MONTHS[1:3] + MONTHS[-1:])
    frame = shares(provisional=1).with_columns(
        share=pl.when(~is_hidden).then("share"),
        status=pl.when(is_hidden).then(pl.lit("suppressed")).otherwise("status"),
    )
    outside = pl.DataFrame(
        {
            "month": MONTHS,
            "share": [0.25, 0.31, None, 0.25, 0.25, 0.45],
            "status": ["final", "final", "suppressed", "final", "final", "provisional"],
        }
    )
    figure = destinations_figure(frame, totals={}, period_zh="", outside=outside)
    *_, undivided = figure.data
    assert undivided.name == "县外合计"
    assert list(undivided.x) == [str(MONTHS[1]), str(MONTHS[5])]
    assert list(undivided.y) == pytest.approx([31.0, 45.0])
    assert list(undivided.marker.pattern.shape) == ["", "/"]
    assert undivided.marker.color not in theme.DESTINATION.values()
    # The third month has a mark alone; the four shares of the year are marked beside the stack.
    assert notes(figure).count("＊") == 1 + 4
    assert any("灰色为县外合计" in note for note in notes(figure))
    assert notes(figure).count("暂定") == 1
    assert figure.layout.yaxis.range[1] >= 45


def test_sums_outside_are_drawn_only_for_months_with_hidden_parts() -> None:
    outside = pl.DataFrame(
        {"month": MONTHS, "share": [0.25] * len(MONTHS), "status": ["final"] * len(MONTHS)}
    )
    figure = destinations_figure(shares(), totals={}, period_zh="", outside=outside)
    assert [trace.name for trace in figure.data] == ["跨省", "省内跨市", "市内跨县"]


def test_destinations_without_rows_are_a_sentence() -> None:
    figure = destinations_figure(shares().clear(), totals={}, period_zh="")
    assert notes(figure) == ["该地区本期没有可用的数据。"]
