"""Definitions are found by the initials of their pinyin, and tell how they changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels import definitions
from dashboard.queries import definitions as queries
from dashboard.queries.definitions import initials, search
from pipeline.catalog import catalogue


@pytest.mark.parametrize(
    ("words", "letters"), [("县域外住院占比", "xywzyzb"), ("DR覆盖率", "drfgl"), ("三大件", "sdj")]
)
def test_initials_are_the_first_letters_of_the_pinyin(words: str, letters: str) -> None:
    assert initials(words) == letters


@pytest.mark.parametrize("words", ["xywzy", "XYWZY", "xywzyzb"])
def test_letters_find_the_indicator_by_its_name(words: str) -> None:
    assert search(catalogue(), words)[0].id == "out_of_county_inpatient_rate"


def test_letters_and_words_must_both_fit() -> None:
    found = {i.id for i in search(catalogue(), "zyzb 参保")}
    assert "out_of_county_inpatient_rate" in found
    assert search(catalogue(), "zyzb 没有这个词") == []


def test_a_word_of_the_english_id_is_still_found() -> None:
    assert "contract_rate" in {i.id for i in search(catalogue(), "contract_rate")}


def test_digits_are_no_initials() -> None:
    assert all(
        "65" in i.name_zh + i.short_zh + i.definition_zh + i.caveats_zh + i.policy_zh
        for i in search(catalogue(), "65")
    )


def test_a_definition_tells_its_changes_newest_first() -> None:
    declared = dataclasses.replace(
        catalogue().indicators["contract_rate"],
        history=((dt.date(2024, 1, 1), "分母改为常住人口"), (dt.date(2025, 1, 1), "不计过期协议")),
    )
    drawn = str(definitions.history(declared))
    assert drawn.index("2025年1月1日：不计过期协议") < drawn.index("2024年1月1日：分母改为常住人口")


def test_a_definition_that_never_changed_says_so(open_at: Callable[..., AppTest]) -> None:
    app = open_at("definitions", indicator="contract_rate")
    html = "\n".join(element.proto.body for element in app.get("html"))
    assert "口径变更记录" in html
    assert "自建立以来未变更" in html
    assert "均按新口径重算" not in html


def test_a_definition_that_changed_says_when_and_that_all_periods_follow(
    open_at: Callable[..., AppTest],
) -> None:
    app = open_at("definitions", indicator="three_device_coverage")
    html = "\n".join(element.proto.body for element in app.get("html"))
    assert "2026年11月22日：设备按机构和编号识别" in html
    assert "变更后各期均按新口径重算，前后可比。" in html


def test_the_download_tells_the_changes_or_that_there_were_none() -> None:
    known = catalogue().indicators
    rows = definitions.download(
        catalogue(), [known["three_device_coverage"], known["contract_rate"]]
    )
    changed, same = rows["口径变更记录"]
    assert changed.startswith("2026-11-22 设备按机构")
    assert same == "自建立以来未变更"


def test_search_finds_name_definition_department_and_id() -> None:
    found = search(catalogue(), "中医科")
    assert found
    assert all("中医科" in queries.searched_text(i, catalogue()) for i in found)
    assert search(catalogue(), "CONTRACT_RATE 常住")[0].id == "contract_rate"
    assert search(catalogue(), "没有这个词") == []


def test_a_word_in_the_name_comes_first() -> None:
    found = search(catalogue(), "签约率")
    in_name = ["签约率" in i.name_zh for i in found]
    assert in_name == sorted(in_name, reverse=True)
    assert in_name[0]


def test_topic_narrows_and_topics_follow_the_pages() -> None:
    found = search(catalogue(), "", topic="clinics")
    assert {i.topic for i in found} == {"clinics"}
    assert queries.topics(catalogue().indicators.values())[0] == "outflow"


def test_a_change_that_indicators_share_is_told_once_the_newest_first() -> None:
    known = catalogue().indicators
    ids = ("dr_coverage", "colour_ultrasound_coverage", "contract_rate")
    old, new = (dt.date(2025, 5, 1), "旧变更"), (dt.date(2025, 6, 1), "新变更")
    first, second, never = (
        dataclasses.replace(known[id_], history=history)
        for id_, history in zip(ids, ((old, new), (new,), ()), strict=True)
    )
    names = [first.name_zh, second.name_zh]
    assert queries.changes([first, second, never]) == [
        (dt.date(2025, 6, 1), "新变更", names),
        (dt.date(2025, 5, 1), "旧变更", names[:1]),
    ]


def test_policy_statuses_add_up_to_all_indicators() -> None:
    counts = queries.status_counts(catalogue().indicators.values())
    assert sum(counts.values()) == len(catalogue().indicators)
    assert queries.status_counts([]) == dict.fromkeys(queries.STATUSES, 0)
