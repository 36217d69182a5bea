"""Write 医共体月报: wide workbooks for the cities, long ones for the two small worlds.

Stocks run towards their anchor and on from it; flows follow the season, and inside a window of a
published figure they add up to it exactly (see calibration).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline.catalog import Counter, catalogue
from pipeline.catalog.sources import UNITS_ZH
from pipeline.demo import calibration_reports as cal
from pipeline.demo.calendar import season, years_since_2021
from pipeline.demo.calibration import KAIFENG_DAY
from pipeline.demo.clinics import clinic_count
from pipeline.demo.defects import Defect
from pipeline.demo.randomness import split, stream
from pipeline.demo.report_items import (
    FLOWS,
    MONEY_STEP,
    ORIGIN,
    PLATFORM,
    PLATFORM_BEGUN,
    SMALL_FLOWS,
    STOCKS,
    Stock,
)
from pipeline.demo.report_parts import with_flow_parts, with_parts
from pipeline.demo.workbook import Cell, open_workbook, write_rows
from pipeline.demo.world import County, Site
from pipeline.methods.periods import month_end, months_between

FOLDER = "activity"
# A county that did not report, and cells that are no numbers: place and month.
UNREPORTED = {("411327", date(2023, 7, 1))}
SPOILED = {("411325", date(2021, 5, 1)): "约3000", ("411621", date(2022, 3, 1)): "#DIV/0!"}
SPOILED_ITEM = "elderly_checkups"

Values = dict[tuple[str, date], dict[str, int]]


def _anchored(site: Site, item: str) -> dict[str, tuple[int, tuple[date, date]]]:
    """Share a site's anchors of an item over its counties; a county's own anchor comes first."""
    codes = {county.code for county in site.counties}
    own = {a.place: (a.total, a.span) for a in cal.ANCHORS if a.item == item and a.place in codes}
    for anchor in cal.ANCHORS:
        if anchor.item != item or anchor.place != site.code or not site.is_city:
            continue
        others = [county for county in site.counties if county.code not in own]
        rest = anchor.total - sum(total for total, _ in own.values())
        step = MONEY_STEP if item.endswith("_fen") else 1
        shares = [step * n for n in split(rest // step, [c.population for c in others])]
        own |= {c.code: (s, anchor.span) for c, s in zip(others, shares, strict=True)}
    return own


def shape(day: date, span: tuple[date, date], stock: Stock) -> float:
    """Return how much of its anchored value a stock has on a day; exactly one within the span."""
    if day < span[0]:
        done = (day - ORIGIN).days / max(1, (span[0] - ORIGIN).days)
        return stock.begun + (1 - stock.begun) * max(0.0, done)
    if day <= span[1]:
        return 1.0
    return 1.0 + stock.yearly * (day - span[1]).days / 365.25


def _stock_values(site: Site, days: list[date], *, seed: int) -> Values:
    values: Values = {(c.code, day): {} for c in site.counties for day in days}
    fixed = [a.item for a in cal.ANCHORS if a.place == site.code and a.item not in STOCKS]
    fixed = [item for item in fixed if item not in PLATFORM]
    for item in (*STOCKS, *fixed):
        stock = STOCKS.get(item, Stock(level=0.0, begun=1.0, yearly=0.0))
        anchors = _anchored(site, item)
        for county in site.counties:
            rng = stream(seed, "stock", county.code, item)
            usual = round(stock.level * county.population / 10_000 * float(rng.uniform(0.85, 1.15)))
            if item.endswith("_fen"):
                usual = round(usual / MONEY_STEP) * MONEY_STEP
            total, span = anchors.get(county.code, (usual, (KAIFENG_DAY, KAIFENG_DAY)))
            for day in days:
                at_day = total * shape(month_end(day), span, stock)
                values[county.code, day][item] = _as_reported(item, at_day, stock, total)
    return {
        (code, day): with_parts(row, site, site.county(code), day, seed=seed)
        | _platform(site, site.county(code), day)
        for (code, day), row in values.items()
    }


def _as_reported(item: str, value: float, stock: Stock, total: int) -> int:
    if stock.most is not None:
        return min(round(value), max(stock.most, total))
    if item.endswith("_fen") and value != total:
        return round(value / MONEY_STEP) * MONEY_STEP
    return round(value)


def _platform(site: Site, county: County, day: date) -> dict[str, int]:
    """Connect hospitals, centres and clinics to the platform year by year."""
    hospitals = [i for i in site.institutions if i.county_code == county.code and i.is_hospital]
    secondary = sum(i.kind == "二级医院" for i in hospitals)
    totals = (secondary, len(site.centres(county.code)), clinic_count(county))
    span = (date(2024, 12, 31), date(2099, 12, 31))
    found = {}
    for item, total, begun in zip(PLATFORM, totals, PLATFORM_BEGUN, strict=True):
        anchored, known = _anchored(site, item).get(county.code, (total, span))
        stock = Stock(level=0.0, begun=begun)
        found[item] = int(anchored * shape(month_end(day), known, stock) + 0.5)
    return found


def _flow(county: County, item: str, month: date, *, seed: int) -> float:
    monthly, growth, first = {**FLOWS, **SMALL_FLOWS}[item]
    if month < first:
        return 0.0
    rng = stream(seed, "flow", county.code, item, month.isoformat())
    level = float(stream(seed, "flow level", county.code, item).uniform(0.7, 1.35))
    years = years_since_2021(month) - 1.5
    people = county.population / 10_000
    noise = float(rng.uniform(0.85, 1.15))
    return float(monthly * people * level * growth**years * season(month) * noise)


def _flow_values(site: Site, days: list[date], items: list[str], *, seed: int) -> Values:
    values: Values = {
        (county.code, day): {item: round(_flow(county, item, day, seed=seed)) for item in items}
        for county in site.counties
        for day in days
    }
    codes = [county.code for county in site.counties]
    for window in sorted(cal.WINDOWS, key=lambda w: w.place in codes and len(codes) > 1):
        if window.item not in items or window.place not in (site.code, *codes):
            continue
        places = [window.place] if window.place in codes else codes
        cells = [(c, m) for c in places for m in months_between(window.first, window.last)]
        weights = [_flow(site.county(c), window.item, m, seed=seed) + 0.01 for c, m in cells]
        for cell, value in zip(cells, split(window.total, weights), strict=True):
            if cell in values:
                values[cell][window.item] = value
    return {
        (code, day): with_flow_parts(row, site.county(code), day, seed=seed)
        for (code, day), row in values.items()
    }


def report_values(site: Site, *, start: date, until: date, seed: int) -> Values:
    """Return every item of every county and month (first day) that has ended by `until`."""
    days = [month for month in months_between(start, until) if month_end(month) <= until]
    flows = [*FLOWS, *(SMALL_FLOWS if site.code == "6109HK" else ())]
    stocks = _stock_values(site, days, seed=seed)
    moving = _flow_values(site, days, flows, seed=seed)
    return {cell: {**stocks[cell], **moving[cell]} for cell in stocks}


def write_activity(
    site: Site, out: Path, *, start: date, until: date, seed: int
) -> tuple[int, tuple[Defect, ...]]:
    """Write a site's monthly reports; returns rows and defects."""
    values = report_values(site, start=start, until=until, seed=seed)
    counters = {c.id: c for c in catalogue().counters.values() if c.source == FOLDER}
    rows, defects = 0, []
    for month in sorted({month for _, month in values}):
        name = f"{FOLDER}/{site.name}_医共体月报_{month:%Y%m}.xlsx"
        own = {c: values[c.code, month] for c in site.counties}
        if site.is_city:
            count, found = _write_wide(site, own, counters, month, out=out, name=name)
            defects += found
        else:
            count = _write_long(own, counters, month, out / name)
        rows += count
    return rows, tuple(defects)


def _write_wide(
    site: Site,
    values: dict[County, dict[str, int]],
    counters: dict[str, Counter],
    month: date,
    *,
    out: Path,
    name: str,
) -> tuple[int, list[Defect]]:
    items = [item for item in counters if item in next(iter(values.values()))]
    book = open_workbook(out / name)
    sheet = book.add_worksheet("月报")
    header: list[Cell] = ["县区", "月份", *(_header(counters[item]) for item in items)]
    rows: list[list[Cell]] = [[f"{site.name}紧密型县域医共体运行月报（{month:%Y年%m月}）"], header]
    defects = []
    for county, row in values.items():
        if (county.code, month) in UNREPORTED:
            continue
        cells: list[Cell] = [county.name, f"{month:%Y-%m}"]
        cells += [_cell(counters[item], row[item]) for item in items]
        spoiled = SPOILED.get((county.code, month))
        if spoiled is not None:
            at = 2 + items.index(SPOILED_ITEM)
            cells[at] = spoiled
            column = counters[SPOILED_ITEM].name_zh
            defects.append(
                Defect(
                    file=name, sheet="月报", row=len(rows) + 1, column=column, reason="BAD_NUMBER"
                )
            )
        rows.append(cells)
    total: list[Cell] = [
        "合计",
        None,
        *(_cell(counters[i], sum(row[i] for row in values.values())) for i in items),
    ]
    write_rows(sheet, 0, [*rows, total])
    book.close()
    return len(rows) - 2, defects


def _header(counter: Counter) -> str:
    return f"{counter.name_zh}(万元)" if counter.unit == "fen" else counter.name_zh


def _cell(counter: Counter, value: int) -> Cell:
    """Return a value as a wide report has it: money in 万元, which is exact with two decimals."""
    return value / 1_000_000 if counter.unit == "fen" else value


def ten_thousand_yuan(fen: int) -> str:
    """Print fen as 万元, exactly: 5663.676."""
    return f"{fen // 1_000_000}.{fen % 1_000_000:06d}".rstrip("0").rstrip(".")


def _write_long(
    values: dict[County, dict[str, int]], counters: dict[str, Counter], month: date, path: Path
) -> int:
    book = open_workbook(path)
    sheet = book.add_worksheet("月报")
    rows: list[list[Cell]] = [["县区", "月份", "指标", "数值", "单位"]]
    for county, row in values.items():
        for item, counter in counters.items():
            if item not in row:
                continue
            value: Cell = row[item]
            unit = UNITS_ZH[counter.unit]
            if counter.unit == "fen":
                value, unit = ten_thousand_yuan(row[item]), "万元"
            rows.append([county.name, f"{month:%Y-%m}", counter.name_zh, value, unit])
    write_rows(sheet, 0, rows)
    book.close()
    return len(rows) - 1
