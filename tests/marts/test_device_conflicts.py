"""What of equipment ledgers is at odds with itself or with an earlier extract; expected by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.marts import device_conflicts, devices
from tests.counters import rows

OLD = date(2023, 6, 30)
JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
TWO = ({"institution_name": "甲卫生院"}, {"institution_code": "H2", "institution_name": "乙卫生院"})


def device(on: date = MAR, **given: Any) -> dict[str, Any]:
    return {"device_code": "S1", "extract_date": on, **given}


def conflicts(*given: dict[str, Any], as_of: date = MAR) -> list[dict[str, Any]]:
    mart = device_conflicts.build(
        rows.devices(*given), rows.institutions(*TWO), areas=rows.AREAS, as_of=as_of
    ).collect()
    return mart.to_dicts()


def reasons(*given: dict[str, Any]) -> list[str]:
    return [str(row["reason"]) for row in conflicts(*given)]


def shown(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_a_ledger_that_stays_as_it_was_is_at_odds_with_nothing() -> None:
    same = {"in_use_since": date(2020, 1, 1), "quantity": 2}
    assert conflicts(device(JAN, **same), device(FEB, **same), device(MAR, **same)) == []


def test_a_retired_device_in_use_again_is_told_with_the_extract_that_retired_it() -> None:
    (row,) = conflicts(device(JAN, state="retired"), device(FEB, state="retired"), device(MAR))
    assert row["reason"] == "returned"
    assert shown(row, "earlier_extract", "extract_date", "device_code") == (FEB, MAR, "S1")


@pytest.mark.parametrize("state", ["retired", "stopped", "repair"])
def test_a_device_retired_once_and_not_in_use_now_is_no_contradiction(state: str) -> None:
    assert reasons(device(JAN, state="retired"), device(MAR, state=state)) == []


def test_a_first_day_after_the_extract_is_told_and_one_on_its_day_is_not() -> None:
    later = device(in_use_since=date(2025, 4, 1))
    assert reasons(later) == ["after_extract"]
    assert reasons(later | {"in_use_since": MAR}) == []
    assert reasons(later | {"state": "stopped"}) == []


def test_a_first_day_that_changed_is_told_with_both_days() -> None:
    first, second = date(2019, 5, 1), date(2021, 5, 1)
    (row,) = conflicts(device(JAN, in_use_since=first), device(MAR, in_use_since=second))
    assert shown(row, "reason", "date_before", "date_after", "earlier_extract") == (
        "first_day_changed", first, second, JAN,
    )  # fmt: skip


def test_a_slip_that_was_put_right_and_a_day_filled_in_later_are_no_doubts() -> None:
    right, slip = {"in_use_since": date(2019, 5, 1)}, {"in_use_since": date(1919, 5, 1)}
    assert reasons(device(JAN, **right), device(FEB, **slip), device(MAR, **right)) == []
    assert reasons(device(JAN, **right), device(FEB, **slip), device(MAR)) == []
    assert reasons(device(JAN), device(MAR, **right)) == []


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [(1, 4, True), (4, 1, True), (3, 6, True), (1, 3, False), (10, 13, False), (2, 2, False)],
)
def test_a_number_jumps_when_it_doubles_and_grows_by_three(
    before: int, after: int, is_told: bool
) -> None:
    found = conflicts(device(FEB, quantity=before), device(quantity=after))
    told = [shown(r, "reason", "device_code", "quantity_before", "quantity_after") for r in found]
    assert told == ([("quantity_jump", "", before, after)] if is_told else [])


def test_a_number_that_jumped_and_came_back_or_grew_by_and_by_is_no_doubt() -> None:
    def course(*numbers: int) -> list[str]:
        return reasons(
            *(device(on, quantity=n) for on, n in zip((JAN, FEB, MAR), numbers, strict=True))
        )

    assert course(2, 30, 3) == []
    assert course(2, 3, 5) == []
    assert course(2, 8, 30) == ["quantity_jump"]


def test_numbers_are_those_of_the_type_without_retired_and_planned_ones() -> None:
    more = [device(device_code=f"S{n}", state=s) for n, s in enumerate(("retired", "planned"), 2)]
    assert reasons(device(FEB), device(quantity=2), *(row | {"quantity": 9} for row in more)) == []
    split = [device(FEB), device(device_code="S1"), device(device_code="S2", quantity=3)]
    assert reasons(*split) == ["quantity_jump"]


def many(*given: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return rows with thirty sound devices beside them."""
    return (*given, *(device(device_code=f"N{n}", device_type="ecg") for n in range(30)))


def test_one_number_in_use_in_two_institutions_is_told_once() -> None:
    both = [device(), device(institution_code="H2")]
    (row,) = conflicts(*many(*both))
    assert shown(row, "reason", "institution_name", "other_institution_name") == (
        "two_institutions", "甲卫生院", "乙卫生院",
    )  # fmt: skip


def test_a_device_that_moved_or_is_retired_in_one_place_is_in_one_place() -> None:
    assert reasons(*many(device(FEB), device(institution_code="H2"))) == []
    assert reasons(*many(device(), device(institution_code="H2", state="retired"))) == []
    assert reasons(*many(device(), device(institution_code="H2", device_type="ct"))) == []


def test_institutions_that_number_on_their_own_share_numbers_without_doubt() -> None:
    assert reasons(device(), device(institution_code="H2")) == []


def test_a_plan_that_is_over_due_or_in_use_already_is_told() -> None:
    plan = device(state="planned", planned_on=FEB)
    assert reasons(plan) == ["plan_overdue"]
    assert conflicts(plan)[0]["date_after"] == FEB
    assert reasons(plan | {"planned_on": MAR}) == []
    assert reasons(plan | {"planned_on": None}) == []
    assert reasons(plan | {"in_use_since": FEB}) == ["planned_in_use"]


def test_what_the_extract_in_force_no_longer_names_is_not_told() -> None:
    changed = [device(JAN, in_use_since=OLD), device(FEB, in_use_since=JAN)]
    assert reasons(*changed, device(MAR, device_code="S2")) == []


def test_extracts_older_than_a_year_and_other_devices_are_not_compared() -> None:
    assert reasons(device(OLD, state="retired"), device()) == []
    assert reasons(device(device_type="other", in_use_since=date(2026, 1, 1))) == []


def test_extracts_after_the_day_are_not_known_yet() -> None:
    later = device(MAR, in_use_since=date(2030, 1, 1))
    assert conflicts(device(FEB), later, as_of=FEB) == []


def test_a_planned_device_fills_no_gap_and_is_no_device() -> None:
    plan = {"state": "planned", "planned_on": date(2025, 6, 1), "reported_broken_on": JAN}
    mart = devices.build(
        rows.devices(plan, plan | {"planned_on": None, "quantity": 2}),
        rows.institutions({}),
        areas=rows.AREAS,
        as_of=MAR,
    ).collect()
    row = mart.filter(device_type="dr").row(0, named=True)
    assert str(row["state"]) == "planned"
    assert shown(row, "devices_in_use", "devices_total", "devices_planned") == (0, 0, 3)
    assert shown(row, "planned_on", "reported_broken_on") == (date(2025, 6, 1), None)


@pytest.mark.parametrize(
    ("other", "state"),
    [("in_use", "in_use"), ("repair", "repair"), ("stopped", "stopped"), ("retired", "planned")],
)
def test_a_plan_stands_behind_a_device_that_is_there_and_before_a_retired_one(
    other: str, state: str
) -> None:
    mart = devices.build(
        rows.devices({"state": "planned"}, {"state": other}),
        rows.institutions({}),
        areas=rows.AREAS,
        as_of=MAR,
    ).collect()
    row = mart.filter(device_type="dr").row(0, named=True)
    assert (str(row["state"]), row["devices_total"], row["devices_planned"]) == (state, 1, 1)
