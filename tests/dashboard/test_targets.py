"""Which target holds for an area."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.places import GROUP, Place, Places
from dashboard.reading.targets import Target, target_in_force
from pipeline.catalog import Indicator, catalogue

RATE = replace(catalogue().indicators["contract_rate"], target=None)
COUNT = replace(catalogue().indicators["village_clinics"], target=None)
DUE, LATER = dt.date(2025, 12, 31), dt.date(2026, 12, 31)


def place(code: str, level: str, parent: str | None) -> Place:
    """Return an area of which nothing else matters."""
    return Place(
        code=code, name=code, level=level, parent_code=parent,
        located_in=None, has_polygon=True, is_complete=True, population=None,
    )  # fmt: skip


PLACES = Places([
    place(GROUP, "group", None),
    place("K", "city", GROUP), place("Z", "city", GROUP),
    place("K1", "county", "K"), place("K2", "county", "K"), place("K11", "township", "K1"),
])  # fmt: skip


def in_force(code: str, told: dict[str, Target], indicator: Indicator = RATE) -> Target:
    """Return the target of an area where the table tells these."""
    targets = {(indicator.id, area): target for area, target in told.items()}
    return target_in_force(targets, indicator, places=PLACES, code=code)


@pytest.mark.parametrize(
    ("code", "told", "expected"),
    [
        ("K1", {"K1": (0.7, DUE), "K": (0.6, DUE)}, (0.7, DUE)),
        ("K11", {"K": (0.6, DUE), GROUP: (0.5, DUE)}, (0.6, DUE)),
        (GROUP, {"K": (0.6, DUE), "Z": (0.6, DUE)}, (0.6, DUE)),
        (GROUP, {"K": (0.6, DUE), "Z": (0.6, DUE), GROUP: (0.5, LATER)}, (0.5, LATER)),
        (GROUP, {"K": (0.6, DUE), "Z": (0.7, DUE)}, (None, None)),
        (GROUP, {"K": (0.6, DUE), "Z": (0.6, LATER)}, (None, None)),
        (GROUP, {"K": (0.6, DUE)}, (None, None)),
        (GROUP, {}, (None, None)),
        ("K", {"K1": (0.6, DUE), "K2": (0.6, DUE)}, (0.6, DUE)),
    ],
)
def test_the_nearest_target_holds_and_parts_speak_for_the_whole_where_they_agree(
    code: str, told: dict[str, Target], expected: Target
) -> None:
    assert in_force(code, told) == expected


def test_what_each_part_should_have_is_no_target_of_their_sum() -> None:
    told: dict[str, Target] = {"K": (5.0, DUE), "Z": (5.0, DUE)}
    assert in_force(GROUP, told, COUNT) == (None, None)


def test_a_declared_target_holds_where_nobody_set_one() -> None:
    declared = replace(RATE, target=1.0)
    assert in_force("K1", {"Z": (0.6, DUE)}, declared) == (1.0, None)


def test_a_part_is_due_with_the_whole_unless_it_has_a_day_of_its_own() -> None:
    part = catalogue().indicators["dr_coverage"]
    told: dict[tuple[str, str], Target] = {("three_device_coverage", "K"): (0.9, DUE)}
    assert target_in_force(told, part, places=PLACES, code="K11") == (1.0, DUE)
    assert target_in_force(told, part, places=PLACES, code="Z") == (1.0, None)
    own = told | {("dr_coverage", "K1"): (0.95, LATER)}
    assert target_in_force(own, part, places=PLACES, code="K11") == (0.95, LATER)
