"""A device that is planned counts nowhere, whatever dates its row carries."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.contracts.words import THREE_DEVICES
from pipeline.counters import equipment
from tests.counters import rows

JAN = date(2025, 1, 31)
PLANS = [
    {"device_type": kind, "state": "planned", "is_renewal_project": True, **dates}
    for kind in THREE_DEVICES
    for dates in ({}, {"bought_on": date(2024, 12, 1)}, {"in_use_since": date(2024, 12, 1)})
]


@pytest.mark.parametrize("beside", [[], [{"device_type": "ecg"}]])
def test_plans_cover_no_centre_and_are_no_delivered_items(beside: list[dict]) -> None:
    found = rows.values(
        equipment.count(
            rows.devices(*PLANS, *beside), rows.institutions({}), areas=rows.AREAS, dates=[JAN]
        )
    )
    assert set(found.values()) == {0}
    assert ("equipment_items_delivered", "410202001", JAN) in found
