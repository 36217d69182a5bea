"""Write 医共体月报: wide workbooks for the cities, long ones for the two small worlds.

Stocks run towards their anchor and on from it; flows follow the season, and inside a window of a
published figure they add up to it exactly (see calibration).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.catalog import Counter, catalogue
from pipeline.demo import calibration as cal
from pipeline.demo.calendar import month_end, months, season, years_since_2021
from pipeline.demo.clinics import clinic_count
from pipeline.demo.defects import Defect
from pipeline.demo.randomness import split, stream
from pipeline.demo.workbook import Cell, open_workbook, write_rows
from pipeline.demo.world import County, Site

FOLDER = "activity"
ORIGIN = date(2021, 1, 1)
UNITS = {
    "persons": "人",
    "visits": "人次",
    "sessions": "场次",
    "cases": "例",
    "count": "个",
    "fen": "万元",
}
STAFF = (
    "staff_bachelor_and_above",
    "staff_junior_college",
    "staff_senior_high_school",
    "staff_secondary_and_below",
)


@dataclass(frozen=True, kw_only=True)
class Stock:
    """A stock: persons per ten thousand residents by mid 2025, and the share reached in 2021."""

    level: float
    begun: float = 0.8
    yearly: float = 0.03  # after the anchor


STOCKS: dict[str, Stock] = {
    "staff_bachelor_and_above": Stock(level=4.9, begun=0.66, yearly=0.07),
    "staff_junior_college": Stock(level=8.0, begun=0.86),
    "staff_senior_high_school": Stock(level=10.2, begun=1.06, yearly=-0.02),
    "staff_secondary_and_below": Stock(level=0.55, begun=1.7, yearly=-0.1),
    "county_hired_township_used": Stock(level=2.1, begun=0.2, yearly=0.1),
    "graduates_recruited": Stock(level=0.33, begun=0.1, yearly=0.15),
    "special_post_gps": Stock(level=0.06, begun=0.2, yearly=0.1),
    "graduate_village_doctors": Stock(level=0.16, begun=0.02, yearly=0.3),
    "offline_trained_staff": Stock(level=7.3, begun=0.3, yearly=0.1),
    "online_trained_staff": Stock(level=15.1, begun=0.5, yearly=0.05),
    "village_doctors": Stock(level=15.5, begun=1.05, yearly=-0.01),
    "consortium_staff": Stock(level=41.0, begun=0.94, yearly=0.015),
    "online_doctors": Stock(level=8.6, begun=0.55, yearly=0.06),
    "stroke_centres": Stock(level=0.02, begun=0.6, yearly=0.02),
    "chest_pain_stroke_units": Stock(level=0.06, begun=0.1, yearly=0.15),
    "stations_built": Stock(level=0.05, begun=0.1, yearly=0.1),
    "centres_upgraded": Stock(level=0.05, begun=0.1, yearly=0.1),
    "elderly_checkups": Stock(level=1080.0, begun=0.85, yearly=0.02),
    "hypertension_managed": Stock(level=690.0, begun=0.86, yearly=0.02),
    "diabetes_managed": Stock(level=255.0, begun=0.82, yearly=0.03),
    "tcm_staff_in_teams": Stock(level=5.6, begun=0.6, yearly=0.05),
}
# Facilities on the platform: the share of them in 2021, all of them by mid 2025.
PLATFORM = (
    "secondary_hospitals_on_platform",
    "township_centres_on_platform",
    "village_clinics_on_platform",
)
PLATFORM_BEGUN = (0.67, 0.5, 0.3)
# Flows: a month per ten thousand residents in 2022, yearly growth, first month.
FLOWS: dict[str, tuple[float, float, date]] = {
    "remote_ecg": (4.6, 1.25, ORIGIN),
    "remote_imaging": (0.62, 1.3, ORIGIN),
    "remote_training_sessions": (0.07, 1.1, ORIGIN),
    "thrombolysis_cases": (0.52, 1.06, ORIGIN),
    "thrombectomy_cases": (0.065, 1.1, ORIGIN),
    "myocardial_infarction_saved": (0.035, 1.05, date(2021, 12, 1)),
    "stroke_sequelae_avoided": (0.045, 1.05, date(2021, 12, 1)),
    "outreach_sessions": (3.4, 1.04, date(2023, 1, 1)),
    "outreach_people_served": (88.0, 1.04, date(2023, 1, 1)),
}
SMALL_FLOWS: dict[str, tuple[float, float, date]] = {
    "expert_visits_at_branches": (4.0, 1.1, date(2022, 10, 1)),
    "expert_inpatients_at_branches": (0.5, 1.1, date(2022, 10, 1)),
    "upward_referrals_reported": (0.7, 1.1, date(2022, 10, 1)),
}
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
        shares = split(rest, [county.population for county in others])
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
            total, span = anchors.get(county.code, (usual, (cal.KAIFENG_DAY, cal.KAIFENG_DAY)))
            for day in days:
                values[county.code, day][item] = round(total * shape(month_end(day), span, stock))
    for (code, day), row in values.items():
        row["technical_staff"] = sum(row[item] for item in STAFF)
        row.update(_platform(site, site.county(code), day))
    return values


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
        cells = [(c, m) for c in places for m in months(window.first, window.last)]
        weights = [_flow(site.county(c), window.item, m, seed=seed) + 0.01 for c, m in cells]
        for cell, value in zip(cells, split(window.total, weights), strict=True):
            if cell in values:
                values[cell][window.item] = value
    return values


def report_values(site: Site, *, start: date, until: date, seed: int) -> Values:
    """Return every item of every county and month (first day) that has ended by `until`."""
    days = [month for month in months(start, until) if month_end(month) <= until]
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
    header: list[Cell] = ["县区", "月份", *(counters[item].name_zh for item in items)]
    rows: list[list[Cell]] = [[f"{site.name}紧密型县域医共体运行月报（{month:%Y年%m月}）"], header]
    defects = []
    for county, row in values.items():
        if (county.code, month) in UNREPORTED:
            continue
        cells: list[Cell] = [county.name, f"{month:%Y-%m}", *(row[item] for item in items)]
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
        *(sum(row[item] for row in values.values()) for item in items),
    ]
    write_rows(sheet, 0, [*rows, total])
    book.close()
    return len(rows) - 2, defects


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
            if counter.unit == "fen":
                value = ten_thousand_yuan(row[item])
            rows.append(
                [county.name, f"{month:%Y-%m}", counter.name_zh, value, UNITS[counter.unit]]
            )
    write_rows(sheet, 0, rows)
    book.close()
    return len(rows) - 1
