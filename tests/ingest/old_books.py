"""Real .xls files (BIFF8), as old systems write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlwt


def old_book(path: Path, fill: Callable[[Any], None], *, is_1904: bool = False) -> Path:
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    fill(book)
    book.save(str(path))
    return path


def old_ledger(book: Any) -> None:
    sheet = book.add_sheet("城关镇")
    sheet.write_merge(0, 0, 1, 4, "台账（截至2025年6月30日）")
    sheet.write_merge(1, 2, 1, 1, "编码")
    sheet.write_merge(1, 1, 2, 3, "老年人")
    sheet.write(2, 2, "人数")
    sheet.write(2, 3, "签约数")
    sheet.write_merge(1, 2, 4, 4, "名称")
    for row, values in enumerate((["0012", 5, 4], ["0013", 6, 5], ["合计", 11, 9]), 3):
        for column, value in enumerate(values, 1):
            sheet.write(row, column, value)
    sheet.write_merge(3, 4, 4, 4, "合并的名称")
    sheet.row(4).hidden = True
