"""The tables that are figures: what is drawn, what a click gives back, hostile names."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import theme
from dashboard.charts.grid import Grid, Style
from dashboard.charts.locator import locator_figure
from dashboard.charts.scorecard import (
    Cell,
    Main,
    ScoreRow,
    narrow_intervals,
    rows_in,
    scorecard_figure,
)
from dashboard.charts.spine import SpineRow, best_words, quartiles, spine_figure
from dashboard.charts.townships import TownshipRow, townships_figure

HOSTILE = "<img src=x onerror=alert(1)>"


def texts(figure: go.Figure) -> list[str]:
    return [
        word for trace in figure.data if getattr(trace, "mode", "") == "text" for word in trace.text
    ]


def clickable(figure: go.Figure) -> list[str]:
    return [code for trace in figure.data if trace.name == "rows" for code in trace.customdata]


def symbols(figure: go.Figure) -> list[str]:
    return [
        symbol
        for trace in figure.data
        if getattr(trace, "mode", "") == "markers"
        for symbol in trace.marker.symbol
    ]


def test_a_grid_collects_texts_by_style_and_escapes_them() -> None:
    grid = Grid(height=100)
    grid.text(1, 2, HOSTILE)
    grid.text(3, 4, "b")
    grid.text(5, 6, "c", Style(16, theme.WORSE))
    figure = grid.figure()
    assert len(figure.data) == 2
    assert texts(figure) == [HOSTILE.replace("<", "\uff1c").replace(">", "\uff1e"), "b", "c"]
    assert figure.layout.yaxis.range == (100, 0)


def test_an_empty_grid_is_an_empty_figure() -> None:
    assert len(Grid(height=10).figure().data) == 0


def score_row(code: str, value: float | None, mark: str = "", **options: Any) -> ScoreRow:
    given: dict[str, Any] = {
        "lower": None if value is None else value - 0.01,
        "upper": None if value is None else value + 0.01,
        "main": Cell(label="—" if value is None else f"{value:.1%}", mark=mark),
        "cells": (Cell(label="1.0", mark=mark), Cell(label="2.0")),
    }
    return ScoreRow(code=code, name=code, value=value, **given | options)


MAIN = Main(
    title="县域外住院占比",
    note="95%区间",
    reference=0.25,
    reference_zh="全市",
    target=0.22,
    target_zh="目标 22.0",
)


def test_a_scorecard_row_is_clickable_as_a_whole() -> None:
    rows = [score_row("city", 0.25, is_reference=True), score_row("A", 0.30, "worse")]
    rows.append(score_row("B", 0.20, "better", is_selected=True))
    figure = scorecard_figure(rows, main=MAIN, heads=["基金外流", "三大件"], height=500)
    assert clickable(figure) == ["city", "A", "B"]
    bar = figure.data[-1]
    assert set(bar.x) == {100}
    assert bar.marker.opacity == 0
    assert bar.unselected.marker.opacity == 0


def test_a_scorecard_tints_only_what_is_worse() -> None:
    rows = [score_row("A", 0.30, "worse"), score_row("B", 0.20, "better"), score_row("C", 0.25)]
    figure = scorecard_figure(rows, main=MAIN, heads=["x", "y"], height=500)
    fills = [shape.fillcolor for shape in figure.layout.shapes]
    assert fills.count(theme.WORSE_TINT) == 1
    # Dot and cell of A, dot and cell of B, dot of C, two of the legend.
    assert sorted(symbols(figure)) == ["circle"] * 4 + ["diamond"] * 3


def test_a_heading_takes_a_line_of_the_scorecard_and_no_guide_crosses_it() -> None:
    rows = [score_row("city", 0.25, is_reference=True), score_row("A", 0.30)]
    rows.append(score_row("B", 0.35, "worse", heading="需关注的县区"))
    figure = scorecard_figure(rows, main=MAIN, heads=["x", "y"], height=92 + 4 * 30)
    assert "需关注的县区" in texts(figure)
    bar = figure.data[-1]
    assert list(bar.y) == [58 + 15, 58 + 45, 58 + 105]  # the third of four lines is the heading's
    vertical = {
        (above, below)
        for trace in figure.data
        if trace.type == "scatter" and trace.mode == "lines"
        for x, right, above, below in zip(trace.x, trace.x[1:], trace.y, trace.y[1:], strict=False)
        if x is not None and x == right
    }
    assert vertical == {(58 + 30, 58 + 60), (58 + 90, 58 + 120)}
    assert rows_in(92 + 4 * 30) == 4


def test_a_scorecard_without_values_or_reference_still_lists_its_areas() -> None:
    main = Main(title="x", note="", reference=None, reference_zh="", target=None, target_zh="")
    figure = scorecard_figure([score_row("A", None)], main=main, heads=["x", "y"], height=300)
    assert "A" in texts(figure)
    assert "—" in texts(figure)
    assert symbols(figure) == []


def test_narrow_intervals_are_told() -> None:
    wide = [score_row("A", 0.2), score_row("B", 0.3)]
    assert not narrow_intervals(wide)
    tight = [score_row(c, v, lower=v, upper=v + 0.001) for c, v in (("A", 0.2), ("B", 0.3))]
    assert narrow_intervals(tight)
    assert not narrow_intervals([score_row("A", 0.2)])


def spine_row(**options: Any) -> SpineRow:
    given: dict[str, Any] = {
        "code": "contract_rate",
        "name": "常住人口签约率",
        "value": 0.58,
        "label": "58.0%",
        "fraction": "5／9",
        "reference": 0.53,
        "reference_label": "53.0",
        "best": "本县",
        "peers": (0.45, 0.5, 0.55, 0.58),
        "is_higher_better": True,
        "mark": "better",
        "series": (0.5, None, 0.6),
    }
    return SpineRow(**given | options)


def dot(figure: go.Figure, colour: str) -> float:
    marks = next(t for t in figure.data if getattr(t, "mode", "") == "markers")
    return float(marks.x[list(marks.marker.color).index(colour)])


def test_right_is_better_whatever_the_polarity() -> None:
    good = spine_figure([spine_row()], reference_zh="全市", span_zh="近24个月", height=300)
    low = spine_row(value=0.45, is_higher_better=False)
    also_good = spine_figure([low], reference_zh="全市", span_zh="近24个月", height=300)
    middle = (62.0 + 85.5) / 2
    assert dot(good, theme.BETTER) > middle
    assert dot(also_good, theme.BETTER) > middle
    assert clickable(good) == ["contract_rate"]


@pytest.mark.parametrize(
    ("best", "drawn"),
    [
        ("高新技术产业开发区 59.9", "高新技术… 59.9"),  # nine letters and the value have no room
        ("兰考县 60.5", "兰考县 60.5"),
        ("100.0", "100.0"),
        ("本县", "本县"),
    ],
)
def test_the_name_of_the_best_county_keeps_to_its_column(best: str, drawn: str) -> None:
    assert best_words(best) == drawn


def test_without_a_reference_there_are_no_bars() -> None:
    row = spine_row(reference=None, reference_label="—", best="—", mark="", series=(0.5,))
    figure = spine_figure([row], reference_zh="全市", span_zh="近24个月", height=300)
    assert len(figure.layout.shapes) == 0
    assert "全市" not in texts(figure)
    alone = spine_figure(
        [spine_row(peers=(0.5,), value=None, is_selected=True, best="通许县 58.0")],
        reference_zh="全市",
        span_zh="",
        height=300,
    )
    assert len(alone.layout.shapes) == 1  # only the shade of the chosen row


def test_a_worse_value_is_warm_and_a_lone_county_has_no_dot() -> None:
    figure = spine_figure(
        [spine_row(value=None, mark="worse")], reference_zh="全市", span_zh="", height=300
    )
    inks = {t.textfont.color for t in figure.data if getattr(t, "mode", "") == "text"}
    assert theme.WORSE in inks


def test_quartiles_by_hand() -> None:
    assert quartiles([1, 2, 3, 4, 5]) == (2, 4)
    assert quartiles([4, 1]) == pytest.approx((1.75, 3.25))


def township(code: str, value: float | None, **options: Any) -> TownshipRow:
    given: dict[str, Any] = {
        "name": f"{code}镇",
        "lower": None,
        "upper": None,
        "label": "50.0",
        "mark": "",
        "clinics": "3／4",
        "clinics_open": True,
        "devices": ("in_use", "broken", "in_use"),
        "series": (0.4, 0.5),
    }
    return TownshipRow(code=code, value=value, **given | options)


def test_townships_run_down_the_left_half_first() -> None:
    rows = [township(c, 0.5, lower=0.49, upper=0.51) for c in "ABC"]
    figure = townships_figure(rows, reference=0.5, reference_label="50.0", height=300)
    assert clickable(figure) == ["A", "B", "C"]
    bar = figure.data[-1]
    assert bar.base[0] == bar.base[1] == 0
    assert bar.base[2] > 50
    assert symbols(figure).count("square") == 7  # two a township, one in the legend


def test_a_township_without_figures_keeps_its_name() -> None:
    rows = [township("A", None, label="—", devices=(), series=()), township("B", 0.4, mark="worse")]
    figure = townships_figure(rows, reference=None, reference_label="—", height=300)
    assert "A镇" in texts(figure)
    only = townships_figure([township("A", None)], reference=None, reference_label="—", height=300)
    assert clickable(only) == ["A"]


def test_the_county_is_the_last_drawn_and_names_are_neutral() -> None:
    names = {"410225": HOSTILE, "410221": "杞县"}
    figure = locator_figure(names, selected="410225", geojson_url="./geo/1/x.geojson", height=100)
    trace = figure.data[0]
    assert list(trace.locations) == ["410221", "410225"]
    assert list(trace.z) == [0, 1]
    assert all("<" not in text for text in trace.text)
    assert figure.layout.geo.visible is False
    elsewhere = locator_figure(names, selected="x", geojson_url="", height=100)
    assert list(elsewhere.data[0].locations) == ["410225", "410221"]
