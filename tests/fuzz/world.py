"""Good settlement files in every accepted shape, small and repeatable."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import polars as pl
import xlsxwriter
import xlwt

HEADER = [
    "结算ID",
    "个人编号",
    "姓名",
    "参保地",
    "定点医药机构编号",
    "定点医药机构名称",
    "医疗类别",
    "结算日期",
    "总费用",
    "统筹基金支付",
]
TOTAL, FUND = HEADER.index("总费用"), HEADER.index("统筹基金支付")
MONEY = (TOTAL, FUND)
REGIONS = "代码,名称,启用年,停用年,现行代码\n410212,祥符区,2014,,\n410224,开封县,1949,2014,410212\n"
INSTITUTIONS = "机构编码,机构名称,区划代码,类型\nH001,祥符区人民医院,410212,医院\n"
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
ROWS = 24


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file before it is written: rows of cells, lines above the header, and how to write it."""

    header: list[str]
    rows: list[list[str]]
    kind: str  # csv, xlsx, xls, parquet
    above: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"


@dataclass(frozen=True, kw_only=True)
class File:
    """A written file, and the total of each of its data rows as text where that is known."""

    name: str
    data: bytes
    totals: dict[int, str] | None
    what: str = "whole"
    table: Table = field(repr=False)

    def spoiled(self, what: str, **changes: Any) -> File:
        """Return the file with another content."""
        return replace(self, what=what, **changes)


def good_table(random: Random, *, seed: int) -> Table:
    """Return a table of its own identifiers."""
    rows = []
    for at in range(ROWS):
        total = random.randrange(10_000, 900_000)
        rows.append(
            [
                f"S{seed:05d}{at:03d}",
                f"P{seed:05d}{at:03d}",
                random.choice(("张三", "李四", "王𪨰")),
                "410212",
                "H001",
                "祥符区人民医院",
                random.choice(("住院", "普通门诊", "21", "11")),
                f"2025-{seed % 12 + 1:02d}-{random.randrange(1, 29):02d}",
                f"{total // 100}.{total % 100:02d}",
                f"{total // 200}.{total % 100:02d}",
            ]
        )
    kind = random.choice(("csv", "csv", "csv", "csv", "xlsx", "xlsx", "xls", "parquet", "parquet"))
    return Table(
        header=list(HEADER),
        rows=rows,
        kind=kind,
        delimiter=random.choice((",", ",", "\t", ";")),
        encoding=random.choice(ENCODINGS),
        line_end=random.choice(("\n", "\r\n", "\r")),
    )


def written(table: Table, *, name: str, what: str) -> File:
    """Write a table in its own format."""
    writer: Callable[[Table], tuple[bytes, dict[int, str]]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "xls": _xls,
        "parquet": _parquet,
    }[table.kind]
    data, totals = writer(table)
    return File(name=f"{name}.{table.kind}", data=data, totals=totals, what=what, table=table)


def _total(table: Table, row: list[str]) -> str:
    """Return the total of a row, by the first name of the column that the header has."""
    names = [name.replace(" ", "") for name in table.header]
    found = [names.index(name) for name in ("总费用", "医疗费总额") if name in names]
    return row[found[0]] if found and found[0] < len(row) else ""


def _csv(table: Table) -> tuple[bytes, dict[int, str]]:
    lines = [*table.above, _line(table.header, table.delimiter)]
    line = len(table.above) + 2
    totals = {}
    for row in table.rows:
        lines.append(_line(row, table.delimiter))
        if any(cell.strip() for cell in row):
            totals[line] = _total(table, row)
        line += 1 + sum(cell.count("\n") for cell in row)
    text = "".join(line + table.line_end for line in lines)
    return text.encode(table.encoding), totals


def _line(cells: list[str], delimiter: str) -> str:
    return delimiter.join(
        '"' + cell.replace('"', '""') + '"' if set(cell) & {delimiter, '"', "\n", "\r"} else cell
        for cell in cells
    )


def _lines(table: Table) -> list[list[str]]:
    return [*([line] for line in table.above), table.header, *table.rows]


def _cells_of(table: Table, write: Callable[[int, int, str | float], Any]) -> dict[int, str]:
    totals = {}
    below = len(table.above) + 1
    money = [at for at, name in enumerate(table.header) if name in ("总费用", "统筹基金支付")]
    for at, row in enumerate(_lines(table)):
        for column, cell in enumerate(row):
            is_number = at >= below and column in money and _is_plain(cell)
            write(at, column, float(cell) if is_number else cell)
        if at >= below and any(cell.strip() for cell in row):
            totals[at + 1] = _total(table, row)
    return totals


def _is_plain(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).replace("-", "", 1).isdigit()


def _xlsx(table: Table) -> tuple[bytes, dict[int, str]]:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()

    def write(row: int, column: int, value: str | float) -> None:
        if isinstance(value, float):
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, value)

    totals = _cells_of(table, write)
    book.close()
    return out.getvalue(), totals


def _xls(table: Table) -> tuple[bytes, dict[int, str]]:
    out = io.BytesIO()
    book = xlwt.Workbook()
    totals = _cells_of(table, book.add_sheet("一").write)
    book.save(out)
    return out.getvalue(), totals


def _parquet(table: Table) -> tuple[bytes, dict[int, str]]:
    out = io.BytesIO()
    columns = {
        f"{name}{at if table.header.index(name) < at else ''}": [
            row[at] if at < len(row) else None for row in table.rows
        ]
        for at, name in enumerate(table.header)
    }
    pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).write_parquet(out)
    # A record is a record, be it blank.
    return out.getvalue(), {at: _total(table, row) for at, row in enumerate(table.rows, 1)}
