"""Published figures as they were printed: comparator, number, unit, and the time they speak of."""

from __future__ import annotations

from dashboard import formats
from dashboard.messages import t

GRADES = "一二三四"


def number(value: float, *, decimals: int | None = None) -> str:
    """Print a number with the digits it has, or with at most `decimals`."""
    digits = 6 if decimals is None else decimals
    text = formats.rounded(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scale(printed: float, unit: str) -> tuple[float, str]:
    """Return the divisor and the word of round numbers from 10 000 on: 80000 is 8万."""
    is_round = abs(printed) >= 10_000 and printed % 1000 == 0 and not unit.startswith("CNY")
    return (10_000.0, "万") if is_round else (1.0, "")


def _with_unit(text: str, value: float, unit: str) -> str:
    if unit == "hospital_grade" and value in (1, 2, 3, 4):
        text = GRADES[int(value) - 1]
    return t(f"fact_unit.{unit}", n=text)


def figure(value: float, *, comparator: str, unit: str) -> str:
    """Print a figure in its own words: 超过1900, 近5000例, 不低于95%."""
    divisor, word = _scale(value, unit)
    return t(f"comparator.{comparator}", x=_with_unit(number(value / divisor) + word, value, unit))


def ours(value: float | None, *, printed: float, unit: str) -> str:
    """Print our figure beside a printed one, with one digit more when ours is not whole."""
    if value is None:
        return formats.DASH
    divisor, word = _scale(printed, unit)
    decimals = len(number(printed / divisor).partition(".")[2]) + 1
    return _with_unit(number(value / divisor, decimals=decimals) + word, value, unit)


def _moment(text: str) -> tuple[str, ...]:
    """Split a printed date into year, month and day without leading zeros."""
    return tuple(str(int(part)) for part in text.split("-"))


def _spelled(parts: tuple[str, ...]) -> str:
    return "".join(part + sign for part, sign in zip(parts, "年月日", strict=False))


def time_words(as_of: str) -> str:
    """Spell a day, month, year or interval: 2021年8—11月, 2017—2020年, 2023年—2025年7月1日.

    Text that is none of these is returned as it stands.
    """
    try:
        moments = [_moment(text) for text in as_of.split("/")]
    except ValueError:
        return as_of
    if len(moments) == 1:
        return _spelled(moments[0])
    first, last = moments[0], moments[-1]
    if len(first) == len(last) == 1:
        return f"{first[0]}—{last[0]}年"
    if len(first) == len(last) and first[0] == last[0]:
        if len(first) == 2:
            return f"{first[0]}年{first[1]}—{last[1]}月"
        tail = f"{last[1]}月{last[2]}日" if first[1] != last[1] else f"{last[2]}日"
        return f"{_spelled(first)}—{tail}"
    return f"{_spelled(first)}—{_spelled(last)}"
