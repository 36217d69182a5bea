"""Who is behind on what and who acts, on a gate that says what it is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.consortium import behind, fund, items, members
from dashboard.panels.consortium.values import Figure, Figures, read_figures
from dashboard.view import View
from pipeline.catalog import Indicator, catalogue
from tests.builders.drawn import html

Run = Callable[..., AppTest]
Views = Callable[..., View]
CITY, QI, LANKAO = "410200", "410221", "410225"
VISITS, ELDERLY, COST = "primary_visit_share", "elderly_management_rate", "inpatient_cost_per_stay"
PACE = behind.PACE


class Told:
    """A week that claims what a test tells it."""

    def __init__(
        self, *worse: tuple[str, str], better: tuple[str, ...] = (), rest: str = "similar"
    ) -> None:
        self.worse, self.better, self.rest = set(worse), set(better), rest

    def mark(self, indicator_id: str, area: str, other: str | None) -> str:
        return self.claimed(indicator_id, area, other) or self.rest

    def claimed(self, indicator_id: str, area: str, other: str | None) -> str:
        assert other is not None
        if (indicator_id, area) in self.worse:
            return "worse"
        return "better" if indicator_id in self.better else ""


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def told(*worse: tuple[str, str], **others: Any) -> None:
        monkeypatch.setattr(behind, "week_of", lambda _: Told(*worse, **others))

    return told


def who(indicator_id: str) -> str:
    return catalogue().indicators[indicator_id].responsible_zh


def share(numerator: int, denominator: int) -> Figure:
    return Figure(
        value=numerator / denominator,
        numerator=numerator,
        denominator=denominator,
        status="final",
    )


def given(view: View, known: dict[tuple[str, str], Figure]) -> Figures:
    """Return the page's figures, replaced by those of a test."""
    return replace(read_figures(view, members.indicators(view)), by_key=known)


KNOWN = {
    (VISITS, CITY): share(600, 1000),
    (VISITS, QI): share(55, 100),
    (VISITS, LANKAO): share(59, 100),
    (ELDERLY, CITY): share(700, 1000),
    (ELDERLY, QI): share(68, 100),
    (COST, CITY): Figure(value=6000.0, status="final"),
    (COST, QI): Figure(value=6900.0, status="final"),
    # Half of the year has gone: 510 of 1,000 万元 spent are 10 too many.
    (PACE, QI): share(510_000_000, 1_000_000_000),
    (PACE, LANKAO): share(400_000_000, 1_000_000_000),
}


def asked(view: View) -> list[Indicator]:
    return members.indicators(view)


def test_a_county_behind_on_more_comes_first_and_the_furthest_item_leads(
    view_of: Views, tell: Callable[..., None]
) -> None:
    tell((VISITS, LANKAO), (ELDERLY, QI), (VISITS, QI), (COST, QI))
    view = view_of()
    found = behind.behind(view, given(view, KNOWN), asked(view))
    assert [one.county.code for one in found] == [QI, LANKAO]
    # In material differences: 900 of 100 yuan, 5 of 1 point, 2 of 1 point.
    assert [i.id for i in found[0].worse] == [COST, VISITS, ELDERLY]


def test_a_point_tells_values_whole_and_who_acts_and_the_fund_comes_last(
    view_of: Views, tell: Callable[..., None]
) -> None:
    tell((VISITS, QI), (ELDERLY, QI))
    view = view_of()
    figures = given(view, KNOWN)
    county, money = behind.points(
        view, figures, asked(view), behind.behind(view, figures, asked(view)), most=5
    )
    assert county.title.endswith("：2项差于全市")
    assert county.text == (
        f"基层诊疗占比55.0%（60.0%），老年人体检68.0%（70.0%）。{who(VISITS)}、{who(ELDERLY)}负责。"
    )
    assert money.title.endswith("打包基金支出快于时间进度")
    assert money.text == "累计支出51.0%，时间进度50.0%，多支10.0万元。医保局负责。"


def test_several_that_outspend_are_counted_and_the_furthest_is_told(
    view_of: Views, tell: Callable[..., None]
) -> None:
    tell()
    view = view_of()
    known = KNOWN | {(PACE, LANKAO): share(600_000_000, 1_000_000_000)}
    (money,) = behind.points(view, given(view, known), asked(view), [], most=5)
    name = view.places.by_code[LANKAO].name
    assert money.title == f"{name}等2个县区打包基金支出快于时间进度"
    assert money.text.startswith(f"{name}累计支出60.0%，")


def test_a_county_reads_its_own_items_with_parts(view_of: Views, tell: Callable[..., None]) -> None:
    tell((VISITS, QI), (COST, QI), (VISITS, LANKAO))
    view = view_of(area=QI)
    figures = given(view, {key: one for key, one in KNOWN.items() if key[0] != PACE})
    found = behind.behind(view, figures, asked(view))
    assert [one.county.code for one in found] == [QI]
    assert view.county is not None
    cost, visits = behind.county_points(view, figures, asked(view), view.county, most=5)
    assert (cost.title, cost.text) == (
        "住院人均费用高于全市",
        f"6900元，全市6000元。{who(COST)}负责。",
    )
    assert visits.title == "基层诊疗占比低于全市"
    assert visits.text == f"55.0%（55／100人次），全市60.0%。{who(VISITS)}负责。"


def test_where_a_county_leads_comes_after_where_it_is_behind_and_the_fund(
    view_of: Views, tell: Callable[..., None]
) -> None:
    tell((VISITS, QI), better=(ELDERLY, COST))
    view = view_of(area=QI)
    known = KNOWN | {(ELDERLY, QI): share(72, 100), (COST, QI): Figure(value=5500.0)}
    assert view.county is not None
    said = behind.county_points(view, given(view, known), asked(view), view.county, most=5)
    assert [point.mark for point in said] == ["worse", "worse", "better", "better"]
    assert "打包基金" in said[1].title
    assert [point.title for point in said[2:]] == ["住院人均费用低于全市", "老年人体检高于全市"]
    assert said[3].text == "72.0%（72／100人），全市70.0%。"
    few = behind.county_points(view, given(view, known), asked(view), view.county, most=2)
    assert [point.mark for point in few] == ["worse", "worse"]


def test_no_more_points_than_there_is_room_for(view_of: Views, tell: Callable[..., None]) -> None:
    view = view_of()
    tell(*((VISITS, county.code) for county in view.counties))
    figures = given(view, KNOWN)
    found = behind.behind(view, figures, asked(view))
    assert len(found) == 9
    said = behind.points(view, figures, asked(view), found, most=4)
    assert len(said) == 4
    assert "打包基金" in said[-1].title
    rows = behind.listed(view, figures, found)
    assert rows.height == 9
    assert set(rows["responsible"]) == {who(VISITS)}


def test_nobody_behind_is_said(view_of: Views, tell: Callable[..., None]) -> None:
    tell()
    city, county = view_of(), view_of(area=QI)
    assert county.county is not None
    known = {(VISITS, QI): share(55, 100)}
    (point,) = behind.points(city, given(city, known), asked(city), [], most=5)
    figures = given(county, known)
    (own,) = behind.county_points(county, figures, asked(county), county.county, most=5)
    assert point == own
    assert (point.mark, point.title) == ("similar", "没有落后的指标")


def test_where_nothing_was_tested_nobody_is_called_up_to_the_mark(
    view_of: Views, tell: Callable[..., None]
) -> None:
    tell(rest="none")
    city = view_of()
    nothing = given(city, {(VISITS, QI): Figure()})
    (point,) = behind.points(city, nothing, asked(city), [], most=5)
    assert point.title == "本期没有可检验的数据"
    assert members.claim(city, nothing) == ""


@pytest.mark.parametrize(
    ("area", "worse", "words"),
    [
        (CITY, ((VISITS, QI), (VISITS, LANKAO), (ELDERLY, QI)), "2个县区有指标差于全市"),
        (QI, ((VISITS, QI), (ELDERLY, QI), (VISITS, LANKAO)), "2项指标差于全市"),
        (CITY, (), "没有指标差于全市"),
        ("all", ((VISITS, QI),), "1个县区有指标差于合计"),
    ],
)
def test_the_title_counts_who_is_behind(
    view_of: Views,
    tell: Callable[..., None],
    area: str,
    worse: tuple[tuple[str, str], ...],
    words: str,
) -> None:
    tell(*worse)
    view = view_of(area=area)
    assert members.claim(view, given(view, {(VISITS, QI): share(55, 100)})) == words


def test_a_city_that_is_not_complete_is_compared_with_nothing(
    view_of: Views, run_consortium: Callable[..., object]
) -> None:
    view = view_of(area="6109HK")
    assert view.reference is None
    figures = given(view, KNOWN)
    assert behind.behind(view, figures, asked(view)) == []
    assert members.claim(view, figures) == ""
    assert "不与全市比较" in html(run_consortium(area="6109HK"))  # type: ignore[arg-type]


def test_who_outspends_the_calendar_is_told_without_a_city_to_compare_with(
    view_of: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = view_of(area="6109HK")
    drawn: list[str] = []
    monkeypatch.setattr(behind, "draw_list", lambda found: drawn.extend(f.title for f in found))
    own = view.area.code
    behind.behind_panel(view, given(view, {(PACE, own): share(510, 1000)}), [], height=600)
    assert drawn == [f"{view.area.name}打包基金支出快于时间进度"]
    behind.behind_panel(view, given(view, {(PACE, own): share(490, 1000)}), [], height=600)
    assert len(drawn) == 1


def test_the_ledger_of_several_cities_has_cities_first_and_then_who_has_least_left(
    view_of: Views,
) -> None:
    view = view_of(area="all")
    found = fund.lines(view, given(view, KNOWN))
    cities = [place.code for place in view.children]
    assert list(found)[: 1 + len(cities)] == ["all", *cities]
    below = list(found)[1 + len(cities) :]
    assert below[:2] == [QI, LANKAO]
    assert len(below) == len(view.counties)


def test_of_counts_that_nobody_tested_none_is_called_no_worse(
    run_consortium: Run, view_of: Views
) -> None:
    view = view_of("410225")
    figures = read_figures(view, members.indicators(view))
    untested = {
        table: not behind.is_told(view, figures, items.indicators_of(view.catalogue, table))
        for table in items.TABLES
    }
    assert {True, False} <= set(untested.values())
    said = re.findall(r"<summary>(.*?)</summary>", html(run_consortium(area="410225")))
    assert len(said) == len(items.TABLES)
    of_table = dict(zip((table for row in items.ROWS for table in row), said, strict=True))
    for table, is_untested in untested.items():
        assert not (is_untested and "没有指标差于" in of_table[table])
    assert any("没有指标差于" in words for words in said)
