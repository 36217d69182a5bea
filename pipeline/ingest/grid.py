"""A sheet or a delimited file as a grid of text: header found, non-data rows set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from pipeline.ingest.grammar import cleaned_text
from pipeline.ingest.headers import HeaderIndex

HEADER_SEARCH_ROWS = 20

_TOTAL = r"^(总|本页)?(合计|总计|小计|共计|累计)([:：].*)?$"
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
    label = next((h for h in header if h.strip()), "")
    return grid.filter(
        grid.select(_first_filled(grid).alias("first")).select(is_data(pl.col("first"), label))[
            "first"
        ]
    )


def _first_filled(grid: pl.DataFrame) -> pl.Series:
    """Return the first filled cell of each row; where the first column has one, it is that."""
    first = grid.select(cleaned_text(pl.col("c0")))["c0"]
    if not first.has_nulls():
        return first
    cells = [name for name in grid.columns if name.startswith("c")]
    blank = first.is_null()
    others = [
        next((cell for cell in row if cell is not None and cell.strip()), None)
        for row in grid.filter(blank).select(cells).iter_rows()
    ]
    return first.scatter(blank.arg_true(), others)


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

    The row, or pair of rows, in which most headers are recognised; a single row wins a tie. The
    search ends where nothing required is missing.
    """
    best: tuple[float, int, int, list[str]] = (0, 0, 0, [])
    for at, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        candidates = [(1, list(row))]
        if at + 1 < len(rows):
            candidates.append((2, flattened(row, rows[at + 1])))
        is_complete = False
        for depth, labels in candidates:
            score, complete = index.score(labels)
            is_complete = is_complete or (complete and score > 1)
            if score > best[0]:
                best = (score, at, at + depth, labels)
        if is_complete:
            break
    return best[1], best[2], best[3]
