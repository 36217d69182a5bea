"""What the equipment ledgers plan, and where they contradict themselves on purpose.

Both are of our own making and begin some weeks before the last extract. Neither touches a device
that an indicator counts: plans fill no gap, and the contradictions are told of ECG machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.demo.calendar import extract_dates
from pipeline.demo.equipment_sheet import THREE, Device
from pipeline.demo.world import Institution, Site

PLAN_WORDS = ("计划采购", "已下达", "待安装", "拟购")
PLAN_NAMES = {"dr": "DR", "ultrasound": "彩色多普勒超声诊断仪", "biochemistry": "全自动生化分析仪"}
PLANNED_FOR = timedelta(days=80)  # plans are known so long before the last extract
DOUBTED_FOR = timedelta(days=40)  # contradictions begin so long before the last extract
RETIRED_FOR = timedelta(days=90)
# The centres of a city, by their place in the register, whose ledgers contradict themselves.
RETURNED, CHANGED, JUMPED, TWICE, TOO_EARLY = 3, 7, 11, 15, 19
LEAST_CENTRES = 24
ECG = "401"  # how the number of a centre's ECG machine ends


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """One contradiction, as the mart names it."""

    reason: str
    institution: str
    kind: str = "ecg"

    def record(self) -> dict[str, str]:
        """Return the contradiction as it stands in the truth file."""
        return {"reason": self.reason, "institution": self.institution, "device_type": self.kind}


def _without(site: Site, devices: Sequence[Device], day: date) -> list[tuple[Institution, str]]:
    """List the centres and which of the three devices they never had or no longer use."""
    usable = {
        (d.institution.code, d.kind)
        for d in devices
        if d.in_use_on <= day and d.state(day)[0] != "停用"
    }
    centres = [i for i in site.institutions if i.is_centre]
    return [(c, kind) for c in centres for kind in THREE if (c.code, kind) not in usable]


def plans(site: Site, devices: Sequence[Device], day: date, *, until: date) -> list[Device]:
    """Plan a device for every second gap; the last plan of a city is overdue."""
    if day < until - PLANNED_FOR:
        return []
    gaps = _without(site, devices, until)[::2]
    found = []
    for n, (centre, kind) in enumerate(gaps):
        is_overdue = site.is_city and n == len(gaps) - 1
        due = until + timedelta(days=-25 if is_overdue else 31 + 23 * (n % 6))
        found.append(
            Device(
                code=f"P{centre.code[1:]}{THREE.index(kind) + 1}01",
                kind=kind,
                name=PLAN_NAMES[kind],
                institution=centre,
                model="待定",
                bought_on=due,
                in_use_on=due,
                price=50.0,
                funding="财政专项",
                planned_on=due,
                said=PLAN_WORDS[n % len(PLAN_WORDS)],
            )
        )
    return found


def _doubted(site: Site) -> list[Institution]:
    """List the centres of a city large enough to be told contradictions of."""
    centres = [i for i in site.institutions if i.is_centre]
    return centres if site.is_city and len(centres) >= LEAST_CENTRES else []


def _neighbour(centres: Sequence[Institution]) -> Institution:
    """Return another centre of the county of the one whose device stands twice."""
    home = centres[TWICE]
    own = [c for c in centres if c.county_code == home.county_code and c != home]
    return own[-1]


def as_told(devices: Sequence[Device], site: Site, day: date, *, until: date) -> list[Device]:
    """Return the devices known on a day as the ledger tells of them."""
    known = [device for device in devices if device.in_use_on <= day]
    centres = _doubted(site)
    begins = until - DOUBTED_FOR
    if not centres or day < begins - RETIRED_FOR:
        return known
    places = {centres[n].code: n for n in (RETURNED, CHANGED, JUMPED, TWICE, TOO_EARLY)}
    told = []
    for device in known:
        place = places.get(device.institution.code) if device.code.endswith(ECG) else None
        if place is None:
            told.append(device)
        elif day < begins:
            told.append(replace(device, said="报废") if place == RETURNED else device)
        else:
            told += _contradicted(device, place, other=_neighbour(centres), until=until)
    return told


def _contradicted(device: Device, place: int, *, other: Institution, until: date) -> list[Device]:
    """Return what the ledger makes of a device of one of the doubted centres."""
    if place == CHANGED:
        return [replace(device, in_use_on=device.in_use_on + timedelta(days=365))]
    if place == JUMPED:
        return [replace(device, quantity=6)]
    if place == TWICE:
        return [device, replace(device, institution=other)]
    if place == TOO_EARLY:
        code, day = f"{device.code[:-2]}02", until + timedelta(days=24)
        return [device, replace(device, code=code, in_use_on=day)]
    return [device]


def doubts(site: Site, devices: Sequence[Device], *, start: date, until: date) -> list[Doubt]:
    """List the contradictions that the extracts of a site tell, for the truth file."""
    late = [p for p in plans(site, devices, until, until=until) if p.in_use_on < until]
    kinds = dict(zip(THREE, ("dr", "colour_ultrasound", "biochemistry_analyser"), strict=True))
    found = [
        Doubt(reason="plan_overdue", institution=p.institution.code, kind=kinds[p.kind])
        for p in late
    ]
    centres = _doubted(site)
    if not centres:
        return found
    twice = min(centres[TWICE].code, _neighbour(centres).code)
    found.append(Doubt(reason="two_institutions", institution=twice))
    found.append(Doubt(reason="after_extract", institution=centres[TOO_EARLY].code))
    begins = until - DOUBTED_FOR
    if any(begins - RETIRED_FOR <= day < begins for day in extract_dates(start, until)):
        for reason, place in (
            ("returned", RETURNED),
            ("first_day_changed", CHANGED),
            ("quantity_jump", JUMPED),
        ):
            found.append(Doubt(reason=reason, institution=centres[place].code))
    return found
