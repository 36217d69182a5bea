from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.counters import rows
from tests.marts import small_world as world


def built(days: dict[date, int], *, as_of: date) -> dict[tuple[date, str], dict]:
    """Build a county with so many admissions on each day, half of them outside."""
    given = [
        {"service_date": day, "settled_on": day, "destination_tier": tier, "settlement_id": f"{n}"}
        for n, (day, tier) in enumerate(
            (day, tier)
            for day, count in days.items()
            for tier in ("same_county", "same_city")
            for _ in range(count // 2)
        )
    ]
    marts = world.build({"settlements": rows.settlements(*given)}, as_of=as_of)
    mart = marts["indicator_to_date"].filter(
        indicator_id="out_of_county_inpatient_rate", area_code="410202"
    )
    return {(row["month"], str(row["period_kind"])): row for row in mart.iter_rows(named=True)}


def test_the_period_so_far_is_set_beside_the_same_days_a_year_ago() -> None:
    days = {
        date(2024, 1, 20): 40,
        date(2024, 2, 10): 60,
        date(2024, 2, 20): 200,  # after the cut: not part of 截至同期
        date(2025, 1, 20): 80,
        date(2025, 2, 10): 100,
    }
    found = built(days, as_of=date(2025, 2, 15))
    month = found[date(2025, 2, 1), "month"]
    year = found[date(2025, 2, 1), "year"]
    assert (month["numerator"], month["denominator"]) == (50, 100)
    assert (month["prior_numerator"], month["prior_denominator"]) == (30, 60)
    assert (month["prior_start"], month["prior_end"]) == (date(2024, 2, 1), date(2024, 2, 15))
    assert (year["numerator"], year["denominator"]) == (90, 180)
    assert (year["prior_numerator"], year["prior_denominator"]) == (50, 100)
    assert year["value"] == year["prior_value"] == 0.5


def test_quarters_begin_again_and_years_run_on() -> None:
    days = {date(2025, m, 10): 40 * m for m in range(1, 6)}
    found = built(days, as_of=date(2025, 5, 31))
    assert found[date(2025, 3, 1), "quarter"]["denominator"] == 40 + 80 + 120
    assert found[date(2025, 4, 1), "quarter"]["denominator"] == 160
    assert found[date(2025, 5, 1), "quarter"]["denominator"] == 160 + 200
    assert found[date(2025, 5, 1), "year"]["denominator"] == 40 + 80 + 120 + 160 + 200


def test_29_february_is_part_of_a_whole_february() -> None:
    days = {date(2023, 2, 28): 40, date(2024, 2, 29): 60, date(2025, 2, 28): 80}
    found = built(days, as_of=date(2025, 2, 28))
    assert found[date(2024, 2, 1), "month"]["denominator"] == 60
    assert found[date(2024, 2, 1), "month"]["prior_denominator"] == 40
    assert found[date(2025, 2, 1), "month"]["prior_denominator"] == 60
    assert found[date(2025, 2, 1), "month"]["prior_end"] == date(2024, 2, 29)


def test_before_the_reporting_range_there_is_nothing_to_compare_with() -> None:
    found = built({date(2025, 1, 10): 40}, as_of=date(2025, 1, 31))
    row = found[date(2025, 1, 1), "month"]
    assert (row["prior_numerator"], str(row["prior_status"])) == (None, "missing")


def test_a_window_with_a_month_unreported_is_provisional() -> None:
    days = {date(2024, 1, 10): 40, date(2024, 3, 10): 40, date(2025, 1, 10): 40}
    found = built(days, as_of=date(2025, 1, 31))
    assert str(found[date(2024, 3, 1), "month"]["status"]) == "final"
    assert str(found[date(2024, 3, 1), "year"]["status"]) == "provisional"
    assert str(found[date(2024, 2, 1), "month"]["status"]) == "missing"


@pytest.mark.parametrize(
    ("before", "after"), [(8, 60), (60, 8)], ids=["the cut is small", "the rest is small"]
)
def test_a_cut_month_is_hidden_when_either_half_is_small(before: int, after: int) -> None:
    """The month is published whole: one half and the whole would give the other half."""
    days = {date(2024, 2, 10): before, date(2024, 2, 20): after, date(2025, 2, 10): 100}
    found = built(days, as_of=date(2025, 2, 15))
    for kind in ("month", "quarter", "year"):
        row = found[date(2025, 2, 1), kind]
        assert (row["prior_numerator"], str(row["prior_status"])) == (None, "suppressed")
    assert found[date(2024, 2, 1), "month"]["numerator"] == (before + after) // 2


def test_a_window_is_hidden_with_any_hidden_month_and_next_year_as_prior() -> None:
    days = {date(2024, 1, 10): 8, date(2024, 2, 10): 60, date(2025, 1, 10): 60,
            date(2025, 2, 10): 60}  # fmt: skip
    found = built(days, as_of=date(2025, 2, 28))
    assert str(found[date(2024, 1, 1), "month"]["status"]) == "suppressed"
    assert str(found[date(2024, 2, 1), "year"]["status"]) == "suppressed"
    assert str(found[date(2024, 2, 1), "month"]["status"]) == "final"
    assert str(found[date(2025, 2, 1), "year"]["prior_status"]) == "suppressed"
    assert str(found[date(2025, 2, 1), "year"]["status"]) == "provisional"


def test_a_stray_day_before_the_range_is_no_year_ago() -> None:
    given = [
        {"service_date": day, "settled_on": date(2025, 1, 5), "settlement_id": f"{day}{n}"}
        for day in (date(2024, 12, 30), date(2025, 12, 30))
        for n in range(20)
    ]
    marts = world.build({"settlements": rows.settlements(*given)}, as_of=date(2025, 12, 31))
    december = marts["indicator_to_date"].filter(
        indicator_id="in_county_inpatient_share", month=date(2025, 12, 1), period_kind="month"
    )
    assert december["numerator"].to_list() == [20]
    assert december["prior_status"].cast(pl.String).to_list() == ["missing"]


def test_late_and_early_days_outside_the_range_do_not_count() -> None:
    """A stay that ended before the first settlement month belongs to a month nobody reported."""
    given = rows.settlements(
        *({"service_date": date(2024, 12, 30), "settled_on": date(2025, 1, 5)} for _ in range(20)),
        *({"service_date": date(2025, 1, 3), "settled_on": date(2025, 1, 5)} for _ in range(20)),
    )
    marts = world.build({"settlements": given}, as_of=date(2025, 1, 31))
    assert set(marts["indicator_monthly"]["month"]) == {date(2025, 1, 1)}
    assert marts["flow_monthly"]["settlements"].sum() == 20
    assert marts["flow_monthly"].filter(pl.col("month") < date(2025, 1, 1)).is_empty()
