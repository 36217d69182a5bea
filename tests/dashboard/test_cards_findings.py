"""Cards and points: what they say for each state of the facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.look import cards
from dashboard.places import Place, Places
from dashboard.reading import findings
from dashboard.reading.facts import Fact, Point, read_facts
from dashboard.reading.marks import Reading
from dashboard.view import View
from pipeline.catalog import catalogue

KNOWN = catalogue().indicators
FLOW, MONEY = KNOWN["out_of_county_inpatient_rate"], KNOWN["fund_outflow_rate"]
STOCK, CLINICS = KNOWN["contract_rate"], KNOWN["standardised_clinic_rate"]
DEVICES = KNOWN["three_device_coverage"]


def reading(value: float | None, half: float = 0.002) -> Reading:
    if value is None:
        return Reading(value=None)
    return Reading(value=value, lower=value - half, upper=value + half)


def points(values: list[float | None], *, step: str = "month", **options: Any) -> tuple[Point, ...]:
    first = dt.date(2025, 1, 1) if step == "month" else dt.date(2025, 1, 3)
    return tuple(
        Point(
            period=dt.date(2025, n + 1, 1) if step == "month" else first + dt.timedelta(weeks=n),
            numerator=options.get("numerators", [None] * len(values))[n],
            reading=reading(value),
            status=options.get("statuses", ["final"] * len(values))[n],
        )
        for n, value in enumerate(values)
    )


def fact(indicator: Any = FLOW, value: float | None = 0.248, **options: Any) -> Fact:
    given: dict[str, Any] = {
        "indicator": indicator,
        "area_code": "410225",
        "level": "county",
        "status": "final" if value is not None else "missing",
        "reading": reading(value),
        "numerator": 135_000,
        "denominator": 543_000,
        "until": dt.date(2025, 3, 31),
        "same_period": 0.261,
        "target": 0.22,
        "due": dt.date(2025, 12, 31),
        "months": points([0.25, 0.247, 0.24], statuses=["final", "final", "provisional"]),
        "weeks": (),
    }
    return Fact(**given | options)


def clinics(**options: Any) -> Fact:
    weeks = points([0.9] * 10, step="week", numerators=list(range(1940, 2011, 7))[:10])
    given: dict[str, Any] = {
        "numerator": 2011,
        "denominator": 2157,
        "target": 0.95,
        "until": dt.date(2025, 9, 30),
        "weeks": weeks,
        "months": (),
    }
    return fact(CLINICS, 2011 / 2157, **given | options)


def test_a_flow_card_says_value_both_changes_target_and_distance() -> None:
    made = cards.card(fact())
    for words in (
        "县域外住院占比",
        "越低越好",
        "24.8",
        "13.5万／54.3万人次",
        "截至同期 −1.3个百分点",
        "2月环比 −0.3个百分点",
        "↘ 好转",
        "目标 ≤22.0%",
        "差2.8个百分点",
        "近3个月",
    ):
        assert words in made


def test_provisional_months_never_enter_the_change() -> None:
    assert fact().monthly_points == pytest.approx(-0.003)
    assert fact().provisional_count == 1


def test_months_that_do_not_follow_each_other_have_no_change() -> None:
    gap = points([0.25, 0.24, 0.23], statuses=["final", "missing", "final"])
    assert fact(months=gap).monthly_points is None
    assert cards.change_words(fact(months=()))[1] == ("环比", "—")
    assert fact(months=points([None, 0.2])).monthly_points is None


def test_a_registry_card_counts_facilities_by_week() -> None:
    made = cards.card(clinics())
    assert "较上周 +7所" in made
    assert "↗ 好转" in made
    assert "2011／2157所" in made
    # 39 short, 7 a week, thirteen weeks left.
    assert "差39所，可按期" in made


def test_a_registry_that_stands_still_is_not_on_time() -> None:
    still = points([0.9] * 10, step="week", numerators=[2011] * 10)
    words = cards.distance(clinics(weeks=still))
    assert words == ("worse", "差39所")
    assert cards.change_words(clinics(weeks=still))[0] == ("较上周", "持平")
    assert cards.verdict_words(clinics(weeks=still)) == ("→ 连续9周未变", "")
    assert cards.change_words(clinics(weeks=()))[0] == ("较上周", "—")
    assert cards.distance(clinics(due=None))[0] == "worse"


def test_a_stock_of_persons_is_judged_by_its_interval() -> None:
    weeks = points([0.530, 0.545], step="week")
    made = fact(STOCK, 0.545, weeks=weeks, target=0.545)
    assert cards.change_words(made)[0] == ("较上周", "+1.5个百分点")
    assert cards.verdict_words(made) == ("↗ 好转", "good")
    assert cards.distance(made) == ("better", "已达标")
    assert cards.verdict_words(fact(STOCK, 0.5)) == ("不作判断", "")


def test_money_without_an_interval_is_not_judged() -> None:
    made = fact(MONEY, 0.33, reading=Reading(value=0.33), numerator=10**9, denominator=3 * 10**9)
    assert cards.verdict_words(made) == ("不作判断", "")
    assert "1000.0万／3000.0万元" in cards.card(made)


def test_tables_say_yuan_and_keep_what_is_unknown() -> None:
    money = fact(MONEY, 0.33, numerator=12_345, denominator=None)
    assert cards.table_counts(money, MONEY) == (123.45, None)
    assert cards.table_counts(fact(MONEY, None, numerator=None), MONEY) == (None, 5430.0)
    assert cards.table_counts(fact(), FLOW) == (135_000, 543_000)
    assert cards.count_headers(MONEY)["numerator"] == "分子（元）"


def test_worse_points_up_for_lower_is_better() -> None:
    assert cards.verdict_words(fact(same_period=0.22)) == ("↗ 变差", "bad")
    assert cards.verdict_words(fact(same_period=0.2475)) == ("∿ 正常波动", "")


def test_a_small_distance_is_not_alarmed() -> None:
    assert cards.distance(fact(value=0.225)) == ("similar", "差0.5个百分点")
    assert cards.distance(fact(target=None)) == ("none", "")
    assert cards.target_words(fact(target=None)) == "未设目标"
    assert cards.target_words(clinics(target=1.0)) == "目标 ≥100%"


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


def test_an_incomplete_value_is_shown_as_provisional_and_never_judged() -> None:
    made = fact(status="provisional")
    assert cards.span_words(made) == "暂定"
    assert cards.verdict_words(made)[0] == "不作判断"


def test_the_change_becomes_a_point() -> None:
    found = findings.change(fact())
    assert found is not None
    assert (found.mark, found.title) == ("better", "县域外住院占比好转")
    assert found.text == "2025年1—3月24.8%，截至同期−1.3个百分点；目标22.0%。"
    assert findings.change(fact(value=None)) is None
    worse = findings.change(fact(same_period=0.22))
    assert worse is not None
    assert worse.mark == "worse"
    week = findings.change(fact(STOCK, 0.545, weeks=points([0.544, 0.545], step="week")))
    assert week is not None
    assert (week.mark, week.text[:12]) == ("similar", "54.5%，较上周+0.")
    assert findings.period_words(fact(until=None)) == ""


def several(indicator: Any, values: list[float]) -> list[Fact]:
    return [fact(indicator, v, area_code=f"A{n}") for n, v in enumerate(values)]


NAMES = {f"A{n}": f"{name}县" for n, name in enumerate("甲乙丙丁戊")}


def test_counties_worse_than_the_city_are_named_neediest_first() -> None:
    found = findings.outliers(
        several(FLOW, [0.25, 0.31, 0.35]), NAMES, reference=0.25, reference_zh="全市"
    )
    assert found is not None
    assert found.title == "丙县、乙县住院外流偏高"
    assert found.text.startswith("35.0%、31.0%，与全市相差10.0、6.0个百分点")
    low = findings.outliers(several(STOCK, [0.4, 0.6]), NAMES, reference=0.5, reference_zh="全市")
    assert low is not None
    assert low.title == "甲县常住签约偏低"


def test_more_than_three_are_counted() -> None:
    found = findings.outliers(
        several(FLOW, [0.31, 0.32, 0.33, 0.34]), NAMES, reference=0.25, reference_zh="全市"
    )
    assert found is not None
    assert "等4个县区" in found.title


def test_no_outlier_is_a_point_too() -> None:
    found = findings.outliers(
        several(FLOW, [0.25, 0.251]), NAMES, reference=0.25, reference_zh="全市"
    )
    assert found is not None
    assert found.mark == "similar"
    assert findings.outliers(several(FLOW, [0.2]), NAMES, reference=0.25, reference_zh="") is None
    none = findings.outliers(several(FLOW, [0.2, 0.3]), NAMES, reference=None, reference_zh="")
    assert none is None


def test_money_shares_are_told_without_a_verdict() -> None:
    found = findings.outliers(
        several(MONEY, [0.30, 0.42]), NAMES, reference=0.35, reference_zh="全市"
    )
    assert found is not None
    assert found.mark == "similar"
    assert found.title == "各县区基金外流相差12.0个百分点"


def test_devices_met_short_and_still() -> None:
    still = points([0.9] * 8, step="week", numerators=[102] * 8)
    short = fact(DEVICES, 102 / 109, numerator=102, denominator=109, weeks=still)
    found = findings.devices(short, one_away=5, names=["杞县"])
    assert found is not None
    assert found.title == "三大件连续7周没有进展"
    assert found.text == "7家未达标，其中5家只差一台设备，涉及杞县。"
    moving = findings.devices(
        fact(DEVICES, 0.9, numerator=102, denominator=109), one_away=1, names=[]
    )
    assert moving is not None
    assert moving.title == "7家机构三大件未达标"
    met = findings.devices(fact(DEVICES, 1.0, numerator=109, denominator=109), one_away=0, names=[])
    assert met is not None
    assert met.mark == "better"
    assert findings.devices(fact(DEVICES, None, numerator=None), one_away=0, names=[]) is None


def test_clinics_met_on_time_late_and_unknown() -> None:
    on_time = findings.clinics(clinics())
    assert on_time is not None
    assert on_time.title == "村卫生室可望按期完成"
    assert on_time.text == "近8周每周7.0所；到2025年12月31日达95.0%，每周需3.0所。"
    late = findings.clinics(clinics(until=dt.date(2025, 12, 20)))
    assert late is not None
    assert late.mark == "worse"
    open_ones = findings.clinics(clinics(weeks=()))
    assert open_ones is not None
    assert open_ones.title == "村卫生室还差39所"
    assert findings.clinics(clinics(due=dt.date(2025, 1, 1))) is not None
    met = findings.clinics(clinics(numerator=2157))
    assert met is not None
    assert met.mark == "better"
    assert findings.clinics(clinics(target=None)) is None


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


def test_a_zone_is_called_without_its_city() -> None:
    def place(code: str, name: str, level: str, parent: str | None) -> Place:
        return Place(
            code=code,
            name=name,
            level=level,
            parent_code=parent,
            located_in=None,
            has_polygon=level == "city",
            is_complete=True,
            population=None,
        )

    city = place("411300", "南阳市", "city", None)
    zones = [
        place("411371", "南阳高新技术产业开发区", "county", "411300"),
        place("411372", "南阳市城乡一体化示范区", "county", "411300"),
        place("411373", "临港区", "county", "411300"),
        place("411374", "南阳", "county", "411300"),
        place("9", "远方区", "county", None),
    ]
    tree = Places([city, *zones])
    assert [tree.short_name(zone) for zone in zones] == [
        "高新技术产业开发区",
        "城乡一体化示范区",
        "临港区",
        "南阳",
        "远方区",
    ]
    assert tree.short_name(city) == "南阳市"
