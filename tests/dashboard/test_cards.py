"""Cards: what they say for each state of the facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dashboard.look import cards
from dashboard.panels.overview import scorecard
from dashboard.places import Place, Places
from dashboard.reading.facts import read_facts
from dashboard.view import View
from pipeline.methods.periods import previous_month
from tests.builders.facts import (
    CLINICS,
    DEVICES,
    FLOW,
    LEVEL,
    MONEY,
    STOCK,
    change,
    clinics,
    fact,
    points,
)
from tests.builders.places import place


def test_a_flow_card_says_value_both_changes_target_and_distance() -> None:
    made = cards.card(fact())
    for words in (
        "县域外住院占比",
        "越低越好",
        "24.8",
        "13.5万／54.3万人次",
        "截至同期 −1.3个百分点",
        "2月环比（春节） −0.3个百分点",
        "↘ 好转",
        "目标 ≤22.0%",
        "差2.8个百分点",
        "近3个月",
    ):
        assert words in made


def test_provisional_months_never_enter_the_change() -> None:
    assert fact().monthly_points == pytest.approx(-0.003)
    assert fact().provisional_count == 1


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        # Windows: 22 January to 12 February 2025, 10 February to 3 March 2026.
        ((2025, 1), "1月环比（春节）"),
        ((2025, 3), "3月环比（春节）"),
        ((2025, 4), "4月环比"),
        ((2026, 1), "1月环比"),
        ((2026, 2), "2月环比（春节）"),
        ((2026, 3), "3月环比（春节）"),
    ],
)
def test_months_that_the_spring_festival_tells_apart_say_so(
    month: tuple[int, int], expected: str
) -> None:
    last = dt.date(*month, 1)
    periods = zip(points([0.25, 0.24]), (previous_month(last), last), strict=True)
    months = tuple(replace(point, period=day) for point, day in periods)
    made = cards.change_words(fact(months=months))
    assert made[1] == (expected, "−1.0个百分点")
    of_registry = cards.change_words(clinics(months=months))
    assert of_registry[1][0] == f"{last.month}月环比"


def test_weeks_that_do_not_follow_each_other_have_no_change() -> None:
    weeks = points([0.530, 0.540, 0.545], step="week", numerators=[1, 2, 3])
    made = fact(STOCK, 0.545, weeks=(weeks[0], weeks[2]))
    assert (made.weekly_points, made.weekly_change) == (None, None)
    assert cards.change_words(made)[0] == ("较上周", "—")


def test_months_that_do_not_follow_each_other_have_no_change() -> None:
    gap = points([0.25, 0.24, 0.23], statuses=["final", "missing", "final"])
    assert fact(months=gap).monthly_points is None
    assert cards.change_words(fact(months=()))[1] == ("环比", "—")


def test_a_card_of_a_township_speaks_of_quarters() -> None:
    town = fact(level="township", months=())
    assert cards.span_words(town) == "1—3月累计"
    assert cards.change_words(town)[1] == ("按季度统计，不比环比", "")
    assert "近0个月" not in str(cards.card(town))
    assert fact(months=points([None, 0.2])).monthly_points is None


def test_a_registry_card_counts_facilities_by_week() -> None:
    made = cards.card(clinics())
    assert "较上周 +7所" in made
    assert "↗ 有进展" in made
    assert "2011／2157所" in made
    # 39 short, 7 a week, 42 weeks left.
    assert "差39所，可按期" in made


def test_a_registry_that_stands_still_is_not_on_time() -> None:
    still = points([0.9] * 10, step="week", numerators=[2011] * 10)
    stands = change("unchanged", weeks=9)
    words = cards.distance(clinics(weeks=still))
    assert words == ("worse", "差39所")
    assert cards.change_words(clinics(weeks=still))[0] == ("较上周", "持平")
    assert cards.verdict_words(clinics(weeks=still, change=stands)) == ("→ 连续9周未变", "")
    once = clinics(weeks=still, change=change("unchanged", weeks=1))  # 较上周 持平 says so
    assert cards.verdict_words(once) == ("", "")
    assert cards.change_words(clinics(weeks=()))[0] == ("较上周", "—")
    assert cards.distance(clinics(due=None))[0] == "worse"


def test_a_stock_of_persons_is_judged_by_its_own_past() -> None:
    weeks = points([0.530, 0.545], step="week")
    made = fact(STOCK, 0.545, weeks=weeks, target=0.545, change=change("improved", **LEVEL))
    assert cards.change_words(made) == [("较上周", "+1.5个百分点"), ("较以往", "+1.6个百分点")]
    assert cards.verdict_words(made) == ("↗ 好转", "good")
    assert cards.distance(made) == ("better", "已达标")
    # The verdict stands beside the change that was tested.
    lower = cards.card(made).split("<hr")[1]
    assert lower.index("较上周") < lower.index("较以往") < lower.index("好转")
    untested = fact(STOCK, 0.5, weeks=weeks, change=change("not_judged"))
    assert cards.verdict_words(untested) == ("不作判断", "")
    assert cards.change_words(untested)[1][0] == "2月环比"


def test_money_without_an_interval_is_not_judged() -> None:
    none = change("not_judged")
    made = fact(MONEY, 0.33, numerator=10**9, denominator=3 * 10**9, change=none)
    assert cards.verdict_words(made) == ("不作判断", "")
    assert "1000.0万／3000.0万元" in cards.card(made)


@pytest.mark.parametrize(
    ("verdict", "indicator", "words"),
    [
        ("worsened", FLOW, ("↗ 变差", "bad")),
        ("normal", FLOW, ("∿ 正常波动", "")),
        ("advanced", CLINICS, ("↗ 有进展", "good")),
        ("receded", CLINICS, ("↘ 有回落", "bad")),
        ("complete", CLINICS, ("已全部完成", "")),
    ],
)
def test_an_arrow_gives_the_direction_and_a_word_the_verdict(
    verdict: str, indicator: Any, words: tuple[str, str]
) -> None:
    assert cards.verdict_words(fact(indicator, change=change(verdict))) == words


def test_tables_say_yuan_and_keep_what_is_unknown() -> None:
    money = fact(MONEY, 0.33, numerator=12_345, denominator=None)
    assert cards.table_counts(money, MONEY) == (123.45, None)
    assert cards.table_counts(fact(MONEY, None, numerator=None), MONEY) == (None, 5430.0)
    assert cards.table_counts(fact(), FLOW) == (135_000, 543_000)
    assert cards.count_headers(MONEY)["numerator"] == "分子（元）"


def test_a_target_reached_while_claims_still_arrive_is_not_reached_for_good() -> None:
    # Bills from outside come last: 21.9 % of January can only rise, 24.8 % stays above 22 %.
    reached = fact(value=0.219, status="provisional")
    assert cards.distance(reached) == ("none", "暂定达标")
    assert cards.distance(fact(value=0.219)) == ("better", "已达标")
    assert cards.distance(fact(status="provisional")) == ("worse", "差2.8个百分点")


def test_a_small_distance_is_not_alarmed() -> None:
    assert cards.distance(fact(value=0.225)) == ("similar", "差0.5个百分点")
    assert cards.distance(fact(target=None)) == ("none", "")
    assert cards.target_words(fact(target=None)) == "未设目标"
    assert cards.target_words(clinics(target=1.0)) == "目标 100%"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"status": "suppressed"}, "人数过少"),
        ({"status": "missing"}, "没有上报数据"),
        ({"status": "missing", "level": "township"}, "没有这一级地区的数据"),
    ],
)
def test_a_card_without_a_value_says_why(options: dict[str, Any], words: str) -> None:
    assert words in cards.card(fact(value=None, **options))


def test_signs_of_absence() -> None:
    assert cards.value_words(fact(value=None, status="suppressed")) == "＊"
    assert cards.value_words(fact(value=None)) == "—"
    assert cards.mark_image("none") is None


def test_an_incomplete_value_is_shown_as_provisional() -> None:
    assert cards.span_words(fact(status="provisional")) == "暂定"


def test_facts_of_the_small_world_agree_with_its_marts(view_of: Callable[..., View]) -> None:
    view = view_of("410225")
    found = read_facts(view, indicators=[STOCK, FLOW], areas=["410225"])
    stock, flow = found[STOCK.id, "410225"], found[FLOW.id, "410225"]
    assert stock.numerator is not None
    assert stock.denominator is not None
    assert stock.reading.value == pytest.approx(stock.numerator / stock.denominator)
    assert stock.weekly_change == (stock.weeks[-1].numerator or 0) - (
        stock.weeks[-2].numerator or 0
    )
    assert flow.until == dt.date(2025, 3, 31)
    assert len(flow.final_months) == 21
    bare = read_facts(view, indicators=[STOCK], areas=["410225"], history=False)
    assert bare[STOCK.id, "410225"].months == ()
    assert bare[STOCK.id, "410225"].weekly_change is None


def test_a_zone_is_called_as_people_call_it_without_its_city() -> None:
    def zone(code: str, name: str, parent: str | None = "411300") -> Place:
        return place(code, parent=parent, name=name, has_polygon=False)

    city = place("411300", "city", name="南阳市")
    zones = [
        zone("411371", "南阳高新技术产业开发区"),
        zone("411372", "南阳市城乡一体化示范区"),
        zone("411373", "临港区"),
        zone("411374", "南阳"),
        zone("9", "远方区", None),
    ]
    tree = Places([city, *zones])
    assert [tree.short_name(zone) for zone in zones] == [
        "高新区",
        "示范区",
        "临港区",
        "南阳",
        "远方区",
    ]
    assert tree.short_name(city) == "南阳市"
    alone = zone("411375", "南阳经济技术开发区", None)
    assert Places([alone]).short_name(alone) == "南阳经济技术开发区"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"numerator": 12, "denominator": 16}, "12／16"),
        ({"numerator": 29, "denominator": 29}, "29／29"),
        ({"numerator": 28, "denominator": 30}, "75.0"),
        ({"numerator": None, "denominator": 16}, "75.0"),
        ({"numerator": 12, "denominator": 16, "status": "suppressed"}, "＊"),
    ],
)
def test_a_scorecard_cell_of_few_prints_both_counts(given: dict[str, Any], words: str) -> None:
    assert scorecard.cell_words(fact(DEVICES, 0.75, **given)) == words


def test_money_of_few_is_no_count() -> None:
    assert scorecard.cell_words(fact(MONEY, 0.33, numerator=5, denominator=15)) == "33.0"
