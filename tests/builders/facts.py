"""What is known of an indicator, made by hand: facts, series of points, verdicts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard.reading.facts import Fact, Point
from dashboard.reading.measured import Reading
from dashboard.reading.week import Change
from pipeline.catalog import catalogue

KNOWN = catalogue().indicators
FLOW, MONEY = KNOWN["out_of_county_inpatient_rate"], KNOWN["fund_outflow_rate"]
STOCK, CLINICS = KNOWN["contract_rate"], KNOWN["standardised_clinic_rate"]
DEVICES = KNOWN["three_device_coverage"]


def reading(value: float | None) -> Reading:
    if value is None:
        return Reading(value=None)
    return Reading(value=value, lower=value - 0.002, upper=value + 0.002)


def points(values: list[float | None], *, step: str = "month", **options: Any) -> tuple[Point, ...]:
    first = dt.date(2025, 1, 1) if step == "month" else dt.date(2025, 1, 3)
    return tuple(
        Point(
            period=dt.date(2025, n + 1, 1) if step == "month" else first + dt.timedelta(weeks=n),
            numerator=options.get("numerators", [None] * len(values))[n],
            reading=reading(value),
            status=options.get("statuses", ["final"] * len(values))[n],
        )
        for n, value in enumerate(values)
    )


def fact(indicator: Any = FLOW, value: float | None = 0.248, **options: Any) -> Fact:
    given: dict[str, Any] = {
        "indicator": indicator,
        "area_code": "410225",
        "level": "county",
        "status": "final" if value is not None else "missing",
        "reading": reading(value),
        "numerator": 135_000,
        "denominator": 543_000,
        "until": dt.date(2025, 3, 31),
        "same_period": 0.261,
        "target": 0.22,
        "due": dt.date(2025, 12, 31),
        "months": points([0.25, 0.247, 0.24], statuses=["final", "final", "provisional"]),
        "weeks": (),
        "change": Change(verdict="improved", statistic="year", difference=-0.013),
    }
    return Fact(**given | options)


def change(verdict: Any, **options: Any) -> Change:
    return Change(verdict=verdict, **options)


LEVEL = {"statistic": "last_three", "difference": 0.016, "baseline": 0.529, "reports": 40}


def clinics(**options: Any) -> Fact:
    weeks = points([0.9] * 10, step="week", numerators=list(range(1940, 2011, 7))[:10])
    given: dict[str, Any] = {
        "numerator": 2011,
        "denominator": 2157,
        "target": 0.95,
        "until": dt.date(2025, 9, 30),
        "weeks": weeks,
        "months": (),
        "change": change("advanced"),
    }
    return fact(CLINICS, 2011 / 2157, **given | options)


class Judged:
    """A week in which the areas named are worse than their whole, on everything."""

    def __init__(self, *worse: str) -> None:
        self.worse = worse

    def claimed(self, _indicator: str, area: str, _other: str | None) -> str:
        return "worse" if area in self.worse else ""
