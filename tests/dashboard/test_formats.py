"""Numbers, dates and text as officials write them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from dashboard import formats
from pipeline.catalog import Indicator, catalogue


def declared(**parts: Any) -> Indicator:
    return replace(catalogue().indicators["contract_rate"], **parts)


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [(0.125, 2, "0.13"), (2.5, 0, "3"), (-1.25, 1, "−1.3"), (-0.04, 1, "0.0"), (1e-9, 1, "0.0")],
)
def test_rounding_is_half_away_from_zero_with_a_real_minus(
    value: float, decimals: int, printed: str
) -> None:
    assert formats.rounded(value, decimals) == printed


def test_a_rate_is_a_percentage_and_null_is_a_dash() -> None:
    assert formats.rate(0.2479) == "24.8"
    assert formats.percent(0.2479) == "24.8%"
    assert formats.percent(1.0, decimals=0) == "100%"
    assert formats.rate(None) == formats.percent(None) == "—"


def test_an_indicator_prints_in_its_unit() -> None:
    share, count = declared(unit_zh="%", decimals=1), declared(unit_zh="人", decimals=0)
    assert formats.indicator_value(0.5, share) == "50.0"
    assert formats.indicator_value(0.5, share, decimals=0) == "50"
    assert formats.indicator_value(11462.0, count) == "11462"
    assert formats.indicator_value(None, share) == "—"


def test_the_parts_of_an_indicator_print_as_its_form_asks() -> None:
    stays = declared(form="proportion", count_unit_zh="人次")
    assert formats.indicator_counts(135_000, 543_000, stays) == "13.5万／54.3万人次"
    money = declared(form="money_share", count_unit_zh="元")  # parts are in fen
    assert formats.indicator_counts(1_200_000, 3_400_000, money) == "1.2万／3.4万元"
    minutes = declared(form="ratio", count_unit_zh="例")  # of minutes over cases, the cases
    assert formats.indicator_counts(4_000, 50, minutes) == "50例"
    for indicator in (stays, money, minutes):
        assert formats.indicator_counts(None, 3, indicator) == "—"
        assert formats.indicator_counts(0, 0, indicator) == "—"


def test_differences_of_rates_are_points_and_never_percent_of_percent() -> None:
    assert formats.points(-0.013) == "−1.3个百分点"
    assert formats.points(0.013) == "+1.3个百分点"
    assert formats.points(0.0) == "0.0个百分点"
    assert formats.points(None) == "—"
    assert formats.relative(0.046) == "+4.6%"
    assert formats.relative(None) == "—"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (9999, "9999"),
        (10_000, "1.0万"),
        (134_700, "13.5万"),
        (99_994_999, "9999.5万"),
        (99_995_000, "1.0亿"),
        (0, "0"),
        (-12_000, "−1.2万"),
        (None, "—"),
    ],
)
def test_cards_shorten_large_counts(value: float | None, printed: str) -> None:
    assert formats.compact(value) == printed


def test_a_half_made_by_a_share_is_rounded_as_on_paper() -> None:
    # By hand: 11 of 2000 are 0.55 %, 59 are 2.95 %; as floats times 100 both are a hair less.
    assert formats.rate(11 / 2000) == "0.6"
    assert formats.rate(59 / 2000) == "3.0"
    assert formats.count(123_456_789_012_345) == "123456789012345"


def test_money_is_kept_in_fen_and_printed_in_yuan() -> None:
    assert formats.money_table(1_234_500) == "1.2"
    assert formats.money_table(None) == "—"


def test_numerator_and_denominator_stand_around_a_full_width_stroke() -> None:
    assert formats.fraction(135_000, 543_000, unit_zh="人次") == "13.5万／54.3万人次"
    assert formats.yuan_fraction(1e12, 2e12) == "100.0亿／200.0亿元"
    assert formats.fraction(10_551, 10_977, unit_zh="所") == "10551／10977所"  # not 1.1万／1.1万
    assert formats.fraction(10_977, 10_977, unit_zh="所") == "1.1万／1.1万所"
    # 9832／3.8万人次 could be read as 9832万; two units tell the parts apart.
    assert formats.fraction(9_832, 38_214, unit_zh="人次") == "9832人次／3.8万人次"
    assert formats.fraction(0, 38_214, unit_zh="人次") == "0人次／3.8万人次"
    assert formats.yuan_fraction(9.832e9, 1.2e10) == "9832.0万元／1.2亿元"
    assert formats.fraction(None, 3, unit_zh="家") == "—"
    assert formats.fraction(3, None, unit_zh="家") == "—"


def test_a_share_of_nothing_is_a_dash_and_none_of_some_is_not() -> None:
    assert formats.fraction(0, 0, unit_zh="所") == "—"
    assert formats.fraction(0, 31, unit_zh="所") == "0／31所"


def test_an_interval_has_a_wave() -> None:
    assert formats.interval(0.2, 0.229) == "20.0～22.9%"
    assert formats.interval(None, 0.2) == "—"


def test_tables_have_plain_digits() -> None:
    assert formats.count(1234567) == "1234567"
    assert formats.count(None) == "—"


def test_dates_and_months() -> None:
    friday = dt.date(2026, 11, 13)
    assert formats.day(friday) == "2026年11月13日"
    assert formats.day_with_weekday(friday) == "2026年11月13日（周五）"
    assert formats.iso_day(friday) == "2026-11-13"
    assert formats.month(friday) == "2026年11月"
    assert formats.month_key(dt.date(2026, 7, 1)) == "2026-07"
    for printer in (formats.day, formats.day_with_weekday, formats.iso_day, formats.month):
        assert printer(None) == "—"


def test_a_run_of_months_has_one_dash() -> None:
    first = dt.date(2026, 1, 1)
    assert formats.months(first, dt.date(2026, 7, 1)) == "2026年1—7月"
    assert formats.months(first, dt.date(2026, 1, 31)) == "2026年1月"
    assert formats.months(dt.date(2025, 11, 1), first) == "2025年11月—2026年1月"


def test_signs() -> None:
    assert formats.signed("3") == "+3"
    assert formats.signed("0.0") == "0.0"
    assert formats.signed("−3") == "−3"
    assert formats.signed("—") == "—"


def test_hostile_text_is_neutral_in_plotly_and_in_markdown() -> None:
    assert formats.plain("<b>&") == "\uff1cb\uff1e\uff06"
    assert formats.markdown("[点此](http://x)\n:red[a]") == (
        "\\[点此\\]\\(http\\://x\\) \\:red\\[a\\]"
    )


def test_marks_of_writing_direction_never_reach_the_page() -> None:
    name = "\u202e杞县\u2066\u200f"
    assert formats.visible(name) == "杞县"
    assert formats.plain(name) == "杞县"
    assert formats.markdown(name) == "杞县"
