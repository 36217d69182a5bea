"""Text to typed values by explicit rules; what does not fit gets a reason code, never a guess.

Every parser takes cleaned text (NFKC, trimmed, no invisible characters; blank is null) and gives
two expressions: the value, and the reason where there is text but no value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipeline.catalog.sources import SourceColumn
from pipeline.ingest.marks import damage, marked

# More digits than any amount needs would wrap an Int64.
_NUMBER = r"^-?(\d{1,13}|\d{1,3}(,\d{3}){1,4})(\.\d+)?$"
_SCIENTIFIC = r"^-?\d(\.\d+)?[Ee]\+?\d+$"
_CODE = r"^[\p{L}\d][\p{L}\d_.\-/()#~]*$"
_CLOCK = r"([ T]?(?:[01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?)?$"
_EXCEL_EPOCH = -25_569  # 1899-12-30 in days since 1970: serial 60 and below are not used
_SERIAL_DAYS = (15_000, 80_000)  # 1941 to 2119
MAX_CODE, MAX_TEXT = 64, 200
_YES = ["是", "1", "有", "Y", "YES", "TRUE", "√", "能", "能提供"]
_NO = ["否", "0", "无", "N", "NO", "FALSE", "×", "没有", "不能"]


@dataclass(frozen=True)
class Parsed:
    """The value of a column and the reason why there is none."""

    value: pl.Expr
    reason: pl.Expr


def _without_text_marks(text: pl.Expr) -> pl.Expr:
    """Drop what a table program puts around a cell to keep it text: '410225 and ="410225".

    Nothing but that is dropped: a formula (=A1, =1+1) and a quoted word stay as they are.
    """
    return text.str.replace(r"""^(?:'([\p{L}\d].*)|="([^"]*)")$""", "$1$2")


def cleaned(text: pl.Expr) -> pl.Expr:
    """Fold text for numbers, codes and dates; blank becomes null."""
    folded = text.str.normalize("NFKC").str.replace_all(r"\p{Cf}", "").str.strip_chars()
    bare = _without_text_marks(folded).str.strip_chars()
    return pl.when(bare != "").then(bare)


def cleaned_text(text: pl.Expr) -> pl.Expr:
    """Trim a name, full-width blanks and invisible characters included; blank becomes null.

    A name that was wrapped over lines in its cell is one name.
    """
    folded = text.str.replace_all(r"[\p{Cf}\t\r\n]", "").str.strip_chars(" \u3000\u00a0")
    bare = _without_text_marks(folded)
    return pl.when(bare != "").then(bare)


def _or_bad(text: pl.Expr, value: pl.Expr, code: str) -> Parsed:
    bad = text.is_not_null() & value.is_null()
    return Parsed(value, pl.when(bad).then(pl.lit(code)))


def _plain(text: pl.Expr) -> pl.Expr:
    number = text.str.replace_all("−", "-", literal=True)
    fits = number.str.contains(_NUMBER)
    return pl.when(fits).then(number.str.replace_all(",", "", literal=True))


def integer(text: pl.Expr) -> Parsed:
    """Whole numbers, thousand separators allowed; 12.0 is 12, 12.5 is not a count."""
    plain = _plain(text).str.replace(r"\.0+$", "")
    return _or_bad(text, plain.cast(pl.Int64, strict=False), "BAD_NUMBER")


def decimal(text: pl.Expr) -> Parsed:
    """Measures that are not money: floor area, age."""
    return _or_bad(text, _plain(text).cast(pl.Float64, strict=False), "BAD_NUMBER")


def fraction(text: pl.Expr) -> Parsed:
    """A share: 88% is 0.88; a number without % stays as it is."""
    percent = text.str.ends_with("%")
    number = _plain(text.str.strip_suffix("%").str.strip_chars()).cast(pl.Float64, strict=False)
    return _or_bad(text, pl.when(percent).then(number / 100).otherwise(number), "BAD_NUMBER")


def _fen(plain: pl.Expr, digits: int) -> pl.Expr:
    """Shift a plain decimal by `digits` places into whole fen; null where fen would be split."""
    padded = pl.concat_str(
        plain.str.extract(r"^(-?\d+)"),
        plain.str.extract(r"\.(\d*)$")
        .fill_null("")
        .str.strip_chars_end("0")
        .str.pad_end(digits, "0"),
    )
    too_fine = plain.str.extract(r"\.(\d*?)0*$").str.len_bytes() > digits
    return pl.when(too_fine.fill_null(value=False).not_()).then(padded.cast(pl.Int64, strict=False))


def money(text: pl.Expr, *, ten_thousand: bool = False) -> Parsed:
    """Yuan, or 万元, to whole fen, exactly; a third decimal of a yuan is refused, not rounded.

    万 and 亿 after the number are read only in columns of 万元.
    """
    bare = text.str.replace(r"^¥\s*", "").str.replace(r"元$", "")
    if not ten_thousand:
        value = _fen(_plain(bare), 2)
    else:
        number = _plain(bare.str.replace(r"[万亿]$", ""))
        value = pl.when(bare.str.ends_with("亿")).then(_fen(number, 10)).otherwise(_fen(number, 6))
    return _or_bad(text, value, "BAD_NUMBER")


def _unspaced(text: pl.Expr) -> pl.Expr:
    """Close the gaps of 2025 年 6 月 5 日."""
    return text.str.replace_all(r"\s*([年月])\s*", "$1").str.replace(r"\s+日", "日")


def day(text: pl.Expr) -> Parsed:
    """A date in any spelling with four digits of year first, a compact date or an Excel serial.

    Two-digit years and 05/01/2024 could mean two days: refused.
    """
    parts = _unspaced(text).str.extract_groups(
        rf"^(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_CLOCK}"
    )
    compact = text.str.extract_groups(r"^(\d{4})(\d{2})(\d{2})((?:[01]\d|2[0-3])([0-5]\d){2})?$")
    year, month, number = (
        pl.coalesce(parts.struct.field(str(i)), compact.struct.field(str(i))).cast(pl.Int32)
        for i in (1, 2, 3)
    )
    iso = pl.concat_str(
        year.cast(pl.String),
        month.cast(pl.String).str.zfill(2),
        number.cast(pl.String).str.zfill(2),
        separator="-",
    ).str.to_date("%Y-%m-%d", strict=False)
    serial = pl.when(text.str.contains(r"^\d{5}(\.\d+)?$")).then(
        text.str.extract(r"^(\d{5})").cast(pl.Int32)
    )
    from_serial = pl.when(serial.is_between(*_SERIAL_DAYS)).then(
        (serial + _EXCEL_EPOCH).cast(pl.Date)
    )
    value = pl.coalesce(pl.when(year.is_between(1900, 9999)).then(iso), from_serial)
    return _or_bad(text, value, "BAD_DATE")


def month(text: pl.Expr) -> Parsed:
    """The first day of a month: 202506, 2025-06, 2025年6月, or any date in it."""
    parts = _unspaced(text).str.extract_groups(r"^(\d{4})(?:[-/.年](\d{1,2})(?:月份?)?|(\d{2}))$")
    year = parts.struct.field("1").cast(pl.Int32)
    number = pl.coalesce(parts.struct.field("2"), parts.struct.field("3")).cast(pl.Int8)
    fits = year.is_between(1900, 2100) & number.is_between(1, 12)
    first = pl.when(fits).then(pl.date(year, number, 1))
    return _or_bad(text, pl.coalesce(first, day(text).value.dt.truncate("1mo")), "BAD_DATE")


def code(text: pl.Expr) -> Parsed:
    """A code stays text for ever; one that went through a number has lost digits."""
    reason = (
        pl.when(text.is_null())
        .then(None)
        .when(text.str.contains(_SCIENTIFIC))
        .then(pl.lit("PRECISION_LOSS"))
        .when(text.str.len_chars() > MAX_CODE)
        .then(pl.lit("FIELD_TOO_LONG"))
        .when(text.str.contains(_CODE).not_())
        .then(pl.lit("BAD_TEXT"))
    )
    return Parsed(pl.when(reason.is_null()).then(text), reason)


def text_(text: pl.Expr) -> Parsed:
    """A name: as written."""
    reason = (
        pl.when(text.is_null())
        .then(None)
        .when(text.str.len_chars() > MAX_TEXT)
        .then(pl.lit("FIELD_TOO_LONG"))
    )
    return Parsed(pl.when(reason.is_null()).then(text), reason)


def flag(text: pl.Expr) -> Parsed:
    """Yes or no."""
    word = text.str.to_uppercase()
    value = (
        pl.when(word.is_in(_YES))
        .then(pl.lit(value=True))
        .when(word.is_in(_NO))
        .then(pl.lit(value=False))
    )
    return _or_bad(text, value, "UNKNOWN_CODE")


def enum(text: pl.Expr, column: SourceColumn) -> Parsed:
    """A word of the column's code set, spelled any accepted way."""
    word = text.str.replace_all(r"\s", "").str.to_uppercase().str.replace(r"^(\d+)\.0$", "$1")
    value = word.replace_strict(column.words, default=column.otherwise, return_dtype=pl.String)
    value = pl.when(text.is_not_null()).then(value)
    return _or_bad(text, value, "UNKNOWN_CODE")


_PARSERS: dict[str, Callable[[pl.Expr], Parsed]] = {
    "integer": integer,
    "decimal": decimal,
    "fraction": fraction,
    "date": day,
    "month": month,
    "code": code,
    "text": text_,
    "flag": flag,
}


def _ranged(column: SourceColumn, parsed: Parsed) -> Parsed:
    if column.minimum is None and column.maximum is None:
        return parsed
    low = parsed.value < (column.minimum if column.minimum is not None else float("-inf"))
    high = parsed.value > (column.maximum if column.maximum is not None else float("inf"))
    outside = (low | high).fill_null(value=False)
    code_ = "AMOUNT_RANGE" if column.type == "money" else "RANGE"
    return Parsed(
        pl.when(outside.not_()).then(parsed.value),
        pl.coalesce(pl.when(outside).then(pl.lit(code_)), parsed.reason),
    )


def parse(text: pl.Expr, column: SourceColumn, *, ten_thousand: bool = False) -> Parsed:
    """Parse raw text as the column declares: marks and damage, blank words, type, range."""
    fault = pl.coalesce(marked(text), damage(text))
    sound = pl.when(fault.is_null()).then(text)
    parsed = _parse(sound, column, ten_thousand=ten_thousand)
    return Parsed(parsed.value, pl.coalesce(fault, parsed.reason))


def _parse(text: pl.Expr, column: SourceColumn, *, ten_thousand: bool) -> Parsed:
    clean = cleaned_text(text) if column.type == "text" else cleaned(text)
    if column.blanks:
        clean = pl.when(clean.is_in(list(column.blanks)).not_()).then(clean)
    if column.type == "money":
        return _ranged(column, money(clean, ten_thousand=ten_thousand))
    if column.type == "enum":
        return enum(clean, column)
    if column.unit_zh == "年":
        clean = clean.str.replace(r"\s*年$", "")
    return _ranged(column, _PARSERS[column.type](clean))
