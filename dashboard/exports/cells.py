"""Printed columns turned back into numbers for a workbook: 24.8 under a % header is 0.248.

A column becomes numbers only where every printed value is one; codes and dates stay text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from dashboard.exports.csv_file import neutral
from dashboard.formats import DASH, MINUS, SUPPRESSED

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
# Headers of columns that look like numbers and are none.
IDENTIFIERS = ("代码", "编号", "编码", "日期", "期间", "code")
PERCENT, MIXED = "%", "General"
NO_VALUE = frozenset({DASH, SUPPRESSED, ""})


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    header: str
    values: list[object]
    number_format: str | None  # None: text


def is_identifier(header: str) -> bool:
    """Say whether a header names codes or dates."""
    return any(word in header.casefold() for word in IDENTIFIERS)


def _format(words: list[str], *, is_percent: bool) -> str:
    """Return how numbers are shown: as many decimals as were printed, and signs where they were.

    Numbers of several units in one column keep each its own decimals.
    """
    decimals = {len(word.partition(".")[2]) for word in words}
    if len(decimals) > 1 and not is_percent:
        return MIXED
    digits = "0." + "0" * max(decimals) if max(decimals) else "0"
    shown = digits + (PERCENT if is_percent else "")
    return f"+{shown};-{shown};{shown}" if any(word[0] == "+" for word in words) else shown


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
    return Column(header, values, _format(words, is_percent=is_percent))


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
