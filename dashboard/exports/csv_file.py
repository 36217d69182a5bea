"""Files that leave the dashboard: CSV for office programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count

import polars as pl

from dashboard.formats import DIRECTION_MARKS, visible
from dashboard.remembering import remembered

# A cell starting with one of these is a formula to a spreadsheet.
FORMULA = "^[=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]"
# A quantity with its sign and its unit is none: +8.3个百分点, +5523.6.
SIGNED = r"^[+-]\d+(\.\d+)?[%\p{Han}]*$"
BOM = "\ufeff"
UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # for names of files, on one system or another
LONGEST_PART = 40  # characters: names of files are cut at 255 bytes, three a Chinese one


def file_name(*parts: str, ending: str) -> str:
    """Return a name without what a system refuses, or what would hide or turn around its ending."""
    cleaned = (UNFIT.sub("", " ".join(visible(part).split())) for part in parts)
    return "_".join(part[:LONGEST_PART].strip(" .") for part in cleaned) + ending


_FORMULA = re.compile(FORMULA)
_SIGNED = re.compile(r"[+-]\d+(\.\d+)?[%\u4e00-\u9fff]*")


def inert(text: str) -> str:
    """Return one text without marks of writing direction, as `neutral` writes it."""
    shown = visible(text)
    is_formula = _FORMULA.match(shown) and not _SIGNED.fullmatch(shown)
    return f"'{shown}" if is_formula else shown


@remembered
def readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the marks of writing direction from every text, as `formats.visible` does."""
    text = [name for name, dtype in frame.schema.items() if dtype in (pl.String, pl.Enum)]
    return frame.with_columns(
        pl.col(name).cast(pl.String).str.replace_all(DIRECTION_MARKS, "") for name in text
    )


def neutral(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before text that a spreadsheet would run; numbers stay numbers."""
    frame = readable(frame)
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    columns = [pl.col(name) for name in text]
    return frame.with_columns(
        pl.when(column.str.contains(FORMULA) & ~column.str.contains(SIGNED))
        .then("'" + column)
        .otherwise(column)
        .alias(name)
        for name, column in zip(text, columns, strict=True)
    )


def heads(names: Iterable[str]) -> dict[str, str]:
    """Return each header as it is written; headers that look alike without marks are numbered."""
    found: dict[str, str] = {}
    for name in names:
        written = tries = inert(name)
        for n in count(2):
            if tries not in found.values():
                break
            tries = f"{written}（{n}）"
        found[name] = tries
    return found


def to_csv(frame: pl.DataFrame, *, origin: Mapping[str, str]) -> bytes:
    """Write UTF-8 with BOM.

    Args:
        frame: what leaves, with printed headers.
        origin: header -> text that stands in every row: a list is cut and sent on without its
            first lines, and must still say of which day and snapshot it is, and that its figures
            are invented where they are.
    """
    # Names of areas stand in headers too.
    marked = neutral(frame).rename(heads(frame.columns))
    for head, text in origin.items():
        if head not in marked.columns:
            marked = marked.with_columns(pl.lit(text).alias(head))
    return (BOM + marked.write_csv()).encode("utf-8")
