"""Write 设备台账: one workbook a site and extract day, every device of its centres and hospitals.

Devices come into use over the years, break down and are repaired; the extract says what is known
on its day. On the day of calibration exactly eight centres of 开封 lack one of the three devices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from pipeline.demo import calibration as cal
from pipeline.demo.calendar import extract_dates
from pipeline.demo.defects import Defect, truncate
from pipeline.demo.equipment_doubts import as_told, plans
from pipeline.demo.equipment_sheet import HEADERS, THREE, Device, device_row
from pipeline.demo.randomness import stream
from pipeline.demo.workbook import Cell, open_workbook, write_rows
from pipeline.demo.world import Institution, Site

FOLDER = "equipment"
# Spellings met in ledgers, and the price in ten thousand yuan.
NAMES: dict[str, tuple[tuple[str, ...], float]] = {
    "dr": (
        ("DR", "数字化X线摄影系统", "数字化医用X射线摄影系统", "ＤＲ", "DR机"),  # noqa: RUF001  full-width on purpose
        68.0,
    ),
    "ultrasound": (("彩超", "彩色多普勒超声诊断仪", "彩色多普勒超声", "便携式彩超"), 45.0),
    "biochemistry": (("全自动生化分析仪", "生化仪", "全自动生化分析仪(400速)", "生化分析仪"), 22.0),
    "ecg": (("心电图机", "十二导心电图机", "数字式心电图机"), 2.6),
    "ct": (("CT", "16排CT", "X射线计算机断层扫描系统(CT)"), 320.0),
    "ambulance": (("救护车", "监护型救护车"), 28.0),
    "monitor": (("心电监护仪",), 1.8),
}
FUNDS = ("财政专项", "自筹")
RENEWAL = "设备更新项目"
RENEWAL_FROM = date(2024, 9, 1)
CALM = (date(2025, 6, 1), date(2025, 7, 15))  # nothing else breaks around the day of calibration


def build_devices(site: Site, *, seed: int) -> list[Device]:
    """Equip every centre and hospital of a site."""
    rng = stream(seed, "equipment", site.code)
    centres = [i for i in site.institutions if i.is_centre]
    devices = [
        device
        for centre in centres
        for kind in (*THREE, "ecg", *(["ambulance"] if rng.random() < 0.7 else []), "monitor")
        for device in [_device(rng, centre, kind)]
    ]
    for hospital in (i for i in site.institutions if i.is_hospital):
        devices += [_device(rng, hospital, kind) for kind in ("ct", *THREE)]
    devices += [_device(rng, i, "ct") for i in centres if i.weight > 0.09]
    devices = _with_gaps(site, centres, devices, rng)
    return _with_renewal(site, devices, rng)


def _device(rng: np.random.Generator, institution: Institution, kind: str) -> Device:
    names, price = NAMES[kind]
    # Most came before 2021; the rest over the years to mid 2025.
    late = rng.random() < 0.13 and kind in THREE and institution.is_centre
    span = (date(2021, 2, 1), date(2025, 5, 20)) if late else (date(2013, 1, 1), date(2020, 11, 30))
    bought = span[0] + timedelta(days=int(rng.integers(0, (span[1] - span[0]).days)))
    number = {k: n for n, k in enumerate(NAMES)}[kind]
    return Device(
        code=f"S{institution.code[1:]}{number + 1}01",
        kind=kind,
        name=names[int(rng.integers(0, len(names)))],
        institution=institution,
        model=f"示例-{int(rng.integers(100, 999))}",
        bought_on=bought,
        in_use_on=min(bought + timedelta(days=int(rng.integers(20, 100))), date(2025, 6, 20)),
        price=round(price * float(rng.uniform(0.8, 1.25)), 2),
        funding=FUNDS[int(rng.integers(0, 2))],
        broken=_breakdowns(rng) if kind in THREE else (),
    )


def _breakdowns(rng: np.random.Generator) -> tuple[tuple[date, date], ...]:
    """Draw the times out of order: one device in four breaks once in these years."""
    if rng.random() > 0.26:
        return ()
    first = date(2021, 3, 1) + timedelta(days=int(rng.integers(0, 1500)))
    last = first + timedelta(days=int(rng.integers(20, 120)))
    return () if first <= CALM[1] and last >= CALM[0] else ((first, last),)


def _with_gaps(
    site: Site, centres: Sequence[Institution], devices: list[Device], rng: np.random.Generator
) -> list[Device]:
    """Let some centres lack a device for good, out of order or not in use."""
    share = cal.WITHOUT_THREE_DEVICES / 109
    lacking = cal.WITHOUT_THREE_DEVICES
    if site.code != "410200":
        lacking = round(len(centres) * share * float(rng.uniform(1.2, 2.2)))
    chosen = [centres[int(n)].code for n in rng.permutation(len(centres))[:lacking]]
    found = []
    for device in devices:
        rank = chosen.index(device.institution.code) if device.institution.code in chosen else -1
        if rank < 0 or device.kind != THREE[rank % 3]:
            found.append(device)
        elif rank % 4 == 1:  # broken since spring, repaired in autumn
            spell = (date(2025, 3, 4) + timedelta(days=7 * rank), date(2025, 10, 31))
            found.append(replace(_there_by(device, 2021), broken=(spell,)))
        elif rank % 4 == 2:
            stopped = date(2024, 11, 5) + timedelta(days=9 * rank)
            found.append(replace(_there_by(device, 2022), stopped_from=stopped))
        # else: never bought
    return found


def _there_by(device: Device, year: int) -> Device:
    """Have a device bought and in use by the first day of a year."""
    bought, used = (min(day, date(year, 1, 1)) for day in (device.bought_on, device.in_use_on))
    return replace(device, bought_on=bought, in_use_on=used)


def _with_renewal(site: Site, devices: list[Device], rng: np.random.Generator) -> list[Device]:
    """Deliver the items of the renewal project: new devices beside the old ones.

    For 开封 the published number by the day of calibration, and some more afterwards.
    """
    centres = [i for i in site.institutions if i.is_centre]
    due = cal.RENEWAL_ITEMS if site.code == "410200" else round(len(centres) * 1.35)
    kinds = ("dr", "ultrasound", "biochemistry", "ambulance", "ct", "ecg")
    lacking = {i.code for i in centres} - _equipped(devices, centres)
    able = [i for i in centres if i.code not in lacking]
    span = (cal.KAIFENG_DAY - timedelta(days=8) - RENEWAL_FROM).days
    for n in range(due + 12):
        centre = able[int(rng.integers(0, len(able)))]
        kind = kinds[n % len(kinds)]
        delivered = RENEWAL_FROM + timedelta(days=round(span * (n + 0.5) / due))
        if n >= due:
            delivered = cal.KAIFENG_DAY + timedelta(days=12 * (n - due + 1))
        names, price = NAMES[kind]
        devices.append(
            Device(
                code=f"G{centre.code[1:]}{n + 1:04d}",
                kind=kind,
                name=names[n % len(names)],
                institution=centre,
                model=f"示例-{2000 + n}",
                bought_on=delivered - timedelta(days=30),
                in_use_on=delivered,
                price=round(price * float(rng.uniform(0.9, 1.2)), 2),
                funding=RENEWAL,
            )
        )
    return devices


def _equipped(devices: Sequence[Device], centres: Sequence[Institution]) -> set[str]:
    """Return the centres with all three devices in use on the day of calibration."""
    day = cal.KAIFENG_DAY
    held: dict[str, set[str]] = {centre.code: set() for centre in centres}
    for device in devices:
        if device.in_use_on <= day and device.state(day)[0] == "在用":
            held.get(device.institution.code, set()).add(device.kind)
    return {code for code, kinds in held.items() if kinds.issuperset(THREE)}


def write_equipment(
    site: Site, out: Path, *, start: date, until: date, seed: int
) -> tuple[int, tuple[Defect, ...]]:
    """Write a site's extracts; returns rows and defects."""
    devices = build_devices(site, seed=seed)
    rows, defects = 0, []
    for day in extract_dates(start, until):
        known = as_told(devices, site, day, until=until)
        planned = plans(site, devices, day, until=until)
        name = f"{FOLDER}/{site.name}_设备台账_{day:%Y%m%d}.xlsx"
        spoil = site.is_city and day == until
        told = [*known, *planned]
        defects += _write_extract(site, told, out / name, name, day, spoil=spoil)
        rows += len(told)
    if site.is_city:
        # A Sunday nobody extracts on, so that the cut file stands for no extract of its own.
        name = f"{FOLDER}/{site.name}_设备台账_重传_{until:%Y%m%d}.xlsx"
        _write_extract(site, devices[:60], out / name, name, until, spoil=False)
        truncate(out / name)
        defects.append(Defect(file=name, reason="TRUNCATED"))
    return rows, tuple(defects)


def _write_extract(
    site: Site, known: Sequence[Device], path: Path, name: str, day: date, *, spoil: bool
) -> list[Defect]:
    book = open_workbook(path)
    sheet = book.add_worksheet("设备台账")
    title = f"{site.name}医疗设备台账（截至{day:%Y年%m月%d日}）"
    last = write_rows(sheet, 0, [[title], list(HEADERS)])
    last = write_rows(sheet, last, [device_row(device, day) for device in known])
    defects = []
    if spoil:
        for column, reason, row in _spoiled(known, day):
            last = write_rows(sheet, last, [row])
            defects.append(
                Defect(file=name, sheet="设备台账", row=last, column=column, reason=reason)
            )
    book.close()
    return defects


def _spoiled(known: Sequence[Device], day: date) -> list[tuple[str | None, str, list[Cell]]]:
    """Make rows that are wrong in one way each, of devices no indicator counts."""
    other = [device for device in known if device.kind == "monitor"][:5]
    if len(other) < 5:
        return []
    faults = (
        ("设备编号", "MISSING_VALUE", 0, None),
        ("机构编码", "UNKNOWN_CODE", 2, "H99999900001"),
        ("启用日期", "BAD_DATE", 6, "2023年13月5日"),
        ("原值(万元)", "BAD_NUMBER", 7, "#DIV/0!"),
    )
    rows: list[tuple[str | None, str, list[Cell]]] = []
    for device, (column, reason, at, value) in zip(other, faults, strict=False):
        row = device_row(device, day)
        row[0] = f"{device.code}X"
        row[at] = value
        rows.append((column, reason, row))
    rows.append((None, "DUPLICATE_ROW", device_row(other[4], day)))
    return rows
