"""What people and databases write into a cell that has no value; by the type of the column.

In an amount nothing but a blank means nothing: `--`, `/` and 无 are no numbers, and are refused.
"""

from __future__ import annotations

import polars as pl

from pipeline.catalog.sources import SourceColumn

_NULLS = ("NULL", "(NULL)", "<NULL>", "[NULL]", "\\N", "NONE", "NAN", "NAT")
_STROKES = r"^[-–—―/\\]+$"
_WORDS = ("无", "空", "暂无", "不详", "未知", "不明")
_NAMES = ("code", "text")
_CHOICES = ("enum", "flag")


def without_placeholder(text: pl.Expr, column: SourceColumn) -> pl.Expr:
    """Make null what stands for no value; `blanks` of the column are such words, too.

    A code that is nothing must not become one: everybody called NULL would be one person.
    """
    if column.is_verbatim:
        return text
    word = text.str.normalize("NFKC")
    is_nothing = word.is_in(list(column.blanks))
    if column.type != "money":
        is_nothing |= word.str.to_uppercase().is_in(list(_NULLS))
    if column.type in (*_NAMES, *_CHOICES):
        is_nothing |= word.str.contains(_STROKES)
    if column.type in _NAMES:
        is_nothing |= word.is_in(list(_WORDS))
    return pl.when(is_nothing.not_()).then(text)
