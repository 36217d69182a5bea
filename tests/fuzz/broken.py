"""One file for each reason there is: the smallest that must be refused, or remarked on, for it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import polars as pl
import xlsxwriter

HEADER = (
    *("结算ID", "个人编号", "姓名", "参保地", "定点医药机构编号", "定点医药机构名称", "医疗类别"),
    *(
        "开始日期",
        "结束日期",
        "结算日期",
        "总费用",
        "统筹基金支付",
        "年龄",
        "冲销标志",
        "原结算单号",
    ),
    "上报批次",
)
GOOD_ROWS = 4


def row(number: int, prefix: str, **cells: str) -> list[str]:
    """Return a good row with some of its cells changed."""
    good = {
        "结算ID": f"{prefix}{number}",
        "个人编号": f"P{prefix}{number}",
        "姓名": "张三",
        "参保地": "410212",
        "定点医药机构编号": "H001",
        "定点医药机构名称": "祥符区人民医院",
        "医疗类别": "住院",
        "开始日期": "2025-03-01",
        "结束日期": "2025-03-05",
        "结算日期": "2025-03-06",
        "总费用": "100.00",
        "统筹基金支付": "60.00",
        "年龄": "60",
    }
    changed = good | cells
    return [changed.get(name, "") for name in HEADER]


def rows(prefix: str, *more: list[str]) -> list[list[str]]:
    """Return good rows, and others behind them."""
    return [*(row(at, prefix) for at in range(GOOD_ROWS)), *more]


def text(lines: list[list[str]], *, header: tuple[str, ...] = HEADER, delimiter: str = ",") -> str:
    """Write rows as delimited text."""
    return "".join(delimiter.join(line) + "\n" for line in (list(header), *lines))


def spoiled(prefix: str, **cells: str) -> bytes:
    """Return a CSV whose last row has a wrong cell."""
    return text(rows(prefix, row(GOOD_ROWS, prefix, **cells))).encode()


def with_line(prefix: str, line: bytes) -> bytes:
    """Return a CSV with a line of its own in the last place."""
    return text(rows(prefix)).encode() + line + b"\n"


def book(prefix: str, change: Callable[[Any, Any], None]) -> bytes:
    """Return a workbook with good rows that somebody changed."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("一")
    fill(sheet, rows(prefix, row(GOOD_ROWS, prefix)))
    change(made, sheet)
    made.close()
    return out.getvalue()


def fill(sheet: Any, lines: list[list[str]]) -> None:
    """Write a header and rows."""
    for at, line in enumerate((HEADER, *lines)):
        for column, cell in enumerate(line):
            sheet.write_string(at, column, cell)


def hidden(made: Any, prefix: str) -> None:
    """Add a hidden sheet with one row."""
    sheet = made.add_worksheet("旧")
    fill(sheet, [row(9, prefix)])
    sheet.hide()


def archive(**entries: bytes) -> bytes:
    """Return a ZIP container."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return out.getvalue()


def parquet(prefix: str, **columns: pl.Series) -> bytes:
    """Return a Parquet file some of whose columns are of another type."""
    out = io.BytesIO()
    frame = pl.DataFrame(rows(prefix), schema=list(HEADER), orient="row")
    frame.with_columns(column.alias(name) for name, column in columns.items()).write_parquet(out)
    return out.getvalue()


_MONEY = HEADER.index("总费用")
_SHORT = HEADER[:_MONEY] + HEADER[_MONEY + 1 :]
_TWICE = (*HEADER[:-1], "总费用")
_LAST = GOOD_ROWS + 1  # of a sheet, counted from 0


OF_FILES: dict[str, tuple[str, bytes]] = {
    "EMPTY": ("csv", b"\n"),
    "ENCODING": ("csv", b"\xff\xff,\xff\n" * 3),
    "MOJIBAKE": ("csv", text(rows("a")).encode().decode("gb18030", "replace").encode()),
    "DELIMITER": ("csv", text(rows("b"), delimiter="|").encode()),
    "QUOTING": ("csv", b'"' + text(rows("c")).encode()),
    "TRUNCATED": ("csv", text(rows("d")).encode()[:-40]),
    "CORRUPT": ("xlsx", archive(**{"xl/workbook.xml": b"<a"})),
    "ENCRYPTED": (
        "xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    ),
    "WRONG_FORMAT": ("xlsx", b"%PDF-1.4\n"),
    "RESOURCE_LIMIT": ("xlsx", book("e", lambda made, sheet: sheet.write(9_999, 16_383, "x"))),
    "UNSAFE_ARCHIVE": ("xlsx", archive(**{"xl/a.xml": bytes(11 << 20)})),
    "SHEET_AMBIGUOUS": (
        "xlsx",
        book("f", lambda made, sheet: fill(made.add_worksheet("二"), rows("f"))),
    ),
    "HEADER_MISSING": ("csv", text([line[:-1] for line in rows("g")], header=_SHORT).encode()),
    "HEADER_DUPLICATE": ("csv", text(rows("h"), header=_TWICE).encode()),
    "SCHEMA_TYPE": ("parquet", parquet("i", 总费用=pl.Series([True] * GOOD_ROWS))),
}

OF_ROWS: dict[str, tuple[str, bytes]] = {
    "RAGGED": ("csv", with_line("j", b"1,2")),
    "QUOTING": ("csv", with_line("k", ",".join(row(9, "k", 姓名='张"三')).encode())),
    "ENCODING": ("csv", with_line("l", b"1,\xff\xff")),
    "MOJIBAKE": ("csv", spoiled("m", 姓名="锟斤拷")),
    "CONTROL_CHAR": ("csv", spoiled("n", 姓名="\x00")),
    "BAD_TEXT": ("csv", spoiled("o", 结算ID="<script>")),
    "FIELD_TOO_LONG": ("csv", spoiled("p", 结算ID="9" * 65)),
    "NONDATA_ROW": ("csv", with_line("q", "合计".encode() + b"," * (len(HEADER) - 1))),
    "MISSING_VALUE": ("csv", spoiled("r", 总费用="")),
    "BAD_NUMBER": ("csv", spoiled("s", 总费用="--")),
    "PRECISION_LOSS": ("csv", spoiled("t", 个人编号="4.10225E+17")),
    "RANGE": ("csv", spoiled("u", 上报批次="0")),
    "AMOUNT_RANGE": ("csv", spoiled("v", 总费用="10000000.01")),
    "AMOUNT_IDENTITY": ("csv", spoiled("w", 统筹基金支付="100.01")),
    "NEGATIVE_UNEXPLAINED": ("csv", spoiled("x", 总费用="-5.00", 统筹基金支付="-1.00")),
    "REFUND_ORPHAN": (
        "csv",
        spoiled("y", 总费用="-5.00", 统筹基金支付="-1.00", 冲销标志="是", 原结算单号="Z9"),
    ),
    "BAD_DATE": ("csv", spoiled("z", 结算日期="05/01/2024")),
    "FUTURE_DATE": ("csv", spoiled("A", 结算日期="2026-01-01")),
    "DATE_ORDER": ("csv", spoiled("B", 开始日期="2025-03-09")),
    "AGE_RANGE": ("csv", spoiled("C", 年龄="121")),
    "ID_INVALID": ("csv", spoiled("D", 个人编号="410225199001011230")),
    "UNKNOWN_CODE": ("csv", spoiled("E", 参保地="999999")),
    "REGION_LEVEL": ("csv", spoiled("F", 参保地="410200")),
    "REGION_PERIOD": ("csv", spoiled("G", 参保地="410299")),
    "CODE_NAME_CONFLICT": ("csv", spoiled("H", 定点医药机构名称="别处的中医院")),
    "DUPLICATE_ROW": ("csv", spoiled("I", 结算ID="I0", 个人编号="PI0")),
    "DUPLICATE_KEY": ("csv", spoiled("J", 结算ID="J0", 个人编号="PJ0", 总费用="101.00")),
    "CELL_ERROR": (
        "xlsx",
        book("K", lambda made, sheet: sheet.write_formula(_LAST, _MONEY, "=1/0", None, "#DIV/0!")),
    ),
    "FORMULA_NO_VALUE": (
        "xlsx",
        book("L", lambda made, sheet: sheet.write_formula(_LAST, _MONEY, "=1+1")),
    ),
    "HIDDEN_SHEET": ("xlsx", book("M", lambda made, sheet: hidden(made, "M"))),
}

OF_WARNINGS: dict[str, tuple[str, bytes]] = {
    "HEADER_EXTRA": ("csv", text(rows("N"), header=(*HEADER[:-1], "不认识")).encode()),
    "NONDATA_ROW": OF_ROWS["NONDATA_ROW"],
    "HIDDEN_SHEET": OF_ROWS["HIDDEN_SHEET"],
    "HIDDEN_ROWS": (
        "xlsx",
        book("O", lambda made, sheet: sheet.set_row(2, None, None, {"hidden": True})),
    ),
    "REGION_STALE": ("csv", spoiled("P", 参保地="410224")),
}
REGIONS = (
    "代码,名称,启用年,停用年,现行代码\n410000,河南省,1949,,\n410200,开封市,1949,,\n410212,祥符区,2014,,\n"
    "410224,开封县,1949,2014,410212\n410299,新设区,2026,,\n"
)
INSTITUTIONS = (
    "机构编码,机构名称,区划代码,类型\n"
    "H001,祥符区人民医院,410212,医院\nH002,别处的中医院,410212,医院\n"
)
