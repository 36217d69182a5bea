"""Printed columns turned back into numbers for a workbook: 24.8 under a % header is 0.248.

A column becomes numbers only where every printed value is one; codes and dates stay text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

import polars as pl

from dashboard.exports.csv_file import neutral
from dashboard.formats import DASH, MINUS, SUPPRESSED

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
# Headers of columns that look like numbers and are none.
IDENTIFIERS = ("代码", "编号", "编码", "日期", "期间", "code")
PERCENT = "%"
NO_VALUE = frozenset({DASH, SUPPRESSED, ""})


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    header: str
    values: list[object]
    number_format: str | None  # None: text
    row_formats: tuple[str, ...] = ()  # where numbers of several units stand in one column

    def format_of(self, row: int) -> str | None:
        """Return how the number of one row is shown."""
        return self.row_formats[row] if self.row_formats else self.number_format


def is_numbers(column: Column) -> bool:
    """Say whether a column holds numbers; what stands for a missing one is text beside them."""
    return column.number_format is not None


def is_identifier(header: str) -> bool:
    """Say whether a header names codes or dates."""
    return any(word in header.casefold() for word in IDENTIFIERS)


def _decimals(word: str | None) -> int:
    return len((word or "").partition(".")[2])


def _format(decimals: int, *, is_percent: bool, has_signs: bool) -> str:
    """Return how a number is shown: as many decimals as were printed, and signs where they were."""
    shown = ("0." + "0" * decimals if decimals else "0") + (PERCENT if is_percent else "")
    return f"+{shown};-{shown};{shown}" if has_signs else shown


def _printed(header: str, texts: list[str | None]) -> Column | None:
    """Read a column of printed numbers; None when it is text."""
    plain = [None if x is None else x.replace(MINUS, "-").strip() for x in texts]
    words = [x for x in plain if x is not None and x not in NO_VALUE]
    if not words or not all(NUMBER.fullmatch(word) for word in words):
        return None
    is_percent = PERCENT in header
    scale = 100 if is_percent else 1
    values: list[object] = [
        x if x is None or x in NO_VALUE else round(float(x) / scale, 12) for x in plain
    ]
    look = partial(_format, is_percent=is_percent, has_signs=any(w[0] == "+" for w in words))
    decimals = {_decimals(word) for word in words}
    # Numbers of several units in one column keep each its own decimals.
    is_mixed = len(decimals) > 1 and not is_percent
    own = tuple(look(_decimals(word)) for word in plain) if is_mixed else ()
    return Column(header, values, look(max(decimals)), own)


def columns_of(frame: pl.DataFrame) -> list[Column]:
    """Return the columns of a frame as a workbook holds them; formulas are made text."""
    found = []
    for series in neutral(frame.with_columns(pl.col(pl.Date).dt.to_string("iso"))):
        header, values = series.name, series.to_list()
        if series.dtype.is_integer():
            found.append(Column(header, values, "0"))
        elif series.dtype.is_float():
            is_whole = all(v is None or v == round(v) for v in values)
            found.append(Column(header, values, "0" if is_whole else "0.00"))
        else:
            texts = [None if value is None else str(value) for value in values]
            number = None if is_identifier(header) else _printed(header, texts)
            found.append(number or Column(header, list(texts), None))
    return found
