"""The county page without a county: the months of each, most in need first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports import collect
from dashboard.panels.county import courses
from dashboard.panels.overview import board
from dashboard.view import View
from tests.builders.drawn import address, click, html

Run = Callable[..., AppTest]
ViewOf = Callable[..., View]


def facts_of(view: View) -> board.Facts:
    return board.all_facts(view)


def test_the_most_needy_county_comes_first_by_the_polarity(view_of: ViewOf) -> None:
    higher = view_of(indicator="contract_rate")
    found = facts_of(higher)
    values = [
        found["contract_rate", p.code].reading.value or 9.0 for p in courses.ordered(higher, found)
    ]
    assert values == sorted(values)
    lower = view_of(indicator="out_of_county_inpatient_rate")
    found = facts_of(lower)
    worst = [
        found["out_of_county_inpatient_rate", p.code].reading.value
        for p in courses.ordered(lower, found)
    ]
    known = [value for value in worst if value is not None]
    assert known == sorted(known, reverse=True)
    assert len(known) > 1


def test_counties_of_a_group_are_shown_until_they_are_too_many(
    view_of: ViewOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = view_of("all")
    assert {p.level for p in courses.shown_places(view)} == {"county"}
    monkeypatch.setattr(courses, "MOST", 3)
    assert {p.level for p in courses.shown_places(view)} == {"city"}


def test_a_meeting_has_one_line_of_fixed_height(
    view_of: ViewOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = view_of()
    assert courses.height_of(view) == courses.HEIGHT  # nine counties
    monkeypatch.setattr(courses, "MOST_COLUMNS", 4)
    assert courses.height_of(view) == courses.HEIGHT + 2 * courses.ONE_MORE_LINE
    assert courses.height_of(replace(view, meeting=True)) == courses.HEIGHT


def test_every_county_has_a_row_for_every_month(view_of: ViewOf) -> None:
    view = view_of(indicator="out_of_county_inpatient_rate")
    months = courses.months_of(view, view.counties)
    lengths = {frame.height for frame in months.values()}
    assert len(lengths) == 1
    assert all(frame["period"].is_sorted() for frame in months.values())


def test_a_click_opens_the_county(run_page: Run) -> None:
    app = run_page("county", area="410200")
    assert "的走势" in html(app)
    click(app, "courses", "410225")
    assert address(app, "area") == "410225"
    assert "兰考县概况" in html(app)


def test_the_table_has_the_months_of_every_county(view_of: ViewOf) -> None:
    view = view_of(indicator="contract_rate")
    months = courses.months_of(view, view.counties)
    contents = collect.begin(view)
    with collect.panel("courses", title="", note="", height=None):
        collect.later(partial(courses._twin, view, view.counties, months))
    (table,) = collect.tables_of(contents.panels[0])
    frame = table.frame()
    assert frame.height == sum(one.height for one in months.values())
    assert frame.columns[-3:] == ["分子（人）", "分母（人）", "状态"]


def test_a_hidden_month_has_its_sign_and_money_is_in_yuan(view_of: ViewOf) -> None:
    view = view_of(indicator="fund_outflow_rate")
    months = pl.DataFrame(
        {
            "period": ["2025-01-01", "2025-02-01", "2025-03-01"],
            "value": [0.25, None, None],
            "numerator": [2_500, None, None],
            "denominator": [10_000, None, None],
            "status": ["final", "suppressed", None],
        }
    ).with_columns(pl.col("period").str.to_date())
    lines = courses._lines(view, view.counties[0], months)
    assert [line["value"] for line in lines] == ["25.0", "＊", "—"]
    assert (lines[0]["numerator"], lines[0]["denominator"]) == (25.0, 100.0)
    assert [line["status"] for line in lines][:1] == ["已定案"]
