# ruff: noqa: RUF001 - full-width digits are what is tested
from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalog.sources import SourceColumn
from pipeline.ingest.cells import grammar
from pipeline.ingest.cells.grammar import Parsed


def read(parsed: Parsed, text: str | None) -> tuple[object, object]:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(parsed.value.alias("v"), parsed.reason.cast(pl.String).alias("r")).row(0)


def cell(type_: str, text: str | None, **changes: object) -> tuple[object, object]:
    fields = {"id": "x", "headers": ("x",), "type": type_} | changes
    column = SourceColumn(**fields)  # type: ignore[arg-type]
    return grammar.parse(pl.Series([text], dtype=pl.String), column).row(0)


THE_DAY = date(2025, 6, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2025-06-30",
        "2025/6/30",
        "2025.6.30",
        "2025年6月30日",
        "20250630",
        "20250630101112",
        "2025-06-30 10:11:12",
        "2025-06-30T10:11:12",
        "2025-6-30 9:05",
        "２０２５－０６－３０",
        "　2025-06-30 ",
        "45838",
        "45838.75",
        "20250630.0",
        "2025年6月30号",
        "2025年06月30日10时11分12秒",
        "2025年6月30日 星期一",
        "2025-06-30T10:11:12+08:00",
        "2025/6/30 下午 1:05",
        "2025/6/30 1:05:00 PM",
        "2025-06-30 1:05pm",
    ],
)
def test_a_day_is_read_in_every_spelling(text: str) -> None:
    assert cell("date", text) == (THE_DAY, None)


@pytest.mark.parametrize("text", ["2025-06", "2025年6月", "202506", "2025/6", "2025.6", "2025.06"])
def test_a_month_stands_for_its_first_day_where_the_day_need_not_be_known(text: str) -> None:
    for coarsest in ("month", "year"):
        assert cell("date", text, coarsest=coarsest) == (date(2025, 6, 1), None)
        assert cell("date", "2025-06-30", coarsest=coarsest) == (THE_DAY, None)
    assert cell("date", text) == (None, "BAD_DATE")


@pytest.mark.parametrize("text", ["2025.1", "2025", "2025-13", "6月", "25-06", "2025年6月前"])
def test_a_month_that_could_be_two_or_none_is_refused(text: str) -> None:
    assert cell("date", text, coarsest="month") == (None, "BAD_DATE")
    assert cell("month", text) == (None, "BAD_DATE")


@pytest.mark.parametrize("text", ["2025", "2025年", "2025.0", "２０２５"])
def test_a_year_stands_for_its_first_day_where_the_month_need_not_be_known(text: str) -> None:
    assert cell("date", text, coarsest="year") == (date(2025, 1, 1), None)
    assert cell("date", text) == (None, "BAD_DATE")


@pytest.mark.parametrize("text", ["2025.1", "1025", "25", "2025年前"])
def test_no_year_is_refused(text: str) -> None:
    assert cell("date", text, coarsest="year") == (None, "BAD_DATE")


@pytest.mark.parametrize(
    "text",
    [
        *("2025-06-30 25:00", "2025-06-30 08:61", "20250630246060"),
        *("24-1-5", "05/01/2024", "2025-02-30", "2025-13-01", "202506", "昨天", "0012-01-01"),
        *(
            "2025-06-30 25:00:00",
            "2025-06-30T17:00:00Z",
            "二〇二五年六月三十日",
            "民国114年6月30日",
        ),
        *("2025-06-30x", "12", "99999", "6月30日", "/"),
    ],
)
def test_a_day_that_could_be_two_or_none_is_refused(text: str) -> None:
    assert cell("date", text) == (None, "BAD_DATE")


@pytest.mark.parametrize(
    "text", ["202506", "202506.0", "2025-06", "2025/6", "2025年6月", "2025-06-30"]
)
def test_a_month_is_its_first_day(text: str) -> None:
    assert cell("month", text) == (date(2025, 6, 1), None)


@pytest.mark.parametrize("text", ["202513", "2025", "6月", "202500"])
def test_no_month_is_refused(text: str) -> None:
    assert cell("month", text) == (None, "BAD_DATE")


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("12", 1200),
        ("12.3", 1230),
        ("12.34", 1234),
        ("12.340", 1234),
        ("-5.01", -501),
        ("-0.05", -5),
        ("1,234.50", 123_450),
        ("+1,234.50", 123_450),
        ("１，２３４．５０", 123_450),
        ("￥12.30", 1230),
        ("¥ 12.30", 1230),
        ("−¥12.30", -1230),
        ("￥-12.30", -1230),
        ("-￥12.30", -1230),
        ("12.30元", 1230),
        ("12.30 元", 1230),
        (".5", 50),  # as databases write it
        ("-.05", -5),
        ("5.", 500),
        (" 12.30 ", 1230),
        ("9999999999.99", 999_999_999_999),
    ],
)
def test_money_is_whole_fen(text: str, fen: int) -> None:
    assert cell("money", text) == (fen, None)


@pytest.mark.parametrize(
    "text",
    [
        *("--", "/", "无", "#DIV/0!", "1.005", "1.2万", "1亿", "12,34", "1e5", "NaN", "inf"),
        *(".", "", "99999999999999", "(100.00)", "1 234", "+", "-+5", "5+"),
    ],
)
def test_money_that_is_not_exactly_readable_is_refused(text: str) -> None:
    assert cell("money", text) == (None, "BAD_NUMBER" if text else None)


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_money_is_exact_for_every_amount(fen: int) -> None:
    assert cell("money", str(Decimal(fen) / 100)) == (fen, None)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12.5", 12_500_000),
        ("9439.46", 9_439_460_000),
        ("3万元", 3_000_000),
        ("3万", 3_000_000),
        ("1.2亿", 12_000_000_000),
        ("0.000001", 1),
    ],
)
def test_ten_thousand_yuan_are_read_where_the_unit_says_so(text: str, fen: int) -> None:
    assert read(grammar.money(pl.col("text"), ten_thousand=True), text) == (fen, None)


def test_less_than_a_fen_is_refused_in_ten_thousand_yuan() -> None:
    assert read(grammar.money(pl.col("text"), ten_thousand=True), "0.0000001")[1] == "BAD_NUMBER"


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("integer", "1,234", 1234),
        ("integer", "+12", 12),
        ("integer", "12.0", 12),
        ("integer", "−3", -3),
        ("decimal", "60.5", 60.5),
        ("fraction", "88%", 0.88),
        ("fraction", "88.5 ％", 0.885),
        ("fraction", "1900", 1900.0),
        ("code", "000123", "000123"),
        ("code", "410225.0", "410225"),
        ("code", "1E5", "1E5"),
        ("code", "J18.0", "J18.0"),
        ("code", "H41022500011", "H41022500011"),
        ("text", "　岞𪨰镇\u200b ", "岞𪨰镇"),
        ("flag", "是", True),
        ("flag", "√", True),
        ("flag", "✗", False),
        ("flag", "0", False),
        ("flag", "0.0", False),
        ("flag", "无", False),
    ],
)
def test_other_types_are_read(type_: str, text: str, value: object) -> None:
    assert cell(type_, text) == (value, None)


@pytest.mark.parametrize(
    ("type_", "text", "code"),
    [
        ("integer", "12.5", "BAD_NUMBER"),
        ("integer", "十二", "BAD_NUMBER"),
        ("integer", "10²", "BAD_NUMBER"),
        ("decimal", "1½", "BAD_NUMBER"),
        ("money", "①②", "BAD_NUMBER"),
        ("code", "①", "BAD_TEXT"),
        ("integer", "123456789012345678901", "BAD_NUMBER"),
        ("fraction", "八成", "BAD_NUMBER"),
        ("code", "4.10224E+17", "PRECISION_LOSS"),
        ("code", "4.10224e17", "PRECISION_LOSS"),
        ("code", "410224199001011230.0", "PRECISION_LOSS"),
        ("code", "=1+1", "BAD_TEXT"),
        ("code", "a b", "BAD_TEXT"),
        ("code", "x" * 65, "FIELD_TOO_LONG"),
        ("code", "a\ufffd", "MOJIBAKE"),
        ("text", "卫生室\ufffd", "MOJIBAKE"),
        ("text", "卫生\x07室", "CONTROL_CHAR"),
        ("text", "长" * 201, "FIELD_TOO_LONG"),
        ("flag", "也许", "UNKNOWN_CODE"),
        ("flag", "正常", "UNKNOWN_CODE"),
    ],
)
def test_other_types_say_why_not(type_: str, text: str, code: str) -> None:
    assert cell(type_, text) == (None, code)


@pytest.mark.parametrize("type_", ["date", "month", "money", "integer", "code", "text", "flag"])
@pytest.mark.parametrize("text", [None, "", "  ", "\u3000"])
def test_blank_is_no_value_and_no_fault(type_: str, text: str | None) -> None:
    assert cell(type_, text) == (None, None)


def test_words_of_a_code_set_are_read_in_any_spelling() -> None:
    values = {"inpatient": ["21", "住院"], "pharmacy": ["药店"]}
    for text, value in (("21", "inpatient"), ("住 院", "inpatient"), ("２１", "inpatient")):
        assert cell("enum", text, values=values) == (value, None)
    assert cell("enum", "21.0", values=values) == ("inpatient", None)
    assert cell("enum", "住店", values=values) == (None, "UNKNOWN_CODE")
    assert cell("enum", "住店", values=values, otherwise="pharmacy") == ("pharmacy", None)
    assert cell("enum", None, values=values, otherwise="pharmacy") == (None, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("310-职工基本医疗保险", ("employee", None)),
        ("390城乡居民", ("resident", None)),
        ("居民(390)", ("resident", None)),
        ("310|某地的叫法", ("employee", None)),
        ("999-居民", ("resident", None)),  # a code of nobody beside a word that is known
        ("310-居民", (None, "UNKNOWN_CODE")),  # they contradict each other
        ("学生", ("other", None)),
    ],
)
def test_a_code_and_its_word_may_stand_in_one_cell(text: str, found: tuple[object, object]) -> None:
    values = {
        "employee": ["310", "职工基本医疗保险"],
        "resident": ["390", "居民", "城乡居民"],
        "other": ["其他"],
    }
    assert cell("enum", text, values=values, otherwise="other") == found


def test_blank_words_are_blank_only_where_the_column_says_so() -> None:
    assert cell("date", "/", blanks=("/",)) == (None, None)
    assert cell("date", "未验收", blanks=("/",)) == (None, "BAD_DATE")


@pytest.mark.parametrize(
    ("text", "code"), [("0", "RANGE"), ("1", None), ("9", None), ("10", "RANGE")]
)
def test_limits_hold_at_their_edges(text: str, code: str | None) -> None:
    assert cell("integer", text, minimum=1, maximum=9)[1] == code


def test_a_negative_price_is_out_of_range() -> None:
    assert cell("money", "-1", minimum=0) == (None, "AMOUNT_RANGE")


@pytest.mark.parametrize(("text", "value"), [("正常", False), ("冲销", True), ("是", True)])
def test_a_column_may_have_words_of_its_own_for_yes_and_no(text: str, value: object) -> None:
    own = {"yes": ["冲销"], "no": ["正常"]}
    assert cell("flag", text, values=own) == (value, None)
