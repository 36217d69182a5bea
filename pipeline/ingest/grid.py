"""A sheet or a delimited file as a grid of text: header found, non-data rows set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from pipeline.ingest.headers import HeaderIndex

HEADER_SEARCH_ROWS = 20

_TOTAL = r"^(总|本页)?(合计|总计|小计|共计|累计)[:：]?$"
_FOOT = (
    r"^(单位)?(填报人|填表人|制表人?|审核人?|负责人|复核人?|经办人|填报单位|填报日期|填表日期|报送日期"
    r"|报出日期|联系电话|联系人|说明|备注|注|数据来源|打印时间)\d*[:：、.]"
)
NON_DATA = f"{_TOTAL}|{_FOOT}"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A row refused before its values were looked at."""

    row: int
    reason: str
    column: str | None = None


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Data rows of one sheet: text columns `c0`, `c1`, … by position, and `_row`.

    `_row` is the physical line of a CSV or Excel's own row number. Total, signature, blank and
    repeated header rows are not data: they are left out and never counted as read.
    """

    cells: pl.DataFrame
    header: tuple[str, ...]
    title: str = ""
    sheet: str | None = None
    refused: tuple[Refusal, ...] = field(default=())


def is_data(first: pl.Expr, header: str) -> pl.Expr:
    """Say whether a row is data, by its first filled cell; null (a blank row) is not."""
    folded = first.str.replace_all(r"[\s\x{3000}]", "")
    plain = folded.str.contains(NON_DATA).not_() & (folded != "")
    if header.strip():
        plain = plain & (folded != re.sub(r"\s", "", header))
    return plain.fill_null(value=False)


def data_rows(grid: pl.DataFrame, header: Sequence[str]) -> pl.DataFrame:
    """Keep the rows of a sheet that are data."""
    names = [name for name in grid.columns if name != "_row"]
    first = pl.coalesce(pl.when(pl.col(n).str.strip_chars() != "").then(pl.col(n)) for n in names)
    return grid.filter(is_data(first, next((h for h in header if h.strip()), "")))


def flattened(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Flatten a header of two rows as 上层/下层; an upper cell covers those to its right."""
    flat, cover = [], ""
    for above, below in zip(upper, lower, strict=True):
        if above:
            cover = above
        if not below or below == above:
            flat.append(above or below)
        else:
            flat.append(f"{cover}/{below}" if cover else below)
    return flat


def find_header(rows: Sequence[Sequence[str]], index: HeaderIndex) -> tuple[int, int, list[str]]:
    """Find the header among the first rows: its row, the first data row, the flattened labels.

    The row, or pair of rows, in which most headers are recognised; a single row wins a tie.
    """
    best: tuple[int, int, int, list[str]] = (0, 0, 0, [])
    for at, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        candidates = [(1, list(row))]
        if at + 1 < len(rows):
            candidates.append((2, flattened(row, rows[at + 1])))
        for depth, labels in candidates:
            score = index.score(labels)
            if score > best[0]:
                best = (score, at, at + depth, labels)
    return best[1], best[2], best[3]
