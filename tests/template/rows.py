"""One valid row for each source, and templates read and filled as a county would."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from pipeline.documents.template import template_bytes

DAY = "2025-06-30"
ROWS: dict[str, dict[str, Any]] = {
    "settlements": {
        "结算ID": "000123456789012345678",
        "个人编号": "00012345",
        "年龄": 67,
        "参保地区划代码": "410225",
        "险种类型": "居民",
        "定点医药机构编号": "007",
        "医院等级": "二级",
        "医疗类别": "住院",
        "开始日期": date(2025, 3, 1),
        "结束日期": date(2025, 3, 9),
        "结算日期": "2025年3月9日",
        "总费用": 1234.5,
        "统筹基金支出": "1,000.05",
        "冲销标志": "否",
        "特殊人员类型": "无",
        "上报批次": 1,
    },
    "referrals": {
        "转诊单号": "0001",
        "个人编号": "00012345",
        "转诊日期": date(2025, 3, 1),
        "转诊方向": "上转",
        "转出机构编码": "007",
    },
    "clinics": {
        "村卫生室编码": "0041",
        "村卫生室名称": "示例村卫生室",
        "县区名称": "兰考县",
        "乡镇": "示例镇",
        "是否规划内": "是",
        "村医人数": 2,
        "建筑面积": 80.5,
        "产权性质": "公有",
        "建设状态": "已完成",
        "竣工日期": date(2025, 3, 1),
        "验收日期": "未验收",
        "数据日期": date(2025, 6, 30),
    },
    "equipment": {
        "设备编号": "0007",
        "设备名称": "DR",
        "机构编码": "007",
        "购置日期": date(2024, 3, 1),
        "原值(元)": 880000,
        "数量": 1,
        "状态": "在用",
        "数据日期": DAY,
    },
    "contracts": {
        "区县": "兰考县",
        "机构编码": "007",
        "辖区内常住居民数": 1000,
        "常住人口签约/签约数": 600,
        "高血压患者/人数": 90,
        "脱贫人口/签约数": 5,
        "数据日期": DAY,
    },
    "institutions": {
        "机构编码": "007",
        "机构名称": "示例卫生院",
        "机构类型": "乡镇卫生院",
        "区划代码": "410225",
        "医共体角色": "成员",
        "数据日期": date(2025, 6, 30),
    },
    "population": {
        "区划代码": "410225",
        "年份": 2024,
        "性别": "女",
        "年龄组": "85岁及以上",
        "人数": 321,
    },
    "income": {
        "区划代码": "410225",
        "年份": 2024,
        "城镇居民人均可支配收入(元)": 39876,
        "农村居民人均可支配收入(元)": 20123.5,
    },
    "activity": {
        "区划代码": "410225",
        "月份": "2025-06",
        "远程心电传输人次": 12,
        "打包资金累计结余(元)": 12.34,
    },
    "targets": {
        "指标编号": "contract_rate",
        "区划代码": "410225",
        "截止日期": date(2025, 12, 31),
        "目标值": "95%",
    },
}


def book_of(source: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(template_bytes(source)))


def headers_of(sheet: Any) -> dict[str, int]:
    """Return the columns, from 1, by header; the two rows of a tall one joined by a slash."""
    found: dict[str, int] = {}
    upper = ""
    for column in range(1, sheet.max_column + 1):
        top, below = (sheet.cell(row, column).value for row in (1, 2))
        upper = top or upper
        found[f"{upper}/{below}" if below else upper] = column
    return found


def filled(source: str, rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """Write the template with rows below its header, as a county would."""
    book = book_of(source)
    sheet = book.worksheets[0]
    headers = headers_of(sheet)
    at = int(sheet.freeze_panes.removeprefix("A"))  # the row below the header
    for below, row in enumerate(rows):
        for header, value in row.items():
            sheet.cell(at + below, headers[header]).value = value
    book.save(path)
    return path
