"""Published figures keep their own words, digits and times."""

from __future__ import annotations

import pytest

from dashboard.messages import LANGUAGES
from dashboard.reading import printed
from pipeline.reference import load_reference


@pytest.mark.parametrize(
    ("value", "comparator", "unit", "words"),
    [
        (1900.0, ">", "count", "超过1900"),
        (5000.0, "~", "cases", "近5000例"),
        (95.0, ">=", "percent", "不低于95%"),
        (1.0, "<", "hours", "不到1小时"),
        (5.0, "<=", "minutes", "不超过5分钟"),
        (9439.46, "=", "CNY_10k", "9439.46万元"),
        (30000.0, "=", "CNY_10k", "30000万元"),
        (80000.0, ">", "sessions", "超过8万场次"),
        (2000000.0, ">", "persons", "超过200万人"),
        (11462.0, "=", "persons", "11462人"),
        (3.0, "=", "rank", "第3名"),
        (2.0, ">=", "hospital_grade", "不低于二级"),
        (6.0, "=", "parts_of_10", "10份中的6份"),
        (2.0, ">=", "times_per_week", "不低于每周2次"),
        (-73.2, "=", "percent", "−73.2%"),
        (0.5, ">=", "years", "不低于0.5年"),
    ],
)
def test_figure_is_printed_as_published(
    value: float, comparator: str, unit: str, words: str
) -> None:
    assert printed.figure(value, comparator=comparator, unit=unit) == words


@pytest.mark.parametrize(
    ("ours", "published", "unit", "words"),
    [
        (88.13, 88.0, "percent", "88.1%"),
        (88.0, 88.0, "percent", "88%"),
        (0.5714, 0.5, "years", "0.57年"),
        (2274000.0, 2000000.0, "persons", "227.4万人"),
        (11462.0, 11462.0, "persons", "11462人"),
        (None, 3.0, "count", "—"),
        (3.0, 2.0, "hospital_grade", "三级"),
    ],
)
def test_ours_has_at_most_one_digit_more(
    ours: float | None, published: float, unit: str, words: str
) -> None:
    assert printed.ours(ours, printed=published, unit=unit) == words


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2025-07-01", "2025年7月1日"),
        ("2023-05", "2023年5月"),
        ("2021", "2021年"),
        ("2017/2020", "2017—2020年"),
        ("2021-08/2021-11", "2021年8—11月"),
        ("2021-01-01/2021-11-30", "2021年1月1日—11月30日"),
        ("2022-09-29/2022-09-30", "2022年9月29日—30日"),
        ("2025-07/2028-06", "2025年7月—2028年6月"),
        ("2023/2025-07-01", "2023年—2025年7月1日"),
        ("十三五期间", "十三五期间"),
    ],
)
def test_time_is_spelled_as_officials_do(as_of: str, words: str) -> None:
    assert printed.time_words(as_of) == words


def test_every_unit_topic_and_comparator_of_the_facts_has_words() -> None:
    facts = load_reference().published_facts
    needed = {f"fact_unit.{u}" for u in facts["unit"]} | {f"fact_topic.{x}" for x in facts["topic"]}
    needed |= {f"comparator.{c}" for c in facts["comparator"]}
    for texts in LANGUAGES.values():
        assert needed - set(texts) == set()
