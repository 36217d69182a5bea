"""Write workbooks as offices make them: title, merged header of two rows, total and signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | None
Header = str | tuple[str, tuple[str, ...]]  # a plain column, or a group over its columns
MADE = datetime(2025, 1, 1)  # noqa: DTZ001  the same bytes every time; Excel knows no time zone


def open_workbook(path: Path) -> Workbook:
    """Open a workbook whose bytes depend on its cells alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook(str(path), {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"created": MADE, "title": path.stem})
    return book


def write_rows(sheet: Worksheet, first: int, rows: Iterable[Sequence[Cell]]) -> int:
    """Write rows from a zero-based row on; texts stay text. Returns the row after the last."""
    at = first
    for row in rows:
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(at, column, value)
            else:
                sheet.write_number(at, column, value)
        at += 1
    return at


def write_header(sheet: Worksheet, at: int, headers: Sequence[Header]) -> int:
    """Write a merged header of two rows (one row when nothing is grouped)."""
    if all(isinstance(header, str) for header in headers):
        return write_rows(sheet, at, [[str(header) for header in headers]])
    return write_tall_header(sheet, at, headers)


def write_tall_header(sheet: Worksheet, at: int, headers: Sequence[Header]) -> int:
    """Write a header of two rows: plain columns merged downwards, groups merged across."""
    column = 0
    for header in headers:
        if isinstance(header, str):
            sheet.merge_range(at, column, at + 1, column, header)
            column += 1
            continue
        group, lower = header
        sheet.merge_range(at, column, at, column + len(lower) - 1, group)
        write_row_at(sheet, at + 1, column, lower)
        column += len(lower)
    return at + 2


def write_row_at(sheet: Worksheet, row: int, column: int, texts: Sequence[str]) -> None:
    """Write texts from a column on."""
    for offset, text in enumerate(texts):
        sheet.write_string(row, column + offset, text)


def percent(numerator: int, denominator: int) -> str:
    """Print a share as offices do, `88.1%`; "/" where there is nothing to divide by."""
    return f"{100 * numerator / denominator:.1f}%" if denominator else "/"
