from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.catalog import catalogue
from pipeline.contracts.counters import FlowCounter
from pipeline.counters import activity, referrals
from tests.counters import rows

DAY = date(2025, 1, 10)
NO_REFERRALS = rows.referrals()


def counted(*given: dict, referred: pl.LazyFrame = NO_REFERRALS) -> dict[str, int]:
    """Return the counters of the one county and day."""
    settled = rows.settled(rows.settlements(*given), referred)
    found = rows.values(rows.flow_counters(settled))
    assert {(area, day) for _, area, day in found} <= {("410202", DAY)}
    return {counter: value for (counter, _, _), value in found.items()}


def test_the_counters_are_those_of_the_catalogue() -> None:
    of_source = {c.id for c in catalogue().counters.values() if c.source == "settlements"}
    assert set(counted({}, referred=rows.referrals({}))) == of_source
    frame = rows.flow_counters(rows.settled(rows.settlements({}))).collect()
    FlowCounter.validate(frame, cast=False)


def test_referral_counters_are_those_of_the_catalogue() -> None:
    found = referrals.count(rows.referrals({})).collect()
    FlowCounter.validate(found, cast=False)
    of_source = {c.id for c in catalogue().counters.values() if c.source == "referrals"}
    assert set(found["counter_id"]) == of_source


def test_admissions_are_split_by_where_they_went() -> None:
    tiers = ["same_county"] * 4 + ["same_city"] * 3 + ["same_province"] * 2 + ["other_province"]
    found = counted(*({"destination_tier": t} for t in tiers))
    assert found["inpatient_settlements"] == 10
    assert found["inpatient_same_county"] == 4
    assert found["inpatient_same_city"] == 3
    assert found["inpatient_same_province"] == 2
    assert found["inpatient_other_province"] == 1
    assert found["inpatient_out_of_county"] == 3 + 2 + 1


def test_births_are_admissions_and_pharmacies_are_nothing() -> None:
    found = counted(
        {"care_type": "maternity", "fund_fen": 3},
        {"care_type": "pharmacy", "fund_fen": 5, "destination_tier": "same_city"},
        {"care_type": "outpatient", "fund_fen": 7, "destination_tier": "same_city"},
        {"care_type": "chronic_outpatient", "fund_fen": 11},
    )
    assert found["inpatient_settlements"] == 1
    assert found["settlements_all"] == 3
    assert found["settlements_in_county"] == 2
    assert found["fund_paid_fen"] == 3 + 7 + 11
    assert found["fund_paid_outside_fen"] == 7
    assert found["fund_paid_inside_fen"] == 3 + 11


def test_the_cost_of_stays_is_that_of_stays_in_the_county() -> None:
    found = counted(
        {"total_fen": 100_01},
        {"care_type": "maternity", "total_fen": 200_02},
        {"total_fen": 400_04, "destination_tier": "same_city"},
        {"care_type": "outpatient", "total_fen": 800_08},
    )
    assert found["inpatient_cost_inside_fen"] == 100_01 + 200_02


def test_a_reversal_takes_its_original_out_of_every_counter() -> None:
    stay = {"destination_tier": "same_city", "fund_fen": 900, "person_key": 7}
    reversal = {**stay, "sign": -1, "fund_fen": -900, "settled_on": date(2025, 3, 1)}
    upward = rows.referrals({"person_key": 7, "referred_on": DAY})
    found = counted(stay, reversal, stay, referred=upward)
    assert found["inpatient_settlements"] == found["inpatient_out_of_county"] == 1
    assert found["inpatient_outflow_referred"] == 1
    assert found["fund_paid_outside_fen"] == 900


def test_zero_is_counted_where_the_county_reported() -> None:
    found = counted({"care_type": "outpatient"}, referred=rows.referrals({}))
    assert found["inpatient_settlements"] == 0
    assert found["inpatient_outflow_referred"] == 0


@pytest.mark.parametrize(
    ("referral", "is_told"),
    [
        ({}, True),
        ({"direction": "down", "person_key": None}, True),  # somebody sends referrals
        ({"referred_on": date(2024, 12, 2)}, True),  # 30 days before the month
        ({"referred_on": date(2024, 12, 1)}, False),
        ({"referred_on": date(2025, 2, 1)}, False),  # the month after
        ({"county_code": "410203"}, True),  # another county's
    ],
)
def test_without_referrals_of_a_month_none_is_no_zero(referral: dict, is_told: bool) -> None:
    stay = {"destination_tier": "same_city", "person_key": 7}
    found = counted(stay, referred=rows.referrals(referral))
    assert found["inpatient_out_of_county"] == 1
    assert ("inpatient_outflow_referred" in found) == is_told


@pytest.mark.parametrize(
    ("referral", "is_referred"),
    [
        ({"referred_on": date(2025, 1, 10)}, True),  # the same day
        ({"referred_on": date(2024, 12, 11)}, True),  # 30 days before
        ({"referred_on": date(2024, 12, 10)}, False),  # 31 days before
        ({"referred_on": date(2025, 1, 11)}, False),  # afterwards
        ({"person_key": 8}, False),  # somebody else
        ({"person_key": None}, False),
        ({"direction": "down"}, False),
    ],
)
def test_referred_is_an_upward_referral_of_the_same_person_in_thirty_days(
    referral: dict, is_referred: bool
) -> None:
    upward = rows.referrals({"person_key": 7, **referral})
    stay = {"destination_tier": "same_city", "person_key": 7}
    assert counted(stay, referred=upward)["inpatient_outflow_referred"] == int(is_referred)


@pytest.mark.parametrize(
    "stay", [{"destination_tier": "same_county"}, {"care_type": "outpatient"}, {"person_key": None}]
)
def test_only_admissions_outside_the_county_can_be_referred_outflow(stay: dict) -> None:
    upward = rows.referrals({"person_key": 7})
    given = {"destination_tier": "same_city", "person_key": 7, **stay}
    assert counted(given, referred=upward)["inpatient_outflow_referred"] == 0


def test_several_referrals_make_one_referred_admission() -> None:
    upward = rows.referrals(
        {"person_key": 7, "referred_on": date(2025, 1, 2)},
        {"person_key": 7, "referred_on": date(2025, 1, 5)},
    )
    found = counted({"destination_tier": "same_city", "person_key": 7}, referred=upward)
    assert found["inpatient_outflow_referred"] == 1


def test_referrals_count_by_direction_and_day() -> None:
    found = rows.values(
        referrals.count(
            rows.referrals({}, {}, {"direction": "down"}, {"referred_on": date(2025, 1, 2)})
        )
    )
    assert found == {
        ("referrals_up", "410202", date(2025, 1, 1)): 2,
        ("referrals_down", "410202", date(2025, 1, 1)): 1,
        ("referrals_up", "410202", date(2025, 1, 2)): 1,
        ("referrals_down", "410202", date(2025, 1, 2)): 0,
    }


def test_a_monthly_flow_is_booked_on_the_last_day_and_stocks_are_left_out() -> None:
    given = rows.activity(
        {"item": "remote_ecg", "month": date(2024, 2, 1), "value": 17},
        {"item": "technical_staff", "value": 3},
    )
    found = activity.count_flows(given, counters=["remote_ecg"])
    assert rows.values(found) == {("remote_ecg", "410202", date(2024, 2, 29)): 17}
    FlowCounter.validate(found.collect(), cast=False)


def test_every_activity_item_is_counted_as_its_kind() -> None:
    items = {c.id: c.kind for c in catalogue().counters.values() if c.source == "activity"}
    given = rows.activity(*({"item": item, "value": 1} for item in items))
    flows = [i for i, kind in items.items() if kind == "flow"]
    stocks = [i for i, kind in items.items() if kind == "stock"]
    end = [date(2025, 1, 31)]
    counted_flows = activity.count_flows(given, counters=flows).collect()["counter_id"]
    counted_stocks = activity.count_stocks(given, counters=stocks, dates=end).collect()
    assert sorted(counted_flows) == sorted(flows)
    assert sorted(counted_stocks["counter_id"]) == sorted(stocks)
