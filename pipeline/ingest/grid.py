"""A sheet or a delimited file as a grid of text: header found, non-data rows set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from pipeline.ingest.cells.grammar import cleaned_text
from pipeline.ingest.headers import HeaderIndex

HEADER_SEARCH_ROWS = 20

# What is summed may stand before the word (兰考县合计, 城关镇小计); an item of a report that is
# itself called a total (抽查人次合计) is none.
SUMMED = r"(总|本页|本表|本月|\p{Han}{0,11}[省市县区镇乡道办院心村体团部域])"
_TOTAL = (
    rf"^({SUMMED}?(合计|总计|小计|共计|累计|汇总)|总数|全[省市县区]|\p{{Han}}{{0,6}}平均(值|数|水平)?|其中)"
    r"([(（:：].*)?$"
)
_SIGNED = r"[(（](签字|签名|签章|盖章|公章)[)）]"
_FOOT = (
    r"^(单位)?(填报人|填表人|制表人?|审核人?|负责人|复核人?|校对人?|经办人|打印人|导出人|审批人?"
    r"|填报单位|填报日期|填表日期|报送日期|报出日期|打印日期|打印时间|导出时间|导出日期|联系电话|联系人"
    r"|填报时间|填表时间|报送时间|制表时间|制表日期|填表说明|填报说明|编制说明|单位|报送单位"
    rf"|科室负责人|分管领导|签字|签名|签章|盖章|单位盖章|说明|备注|注|数据来源)\d*({_SIGNED})?([:：、.].*)?$"
    rf"|^{_SIGNED}$|^[※*].*\p{{Han}}|^(以上|以下)(数据|各|共|均).*$|^本表[^合总小共累].*$"
)
_PAGE = (
    r"^(以上)?(共计?|总共|总计|合计)\d+(条|笔|行|例|人次|家|个|所|台|件|户|人|村)(记录|数据)?[。.]?$"
    r"|^第\d+页(.*共\d+页)?$"
    r"|^以下(空白|无正文)$|^[-=_*—]{3,}$"
)
# The usual first cell of a data row; no total, signature or header looks like it.
_PLAIN_CODE = r"^[0-9A-Za-z]*[0-9][0-9A-Za-z]*$"
NON_DATA = f"{_TOTAL}|{_FOOT}|{_PAGE}"


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
    repeated header rows are not data: `left_out` are those that are not blank.
    """

    cells: pl.DataFrame
    header: tuple[str, ...]
    title: str = ""
    sheet: str | None = None
    refused: tuple[Refusal, ...] = field(default=())
    left_out: tuple[int, ...] = field(default=())
    is_visible: bool = True
    has_hidden_rows: bool = False


def non_data(first: pl.Expr, labels: Sequence[str]) -> pl.Expr:
    """Say whether a row is a total, a signature, a page foot or the header once more.

    By its first filled cell; `labels` are what the header's own first column may be called.
    """
    folded = first.str.replace_all(r"[\s\x{3000}\x{feff}]", "")
    known = [re.sub(r"\s", "", label) for label in labels if label.strip()]
    return (folded.str.contains(NON_DATA) | folded.is_in(known)).fill_null(value=False)


def data_rows(
    grid: pl.DataFrame, labels: Sequence[str], *, keep_blank: bool = False
) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """Separate the rows that are data from those left out, of which the numbers are returned.

    A blank row is neither, unless it is known to be filled in columns that are not here.
    """
    is_plain = grid.select(pl.col("c0").str.contains(_PLAIN_CODE).fill_null(value=False))["c0"]
    others = grid.filter(~is_plain)
    others = others.select("_row", _first=_first_filled(others))
    is_left_out = non_data(pl.col("_first"), labels)
    left_out = others.filter(is_left_out)["_row"]
    is_blank = pl.col("_first").is_null() & pl.lit(not keep_blank)
    dropped = others.filter(is_left_out | is_blank)["_row"]
    rows = grid.filter(pl.col("_row").is_in(dropped.implode()).not_()) if len(dropped) else grid
    return rows, tuple(left_out.to_list())


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
    search ends one row after the first in which nothing required is missing: a title above a
    header is no upper half of it, if the lower row alone says as much.
    """
    best: tuple[float, int, int, list[str]] = (0, 0, 0, [])
    last = HEADER_SEARCH_ROWS
    for at, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        candidates = [(1, list(row))]
        if at + 1 < len(rows):
            candidates.append((2, flattened(row, rows[at + 1])))
        for depth, labels in candidates:
            score, complete = index.score(labels)
            if complete and score > 1:
                last = min(last, at + 1)
            is_lower_half = depth == 1 and best[1:3] == (at - 1, at + 1)
            if score > best[0] or (is_lower_half and score == best[0] > 0):
                best = (score, at, at + depth, labels)
        if at == last:
            break
    return best[1], best[2], best[3]
