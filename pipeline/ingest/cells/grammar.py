"""Text to typed values by explicit rules; what does not fit gets a reason code, never a guess.

A parser of a type takes cleaned text (NFKC, trimmed, no invisible characters; blank is null) and
gives two expressions: the value, and the reason where there is text but no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from pipeline.catalog.sources import SourceColumn
from pipeline.ingest.cells.dates import day_of, month_of, year_of
from pipeline.ingest.cells.marks import damage, marked
from pipeline.ingest.cells.placeholders import without_placeholder
from pipeline.ingest.cells.units import MEASURED, without_unit

# More digits than any amount needs would wrap an Int64.
_NUMBER = r"^[-+]?((\d{1,13}|\d{1,3}(,\d{3}){1,4})(\.\d*)?|\.\d+)$"
# 1.23E+17, 1.23e17; 1E5 may be a code. Sixteen digits with a point went through a number, too.
_LOST = r"^-?\d(\.\d+)?[Ee]\+\d+$|^-?\d\.\d+[Ee]\d+$|^\d{16,}\.\d*$"
_CODE = r"^[\p{L}\d][\p{L}\d_.\-/()#~]*$"
MAX_CODE, MAX_TEXT = 64, 200
_YES = ["是", "1", "有", "Y", "YES", "TRUE", "√", "✓", "✔", "能", "能提供"]
_NO = ["否", "0", "无", "N", "NO", "FALSE", "×", "✗", "✘", "没有", "不能"]


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
    # 10² is not 102, and ① no 1: their digits are left as they are, and fit nowhere.
    is_raised = text.str.contains(r"(?:^|\d)\p{No}")
    narrow = pl.when(is_raised).then(text).otherwise(text.str.normalize("NFKC"))
    folded = narrow.str.replace_all(r"\p{Cf}", "").str.strip_chars()
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
    """Return digits with at most a point; systems write .5 for 0.5, 5. for 5 and +5 for 5."""
    number = text.str.replace_all("−", "-", literal=True)
    fits = number.str.contains(_NUMBER)
    digits = number.str.replace_all(r"[,+]|\.$", "")
    return pl.when(fits).then(digits.str.replace(r"^(-?)\.", "${1}0."))


def integer(text: pl.Expr) -> Parsed:
    """Whole numbers, thousand separators allowed; 12.0 is 12, 12.5 is not a count."""
    plain = _plain(text).str.replace(r"\.0+$", "")
    return _or_bad(text, plain.cast(pl.Int64, strict=False), "BAD_NUMBER")


def age(text: pl.Expr) -> Parsed:
    """Years of age; those of small children may be told in months and days (1岁3月, 15天)."""
    parts = text.str.extract_groups(
        r"^(?:(\d{1,3})周?岁)?(?:零?(\d{1,3})个?月)?(?:零?(\d{1,3})[天日])?龄?$"
    )
    years, months, days = (parts.struct.field(n).cast(pl.Float64) for n in ("1", "2", "3"))
    told = pl.any_horizontal(part.is_not_null() for part in (years, months, days))
    in_words = years.fill_null(0) + months.fill_null(0) / 12 + days.fill_null(0) / 366
    value = pl.coalesce(decimal(text).value, pl.when(told).then(in_words))
    return _or_bad(text, value, "BAD_NUMBER")


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
    bare = text.str.replace(r"^([-−+]?)¥\s*", "$1")
    if not ten_thousand:
        value = _fen(_plain(bare.str.replace(r"\s*元$", "")), 2)
    else:
        # 125000元 in a column of 万元 is not 125000 of them.
        number = _plain(bare.str.replace(r"\s*[万亿]元?$", ""))
        in_hundred_millions = bare.str.contains("亿元?$")
        value = pl.when(in_hundred_millions).then(_fen(number, 10)).otherwise(_fen(number, 6))
    return _or_bad(text, value, "BAD_NUMBER")


def day(text: pl.Expr) -> Parsed:
    """A date; see `dates.day_of`."""
    return _or_bad(text, day_of(text), "BAD_DATE")


def coarse_day(text: pl.Expr, coarsest: str) -> Parsed:
    """A date of which no more than the month, or year, may be known: its first day."""
    year = [year_of(text)] if coarsest == "year" else []
    return _or_bad(text, pl.coalesce(day_of(text), month_of(text), *year), "BAD_DATE")


def month(text: pl.Expr) -> Parsed:
    """The first day of a month; see `dates.month_of`."""
    return _or_bad(text, month_of(text), "BAD_DATE")


def code(text: pl.Expr) -> Parsed:
    """A code stays text for ever; one that went through a number has lost digits.

    12345.0 went through one, too, but lost nothing.
    """
    text = text.str.replace(r"^(\d{1,15})\.0+$", "$1")
    reason = (
        pl.when(text.is_null())
        .then(None)
        .when(text.str.contains(_LOST))
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


def flag(text: pl.Expr, column: SourceColumn) -> Parsed:
    """Yes or no, or what the column calls so (`values`: yes, no)."""
    word = text.str.to_uppercase().str.replace(r"\.0+$", "")
    value = (
        pl.when(word.is_in([*_YES, *column.values.get("yes", ())]))
        .then(pl.lit(value=True))
        .when(word.is_in([*_NO, *column.values.get("no", ())]))
        .then(pl.lit(value=False))
    )
    return _or_bad(text, value, "UNKNOWN_CODE")


def folded_word(text: pl.Expr) -> pl.Expr:
    """Write a word of a code set in the one way in which the catalogue has it."""
    return text.str.replace_all(r"\s", "").str.to_uppercase().str.replace(r"^(\d+)\.0$", "$1")


def enum(word: pl.Expr, column: SourceColumn) -> Parsed:
    """A folded word of the column's code set, spelled any accepted way.

    A code and its word in one cell (21-普通住院, 普通住院(21)) are what the code says, unless the
    word is that of another value.
    """
    front = word.str.extract_groups(r"^([0-9A-Z]+)[-_:.|/、,]*(\p{Han}.*)$")
    behind = word.str.extract_groups(r"^(\p{Han}[^()]*)\(([0-9A-Z]+)\)$")
    number = pl.coalesce(front.struct.field("1"), behind.struct.field("2"))
    label = pl.coalesce(front.struct.field("2"), behind.struct.field("1"))
    known, by_code, by_label = (
        part.replace_strict(column.words, default=None, return_dtype=pl.String)
        for part in (word, number, label)
    )
    contradicts = (by_code != by_label).fill_null(value=False)
    value = pl.coalesce(known, by_code, by_label)
    if column.otherwise is not None:
        value = value.fill_null(column.otherwise)
    value = pl.when(word.is_not_null() & (known.is_not_null() | contradicts.not_())).then(value)
    return _or_bad(word, value, "UNKNOWN_CODE")


_PARSERS: dict[str, Callable[[pl.Expr], Parsed]] = {
    "integer": integer,
    "decimal": decimal,
    "fraction": fraction,
    "date": day,
    "month": month,
    "code": code,
    "text": text_,
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


def parse(texts: pl.Series, column: SourceColumn, *, ten_thousand: bool = False) -> pl.DataFrame:
    """Parse texts as the column declares: marks and damage, blank words, type, range.

    Step by step, for one expression of all steps takes longer to plan than the texts to parse.

    Returns:
        A row for each text: `value`, and the `reason` where there is text but no value.
    """
    text = pl.col("text")
    frame = texts.to_frame("text").with_columns(fault=pl.coalesce(marked(text), damage(text)))
    for step in (pl.when(pl.col("fault").is_null()).then(text), *_readings(column)):
        frame = frame.with_columns(text=step)
    parsed = _parse(text, column, ten_thousand=ten_thousand)
    return frame.select(value=parsed.value, reason=pl.coalesce("fault", parsed.reason))


def _readings(column: SourceColumn) -> Iterator[pl.Expr]:
    """Fold a text, make null what stands for nothing, and leave only what tells the value."""
    text = pl.col("text")
    is_as_written = column.type == "text" or column.is_verbatim
    yield cleaned_text(text) if is_as_written else cleaned(text)
    yield without_placeholder(text, column)
    if column.type == "enum":
        yield folded_word(text)
    elif column.type in MEASURED and column.type != "money" and column.unit_zh != "岁":
        yield without_unit(text, column.unit_zh)


def _parse(text: pl.Expr, column: SourceColumn, *, ten_thousand: bool) -> Parsed:
    if column.is_verbatim:
        return text_(text)
    if column.type == "money":
        return _ranged(column, money(text, ten_thousand=ten_thousand))
    if column.type in ("enum", "flag"):
        return (enum if column.type == "enum" else flag)(text, column)
    if column.unit_zh == "岁":
        return _ranged(column, age(text))
    if column.coarsest != "day":
        return coarse_day(text, column.coarsest)
    return _ranged(column, _PARSERS[column.type](text))
