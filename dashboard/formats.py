"""Numbers, dates and codes as officials write them; null is a dash, never a zero."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

from pipeline.catalog import Indicator

DASH = "—"
MINUS = "\u2212"
SUPPRESSED = "＊"
WEEKDAYS = "一二三四五六日"

# Plotly and Streamlit read these as markup; a full-width twin looks the same and means nothing.
_HOSTILE = str.maketrans({"&": "\uff06", "<": "\uff1c", ">": "\uff1e"})
# Invisible marks of writing direction: one in a name would turn the figures beside it around.
DIRECTION_MARKS = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
_DIRECTION_MARKS = re.compile(DIRECTION_MARKS)
_MARKDOWN = set("\\`*_{}[]()#+-.!|~$:<>&")


def visible(text: object) -> str:
    """Drop the invisible marks that change the direction of writing."""
    return _DIRECTION_MARKS.sub("", str(text))


def plain(text: object) -> str:
    """Neutralise text from data for plotly titles, labels and hover boxes."""
    return visible(text).translate(_HOSTILE)


def markdown(text: object) -> str:
    """Escape text from data for a label that Streamlit reads as Markdown."""
    one_line = " ".join(visible(text).split())
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in one_line)


def rounded(value: float, decimals: int) -> str:
    """Round half away from zero, as on paper, with the minus sign U+2212."""
    step = Decimal(1).scaleb(-decimals)
    # Fifteen digits, as many as a float has: 0.0055 * 100 is 0.5499999999999999.
    number = Decimal(f"{value:.15g}").quantize(step, rounding=ROUND_HALF_UP)
    if number == 0:
        number = abs(number)
    return str(number).replace("-", MINUS)


def rate(value: float | None, *, decimals: int = 1) -> str:
    """Print a fraction as a percentage number without its sign: 0.2479 is 24.8."""
    return DASH if value is None else rounded(value * 100, decimals)


def percent(value: float | None, *, decimals: int = 1) -> str:
    """Print a fraction as a percentage: 24.8%."""
    return DASH if value is None else f"{rate(value, decimals=decimals)}%"


def indicator_value(
    value: float | None, indicator: Indicator, *, decimals: int | None = None
) -> str:
    """Print an indicator's value without its unit: fractions as percentages, the rest plain.

    `decimals` in place of the declared ones.
    """
    if value is None:
        return DASH
    shown = indicator.decimals if decimals is None else decimals
    return rate(value, decimals=shown) if indicator.unit_zh == "%" else rounded(value, shown)


def signed(text: str) -> str:
    """Put a plus before a positive number; zero and negatives stay."""
    is_zero = not text.strip("0.")
    return text if is_zero or text.startswith((MINUS, DASH)) else f"+{text}"


def points(change: float | None, *, decimals: int = 1) -> str:
    """Print a difference of fractions in percentage points: −1.3个百分点; never % of %."""
    if change is None:
        return DASH
    return f"{signed(rounded(change * 100, decimals))}个百分点"


def relative(change: float | None) -> str:
    """Print a relative change: +4.6%."""
    return DASH if change is None else f"{signed(rounded(change * 100, 1))}%"


def count(value: float | None) -> str:
    """Print a count in a table: plain digits, no comma."""
    return DASH if value is None else rounded(value, 0)


def compact(value: float | None) -> str:
    """Print a count on a card: from 10 000 as 13.5万, from 10^8 as 1.2亿."""
    if value is None:
        return DASH
    if abs(value) >= 99_995_000:
        return f"{rounded(value / 1e8, 1)}亿"
    return f"{rounded(value / 1e4, 1)}万" if abs(value) >= 10_000 else rounded(value, 0)


def money_table(fen: float | None) -> str:
    """Print fen in a table whose header says 万元."""
    return DASH if fen is None else rounded(fen / 1e6, 1)


def indicator_counts(
    numerator: float | None, denominator: float | None, indicator: Indicator
) -> str:
    """Print numerator and denominator of an indicator, as `fraction` and `yuan_fraction` do.

    A ratio's parts differ in unit (minutes and cases), so only what it is divided by is told.
    """
    if indicator.form == "money_share":
        return yuan_fraction(numerator, denominator)
    if indicator.form == "ratio" and numerator is not None and denominator:
        return f"{compact(denominator)}{indicator.count_unit_zh}"
    return fraction(numerator, denominator, unit_zh=indicator.count_unit_zh)


def yuan_fraction(numerator: float | None, denominator: float | None) -> str:
    """Print two sums in fen: 1.2亿／3.4亿元; of nothing a dash."""
    if numerator is None or not denominator:
        return DASH
    return _parts(compact(numerator / 100), compact(denominator / 100), "元")


def _parts(part: str, whole: str, unit_zh: str) -> str:
    """Print two counts with one unit behind, or with one each where only one of them is in 万."""
    digits = "0123456789."
    own = "" if part.lstrip(digits) == whole.lstrip(digits) else unit_zh
    return f"{part}{own}／{whole}{unit_zh}"


def fraction(numerator: float | None, denominator: float | None, *, unit_zh: str) -> str:
    """Print numerator and denominator of a card: 13.5万／54.3万人次; of nothing a dash."""
    if numerator is None or not denominator:
        return DASH
    part, whole = compact(numerator), compact(denominator)
    if part == whole and numerator != denominator:  # 1.1万／1.1万 would say that nothing is missing
        part, whole = count(numerator), count(denominator)
    return _parts(part, whole, unit_zh)


def interval(lower: float | None, upper: float | None, *, decimals: int = 1) -> str:
    """Print an interval of fractions with the wave: 20.0～22.9%."""
    if lower is None or upper is None:
        return DASH
    return f"{rate(lower, decimals=decimals)}～{percent(upper, decimals=decimals)}"


def day(value: dt.date | None) -> str:
    """Print a date: 2026年11月13日."""
    return DASH if value is None else f"{value.year}年{value.month}月{value.day}日"


def day_with_weekday(value: dt.date | None) -> str:
    """Print a date with its weekday: 2026年11月13日（周五）."""
    return DASH if value is None else f"{day(value)}（周{WEEKDAYS[value.weekday()]}）"


def iso_day(value: dt.date | None) -> str:
    """Print a date in a table column: 2026-11-13."""
    return DASH if value is None else value.isoformat()


def month(value: dt.date | None) -> str:
    """Print a month: 2026年7月."""
    return DASH if value is None else f"{value.year}年{value.month}月"


def months(first: dt.date, last: dt.date) -> str:
    """Print a run of months: 2026年1—7月, or across years 2025年11月—2026年2月."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    if first.year == last.year:
        return f"{first.year}年{first.month}—{last.month}月"
    return f"{month(first)}—{month(last)}"


def month_key(value: dt.date) -> str:
    """Print a month as the URL carries it: 2026-07."""
    return f"{value.year:04d}-{value.month:02d}"
