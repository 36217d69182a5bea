"""The points of the week and the title's claim, on a gate that says what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dashboard import site
from dashboard.panels.county import profile, spine
from dashboard.panels.overview import board, scorecard, week_points
from dashboard.reading.facts import Fact
from dashboard.reading.measured import Reading
from dashboard.reading.week import UNJUDGED, Change
from dashboard.view import View
from tests.builders.week import Told

YEAR = {"statistic": "year", "difference": 0.02}
HEADLINE = board.HEADLINE
OUTFLOW, FUND, CLINICS, DEVICES, CONTRACTS, KEY = HEADLINE


def titles(view: View) -> list[str]:
    own, others = board.own_facts(view), board.all_facts(view)
    return [point.title for point in week_points.points(view, own, others)]


def claim(view: View) -> str:
    return board.claim(view, board.own_facts(view))


def test_a_quiet_week_says_so_and_keeps_what_registries_count(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    tell(Told())
    found = titles(view_of("410200"))
    assert found[0] == "本周没有超出随机波动的变化"
    assert len(found) == 3
    assert any("三大件" in title for title in found[1:])
    assert claim(view_of("410200")) == "6项指标均无明显变化；各县区无明显差异"


def test_without_a_value_nothing_is_called_unchanged_or_alike(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    untold = {
        (name, code): "none"
        for name in HEADLINE
        for code in (p.code for p in view_of("410200").counties)
    }
    tell(Told(marks=untold))
    view = view_of("410200")
    own = board.own_facts(view)
    some = {
        key: fact if key[0] == CLINICS else replace(fact, reading=Reading(value=None))
        for key, fact in own.items()
    }
    assert board.claim(view, some) == "1项指标无明显变化"
    none = {key: replace(fact, reading=Reading(value=None)) for key, fact in own.items()}
    assert board.claim(view, none) == "本期没有可显示的数据"
    first, *_ = week_points.points(view, none, board.all_facts(view))
    assert first.title == "本期没有可检验的数据"


def test_what_is_not_judged_is_not_called_unchanged(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    young = dict.fromkeys((DEVICES, CONTRACTS, KEY), UNJUDGED)
    tell(Told(young))
    quiet = "6项指标：3项无明显变化，3项不作判断；各县区无明显差异"
    assert claim(view_of("410200")) == quiet
    tell(Told(dict.fromkeys(HEADLINE, UNJUDGED)))
    assert claim(view_of("410200")) == "6项指标：6项不作判断；各县区无明显差异"


def test_what_got_worse_comes_first_and_what_got_better_last(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    changes = {
        OUTFLOW: Change(verdict="worsened", **YEAR),
        CONTRACTS: Change(verdict="improved", **YEAR),
    }
    tell(Told(changes, {(OUTFLOW, "410225"): "worse"}))
    found = titles(view_of("410200"))
    assert found[0] == "县域外住院占比变差"
    assert found[1] == "兰考县住院外流高于全市"
    assert "常住人口签约率好转" in found[2:]
    assert claim(view_of("410200")) == ("6项指标：1项向好，1项变差，4项无明显变化；1个县区需关注")


def test_a_point_knows_the_indicator_and_the_one_area_that_it_speaks_of(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    marks = {(OUTFLOW, "410225"): "worse", (FUND, "410225"): "worse", (FUND, "410221"): "worse"}
    tell(Told({CONTRACTS: Change(verdict="improved", **YEAR)}, marks))
    view = view_of("410200")
    own, others = board.own_facts(view), board.all_facts(view)
    found = week_points.points(view, own, others)
    spoken_of = {(p.indicator.id, p.area_code) for p in found if p.indicator is not None}
    assert {(OUTFLOW, "410225"), (FUND, ""), (CONTRACTS, "")} < spoken_of
    assert all(p.indicator is not None and p.indicator.topic in site.ORDER for p in found)
    tell(Told())
    quiet = week_points.points(view, board.own_facts(view), others)
    # The first is of all tests together; clinics come late here, devices not.
    assert [p.indicator.id if p.indicator else "" for p in quiet] == ["", CLINICS, DEVICES]


def test_of_many_points_five_are_said_and_two_of_them_name_areas(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    changes = {i: Change(verdict="improved", **YEAR) for i in HEADLINE}
    marks = {(i, "410225"): "worse" for i in HEADLINE if i != FUND}
    tell(Told(changes, marks))
    found = titles(view_of("410200"))
    assert len(found) == 5
    assert sum("兰考县" in title for title in found) == 2


def test_a_county_names_itself_and_not_its_sisters(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    tell(Told(marks={(OUTFLOW, "410225"): "worse", (OUTFLOW, "410221"): "worse"}))
    found = titles(view_of("410225"))
    assert found[0] == "兰考县住院外流高于全市"
    assert not any("杞县" in title for title in found)
    assert claim(view_of("410225")).endswith("；1项差于全市")


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (("worse", "worse", "better"), "；2项差于全市，1项优于全市"),
        (("better",), "；1项优于全市"),
        (("similar",) * 6, "；与全市均无明显差异"),
        (("similar",) * 5 + ("none",), "6项指标均无明显变化"),  # what is missing is not alike
    ],
)
def test_a_county_is_alike_only_where_all_of_it_is_judged(
    view_of: Callable[..., View], tell: Callable[[Told], None], marks: tuple[str, ...], said: str
) -> None:
    given = zip(HEADLINE, marks, strict=False)
    tell(Told(marks={(name, "410225"): mark for name, mark in given}))
    assert claim(view_of("410225")).endswith(said)


def test_a_registry_that_pauses_is_no_news_and_one_that_stands_is(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    tell(Told({DEVICES: Change(verdict="unchanged", weeks=2)}))
    assert "均无明显变化" in claim(view_of("410200"))
    tell(Told({DEVICES: Change(verdict="unchanged", weeks=6)}))
    assert claim(view_of("410200")).startswith("6项指标：1项停滞，5项无明显变化")


def test_the_best_county_is_named_only_where_certain(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    view = view_of("410225")
    peers, indicator = spine.peer_facts(view), view.catalogue.indicators[CONTRACTS]

    def best(told: Told) -> str:
        tell(told)
        assert view.county is not None
        return spine._best(view, peers, view.county, indicator)

    values = [f.reading.value for (i, _), f in peers.items() if i == CONTRACTS]
    value = f"{max(v for v in values if v is not None) * 100:.1f}"
    assert best(Told()).rstrip("%") == value
    assert best(Told(first="410225")) == "本县"
    assert best(Told(first="410221")).startswith("杞县 ")


def test_a_single_county_has_no_best(view_of: Callable[..., View]) -> None:
    view = view_of("410225")
    peers: dict[tuple[str, str], Fact] = spine.peer_facts(view)
    nothing: Any = {key: _without_value(fact) for key, fact in peers.items()}
    indicator = view.catalogue.indicators[CONTRACTS]
    assert view.county is not None
    assert spine._best(view, nothing, view.county, indicator) == "—"


def _without_value(fact: Fact) -> Any:
    class Nothing:
        reading = type("R", (), {"value": None})()

    return Nothing()


def test_a_profile_without_a_judgement_compares_nothing(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    view = view_of("410225")
    assert view.county is not None
    tell(Told(marks={(OUTFLOW, "410225"): "none"}))
    own = spine.own_facts(view, view.county)
    assert profile._outflow_point(view, own, view.county) is None
    tell(Told(marks={(OUTFLOW, "410225"): "worse"}))
    found = profile._outflow_point(view, own, view.county)
    assert found is not None
    assert found.title == "县域外住院占比高于全市"


def test_a_profile_names_first_what_the_county_is_worse_on(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    view = view_of("410221")
    assert view.county is not None
    own = spine.own_facts(view, view.county)
    tell(Told(marks={(OUTFLOW, "410221"): "better", (CONTRACTS, "410221"): "worse"}))
    first = profile._points(view, own, view.county)[0]
    value, whole = (
        f"{(own[CONTRACTS, code].reading.value or 0) * 100:.1f}%" for code in ("410221", "410200")
    )
    assert first.title == "1项差于全市（括号内）"
    assert first.text == f"常住签约{value}（{whole}）。"
    tell(Told(marks={(OUTFLOW, "410221"): "better"}))
    assert profile._points(view, own, view.county)[0].title == "县域外住院占比低于全市"


def test_a_past_month_does_not_count_todays_devices(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    tell(Told())
    view = view_of("410200", month=-12)
    own, others = board.own_facts(view), board.all_facts(view)
    found = [p for p in week_points.points(view, own, others) if "三大件" in p.title]
    assert found
    assert "只差一件" not in found[0].text


def test_of_the_group_one_point_names_cities_and_one_counties(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    areas = ("410200", "410221", "410225")
    tell(Told(marks={(i, area): "worse" for i in (OUTFLOW, FUND) for area in areas}))
    found = titles(view_of("all"))
    assert sum("开封市" in title for title in found) == 1
    assert sum("县" in title.split("住院")[0].split("基金")[0] for title in found) == 1
    assert claim(view_of("all")).endswith("；1个市、2个县区需关注")


def test_the_scorecard_of_the_group_lists_the_counties_with_most_claims_first(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    marks = {(OUTFLOW, "410225"): "worse", (FUND, "410225"): "worse", (FUND, "410221"): "worse"}
    tell(Told(marks=marks))
    view = view_of("all")
    rows = scorecard.score_rows(view, board.all_facts(view))
    cities = [place.code for place in view.children]
    assert rows[0].code == "all"
    assert {row.code for row in rows[1 : 1 + len(cities)]} == set(cities)
    assert [row.code for row in rows[1 + len(cities) :]] == ["410225", "410221"]
    total = len(view.counties)
    assert rows[-2].heading == f"{total}个县区中2个有指标差于合计，差项多的在前"
    assert rows[-1].heading == ""


def test_a_group_without_claims_lists_its_cities_alone(
    view_of: Callable[..., View], tell: Callable[[Told], None]
) -> None:
    tell(Told())
    view = view_of("all")
    rows = scorecard.score_rows(view, board.all_facts(view))
    assert len(rows) == 1 + len(view.children)
    assert claim(view) == "6项指标均无明显变化；各市无明显差异"


def test_of_many_counties_in_need_those_are_listed_that_there_is_room_for(
    view_of: Callable[..., View],
    tell: Callable[[Told], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell(Told(marks={(FUND, "410225"): "worse", (FUND, "410221"): "worse"}))
    view = view_of("all")
    monkeypatch.setattr(scorecard, "rows_in", lambda _: 3 + len(view.children))
    *_, last = scorecard.score_rows(view, board.all_facts(view))
    assert last.heading.endswith("个县区中2个有指标差于合计，列差项最多的1个")


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (("similar",) * 3, "3项指标：3项与全市无明显差异"),
        (
            ("better", "similar", "worse", "none", "worse"),
            "5项指标：2项差于全市，1项优于全市，1项与全市无明显差异，1项不作判断",
        ),
        (("none", "absent", "absent"), "3项指标：1项不作判断，2项无数据"),
    ],
)
def test_a_county_counts_the_verdicts_it_got_the_worst_first(
    marks: tuple[spine.Verdict, ...], words: str
) -> None:
    assert spine.claim_words(marks, "全市") == words
