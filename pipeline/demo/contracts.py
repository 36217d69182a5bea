"""Write 家庭医生签约进展: one workbook a site and as-of day, a sheet a county, wide by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from xlsxwriter import Workbook

from pipeline.demo import calibration as cal
from pipeline.demo.calendar import extract_dates, years_since_2021
from pipeline.demo.randomness import FloatArray, IntArray, split, stream
from pipeline.demo.workbook import (
    Cell,
    Header,
    open_workbook,
    percent,
    write_header,
    write_rows,
)
from pipeline.demo.world import County, Institution, Site, spread_counties

FOLDER = "contracts"
GROUP_COLUMNS = ("人数", "已管理数", "签约数", "签约率")
FULFILLED_AT_MOST = 0.95
LEVELS_APART = 0.06  # of the county with the highest rate from the middle


@dataclass(frozen=True, kw_only=True)
class Group:
    """A key group: its name in the table, its share of residents, and how much is managed."""

    id: str
    name_zh: str
    share: float  # of residents; for children and the old a factor on the census share
    managed: float
    contracted: float  # by mid 2025, where nothing is published


GROUPS = (
    Group(id="children_0_6", name_zh="0-6岁儿童", share=0.062, managed=0.95, contracted=0.83),
    Group(id="pregnant_women", name_zh="孕产妇", share=0.008, managed=0.94, contracted=0.86),
    Group(id="elderly_65", name_zh="65岁及以上老年人", share=0.14, managed=0.74, contracted=0.79),
    Group(id="hypertension", name_zh="高血压患者", share=0.098, managed=0.71, contracted=0.84),
    Group(id="type2_diabetes", name_zh="2型糖尿病患者", share=0.036, managed=0.70, contracted=0.83),
    Group(id="tuberculosis", name_zh="肺结核患者", share=0.0005, managed=0.97, contracted=0.93),
    Group(
        id="severe_mental_disorder",
        name_zh="严重精神障碍患者",
        share=0.0048,
        managed=0.95,
        contracted=0.955,
    ),
    Group(id="disabled", name_zh="残疾人", share=0.021, managed=0.93, contracted=0.94),
    Group(
        id="special_support_family",
        name_zh="计划生育特殊家庭",
        share=0.0011,
        managed=0.98,
        contracted=0.97,
    ),
    Group(id="out_of_poverty", name_zh="脱贫人口", share=0.052, managed=0.96, contracted=0.95),
)
# Counties sign these groups up from their lists of managed persons, never beyond them.
CONTRACTED_OF_MANAGED = (
    "elderly_65",
    "hypertension",
    "type2_diabetes",
    "tuberculosis",
    "severe_mental_disorder",
)
KEY_SHARE = 0.36  # of residents in some key group, each person once
HEADERS: tuple[Header, ...] = (
    *("区县", "机构编码", "机构名称", "已组建家庭医生团队数", "辖区户籍人口数"),
    "辖区内常住居民数",
    ("常住人口签约", ("签约数", "签约率")),
    ("重点人群", ("总数", "签约数", "签约率")),
    *("有效签约数", "履约数", "应续约数", "续约数"),
    *((group.name_zh, GROUP_COLUMNS) for group in GROUPS),
)


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What of a county's centres does not change: people, teams, and each centre's habits."""

    county: County
    centres: list[Institution]
    residents: IntArray  # 2020
    registered: FloatArray  # of residents
    teams: IntArray
    level: FloatArray  # distance from the site's contract rate
    phase: FloatArray
    groups: IntArray  # persons, group × centre


def baseline(site: Site, county: County, level: float, *, seed: int) -> Baseline:
    """Fix the people and habits of a county's centres."""
    centres = site.centres(county.code)
    size = len(centres)
    rng = stream(seed, "contracts", county.code)
    residents = np.asarray(split(county.population, [centre.weight for centre in centres]))
    noise = rng.normal(0, 0.03, size).clip(-0.07, 0.07)
    noise -= (noise * residents).sum() / residents.sum()
    teams = np.maximum(1, np.rint(residents / 7200)).astype(np.int64)
    if county.code in cal.TEAMS:
        teams = np.asarray(split(cal.TEAMS[county.code], [1.0] * size))
    shares = np.asarray([_share(group, county) for group in GROUPS])
    spread = rng.uniform(0.85, 1.15, (len(GROUPS), size))
    return Baseline(
        county=county,
        centres=centres,
        residents=residents,
        registered=rng.uniform(1.02, 1.19, size),
        teams=teams,
        level=level + noise,
        phase=rng.uniform(0, 2 * np.pi, size),
        groups=np.rint(residents * spread * shares[:, None]).astype(np.int64),
    )


def _share(group: Group, county: County) -> float:
    if group.id == "children_0_6":
        return county.share_0_14 * 0.36
    return county.share_65_plus if group.id == "elderly_65" else group.share


def fulfilled_share(site: Site, day: date) -> float:
    """Return the share of contracts fulfilled so far in the year: fast at first, then slower."""
    half = cal.FULFILMENT_MID_YEAR.get(site.code, 0.70)
    pace = -np.log(1 - half / FULFILLED_AT_MOST) / 181
    return float(FULFILLED_AT_MOST * (1 - np.exp(-pace * day.timetuple().tm_yday)))


def contract_rates(base: Baseline, day: date, middle: float, *, yearly: float) -> FloatArray:
    """Return each centre's rate on a day; weighted by people it is `middle` at mid 2025."""
    drift = yearly * (years_since_2021(day) - years_since_2021(cal.KAIFENG_DAY))
    wave = 0.004 * np.sin(2 * np.pi * day.timetuple().tm_yday / 365.25 + base.phase)
    rates: FloatArray = np.clip(middle + drift + base.level + wave, 0.05, 0.99)
    return rates


def contract_rows(site: Site, base: Baseline, day: date) -> IntArray:
    """Return the numbers of a county on a day, a column per number of the table, rates left out.

    Order: teams, registered, residents, contracted, key persons, key contracted, valid,
    fulfilled, due, renewed, then persons, managed, contracted of each group.
    """
    years = years_since_2021(day)
    residents = np.rint(base.residents * (1 - 0.004 * years)).astype(np.int64)
    rate = contract_rates(base, day, cal.CONTRACT_RATE.get(site.code, 0.515), yearly=0.017)
    contracted = np.rint(residents * rate).astype(np.int64)
    key = np.rint(residents * KEY_SHARE).astype(np.int64)
    key_rate = contract_rates(base, day, cal.KEY_GROUP_RATE.get(site.code, 0.76), yearly=0.02)
    key_contracted = np.minimum(np.rint(key * key_rate).astype(np.int64), contracted)
    valid = np.rint(contracted * 0.97).astype(np.int64)
    done = np.clip(fulfilled_share(site, day) + base.level * 0.8, 0, 0.99)
    fulfilled = np.rint(valid * done).astype(np.int64)
    due = np.rint(valid * 0.62 * min(1.0, day.month / 12)).astype(np.int64)
    renewed = np.rint(due * np.clip(0.82 + 0.015 * years + base.level, 0, 1)).astype(np.int64)
    columns = [
        *(base.teams, np.rint(residents * base.registered).astype(np.int64), residents),
        *(contracted, key, key_contracted, valid, fulfilled, due, renewed),
    ]
    for n, group in enumerate(GROUPS):
        columns += _group(site, base, group, base.groups[n], day)
    return np.stack(columns, axis=1)


def _group(
    site: Site, base: Baseline, group: Group, persons: IntArray, day: date
) -> tuple[IntArray, IntArray, IntArray]:
    years = years_since_2021(day)
    growth = {"elderly_65": 0.02, "hypertension": 0.025, "type2_diabetes": 0.03}.get(group.id, 0.0)
    people = np.rint(persons * (1 + growth * years)).astype(np.int64)
    managed = np.rint(people * np.clip(group.managed + base.level * 0.5, 0, 1)).astype(np.int64)
    if group.id in cal.FULLY_CONTRACTED and site.code == "410200" and day >= date(2024, 1, 1):
        return people, people, people
    lag = 0.016 * (years_since_2021(cal.KAIFENG_DAY) - years)
    rate = np.clip(group.contracted + base.level * 0.7 - lag, 0.2, 1.0)
    counted = managed if group.id in CONTRACTED_OF_MANAGED else people
    return people, managed, np.rint(counted * rate).astype(np.int64)


def _cells(name: str, code: str | None, label: str, numbers: Sequence[int]) -> list[Cell]:
    """Write one row: numbers in the order of `contract_rows`, rates as text between them."""
    n = [int(number) for number in numbers]
    row: list[Cell] = [name, code, label, n[0], n[1], n[2]]
    row += [n[3], percent(n[3], n[2]), n[4], n[5], percent(n[5], n[4]), *n[6:10]]
    for at in range(10, len(n), 3):
        row += [*n[at : at + 3], percent(n[at + 2], n[at])]
    return row


def _write_county(book: Workbook, site: Site, base: Baseline, day: date) -> int:
    county = base.county
    sheet = book.add_worksheet(county.name[:31])
    title = f"{county.name}家庭医生签约服务进展情况统计表（截至{day:%Y年%m月%d日}）"
    sheet.merge_range(0, 0, 0, 14, title)
    at = write_header(sheet, 1, HEADERS)
    numbers = contract_rows(site, base, day)
    rows = [
        _cells(county.name, centre.code, centre.name, row)
        for centre, row in zip(base.centres, numbers.tolist(), strict=True)
    ]
    at = write_rows(sheet, at, rows)
    write_rows(sheet, at, [_cells("合计", None, "", numbers.sum(axis=0).tolist())])
    return len(rows)


def write_contracts(site: Site, out: Path, *, start: date, until: date, seed: int) -> int:
    """Write a site's tables, quarterly at first, monthly and weekly at the end; returns rows."""
    levels = spread_counties(site, LEVELS_APART, "contract levels", seed=seed)
    bases = [
        baseline(site, county, float(level), seed=seed)
        for county, level in zip(site.counties, levels, strict=True)
    ]
    rows = 0
    for day in extract_dates(start, until, step=3):
        book = open_workbook(out / FOLDER / f"{site.name}_家庭医生签约进展_{day:%Y%m%d}.xlsx")
        rows += sum(_write_county(book, site, base, day) for base in bases)
        book.close()
    return rows
