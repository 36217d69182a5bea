"""When a difference may be called one."""

from __future__ import annotations

import dataclasses

import pytest

from dashboard.reading import marks
from dashboard.reading.marks import Reading
from pipeline.catalog import Indicator, catalogue

HIGHER = catalogue().indicators["contract_rate"]  # material difference 0.01
LOWER = catalogue().indicators["out_of_county_inpatient_rate"]
CLINICS = catalogue().indicators["standardised_clinic_rate"]


def reading(value: float | None, half: float | None = 0.002) -> Reading:
    if value is None or half is None:
        return Reading(value=value)
    return Reading(value=value, lower=value - half, upper=value + half)


@pytest.mark.parametrize(
    ("value", "half", "indicator", "expected"),
    [
        (0.56, 0.002, HIGHER, "better"),
        (0.52, 0.002, HIGHER, "worse"),
        (0.56, 0.002, LOWER, "worse"),
        (0.52, 0.002, LOWER, "better"),
        (0.549, 0.002, HIGHER, "similar"),  # significant, but below the material difference
        (0.58, 0.06, HIGHER, "similar"),  # material, but the interval holds the reference
        (0.55, 0.005, HIGHER, "better"),  # exactly the material difference counts
        (0.56, None, HIGHER, "none"),  # no interval, no claim
        (None, None, HIGHER, "none"),
    ],
)
def test_a_mark_needs_both_interval_and_material_difference(
    value: float | None, half: float | None, indicator: Indicator, expected: str
) -> None:
    assert marks.mark(reading(value, half), 0.54, indicator) == expected


def test_nothing_is_marked_without_a_reference_or_a_polarity() -> None:
    assert marks.mark(reading(0.6), None, HIGHER) == "none"
    neutral = dataclasses.replace(HIGHER, polarity="none")
    assert marks.mark(reading(0.6), 0.5, neutral) == "none"
    assert marks.verdict(reading(0.6), 0.5, neutral) == "not_judged"
    assert marks.registry_verdict([1, 2], neutral) == ("not_judged", 0)


@pytest.mark.parametrize(
    ("value", "half", "prior", "indicator", "expected"),
    [
        (0.56, 0.002, 0.54, HIGHER, "improved"),
        (0.52, 0.002, 0.54, HIGHER, "worsened"),
        (0.52, 0.002, 0.54, LOWER, "improved"),
        (0.545, 0.002, 0.54, HIGHER, "normal"),
        (0.56, 0.05, 0.54, HIGHER, "normal"),
        (0.56, None, 0.54, HIGHER, "not_judged"),
        (0.56, 0.002, None, HIGHER, "not_judged"),
    ],
)
def test_a_change_is_judged_like_a_difference(
    value: float, half: float | None, prior: float | None, indicator: Indicator, expected: str
) -> None:
    assert marks.verdict(reading(value, half), prior, indicator) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([5, 6], ("improved", 0)),
        ([6, 5], ("worsened", 0)),
        ([5, 6, 6], ("normal", 1)),
        ([5, 6, 6, 6, 6, 6], ("unchanged", 4)),
        ([6, 6, 6, 6, 6], ("unchanged", 4)),
        ([None, 6], ("not_judged", 0)),
        ([], ("not_judged", 0)),
    ],
)
def test_a_registry_moves_without_chance(
    numbers: list[int | None], expected: tuple[str, int]
) -> None:
    assert marks.registry_verdict(numbers, CLINICS) == expected


def test_facility_counts_are_registries_and_rates_of_persons_are_not() -> None:
    assert marks.is_registry(CLINICS)
    assert not marks.is_registry(HIGHER)
    assert not marks.is_registry(LOWER)


def test_how_far_a_target_is() -> None:
    assert marks.shortfall(0.90, 0.95, CLINICS) == pytest.approx(0.05)
    assert marks.shortfall(0.96, 0.95, CLINICS) == 0
    assert marks.shortfall(0.25, 0.22, LOWER) == pytest.approx(0.03)
    assert marks.shortfall(0.22, 0.22, LOWER) == 0
    # 95 % of 2157 is 2049.15, so 2050 are needed.
    assert marks.missing_units(2011, 2157, 0.95) == 39
    assert marks.missing_units(95, 100, 0.95) == 0


def test_pace_needs_nine_weeks() -> None:
    assert marks.weekly_pace([1] * 8) is None
    assert marks.weekly_pace([0, 1, 2, 3, 4, 5, 6, 7, 16]) == 2.0
