"""The sheet of 设备台账: a device, or a plan to get one, and the row it makes on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.demo.workbook import Cell
from pipeline.demo.world import Institution

THREE = ("dr", "ultrasound", "biochemistry")
HEADERS = (
    *("设备编号", "设备名称", "机构编码", "机构名称", "规格型号", "购置日期", "启用日期"),
    *("原值(万元)", "数量", "资金来源", "状态", "报修日期", "计划到位日期"),
)


@dataclass(frozen=True, kw_only=True)
class Device:
    """One device with its whole course: bought, in use, out of order.

    `planned_on` makes it a plan: the day it is to be there. `said` is what the ledger says of it,
    whatever its course.
    """

    code: str
    kind: str
    name: str
    institution: Institution
    model: str
    bought_on: date
    in_use_on: date
    price: float  # ten thousand yuan
    funding: str
    broken: tuple[tuple[date, date], ...] = ()  # from, until; the last may lie in the future
    stopped_from: date | None = None
    planned_on: date | None = None
    said: str | None = None
    quantity: int = 1

    def state(self, day: date) -> tuple[str, date | None]:
        """Return the state on a day, and since when it is broken."""
        if self.said is not None:
            return self.said, None
        for first, last in self.broken:
            if first <= day <= last:
                return "维修", first
        if self.stopped_from is not None and day >= self.stopped_from:
            return "停用", None
        return "在用", None


def device_row(device: Device, day: date) -> list[Cell]:
    """Write a device as it is known on a day."""
    state, broken = device.state(day)
    is_there = device.planned_on is None
    return [
        device.code,
        device.name,
        device.institution.code,
        device.institution.name,
        device.model,
        f"{device.bought_on:%Y-%m-%d}" if is_there else None,
        f"{device.in_use_on:%Y-%m-%d}" if is_there else None,
        device.price,
        device.quantity,
        device.funding,
        state,
        f"{broken:%Y-%m-%d}" if broken else None,
        f"{device.planned_on:%Y-%m-%d}" if device.planned_on else None,
    ]
