"""Rows of registers and tables that are part of the form, not of the data.

People write and sign these: beside totals and signatures, which their first cell tells, there are
sums in any column, notes across the table, numbered but empty lines, the row of column numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from pipeline.catalog.sources import Source
from pipeline.ingest.grid import SUMMED

_NAMED = ("code", "text", "enum", "date", "month")
_SUM = rf"^(合计|小计|总计|共计|累计|总数)[:：]?$|^{SUMMED}(合计|小计|总计)$"
_COLUMN_NUMBER = re.compile(r"^\(?(\d{1,3})\)?$")
_COLUMN_WORDS = ("甲", "乙", "丙", "丁", "戊", "栏次")
_NUMBERED = 4  # columns that must carry their number


def without_furniture(
    cells: pl.DataFrame, positions: Mapping[str, int], source: Source
) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """Separate the rows that are data from furniture, of which the numbers are returned.

    `cells` has `_row` and a text column for each of `positions` (text column -> place in the file).
    """
    names = sorted(positions, key=lambda name: positions[name])
    if not names or cells.is_empty():
        return cells, ()
    filled = [_folded(name) != "" for name in names]
    named = [name for name in names if source.by_id[name.partition("@")[0]].type in _NAMED]
    is_sum = pl.any_horizontal(
        pl.lit(value=False), *(_folded(name).str.contains(_SUM) for name in named)
    )
    is_note = (
        (pl.sum_horizontal(filled) == 1)
        & pl.lit(len(names) > 1)
        & filled[0]
        & pl.col(names[0]).str.contains(r"\p{Han}").fill_null(value=False)
    )
    is_empty = pl.any_horizontal(filled).not_()
    top = [cells[name][0] for name in names]
    is_numbers = pl.lit(_are_column_numbers(top, [positions[name] for name in names])) & (
        pl.col("_row") == cells["_row"][0]
    )
    is_furniture = cells.select(is_sum | is_note | is_empty | is_numbers).to_series()
    return cells.filter(~is_furniture), tuple(cells.filter(is_furniture)["_row"].to_list())


def _folded(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.replace_all(r"[\s\x{3000}\x{feff}\x{200b}]", "")


def _are_column_numbers(top: list[str | None], places: list[int]) -> bool:
    """Say whether a row numbers the columns: 甲, 乙, 1, 2, 3, …, one more from each to the next."""
    offsets = set()
    count = 0
    for text, place in zip(top, places, strict=True):
        word = (text or "").strip()
        number = _COLUMN_NUMBER.match(word)
        if number:
            offsets.add(int(number[1]) - place)
            count += 1
        elif word and word not in _COLUMN_WORDS:
            return False
    return count >= _NUMBERED and len(offsets) == 1
