"""The four shares printed beside the stack of destinations."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import polars as pl

from dashboard.charts.destinations import PRINTED, destinations_figure

NAMES = ("本县", "市内跨县", "省内跨市", "跨省")


def test_the_shares_stand_below_each_other_under_their_period() -> None:
    totals = {"same_county": 0.74, "same_city": 0.20, "same_province": 0.05, "other_province": 0.01}
    shares = pl.DataFrame(
        [
            {"month": dt.date(2025, n, 1), "tier": tier, "share": totals[tier], "status": "final"}
            for n in (1, 2)
            for tier in PRINTED
        ]
    )
    figure = destinations_figure(shares, totals=totals, period_zh="2025年1—2月", height=200)
    places = {n.text: n.y for n in figure.layout.annotations if n.text in NAMES}
    high = figure.layout.yaxis.range[1]
    line = high * 27 / (200 - 62)
    assert places["本县"] <= high - line / 2 + 1e-9
    assert min(places[above] - places[below] for above, below in pairwise(NAMES)) >= line - 1e-9


def test_shares_that_may_not_be_told_stand_on_the_axis_and_not_below_it() -> None:
    shares = pl.DataFrame(
        [
            {"month": dt.date(2025, 1, 1), "tier": tier, "share": None, "status": "suppressed"}
            for tier in PRINTED
        ],
        schema_overrides={"share": pl.Float64},
    )
    outside = pl.DataFrame(
        {"month": [dt.date(2025, 1, 1)], "share": [0.3], "status": ["provisional"]}
    )
    totals = dict.fromkeys(PRINTED)
    figure = destinations_figure(shares, totals=totals, period_zh="", outside=outside, height=200)
    lowest = min(n.y for n in figure.layout.annotations if n.text in NAMES)
    assert lowest == figure.layout.yaxis.range[1] * 27 / (200 - 62) / 3
    assert "暂定" in {n.text for n in figure.layout.annotations}
