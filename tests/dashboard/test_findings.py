"""The points of the week: what is claimed, with its counts and who acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dashboard.reading import findings
from dashboard.reading.facts import Fact
from tests.builders.facts import DEVICES, FLOW, LEVEL, STOCK, change, clinics, fact, points


def test_a_claimed_change_becomes_a_point_with_counts_and_who_acts() -> None:
    found = findings.change(fact())
    assert found is not None
    assert (found.mark, found.title) == ("better", "县域外住院占比好转")
    counts = "24.8%（13.5万／54.3万人次）"
    assert found.text == f"2025年1—3月{counts}，比去年同期低1.3个百分点。医政科、医保局负责。"
    worse = findings.change(
        fact(change=change("worsened", statistic="year", difference=0.028), until=None)
    )
    assert worse is not None
    assert (worse.mark, worse.title) == ("worse", "县域外住院占比变差")
    assert worse.text.startswith("24.8%")
    assert "高2.8个百分点" in worse.text


@pytest.mark.parametrize(
    ("statistic", "words"),
    [
        (
            "last",
            "54.5%（13.5万／54.3万人），本次上报比前40次的均值高1.6个百分点。基层卫生科负责。",
        ),
        (
            "last_three",
            "54.5%（13.5万／54.3万人），近3次均值比前40次高1.6个百分点。基层卫生科负责。",
        ),
    ],
)
def test_a_stock_names_the_reports_that_were_tested(statistic: str, words: str) -> None:
    made = fact(STOCK, 0.545, change=change("improved", **LEVEL | {"statistic": statistic}))
    found = findings.change(made)
    assert found is not None
    assert found.text == words


@pytest.mark.parametrize("verdict", ["normal", "not_judged", "unchanged", "advanced"])
def test_what_is_not_claimed_becomes_no_point(verdict: str) -> None:
    assert findings.change(fact(change=change(verdict, difference=0.1))) is None
    assert findings.change(fact(value=None)) is None


def several(indicator: Any, values: list[float]) -> list[Fact]:
    return [fact(indicator, v, area_code=f"A{n}") for n, v in enumerate(values)]


NAMES = {f"A{n}": f"{name}县" for n, name in enumerate("甲乙丙丁戊")}


def in_need(indicator: Any, values: list[float], whole: float) -> findings.Finding:
    found = findings.areas_in_need(
        several(indicator, values), NAMES, reference=fact(indicator, whole), reference_zh="全市"
    )
    assert found is not None
    return found


def test_one_county_in_need_is_named_with_its_counts() -> None:
    found = in_need(FLOW, [0.31], 0.25)
    assert (found.mark, found.title) == ("worse", "甲县住院外流高于全市")
    assert found.text == "31.0%（13.5万／54.3万人次），全市25.0%。医政科、医保局负责。"


def test_of_several_the_one_in_most_need_is_the_example() -> None:
    found = in_need(FLOW, [0.31, 0.35], 0.25)
    assert found.title == "乙县、甲县住院外流高于全市"
    assert found.text.startswith("其中乙县35.0%（")
    assert in_need(STOCK, [0.4, 0.3], 0.5).title == "乙县、甲县常住签约低于全市"
    assert in_need(FLOW, [0.31, 0.32, 0.33], 0.25).title == "丙县等3个县区住院外流高于全市"


def test_nobody_in_need_or_no_whole_makes_no_point() -> None:
    assert findings.areas_in_need([], NAMES, reference=fact(), reference_zh="全市") is None
    found = findings.areas_in_need(several(FLOW, [0.3]), NAMES, reference=None, reference_zh="")
    assert found is None


def test_a_week_without_a_claim_says_so() -> None:
    found = findings.nothing(tests=738)
    assert found.title == "本周没有超出随机波动的变化"
    assert "738项" in found.text


def test_names_are_counted_from_the_fourth_on() -> None:
    assert findings.named(["甲县", "乙县", "丙县"]) == "甲县、乙县、丙县"
    assert findings.named(["甲县", "乙县", "丙县", "丁县"]) == "甲县、乙县、丙县等4个县区"


def test_devices_met_short_and_still() -> None:
    short = fact(
        DEVICES,
        102 / 109,
        numerator=102,
        denominator=109,
        change=change("unchanged", weeks=7),
    )
    found = findings.devices(short, one_away=5, names=["杞县"])
    assert found is not None
    assert found.title == "三大件连续7周没有进展"
    assert found.text == "102／109家齐全，5家只差一件，涉及杞县。基层卫生科、规划信息科负责。"
    moving = findings.devices(
        fact(DEVICES, 0.9, numerator=102, denominator=109, change=change("unchanged", weeks=3)),
        one_away=1,
        names=["甲县", "乙县", "丙县", "丁县"],
    )
    assert moving is not None
    assert moving.title == "7家机构三大件未达标"
    assert "涉及4个县区" in moving.text
    # 7 missing; one a week for the ten months that are left.
    weekly = points([0.9] * 9, step="week", numerators=list(range(94, 103)))
    timely = findings.devices(
        fact(DEVICES, 102 / 109, numerator=102, denominator=109, target=1.0, weeks=weekly)
    )
    assert timely is not None
    assert (timely.mark, timely.title) == ("similar", "三大件差7家，可按期配齐")
    past = findings.devices(short)
    assert past is not None
    assert past.text == "102／109家齐全。基层卫生科、规划信息科负责。"
    met = findings.devices(fact(DEVICES, 1.0, numerator=109, denominator=109), one_away=0, names=[])
    assert met is not None
    assert met.mark == "better"
    assert findings.devices(fact(DEVICES, None, numerator=None), one_away=0, names=[]) is None


def test_clinics_met_on_time_late_and_unknown() -> None:
    on_time = findings.clinics(clinics())  # 39 short; from 7 March 42.7 weeks are left
    assert on_time is not None
    assert on_time.title == "村卫生室可望按期完成"
    assert on_time.text == (
        "93.2%（2011／2157所），近8周每周7.0所，如期达标需每周0.9所。基层卫生科负责。"
    )
    late = findings.clinics(clinics(due=dt.date(2025, 3, 31)))
    assert late is not None
    assert late.mark == "worse"
    open_ones = findings.clinics(clinics(weeks=()))
    assert open_ones is not None
    assert open_ones.title == "村卫生室还差39所"
    assert findings.clinics(clinics(due=dt.date(2025, 1, 1))) is not None
    last_days = findings.clinics(clinics(due=dt.date(2025, 3, 13)))
    assert last_days is not None
    assert last_days.title == late.title
    assert "每周" not in last_days.text
    met = findings.clinics(clinics(numerator=2157))
    assert met is not None
    assert met.mark == "better"
    assert findings.clinics(clinics(target=None)) is None


def test_what_all_that_reported_have_done_is_not_done_everywhere() -> None:
    built = findings.clinics(clinics(numerator=2157, status="provisional"))
    ready = findings.devices(
        fact(DEVICES, 1.0, numerator=109, denominator=109, status="provisional")
    )
    assert built is not None
    assert ready is not None
    assert (built.mark, built.title) == ("similar", "已报县区村卫生室达到目标")
    assert (ready.mark, ready.title) == ("similar", "已报县区三大件全部达标")
