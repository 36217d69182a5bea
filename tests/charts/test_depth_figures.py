"""Control chart, funnel, and crude beside standardised: what each draws."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dashboard import theme
from dashboard.charts.funnel import funnel_figure
from dashboard.charts.measure import Measure
from dashboard.charts.process import process_figure
from dashboard.charts.standardised import standardised_figure
from pipeline.methods import claims

PERCENT = Measure(unit_zh="%", decimals=1)


def marked(values: list[float], *, provisional: int = 0) -> pl.DataFrame:
    months = [dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(len(values))]
    settled = len(values) - provisional
    series = pl.LazyFrame(
        {
            "period": months,
            "value": values,
            "status": ["final"] * settled + ["provisional"] * provisional,
        }
    )
    return claims.process_marks(series, order="period", polarity="lower_is_better").collect()


def by_name(figure: object) -> dict[str, object]:
    return {trace.name: trace for trace in figure.data}  # type: ignore[attr-defined]


QUIET = [0.20, 0.21] * 7


def test_a_quiet_series_has_limits_and_no_signal() -> None:
    figure = process_figure(marked(QUIET), PERCENT)
    traces = by_name(figure)
    assert list(traces["mean"].y) == pytest.approx([20.5] * len(QUIET))
    # By hand: every moving range is one point, so the limits are 20.5 -+ 2.66.
    assert traces["upper_limit"].y[0] == pytest.approx(23.16)
    assert traces["lower_limit"].y[0] == pytest.approx(17.84)
    assert len(traces["signal"].x or []) == 0


def test_a_jump_is_a_large_warm_diamond_that_says_its_rule() -> None:
    figure = process_figure(marked([*QUIET, 0.35]), PERCENT, target=0.22)
    signal = by_name(figure)["signal"]
    assert signal.x[-1] == "2024-03-01"
    assert signal.marker.symbol[-1] == "diamond"
    assert signal.marker.color[-1] == theme.WORSE
    assert "超出控制限" in signal.text[-1]
    assert any("目标 22.0" in note.text for note in figure.layout.annotations)


def test_a_provisional_month_is_never_a_signal() -> None:
    figure = process_figure(marked([*QUIET, 0.05], provisional=1), PERCENT)
    assert len(by_name(figure)["signal"].x or []) == 0


def test_too_short_a_series_is_drawn_without_limits() -> None:
    figure = process_figure(marked(QUIET[:6]), PERCENT)
    assert set(by_name(figure)["mean"].y) == {None}
    assert not any("均值" in note.text for note in figure.layout.annotations)


def test_an_empty_series_says_so() -> None:
    empty = marked(QUIET).with_columns(value=pl.lit(None, dtype=pl.Float64))
    figure = process_figure(empty, PERCENT)
    assert "没有可用的数据" in figure.layout.annotations[0].text


def funnel_points(**changes: object) -> pl.DataFrame:
    rows = pl.LazyFrame(
        {
            "area_code": ["1", "2", "3"],
            "area_name": ["甲县", "<b>乙县", "丙县"],
            "numerator": [100, 300, 100],
            "denominator": [400, 800, 400],
            "status": ["final"] * 3,
            "polarity": ["lower_is_better"] * 3,
            "material_difference": [0.01] * 3,
        }
    )
    return claims.funnel_claims(rows).collect().with_columns(**changes)


def test_only_claimed_and_chosen_counties_are_named_in_the_funnel() -> None:
    options = {"count_unit_zh": "人次", "centre_zh": "全市"}
    points = funnel_points(mark=pl.Series(["similar", "worse", "similar"]))
    words = [
        n.text for n in funnel_figure(points, PERCENT, selected="3", **options).layout.annotations
    ]
    assert "丙县" in words
    assert "甲县" not in words
    assert not any("<b>乙县" in text for text in words)  # a name is text, never markup
    assert any("全市" in text for text in words)


def test_the_funnel_narrows_with_size_as_one_over_its_root() -> None:
    points = funnel_points()
    traces = by_name(funnel_figure(points, PERCENT, count_unit_zh="人次", centre_zh="全市"))
    upper, centre = traces["upper_95"], 100 * float(points["centre"][0])
    assert upper.x[0] == 400
    assert upper.x[-1] == 800
    # By hand: half the variance at twice the size.
    first, last = upper.y[0] - centre, upper.y[-1] - centre
    assert first / last == pytest.approx(2**0.5)
    assert upper.y[0] == pytest.approx(100 * points.filter(area_code="1")["upper_95"][0])


def test_counties_of_one_size_have_level_limits() -> None:
    points = funnel_points().filter(pl.col("denominator") == 400)
    traces = by_name(funnel_figure(points, PERCENT, count_unit_zh="人次", centre_zh="全市"))
    assert traces["upper_95"].y[0] == pytest.approx(traces["upper_95"].y[-1])


def test_a_funnel_without_counts_says_so() -> None:
    empty = funnel_points().with_columns(denominator=pl.lit(0))
    figure = funnel_figure(empty, PERCENT, count_unit_zh="人次", centre_zh="全市")
    assert "没有可用的数据" in figure.layout.annotations[0].text


def test_crude_is_hollow_and_standardised_filled_in_order_of_need() -> None:
    rates = pl.DataFrame(
        {
            "area_name": ["甲市高新技术产业开发区", "乙县"],
            "short_name": ["高新区", "乙县"],
            "crude": [0.25, None],
            "value": [0.22, 0.31],
            "lower": [0.20, None],
            "upper": [0.24, None],
        }
    )
    figure = standardised_figure(
        rates, decimals=1, crude_zh="实际值%", adjusted_zh="标准化值%", height=300
    )
    crude, adjusted = figure.data
    assert crude.marker.color == theme.CARD
    assert adjusted.marker.color == theme.ACCENT
    assert list(adjusted.x) == pytest.approx([31.0, 22.0])
    assert list(crude.y) == [1]
    words = [note.text for note in figure.layout.annotations]
    assert words.index("乙县") < words.index("高新区")
    assert "—" in words
    assert "甲市高新技术产业开发区" in adjusted.text[1]


def test_a_standardised_rate_that_may_not_be_told_has_its_sign_below_the_others() -> None:
    rates = pl.DataFrame(
        {
            "area_name": ["甲县", "乙县"],
            "short_name": ["甲县", "乙县"],
            "crude": [0.35, 0.20],
            "value": [None, 0.21],
            "lower": [None, 0.20],
            "upper": [None, 0.22],
        }
    )
    figure = standardised_figure(
        rates, decimals=1, crude_zh="a", adjusted_zh="b", height=300, unknown_zh="＊"
    )
    words = [note.text for note in figure.layout.annotations]
    assert words[:6] == ["乙县", "20.0", "21.0", "甲县", "35.0", "＊"]
    crude, adjusted = figure.data
    assert (list(crude.y), list(adjusted.y)) == ([0, 1], [0])


def test_no_rate_at_all_says_so() -> None:
    nothing = pl.DataFrame(
        {"area_name": ["甲县"], "crude": [None], "value": [None], "lower": [None], "upper": [None]},
        schema_overrides=dict.fromkeys(("crude", "value", "lower", "upper"), pl.Float64),
    )
    figure = standardised_figure(nothing, decimals=1, crude_zh="a", adjusted_zh="b", height=200)
    assert "没有可用的数据" in figure.layout.annotations[0].text
