"""Dates and months in every spelling that means one day, or one month, only."""

from __future__ import annotations

import polars as pl

_TIME = r"(?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?|时[0-5]?\d分(?:[0-5]?\d秒)?)"
_HALF = r"[上下]午 ?"
# Ours is the only zone that leaves the day what it is.
_HALF_OR_ZONE = r" ?[AaPp][Mm]|\+08:?00"
_CLOCK = rf"(?:[ T]?(?:{_HALF})?{_TIME}(?:{_HALF_OR_ZONE})?)?(?: ?(?:星期|周)[一二三四五六日天])?$"
_EXCEL_EPOCH = -25_569  # 1899-12-30 in days since 1970: serial 60 and below are not used
_SERIAL_DAYS = (15_000, 80_000)  # 1941 to 2119


def _unspaced(text: pl.Expr) -> pl.Expr:
    """Close the gaps of 2025 年 6 月 5 日."""
    return text.str.replace_all(r"\s*([年月])\s*", "$1").str.replace(r"\s+([日号])", "$1")


def day_of(text: pl.Expr) -> pl.Expr:
    """Return a date of any spelling with four digits of year first, a compact one or a serial.

    Two-digit years and 05/01/2024 could mean two days, 2025-06-30T17:00Z is another day here:
    null.
    """
    parts = _unspaced(text).str.extract_groups(
        rf"^(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})[日号]?{_CLOCK}"
    )
    compact = text.str.extract_groups(
        r"^(\d{4})(\d{2})(\d{2})(?:(?:[01]\d|2[0-3])(?:[0-5]\d){2}|\.0+)?$"
    )
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
    return pl.coalesce(pl.when(year.is_between(1900, 9999)).then(iso), from_serial)


def year_of(text: pl.Expr) -> pl.Expr:
    """Return the first day of a year: 2025, 2025年."""
    year = text.str.extract(r"^(\d{4})(?:年|\.0+)?$").cast(pl.Int32)
    return pl.date(pl.when(year.is_between(1900, 2100)).then(year), 1, 1)


def month_of(text: pl.Expr) -> pl.Expr:
    """Return the first day of a month: 202506, 2025-06, 2025年6月, or any date in it.

    2025.1 may have been 2025.10 in a cell that keeps numbers: null.
    """
    text = pl.when(text.str.contains(r"^\d{4}\.1$").not_()).then(text)
    parts = _unspaced(text).str.extract_groups(
        r"^(\d{4})(?:[-/.年](\d{1,2})(?:月份?)?|(\d{2})(?:\.0+)?)$"
    )
    year = parts.struct.field("1").cast(pl.Int32)
    number = pl.coalesce(parts.struct.field("2"), parts.struct.field("3")).cast(pl.Int8)
    fits = year.is_between(1900, 2100) & number.is_between(1, 12)
    # A month that there is not must be gone before a date is made of it: that would be an error.
    first = pl.date(year, pl.when(fits).then(number), 1)
    return pl.coalesce(first, day_of(text).dt.truncate("1mo"))
