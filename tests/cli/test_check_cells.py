# ruff: noqa: RUF001 - full-width letters and signs are what is tested
"""Cells of a settlement list as systems and people fill them, through the command.

Each cell stands in a row of its own, whose other cells are good. What is to become of it was put
down from the rules, before the program ran: None for a row that is taken, else its reason.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

Run = Callable[..., int]
Cell = tuple[str, str | None]
BAD = "BAD_NUMBER"
GOOD = {
    "结算ID": "",
    "个人编号": "P1",
    "姓名": "张某某",
    "年龄": "60",
    "参保地区划代码": "410225",
    "险种类型": "居民",
    "定点医药机构编号": "H1",
    "定点医药机构名称": "",
    "医疗类别": "住院",
    "开始日期": "",
    "结算日期": "2025-03-06",
    "总费用": "100.00",
    "统筹基金支出": "0",
    "冲销标志": "0",
    "原结算单号": "",
}
TOTALS: list[tuple[str, str | None, int]] = [
    ("1,234.50", None, 123_450),
    ("１２３４.５０", None, 123_450),
    ("1，234.50", None, 123_450),
    ("￥1234.5", None, 123_450),
    ("1234.50 元", None, 123_450),
    (".5", None, 50),
    ("5.", None, 500),
    ("100.0000", None, 10_000),
    ("'100", None, 10_000),
    ('="100"', None, 10_000),
    ("10000000", None, 1_000_000_000),
    ("10000000.01", "AMOUNT_RANGE", 0),
    ("-100", "NEGATIVE_UNEXPLAINED", 0),
    ("", "MISSING_VALUE", 0),
    *(
        (text, BAD, 0)
        for text in (
            *("1.2万", "1.2万元", "1.005", "1e3", "1E+03", "NaN", "inf", "--", "/", "无", "NULL"),
            *("(100.00)", "100-", "1,23.45", "1.234,50", "100。50", "=100", "#DIV/0!", "一百元"),
            *("100 50", "100%", "人民币100元", "O.00", "TRUE", "99999999999999999999", "100台"),
        )
    ),
]
CELLS: dict[str, Sequence[Cell]] = {
    "结算日期": [
        *((text, None) for text in ("2025/3/6", "2025.3.6", "2025年3月6日", "20250306", "45722")),
        *((text, None) for text in ("2025-03-06 10:11:12", "20250306101112", "2025年3月6号")),
        *((text, None) for text in ("２０２５-０３-０６", "2025 年 3 月 6 日", "20250306.0")),
        *((text, None) for text in ("2025年03月06日10时11分12秒", "2025-03-06T10:11:12+08:00")),
        *((text, "BAD_DATE") for text in ("2025.6", "202506", "20250631", "2025-02-29")),
        *((text, "BAD_DATE") for text in ("2025年6月", "25-03-06", "05/01/2024", "3月6日")),
        *((text, "BAD_DATE") for text in ("民国114年3月6日", "二〇二五年三月六日", "06-Mar-25")),
        *((text, "BAD_DATE") for text in ("2025-03-06 25:00:00", "2025-03-06T20:00:00Z")),
        *((text, "BAD_DATE") for text in ("0000-00-00", "1741219200", "昨天")),
        ("9999-12-31", "FUTURE_DATE"),
        ("NULL", "MISSING_VALUE"),
    ],
    "开始日期": [
        *((text, None) for text in ("", "/", "-", "无", "NULL", "2025-03-06")),
        ("2025-03-07", "DATE_ORDER"),
        ("不详", "BAD_DATE"),
    ],
    "结算ID": [
        *((text, None) for text in ("012345", "A-001/2", "'00123", '="00124"', "单号1", "1E5")),
        *((text, None) for text in ("4102251234567890123", "x" * 64)),
        *((text, "PRECISION_LOSS") for text in ("1.23E+17", "1.23e17", "1E+05")),
        *((text, "BAD_TEXT") for text in ("=1+1", "@SUM(A1)", "+86", "-5", "a b", "<b>1</b>")),
        *((text, "MISSING_VALUE") for text in ("", "NULL", "\\N", "-", "／", "无")),
        ("x" * 65, "FIELD_TOO_LONG"),
    ],
    "个人编号": [
        ("11010519491231002X", None),
        ("11010519491231002x", None),
        ("110105194912310021", "ID_INVALID"),
        ("4.10225E+17", "PRECISION_LOSS"),
        *((text, "MISSING_VALUE") for text in ("NULL", "不详", "无", "—")),
    ],
    "年龄": [
        *((text, None) for text in ("60岁", "60周岁", "0", "120", "3个月", "1岁3月", "15天")),
        *((text, None) for text in ("", "-", "不详", "60.5")),
        *((text, "AGE_RANGE") for text in ("121", "-1", "999")),
        *((text, BAD) for text in ("六十", "60个", "周岁60")),
    ],
    "参保地区划代码": [
        *((text, None) for text in ("410225000000", "410225.0", "４１０２２５", " 410225 ")),
        ("410224", None),  # a former code
        *((text, "REGION_LEVEL") for text in ("410200", "410000", "410225100", "410225100200")),
        *((text, "UNKNOWN_CODE") for text in ("410299", "41022", "兰考县", "999999")),
        *((text, "MISSING_VALUE") for text in ("", "NULL", "/")),
    ],
    "险种类型": [(text, None) for text in ("310-职工基本医疗保险", "390", "城乡居民", "-", "")],
    "医疗类别": [
        *((text, None) for text in ("21", "21.0", "21-普通住院", "普通住院（21）", "住 院")),
        *((text, "UNKNOWN_CODE") for text in ("021", "ICU", "21-普通门诊", "0")),
        ("/", "MISSING_VALUE"),
    ],
    "定点医药机构编号": [("H1", None), ("Ｈ１", None), ("X9", "UNKNOWN_CODE")],
    "定点医药机构名称": [
        *((text, None) for text in ("兰考县人民医院", "兰考县 人民医院", "NULL", "无", "-")),
        ("城关镇卫生院", "CODE_NAME_CONFLICT"),
    ],
    "冲销标志": [
        *((text, None) for text in ("否", "N", "false", "0.0", "-", "", "正常", "未冲销")),
        *((text, "UNKNOWN_CODE") for text in ("2", "不正常")),
    ],
    "原结算单号": [(text, None) for text in ("", "-", "/", "NULL", "无")],
}


@pytest.fixture
def check(checked: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    return lambda text: checked("settlements", text)


def one_cell_a_row(column: str, texts: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(GOOD)
    for at, text in enumerate(texts):
        writer.writerow((GOOD | {"结算ID": f"S{at}", column: text}).values())
    return out.getvalue()


@pytest.mark.parametrize("column", CELLS)
def test_each_cell_is_taken_or_refused_for_its_own_reason(
    check: Callable[..., Any], column: str
) -> None:
    cells = CELLS[column]
    report = check(one_cell_a_row(column, [text for text, _ in cells]))
    found = {row["row"]: row["reason"] for row in report["rejected"]}
    said = {text: found.get(at) for at, (text, _) in enumerate(cells, 2)}
    assert said == dict(cells)
    assert {row["column"] for row in report["rejected"]} <= {column}
    assert report["sums"]["total_cost"] == f"{100 * report['accepted']}.00"


def test_amounts_are_exact_or_refused(check: Callable[..., Any]) -> None:
    report = check(one_cell_a_row("总费用", [text for text, _, _ in TOTALS]))
    found = {row["row"]: row["reason"] for row in report["rejected"]}
    said = {text: found.get(at) for at, (text, _, _) in enumerate(TOTALS, 2)}
    assert said == {text: reason for text, reason, _ in TOTALS}
    fen = sum(fen for _, reason, fen in TOTALS if reason is None)
    assert report["sums"]["total_cost"] == f"{fen // 100}.{fen % 100:02d}"


def test_a_list_in_ten_thousand_yuan_is_refused_not_divided(check: Callable[..., Any]) -> None:
    rows = one_cell_a_row("总费用", ["1.2"])
    report = check(f"2025年3月结算明细\n单位：万元\n{rows}")
    assert report["file_reject"] == "HEADER_MISSING"
    assert "单位为万元" in report["message"]
    assert check(f"2025年3月结算明细\n单位：元\n{rows}")["sums"]["total_cost"] == "1.20"


def test_everybody_without_a_number_is_not_one_person(check: Callable[..., Any]) -> None:
    report = check(one_cell_a_row("个人编号", ["NULL", "NULL", "P1"]))
    assert [row["row"] for row in report["rejected"]] == [2, 3]
    assert "张某某" not in json.dumps(report, ensure_ascii=False)
