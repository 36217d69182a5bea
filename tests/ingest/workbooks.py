"""Workbooks as counties send them, and the ways in which they are spoiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter


def workbook(path: Path, fill: Callable[[Any], None]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    fill(book)
    book.close()
    return path


def ledger(book: Any) -> None:
    sheet = book.add_worksheet("城关镇")
    sheet.merge_range(0, 0, 0, 3, "台账（截至2025年6月30日）")
    sheet.write(1, 0, "单位：元")
    sheet.merge_range(2, 0, 3, 0, "编码")
    sheet.merge_range(2, 1, 2, 2, "老年人")
    sheet.write_row(3, 1, ["人数", "签约数"])
    sheet.merge_range(2, 3, 3, 3, "名称")
    sheet.write_row(4, 0, ["0012", 5, 4])
    sheet.merge_range(4, 3, 5, 3, "合并的名称")
    sheet.write_row(5, 0, ["0013", 6, 5])
    sheet.write_row(6, 0, ["合计", 11, 9])
    sheet.write(7, 0, "填报人：某某")


def _flipped(data: bytes) -> bytes:
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


SPOILED = [
    (lambda data: data[: len(data) // 2], "TRUNCATED"),
    (_flipped, "CORRUPT"),
    (lambda data: b"<html><table></table></html>", "WRONG_FORMAT"),
    (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "CORRUPT"),
    (
        lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "ENCRYPTED",
    ),
    (lambda data: b"PK\x03\x04", "TRUNCATED"),
]


def far_cell(path: Path) -> Path:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "编码")
        sheet.write(99_999, 16_383, 1)  # the writer goes through every row before it

    return workbook(path, fill)


def far_formats(path: Path) -> Path:
    """Write a ledger beside which colours were painted far to the right and far down."""

    def fill(book: Any) -> None:
        ledger(book)
        sheet, colour = book.worksheets()[0], book.add_format({"bg_color": "red"})
        for row in range(3_000):
            sheet.write_blank(row, 250, None, colour)
        sheet.write_blank(99_999, 700, None, colour)  # and in painted rows through every column

    return workbook(path, fill)
