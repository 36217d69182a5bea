"""What a cell is besides its text, and text that is damaged: told by characters no text may hold.

A reader of workbooks or databases puts a mark before the text of a cell; the grammar turns it into
the reason of the row, with the column, and takes it off the detail.
"""

from __future__ import annotations

import re

import polars as pl

_MARK = "\ufdd1"
CELL_ERROR, FORMULA_NO_VALUE, PRECISION_LOSS, NO_TEXT = (f"{_MARK}{letter}" for letter in "EFPB")
MARKS = {
    CELL_ERROR: "CELL_ERROR",
    FORMULA_NO_VALUE: "FORMULA_NO_VALUE",
    PRECISION_LOSS: "PRECISION_LOSS",
    NO_TEXT: "BAD_TEXT",
}
_ANY_MARK = rf"^{_MARK}[EFPB]"

# Tab and line ends are white space; the others stand in no text that a person typed. U+0085 ends a
# line on large machines.
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{85}]"
# The upper half of Windows-1252, as it stands in UTF-8 that was read so.
_WINDOWS = bytes(i for i in range(0x80, 0xA0) if i not in b"\x81\x8d\x8f\x90\x9d").decode("cp1252")
_LEAD = r"[\x{c2}\x{c3}\x{e2}\x{e3}-\x{e9}\x{ef}]"
# The replacement character, what GBK makes of it, what uninitialised memory looks like in GBK,
# UTF-8 read as Latin-1 or Windows-1252, and GBK read as Latin-1.
MOJIBAKE = (
    "\ufffd|锟斤|烫烫烫"
    rf"|{_LEAD}[\x{{80}}-\x{{bf}}{_WINDOWS}]{{1,2}}[\x{{c2}}\x{{c3}}\x{{e2}}-\x{{ef}}\x{{80}}-\x{{bf}}]"
    r"|[\x{80}-\x{84}\x{86}-\x{9f}]|\x{85}[\x{80}-\x{ff}]|[\x{80}-\x{ff}]\x{85}"
    r"|[\x{a1}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{ff}]{4}"
)
DAMAGED = f"{CONTROL}|{MOJIBAKE}"
_LONGEST_CHARACTER = 4
_CHINESE = re.compile(r"[\u4e00-\u9fff，。、（）：；]{2,}")


def marked(text: pl.Expr) -> pl.Expr:
    """Return the reason that a cell's mark stands for, null without a mark."""
    reason = pl.lit(None, dtype=pl.String)
    for mark, code in MARKS.items():
        reason = pl.when(text.str.starts_with(mark)).then(pl.lit(code)).otherwise(reason)
    return reason


def unmarked(text: pl.Expr) -> pl.Expr:
    """Return a cell's text without its mark; nothing where only the mark stood."""
    bare = text.str.replace(_ANY_MARK, "")
    return pl.when(bare != "").then(bare)


def damage(text: pl.Expr) -> pl.Expr:
    """Return MOJIBAKE or CONTROL_CHAR where a text is damaged, null elsewhere."""
    return (
        pl.when(text.str.contains(MOJIBAKE))
        .then(pl.lit("MOJIBAKE"))
        .when(text.str.contains(CONTROL))
        .then(pl.lit("CONTROL_CHAR"))
    )


def utf8_read_as_gb18030(text: str) -> bool:
    """Say whether a text is UTF-8 that was read as GB18030: 寮犱笁 for 张三.

    The last character may have been lost on the way.
    """
    data = text.replace("\ufffd", "").encode("gb18030", "ignore")
    meant = data.decode("utf-8", "ignore")
    is_whole = len(data) - len(meant.encode()) < _LONGEST_CHARACTER
    return is_whole and len(meant) < len(text) and _CHINESE.search(meant) is not None
