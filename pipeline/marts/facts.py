"""Judge one published figure: compute ours, compare as printed, find a difference's cause."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from pipeline.catalog import Catalogue
from pipeline.catalog.published import Comparison
from pipeline.methods.periods import add_months, month_end

CALIBRATED_ZH = "演示数据按公开数据校准。"
# A figure printed within a month after the as-of date speaks of the as-of date.
GRACE = timedelta(days=31)
# 近5000 is at most a twentieth below 5000.
NEARLY = 0.05
SOURCES_ZH = {
    "settlements": "医保结算",
    "referrals": "双向转诊",
    "clinics": "村卫生室",
    "equipment": "设备台账",
    "contracts": "家医签约",
    "institutions": "机构名录",
    "population": "人口",
    "activity": "医共体月报",
}

Series = dict[tuple[str, str], list[tuple[date, int]]]


@dataclass(frozen=True)
class Verdict:
    """What became of a comparison."""

    verdict: Literal["match", "explained", "unexplained", "not_computable"]
    reason_zh: str
    our_value: float | None = None
    our_as_of: date | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a judgement needs: dated sums per counter and area, names, the frame of the snapshot."""

    flows: Series
    stocks: Series
    names: dict[str, str]
    in_part: frozenset[str]  # areas of which not every part is there: nothing is summed to them
    catalogue: Catalogue
    as_of: date
    demonstration: bool


def holds(ours: float, comparator: str, printed: float) -> bool:
    """Say whether our figure is what was printed, rounded to the printed digits.

    `>` and `<` are strict, as 1900多 and 不到 are; `~` (近) is at most 5 % below.
    """
    rounded = round_as_printed(ours, printed)
    return {
        "=": rounded == printed,
        ">": ours > printed,
        ">=": ours >= printed,
        "<": ours < printed,
        "~": printed * (1 - NEARLY) <= ours <= printed,
    }[comparator]


def round_as_printed(ours: float, printed: float) -> float:
    """Round half up to the digits of the printed figure: 88.13 beside 88 is 88."""
    exponent = Decimal(repr(printed)).normalize().as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    return float(Decimal(repr(ours)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def say(number: float) -> str:
    """Write a number for a sentence: whole, or with up to two decimals."""
    if math.isclose(number, round(number), abs_tol=1e-9):
        return str(round(number))
    return f"{number:.2f}".rstrip("0").rstrip(".")


def day_zh(day: date) -> str:
    """Write a date as officials do."""
    return f"{day.year}年{day.month}月{day.day}日"


def judge(fact: dict[str, Any], comparison: Comparison, used: Facts) -> Verdict:
    """Return the verdict on one published figure."""
    asked = comparison.on or comparison.end
    assert asked is not None  # the loader checks it
    if asked > used.as_of + GRACE:
        return Verdict(
            "not_computable",
            f"数据截至{day_zh(used.as_of)}，早于公布数据所指的{day_zh(asked)}。",
        )
    area = comparison.elsewhere or comparison.area_code or fact["adcode"]
    if comparison.on is not None:
        return _judge_stock(fact, comparison, used, area=area, on=min(comparison.on, used.as_of))
    return _judge_window(fact, comparison, used, area=area)


def _ratio(comparison: Comparison, numerator: int | None, denominator: int | None) -> float | None:
    if numerator is None:
        return None
    if not comparison.denominator:
        return numerator * comparison.scale
    return numerator / denominator * comparison.scale if denominator else None


def _stock(used: Facts, counters: tuple[str, ...], area: str, on: date) -> int | None:
    values = [dict(used.stocks.get((c, area), [])).get(on) for c in counters]
    known = [v for v in values if v is not None]
    return sum(known) if len(known) == len(counters) else None


def _stock_value(used: Facts, comparison: Comparison, area: str, on: date) -> float | None:
    return _ratio(
        comparison,
        _stock(used, comparison.numerator, area, on),
        _stock(used, comparison.denominator, area, on),
    )


def _judge_stock(
    fact: dict[str, Any], comparison: Comparison, used: Facts, *, area: str, on: date
) -> Verdict:
    ours, day = _stock_value(used, comparison, area, on), on
    if ours is None:
        later = [d for d, _ in used.stocks.get((comparison.numerator[0], area), []) if d > on]
        for day in later:
            ours = _stock_value(used, comparison, area, day)
            if ours is not None:
                break
    if ours is None:
        return _no_data(comparison, used, area)
    if comparison.listed:
        return _judge_listed(fact, comparison, used, area=area, ours=ours, day=day)
    if day != on and holds(ours, fact["comparator"], fact["value"]):
        return Verdict(
            "explained",
            f"最早一期数据为{day_zh(day)}，{day_zh(on)}尚无数据；按最早一期为{say(ours)}，"
            "与公布值相符。",
            ours,
            day,
        )
    return _plain(fact, used, ours, day)


def _judge_listed(
    fact: dict[str, Any],
    comparison: Comparison,
    used: Facts,
    *,
    area: str,
    ours: float,
    day: date,
) -> Verdict:
    """Judge a figure whose own text lists parts that add up to something else."""
    listed = _stock(used, comparison.listed, area, day)
    if listed is None or fact["value"] == listed:
        return _plain(fact, used, ours, day)
    if ours not in (fact["value"], listed):
        return _plain(fact, used, ours, day)
    return Verdict(
        "explained",
        f"公布为{say(fact['value'])}，同一材料所列各类机构合计{listed}，两数不一致；"
        f"本系统按机构名录为{say(ours)}。",
        ours,
        day,
    )


def _window(
    used: Facts, counters: tuple[str, ...], area: str, *, start: date, end: date
) -> int | None:
    total, found = 0, False
    for counter in counters:
        for day, value in used.flows.get((counter, area), []):
            if start <= day <= end:
                total, found = total + value, True
    return total if found else None


def _judge_window(
    fact: dict[str, Any], comparison: Comparison, used: Facts, *, area: str
) -> Verdict:
    assert comparison.start is not None  # the loader checks it
    assert comparison.end is not None
    start, end = comparison.start, min(comparison.end, used.as_of)

    def value(until: date, place: str = area) -> float | None:
        return _ratio(
            comparison,
            _window(used, comparison.numerator, place, start=start, end=until),
            _window(used, comparison.denominator, place, start=start, end=until),
        )

    days = [d for c in comparison.numerator for d, _ in used.flows.get((c, area), [])]
    if not days or min(days) > month_end(start):
        return _no_data(comparison, used, area)
    sources = {used.catalogue.counters[c].source for c in comparison.numerator}
    if "activity" in sources and end != month_end(end):
        return _judge_cut(fact, used, end, value(add_months(end, 0)), value(month_end(end)))
    ours = value(end)
    if ours is None:
        return _no_data(comparison, used, area)
    if comparison.elsewhere and holds(ours, fact["comparator"], fact["value"]):
        return _elsewhere(fact, used, area=area, ours=ours, own=value(end, fact["adcode"]), day=end)
    return _plain(fact, used, ours, end)


def _judge_cut(
    fact: dict[str, Any], used: Facts, end: date, before: float | None, after: float | None
) -> Verdict:
    """Judge a window that ends inside a month of a monthly report: it lies between two sums."""
    last = add_months(end, 0) - timedelta(days=1)
    low, high = before or 0.0, after if after is not None else 0.0
    printed = fact["value"]
    ours, day = (high, month_end(end)) if holds(high, fact["comparator"], printed) else (low, last)
    day = min(day, used.as_of)
    if low <= printed <= high:
        return Verdict(
            "explained",
            f"月报不能在{end.month}月{end.day}日截断：截至{day_zh(last)}为{say(low)}，"
            f"截至{end.month}月底为{say(high)}，公布值{say(printed)}在此范围内。",
            ours,
            day,
        )
    return _plain(fact, used, ours, day)


def _elsewhere(
    fact: dict[str, Any], used: Facts, *, area: str, ours: float, own: float | None, day: date
) -> Verdict:
    name = used.names.get(area, area)
    whole = f"{fact['place_name']}合计为{say(own)}" if own is not None else "上级合计暂缺"
    return Verdict(
        "explained",
        f"公布材料记在{fact['place_name']}，另一公布材料记在{name}；"
        f"本系统{name}为{say(ours)}，{whole}。",
        ours,
        day,
    )


def _plain(fact: dict[str, Any], used: Facts, ours: float, day: date) -> Verdict:
    if holds(ours, fact["comparator"], fact["value"]):
        reason = CALIBRATED_ZH if used.demonstration else "与公布值一致。"
        return Verdict("match", reason, ours, day)
    return Verdict(
        "unexplained",
        f"本系统为{say(ours)}，公布为{fact['comparator'].replace('=', '')}{say(fact['value'])}，"
        "原因待查。",
        ours,
        day,
    )


def _no_data(comparison: Comparison, used: Facts, area: str) -> Verdict:
    counter = used.catalogue.counters[comparison.numerator[0]]
    place = used.names.get(area)
    if area in used.in_part:
        return Verdict(
            "not_computable", f"{place}所辖地区没有全部接入，现有数据不能与其整体的公布数核对。"
        )
    where = f"{place}的" if place else f"{area}（不在本期数据范围内）的"
    return Verdict(
        "not_computable", f"缺少{where}{SOURCES_ZH[counter.source]}数据：{counter.name_zh}。"
    )
