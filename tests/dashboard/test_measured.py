"""How far a value is from its target, and what counts facilities."""

from __future__ import annotations

import pytest

from dashboard.reading import measured
from pipeline.catalog import catalogue

HIGHER = catalogue().indicators["contract_rate"]
LOWER = catalogue().indicators["out_of_county_inpatient_rate"]
CLINICS = catalogue().indicators["standardised_clinic_rate"]


def test_facility_counts_are_registries_and_rates_of_persons_are_not() -> None:
    assert measured.is_registry(CLINICS)
    assert not measured.is_registry(HIGHER)
    assert not measured.is_registry(LOWER)


def test_how_far_a_target_is() -> None:
    assert measured.shortfall(0.90, 0.95, CLINICS) == pytest.approx(0.05)
    assert measured.shortfall(0.96, 0.95, CLINICS) == 0
    assert measured.shortfall(0.25, 0.22, LOWER) == pytest.approx(0.03)
    assert measured.shortfall(0.22, 0.22, LOWER) == 0
    # 95 % of 2157 is 2049.15, so 2050 are needed.
    assert measured.missing_units(2011, 2157, 0.95) == 39
    assert measured.missing_units(95, 100, 0.95) == 0


def test_pace_needs_nine_weeks() -> None:
    assert measured.weekly_pace([1] * 8) is None
    assert measured.weekly_pace([0, 1, 2, 3, 4, 5, 6, 7, 16]) == 2.0
