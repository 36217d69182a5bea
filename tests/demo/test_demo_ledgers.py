"""What the equipment ledgers of the demonstration plan and contradict."""

from __future__ import annotations

from datetime import date, timedelta

from pipeline.demo.equipment import build_devices
from pipeline.demo.equipment_doubts import as_told, doubts, plans
from pipeline.demo.equipment_sheet import HEADERS, device_row
from pipeline.demo.world import Site

UNTIL = date(2025, 6, 30)


def test_plans_begin_weeks_before_the_end_and_fill_gaps_only(sites: dict[str, Site]) -> None:
    site = sites["410200"]
    devices = build_devices(site, seed=7)
    assert plans(site, devices, UNTIL - timedelta(days=81), until=UNTIL) == []
    planned = plans(site, devices, UNTIL, until=UNTIL)
    in_use = {
        (d.institution.code, d.kind)
        for d in devices
        if d.in_use_on <= UNTIL and d.state(UNTIL)[0] == "在用"
    }
    assert planned
    for plan in planned:
        assert (plan.institution.code, plan.kind) not in in_use
        row = dict(zip(HEADERS, device_row(plan, UNTIL), strict=True))
        assert row["状态"] in {"计划采购", "已下达", "待安装", "拟购"}
        assert row["启用日期"] is None
        assert row["计划到位日期"] == f"{plan.planned_on:%Y-%m-%d}"


def test_a_ledger_is_told_as_it_is_until_the_contradictions_begin(sites: dict[str, Site]) -> None:
    site = sites["410200"]
    devices = build_devices(site, seed=7)
    early = UNTIL - timedelta(days=200)
    assert as_told(devices, site, early, until=UNTIL) == [
        device for device in devices if device.in_use_on <= early
    ]


def test_contradictions_between_extracts_need_an_earlier_extract(sites: dict[str, Site]) -> None:
    site = sites["410200"]
    devices = build_devices(site, seed=7)

    def told(start: date) -> set[str]:
        return {d.reason for d in doubts(site, devices, start=start, until=UNTIL)}

    across = {"returned", "first_day_changed", "quantity_jump"}
    assert across < told(date(2025, 1, 1))
    assert told(date(2025, 6, 1)) == told(date(2025, 1, 1)) - across


def test_small_worlds_contradict_themselves_nowhere(sites: dict[str, Site]) -> None:
    small = next(site for site in sites.values() if not site.is_city)
    devices = build_devices(small, seed=7)
    assert doubts(small, devices, start=date(2025, 1, 1), until=UNTIL) == []
    known = [d for d in devices if d.in_use_on <= UNTIL]
    assert as_told(devices, small, UNTIL, until=UNTIL) == known
