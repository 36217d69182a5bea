"""Rows of ledgers and reports as counties fill them, through the command: units, names, days.

Each change makes one row of good cells; what is to become of it was written down beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., int]
Row = tuple[dict[str, str], str | None]
EQUIPMENT = {
    "设备编号": "D#",
    "设备名称": "DR",
    "机构编码": "H1",
    "状态": "在用",
    "数量": "1",
    "原值(元)": "",
    "购置日期": "2024-01-01",
    "启用日期": "",
    "计划到位日期": "",
}
EQUIPMENT_ROWS: list[Row] = [
    *(({"数量": text}, None) for text in ("2台", "2 套", "2", "", "1.0")),
    *(({"数量": text}, "BAD_NUMBER") for text in ("2人", "两台", "1.5")),
    ({"原值(元)": "1250000元"}, None),
    ({"原值(元)": "125万元"}, "BAD_NUMBER"),
    ({"购置日期": "2025-07-01"}, "FUTURE_DATE"),
    ({"购置日期": "2024年1月"}, None),  # nobody knows the day: its first stands for it
    ({"购置日期": "2024.1"}, "BAD_DATE"),  # or October, of a cell with a number
    ({"启用日期": "2052-01-01"}, "FUTURE_DATE"),
    ({"购置日期": "2024-03-15", "启用日期": "2024-03-14"}, "DATE_ORDER"),
    ({"购置日期": "2024-03-15", "启用日期": "2024"}, None),  # any day of that year
    ({"购置日期": "2024-03-15", "启用日期": "2024年3月"}, None),
    ({"购置日期": "2024年4月", "启用日期": "2024-03-31"}, "DATE_ORDER"),
    ({"原值(元)": "100000000"}, None),
    ({"原值(元)": "100000000.01"}, "AMOUNT_RANGE"),
    ({"状态": "计划采购", "购置日期": "", "计划到位日期": "2025-12-31"}, None),
    ({"状态": "计划采购", "购置日期": "", "计划到位日期": "2205-12-31"}, "FUTURE_DATE"),
    ({"设备编号": "/"}, "MISSING_VALUE"),
    ({"状态": "良好"}, None),
    ({"状态": "一般"}, "UNKNOWN_CODE"),
]
POPULATION = {
    "区划代码": "410225",
    "区划名称": "兰考县",
    "年份": "2024",
    "性别": "男",
    "年龄组": "",
    "人数": "1000",
}
POPULATION_ROWS: list[Row] = [
    ({"年龄组": "0—4岁", "人数": "1000人"}, None),
    ({"年龄组": "5—9岁", "区划名称": "兰考"}, None),
    ({"年龄组": "10—14岁", "区划名称": "通许县"}, "CODE_NAME_CONFLICT"),
    ({"年龄组": "15—19岁", "人数": "0.1万人"}, "BAD_NUMBER"),
    ({"年龄组": "20—24岁", "人数": "1000户"}, "BAD_NUMBER"),
    ({"年龄组": "25—29岁", "年份": "2024年"}, None),
]
REPORT = {"县区": "兰考县", "月份": "", "指标": "远程心电传输人次", "数值": "12", "单位": "人次"}
REPORT_ROWS: list[Row] = [
    ({"月份": "2025-01"}, None),
    ({"月份": "2025-02", "数值": "12人次", "单位": ""}, None),
    ({"月份": "2025-03", "单位": "万人次"}, "UNKNOWN_CODE"),
    ({"月份": "2025-04", "数值": "12人"}, "BAD_NUMBER"),
    ({"月份": "2025-05", "指标": "打包资金累计结余", "单位": "万元"}, None),
    ({"月份": "2025-04", "指标": "打包资金累计结余", "单位": ""}, "MISSING_VALUE"),
    ({"月份": "2025-03", "指标": "打包资金累计结余", "单位": "", "数值": "12万元"}, None),
    ({"月份": "2025-02", "指标": "打包资金累计结余", "单位": "千元"}, "UNKNOWN_CODE"),
]
TARGET = {
    "指标编号": "three_device_coverage",
    "指标名称": "三大件覆盖率",
    "区划代码": "410225",
    "区划名称": "兰考县",
    "截止日期": "2025-12-31",
    "目标值": "90%",
}
TARGET_ROWS: list[Row] = [
    ({}, None),
    ({"截止日期": "2026-12-31", "目标值": "0.95"}, None),
    ({"截止日期": "2027-12-31", "目标值": "95"}, "RANGE"),
    ({"截止日期": "2028-12-31", "目标值": "≥90%"}, "BAD_NUMBER"),
    ({"截止日期": "2025年底"}, "BAD_DATE"),
    ({"指标名称": "县域外住院占比"}, "CODE_NAME_CONFLICT"),
    ({"区划名称": "通许县"}, "CODE_NAME_CONFLICT"),
    ({"指标编号": "三大件覆盖率"}, "UNKNOWN_CODE"),
]
ALL = {
    "equipment": (EQUIPMENT, EQUIPMENT_ROWS),
    "population": (POPULATION, POPULATION_ROWS),
    "activity": (REPORT, REPORT_ROWS),
    "targets": (TARGET, TARGET_ROWS),
}


@pytest.fixture
def check(checked: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    def of(source: str, text: str) -> list[dict[str, Any]]:
        report = checked(source, text, encoding="gb18030")
        assert report["file_reject"] is None
        return list(report["rejected"])

    return of


def table(good: dict[str, str], rows: list[Row]) -> str:
    lines = [
        [(good | change)[name].replace("#", str(at)) for name in good]
        for at, (change, _) in enumerate(rows)
    ]
    return "\n".join(",".join(line) for line in ([*good], *lines)) + "\n"


@pytest.mark.parametrize("source", ALL)
def test_each_row_is_taken_or_refused_at_its_line(check: Callable[..., Any], source: str) -> None:
    good, rows = ALL[source]
    found = {row["row"]: row["reason"] for row in check(source, table(good, rows))}
    expected = {at: reason for at, (_, reason) in enumerate(rows, 2) if reason}
    assert found == expected


def test_the_detail_tells_what_was_meant(check: Callable[..., Any]) -> None:
    refused = check("activity", table(REPORT, REPORT_ROWS))
    assert {row["row"]: row["detail"] for row in refused} == {
        4: "万人次（应为人次）",
        5: "12人（单位为人次）",
        7: None,
        9: "千元（应为元或万元）",
    }
