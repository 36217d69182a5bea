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
_BETWEEN = "\x1f"  # no cell has it: control characters are refused


def without_furniture(
    cells: pl.DataFrame, positions: Mapping[str, int], source: Source
) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """Separate the rows that are data from furniture, of which the numbers are returned.

    `cells` has `_row` and a text column for each of `positions` (text column -> place in the file).
    """
    names = sorted(positions, key=lambda name: positions[name])
    if not names or cells.is_empty():
        return cells, ()
    suspects = _suspects(cells, names)
    numbers = _are_column_numbers(cells.row(0), cells.columns, positions)
    if suspects.is_empty() and not numbers:
        return cells, ()
    found = set(suspects.filter(_is_furniture(names, source))["_row"])
    if numbers:
        found.add(cells["_row"][0])
    is_furniture = cells["_row"].is_in(list(found))
    return cells.filter(~is_furniture), tuple(cells.filter(is_furniture)["_row"].to_list())


def without_sums(
    cells: pl.DataFrame, positions: Mapping[str, int], source: Source
) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """Separate the totals of a list of events which stand behind a 序号 or another column.

    The first column was looked at when the rows were read.
    """
    key = source.key[0]
    if not positions.get(key):
        return cells, ()
    is_sum = cells.select(_folded(pl.col(key)).str.contains(_SUM).fill_null(value=False))[key]
    return cells.filter(~is_sum), tuple(cells.filter(is_sum)["_row"].to_list())


def _suspects(cells: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return the few rows worth a closer look: at most one cell filled, or a word for a sum."""
    joined = _folded(pl.concat_str(names, separator=_BETWEEN, ignore_nulls=True))
    is_bare = joined.str.contains(rf"^{_BETWEEN}*[^{_BETWEEN}]*{_BETWEEN}*$")
    return cells.filter(is_bare | joined.str.contains("计|总数"))


def _is_furniture(names: list[str], source: Source) -> pl.Expr:
    filled = [_folded(pl.col(name)).fill_null("") != "" for name in names]
    named = [name for name in names if source.by_id[name.partition("@")[0]].type in _NAMED]
    is_sum = pl.any_horizontal(
        pl.lit(value=False),
        *(_folded(pl.col(name)).str.contains(_SUM).fill_null(value=False) for name in named),
    )
    is_note = (
        (pl.sum_horizontal(filled) == 1)
        & pl.lit(len(names) > 1)
        & filled[0]
        & pl.col(names[0]).str.contains(r"\p{Han}").fill_null(value=False)
    )
    return is_sum | is_note | pl.any_horizontal(filled).not_()


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"[\s\x{3000}\x{feff}\x{200b}]", "")


def _are_column_numbers(
    row: tuple[str | None, ...], names: list[str], positions: Mapping[str, int]
) -> bool:
    """Say whether a row numbers the columns: 甲, 乙, 1, 2, 3, …, one more from each to the next."""
    offsets = set()
    count = 0
    for text, name in zip(row, names, strict=True):
        if name not in positions:
            continue
        word = (text or "").strip()
        number = _COLUMN_NUMBER.match(word)
        if number:
            offsets.add(int(number[1]) - positions[name])
            count += 1
        elif word and word not in _COLUMN_WORDS:
            return False
    return count >= _NUMBERED and len(offsets) == 1
