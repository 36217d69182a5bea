"""Tables of the page on consortia that are taken along: a line each, a column for each county."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.panels.consortium import items, members, monitor, values
from dashboard.panels.consortium.values import read_figures
from dashboard.view import View
from pipeline.catalog.monitoring import monitoring
from tests.builders.places import place

Views = Callable[..., View]


def test_the_downloads_carry_every_county(view_of: Views) -> None:
    view = view_of()
    figures = read_figures(view, members.indicators(view))
    names = {county.name for county in figures.counties}
    listed = monitor.download(view, figures)
    assert names <= set(listed.columns)
    assert listed.height == len(monitoring().rows)
    shown = items.indicators_of(view.catalogue, "emergency")
    frame = items.download(figures, shown)
    assert names <= set(frame.columns)
    assert frame.height == len(shown)
    assert {"分子", "分母", "状态"} <= set(frame.columns)


def test_counties_of_one_name_keep_a_column_each() -> None:
    named = (("410204", "鼓楼区"), ("410225", "兰考县"), ("320106", "鼓楼区\u200e"))
    counties = [place(code, name=name) for code, name in named]
    assert list(values.headers(counties).values()) == [
        "鼓楼区（410204）",
        "兰考县",
        "鼓楼区\u200e（320106）",
    ]
