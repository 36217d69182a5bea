"""The Spring Festival on charts of months."""

from __future__ import annotations

import datetime as dt

import polars as pl

from dashboard.charts.measure import Measure
from dashboard.charts.trend import trend_figure

PERCENT = Measure(unit_zh="%", decimals=1)


def festivals(first: dt.date, *, days: int, count: int) -> list[tuple[str, str]]:
    periods = [first + dt.timedelta(days=days * n) for n in range(count)]
    if days > 27:
        periods = [period.replace(day=1) for period in periods]
    frame = pl.DataFrame({"period": periods, "value": 0.25, "status": "final"})
    figure = trend_figure(frame, PERCENT)
    marks = [
        shape for shape in figure.layout.shapes if shape.type == "line" and shape.yref == "paper"
    ]
    assert [note.text for note in figure.layout.annotations].count("春节") == len(marks)
    return [(str(mark.x0)[:10], str(mark.x1)[:10]) for mark in marks]


def test_the_spring_festival_is_marked_among_months_and_not_among_weeks() -> None:
    # From 小年 to 元宵, 22 January to 12 February 2025, and half of January earlier: a month's
    # value stands at its first day.
    assert festivals(dt.date(2024, 11, 1), days=31, count=5) == [("2025-01-07", "2025-01-28")]
    assert festivals(dt.date(2025, 3, 1), days=31, count=6) == []
    assert festivals(dt.date(2024, 12, 6), days=7, count=20) == []
    assert festivals(dt.date(2040, 1, 1), days=31, count=4) == []  # beyond the table of dates
