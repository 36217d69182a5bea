"""A register and settlements as raw files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

NAME, DOCUMENT = "张某某", "P0000123456"
HEADER = (
    "结算ID,个人编号,姓名,参保地区划代码,定点医药机构编号,医疗类别,结算日期,总费用,统筹基金支出"
)
LINES = [
    f"S1,{DOCUMENT},{NAME},410225,T1,21,2025-03-02,1000.00,600.00",
    f"S2,{DOCUMENT},{NAME},410225,T1,21,2025-03-03,0.10,0.05",
    f"S3,{DOCUMENT},{NAME},410225,T1,21,2025-03-04,--,1",
    f"S2,{DOCUMENT},{NAME},410225,T1,21,2025-03-03,0.10,0.05",
    f"S4,{DOCUMENT},{NAME},411626,T1,21,2025-03-05,7.00,1.00",
    f"S5,{DOCUMENT}",
]


def institutions(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book: Any = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名录")
    sheet.write_row(0, 0, ["机构编码", "机构名称", "机构类型", "区划代码"])
    sheet.write_row(1, 0, ["T1", "示例卫生院", "乡镇卫生院", "410225"])
    sheet.write_row(2, 0, ["T2", "示例卫生院二", "乡镇卫生院", "没有的代码"])
    book.close()


def register(path: Path) -> None:
    """Write the institutions as text, which needs no process that opens workbooks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ("机构编码,机构名称,机构类型,区划代码", "T1,示例卫生院,乡镇卫生院,410225")
    path.write_text("\n".join((*rows, "T2,示例卫生院二,乡镇卫生院,没有的代码")) + "\n")


def settlements(path: Path, lines: list[str], header: str = HEADER) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="gb18030")


def sent(folder: Path) -> Path:
    """Write a register, a file of settlements and one that lacks columns."""
    institutions(folder / "institutions" / "名录_20250331.xlsx")
    settlements(folder / "settlements" / "410200_结算_202503.csv", LINES)
    settlements(folder / "settlements" / "缺列.csv", ["1,2"], "结算ID,姓名")
    return folder
