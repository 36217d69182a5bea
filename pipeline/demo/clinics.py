"""Write 村卫生室台账: one workbook a county, a sheet per township or one flat sheet.

One extract at the end; the dates in it tell the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from pipeline.demo import calibration as cal
from pipeline.demo.defects import Defect
from pipeline.demo.randomness import IntArray, split, stream
from pipeline.demo.workbook import (
    Cell,
    Header,
    open_workbook,
    write_header,
    write_rows,
    write_tall_header,
)
from pipeline.demo.world import County, Site, Township

FOLDER = "clinics"
NEVER = date(2099, 12, 31)
UNPLANNED_SHARE = 0.03
HEADERS: tuple[Header, ...] = (
    *("村卫生室编码", "村卫生室名称", "县区代码", "县区名称", "乡镇", "行政村", "是否规划内"),
    *("服务人口", "村医人数", "运行状态", "成立日期", "产权性质", "建筑面积", "建设状态"),
    *("开工日期", "竣工日期", "验收日期", "中医药服务", "心电设备"),
)
TALL_HEADERS: tuple[Header, ...] = (
    *("医疗机构代码", "名称", "县区代码", "县区", "乡镇", "行政村", "是否规划内", "服务人口"),
    *("村医数", "状态", "成立日期", "产权性质", "建筑面积", "建设状态", "开工日期", "竣工日期"),
    *("验收日期", "中医药服务", "心电设备"),
)
# Not started, in progress, completed, accepted: as counties say it.
STATUS_WORDS = (
    ("未启动", "在建", "已完成", "已验收"),
    ("未开工", "施工提升", "竣工", "已验收"),
    ("未启动", "施工提升", "已完成", "验收合格"),
)


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """One village clinic with its whole course, the future included."""

    code: str
    name: str
    township: Township
    village: str
    planned: bool
    started_on: date
    completed_on: date
    accepted_on: date
    people: int
    doctors: int
    founded_on: date
    public: bool
    area_m2: int
    tcm: bool
    ecg: bool


def clinic_count(county: County) -> int:
    """Return how many clinics a county has: one a village unless published otherwise.

    A district of communities alone has one for every five of them.
    """
    names = [name for township in county.townships for name in township.villages]
    villages = sum(_is_village(name) for name in names)
    return cal.CLINICS_TOTAL.get(county.code, max(villages, round(len(names) * 0.2)))


def _is_village(name: str) -> bool:
    return "村" in name


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many clinics of a county are what on the day of calibration."""

    total: int
    planned: int
    completed: int
    in_progress: int


def plans(site: Site, *, seed: int) -> dict[str, Plan]:
    """Plan every county; the clinics of 开封 add up to the published figures."""
    totals = [clinic_count(county) for county in site.counties]
    rng = stream(seed, "clinic plans", site.code)
    if site.code == "410200":
        planned = split(cal.KAIFENG_PLANNED, totals)
        lag = [p * w for p, w in zip(planned, rng.uniform(0.25, 2.2, len(planned)), strict=True)]
        progress = split(cal.KAIFENG_IN_PROGRESS, lag)
        rest = cal.KAIFENG_PLANNED - cal.KAIFENG_COMPLETED - cal.KAIFENG_IN_PROGRESS
        idle = split(rest, lag)
        totals = [p + round(p * UNPLANNED_SHARE) for p in planned]
    else:
        published = [county.code in cal.CLINICS_TOTAL for county in site.counties]
        planned = [
            total - (0 if known else round(total * UNPLANNED_SHARE))
            for total, known in zip(totals, published, strict=True)
        ]
        level = rng.permutation(np.linspace(0.09, 0.28, len(totals)))
        progress = [round(p * share) for p, share in zip(planned, level, strict=True)]
        idle = [round(p * share * 0.3) for p, share in zip(planned, level, strict=True)]
    return {
        county.code: Plan(
            total=totals[n],
            planned=planned[n],
            completed=planned[n] - progress[n] - idle[n],
            in_progress=progress[n],
        )
        for n, county in enumerate(site.counties)
    }


def _villages(county: County, count: int) -> list[tuple[Township, str]]:
    """Choose the places that have a clinic: villages, then communities out of town, then streets.

    Where there are more clinics than places, some have two.
    """
    every = [(t, v) for t in county.townships for v in t.villages]
    every.sort(key=lambda place: (not _is_village(place[1]), place[0].name.endswith("街道")))
    chosen = (every * (1 + count // max(1, len(every))))[:count]
    order = {township.code: n for n, township in enumerate(county.townships)}
    return sorted(chosen, key=lambda place: order[place[0].code])


def _spoken(village: str) -> str:
    """Shorten a village's official name: 大树岭村 for 大树岭村委会."""
    for official, short in (
        ("村民委员会", "村"),
        ("村委会", "村"),
        ("居民委员会", ""),
        ("居委会", ""),
    ):
        if village.endswith(official):
            return village.removesuffix(official) + short
    return village


def _course(rank: int, plan: Plan, jitter: int) -> tuple[date, date, date]:
    """Date the building of one planned clinic by its place in the queue."""
    day = cal.KAIFENG_DAY
    if rank < plan.completed:
        share = (rank + 0.5) / plan.completed
        done = date(2022, 2, 1) + (day - timedelta(days=3) - date(2022, 2, 1)) * share**0.8
        return done - timedelta(days=90 + jitter), done, done + timedelta(days=25 + 2 * jitter)
    if rank < plan.completed + plan.in_progress:
        share = (rank - plan.completed + 0.5) / plan.in_progress
        begun = date(2024, 10, 8) + (day - timedelta(days=10) - date(2024, 10, 8)) * share
        done = day + timedelta(days=4 + round(300 * share))
        return begun, done, done + timedelta(days=30 + 2 * jitter)
    begun = day + timedelta(days=20 + 3 * jitter)
    return begun, begun + timedelta(days=160), begun + timedelta(days=220)


def build_clinics(county: County, plan: Plan, *, seed: int) -> list[Clinic]:
    """Invent a county's clinics in its real villages."""
    rng = stream(seed, "clinics", county.code)
    places = _villages(county, plan.total)
    size = len(places)
    ranks: IntArray = rng.permutation(size)
    jitter = rng.integers(0, 60, size=size)
    tcm_share = cal.CLINIC_TCM_SHARE.get(county.code, float(rng.uniform(0.62, 0.93)))
    tcm = rng.permutation(size) < round(tcm_share * size)
    people = rng.integers(450, 2600, size=size)
    public, area, ecg = rng.random(size) < 0.84, rng.integers(55, 190, size=size), rng.random(size)
    clinics = []
    for n, (township, village) in enumerate(places):
        rank = int(ranks[n])
        started, completed, accepted = _course(rank, plan, int(jitter[n]))
        clinics.append(
            Clinic(
                code=f"{county.code.replace('6109HK', '610902')}{n + 1:04d}{rank % 90 + 10:02d}",
                name=f"{township.name}{_spoken(village)}卫生室",
                township=township,
                village=village,
                planned=rank < plan.planned,
                started_on=started if rank < plan.planned else NEVER,
                completed_on=completed if rank < plan.planned else NEVER,
                accepted_on=accepted if rank < plan.planned else NEVER,
                people=int(people[n]),
                doctors=1 + int(people[n]) // 1000,
                founded_on=date(1998 + n % 20, 1 + n % 12, 1),
                public=bool(public[n]),
                area_m2=int(area[n]),
                tcm=bool(tcm[n]),
                ecg=bool(ecg[n] < 0.55),
            )
        )
    return clinics


def _day(day: date, until: date, style: str) -> str | None:
    return f"{day:{style}}" if day <= until else None


def clinic_row(clinic: Clinic, county: County, until: date, style: int) -> list[Cell]:
    """Write a clinic as its county does, as far as is known on a day."""
    dates = (clinic.started_on, clinic.completed_on, clinic.accepted_on)
    status = STATUS_WORDS[style][sum(day <= until for day in dates)]
    form = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日")[style]
    return [
        clinic.code,
        clinic.name,
        county.code,
        county.short if style == 1 else county.name,
        clinic.township.name,
        clinic.village,
        "是" if clinic.planned else "否",
        clinic.people,
        clinic.doctors,
        "正常",
        _day(clinic.founded_on, until, form),
        "公有" if clinic.public else "私有",
        clinic.area_m2,
        status,
        *(_day(day, until, form) for day in dates),
        "有" if clinic.tcm else "无",
        "有" if clinic.ecg else "无",
    ]


def write_clinics(
    site: Site, out: Path, *, until: date, seed: int
) -> tuple[int, tuple[Defect, ...]]:
    """Write the workbooks of a site's counties; returns rows and defects."""
    rows, defects = 0, []
    for n, (county, plan) in enumerate(
        zip(site.counties, plans(site, seed=seed).values(), strict=True)
    ):
        clinics = build_clinics(county, plan, seed=seed)
        prefix = f"{site.name}_{county.name}" if site.is_city else county.name
        name = f"{FOLDER}/{prefix}_村卫生室台账_{until:%Y%m%d}.xlsx"
        defects += _write_county(county, clinics, out / name, name, until, style=n % 3)
        rows += len(clinics)
    return rows, tuple(defects)


def _write_county(
    county: County, clinics: Sequence[Clinic], path: Path, name: str, until: date, *, style: int
) -> list[Defect]:
    book = open_workbook(path)
    defects: list[Defect] = []
    if style == 1:
        sheet = book.add_worksheet("台账")
        first = write_header(sheet, 0, HEADERS)
        last = write_rows(sheet, first, [clinic_row(c, county, until, style) for c in clinics])
        if county.code.startswith("41") and len(clinics) > 40:
            copy = clinic_row(clinics[7], county, until, style)
            write_rows(sheet, last, [copy])
            defects.append(Defect(file=name, reason="DUPLICATE_ROW", sheet="台账", row=last + 1))
    else:
        for township in dict.fromkeys(clinic.township.code for clinic in clinics):
            own = [c for c in clinics if c.township.code == township]
            sheet = book.add_worksheet(own[0].township.name[:31])
            sheet.merge_range(0, 0, 0, 18, f"{county.name}村卫生室标准化建设台账")
            write_rows(
                sheet, 1, [[f"单位：{county.name}卫生健康委员会", f"截至{until:%Y年%m月%d日}"]]
            )
            first = write_tall_header(sheet, 2, HEADERS if style == 0 else TALL_HEADERS)
            last = write_rows(sheet, first, [clinic_row(c, county, until, style) for c in own])
            total: list[Cell] = [
                "合计",
                *[None] * 6,
                sum(c.people for c in own),
                sum(c.doctors for c in own),
            ]
            write_rows(sheet, last, [total, ["填表人：示例", "审核人：示例"]])
    book.close()
    return defects
