"""The marts as a whole: contracts, order, sums, and what subtraction could recover."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest

from pipeline.catalog import catalogue
from pipeline.contracts.marts import MARTS
from pipeline.counters.settlements import DIFFERENCES, SUMS
from pipeline.errors import SourceError
from tests.counters import rows
from tests.marts import small_world as world


@pytest.fixture(scope="module")
def marts() -> dict[str, pl.DataFrame]:
    return world.whole()


def test_every_mart_keeps_its_contract_column_for_column(marts) -> None:
    assert set(marts) == set(MARTS)
    for name, contract in MARTS.items():
        assert marts[name].columns == contract.create_empty().columns, name
        contract.validate(marts[name], cast=False)


def test_the_order_of_rows_does_not_matter(marts) -> None:
    random = Random(7)
    shuffled = {
        name: lf.collect().sample(fraction=1, shuffle=True, seed=random.randint(1, 99)).lazy()
        for name, lf in world.tables().items()
    }
    for name, frame in world.build(shuffled).items():
        assert frame.equals(marts[name]), name


def test_sorted_by_the_access_path(marts) -> None:
    keys = ["indicator_id", "area_level", "area_code", "month"]
    monthly = marts["indicator_monthly"]
    assert monthly.equals(monthly.sort(keys))


def visible(monthly: pl.DataFrame) -> pl.DataFrame:
    return monthly.filter(pl.col("numerator").is_not_null())


def test_exact_city_totals_are_the_sums_of_the_staged_rows(marts) -> None:
    staged = world.tables()["settlements"].collect()
    city = staged.filter(pl.col("insured_county").str.starts_with("4102"))
    expected = {
        month: [away.height, of_month.height]
        for month in world.MONTHS
        if (of_month := city.filter(pl.col("service_date").dt.month_start() == month)).height
        and (away := of_month.filter(pl.col("destination_tier") != "same_county")).height
    }
    given = {"indicator_id": "out_of_county_inpatient_rate", "area_code": "410200"}
    city_rows = marts["indicator_monthly"].filter(**given)
    found = city_rows.select("month", "numerator", "denominator").iter_rows()
    assert {month: counts for month, *counts in found} == expected


def test_rates_lie_between_their_limits_and_within_zero_and_one(marts) -> None:
    rates = marts["indicator_monthly"].filter(
        pl.col("method") == "wilson", pl.col("value").is_not_null()
    )
    assert rates.height > 100
    lower, value, upper = pl.col("lower"), pl.col("value"), pl.col("upper")
    inside = (lower >= 0) & (lower <= value) & (value <= upper) & (upper <= 1)
    assert rates.select(inside.all()).item()


def test_money_has_a_value_without_an_interval_and_a_count_is_its_own_value(marts) -> None:
    monthly = visible(marts["indicator_monthly"])
    money = monthly.filter(indicator_id="fund_outflow_rate").drop_nulls("value")
    assert money.height
    assert set(money["method"]) == {"share"}
    assert money.select(pl.col("lower", "upper").is_null().all()).row(0) == (True, True)
    counts = monthly.filter(indicator_id="remote_ecg", area_code="410200")
    assert counts["value"].to_list() == [2.0 * (10 + n) for n in range(6)]
    assert set(counts["method"]) == {"count"}


def test_the_last_months_of_claims_are_provisional_and_of_others_the_running_one(marts) -> None:
    city = marts["indicator_monthly"].filter(area_code="410200")

    def statuses(indicator: str) -> list[str]:
        return city.filter(indicator_id=indicator)["status"].cast(pl.String).to_list()

    assert statuses("out_of_county_inpatient_rate") == ["final"] * 3 + ["provisional"] * 3
    assert statuses("remote_ecg") == ["final"] * 5 + ["provisional"]
    assert statuses("contract_rate") == ["final"] * 6


def test_suppressed_rows_hide_everything_derived(marts) -> None:
    for name in ("indicator_monthly", "indicator_weekly"):
        hidden = marts[name].filter(pl.col("status") == "suppressed")
        assert hidden.height, name
        secret = hidden.select("numerator", "value", "lower", "upper")
        assert secret.null_count().row(0) == (hidden.height,) * 4
        assert set(hidden["area_level"].cast(pl.String)) <= {"county", "township"}
    counts = {i.id for i in catalogue().indicators.values()
              if catalogue().counters[i.numerator].patient_derived}  # fmt: skip
    small = visible(marts["indicator_monthly"]).filter(
        pl.col("numerator").is_between(1, 9),
        pl.col("indicator_id").is_in(counts),
        pl.col("area_level").cast(pl.String).is_in(["county", "township"]),
    )
    assert small.is_empty()


def published_cells(monthly: pl.DataFrame) -> dict[tuple[str, str, date], int]:
    """Return what a reader of the mart knows: counter, area, month → value."""
    known: dict[tuple[str, str, date], int] = {}
    for indicator in catalogue().indicators.values():
        of = monthly.filter(indicator_id=indicator.id)
        for role in ("numerator", "denominator"):
            counter = getattr(indicator, role)
            for area, month, value in of.select("area_code", "month", role).iter_rows():
                if counter is not None and value is not None:
                    known[counter, area, month] = value
    return known


def test_no_hidden_count_can_be_had_by_subtraction(marts) -> None:
    """The oracle knows every sum there is and solves them one by one until nothing moves."""
    known = published_cells(marts["indicator_monthly"])
    before = set(known)
    sums = []
    areas = ("410200", "410202", "410203", "6109HK")
    for month in world.MONTHS:
        for counter in {c for total, parts in SUMS for c in (total, *parts)}:
            sums.append([(counter, a, month) for a in ("410200", "410202", "410203")])
        for area in areas:
            for total, parts in SUMS:
                sums.append([(c, area, month) for c in (total, *parts)])
    moved = True
    while moved:
        moved = False
        for total, *parts in sums:
            unknown = [c for c in (total, *parts) if c not in known]
            if len(unknown) == 1:
                rest = sum(known[p] for p in parts if p in known)
                known[unknown[0]] = known[total] - rest if unknown[0] != total else rest
                moved = True
    # What nobody prints may be had, unless it is a small count of people.
    told = {cell: known[cell] for cell in set(known) - before}
    assert {counter for counter, _, _ in told} <= set(DIFFERENCES)
    assert not [cell for cell, n in told.items() if 0 < n < 10 and cell[1] != "410200"]
    hidden = marts["indicator_monthly"].filter(status="suppressed", area_level="county")
    assert hidden.height > 10


def test_every_visible_window_is_a_sum_of_visible_months(marts) -> None:
    """So the windows tell nothing that the months do not."""
    monthly = marts["indicator_monthly"]
    known = published_cells(monthly)
    missing = {
        (catalogue().indicators[i].numerator, a, m)
        for i, a, m in monthly.filter(status="missing")
        .select("indicator_id", "area_code", "month")
        .iter_rows()
    }
    windows = visible(marts["indicator_to_date"]).filter(area_level="county")
    assert windows.height > 50
    for row in windows.iter_rows(named=True):
        numerator = catalogue().indicators[row["indicator_id"]].numerator
        months = [m for m in world.MONTHS if row["period_start"] <= m <= row["period_end"]]
        cells = {(numerator, row["area_code"], m) for m in months} - missing
        expected = sum(known[cell] for cell in cells)
        assert row["numerator"] == expected, row


def test_a_county_that_sent_nothing_is_missing_and_its_city_provisional() -> None:
    tables = world.tables()
    month = date(2025, 2, 1)
    gap = (pl.col("county_code") == "410203") & (pl.col("month") == month)
    tables["activity"] = tables["activity"].filter(~gap)
    monthly = world.build(tables)["indicator_monthly"]
    rows = monthly.filter(indicator_id="remote_ecg", month=month)
    found = {a: (s, n) for a, s, n in rows.select("area_code", "status", "numerator").iter_rows()}
    assert found == {
        "410202": ("final", 11),
        "410203": ("missing", None),
        "410200": ("provisional", 11),
        "all": ("provisional", 11),
        "6109HK": ("final", 11),
    }


def test_a_county_without_a_source_is_missing_in_every_month_of_its_range() -> None:
    tables = world.tables()
    tables["devices"] = tables["devices"].filter(pl.col("institution_code") != "H3")
    monthly = world.build(tables)["indicator_monthly"]
    rows = monthly.filter(indicator_id="dr_coverage", area_code="410203")
    assert rows["status"].to_list() == ["missing"] * 6
    assert rows["denominator"].is_null().all()
    townships = monthly.filter(indicator_id="dr_coverage", area_code="410203001")
    assert townships.is_empty()


def test_a_source_that_is_absent_altogether_leaves_no_rows() -> None:
    tables = world.tables()
    del tables["devices"]
    built = world.build(tables)
    assert built["indicator_monthly"].filter(indicator_id="dr_coverage").is_empty()
    assert built["devices"]["state"].cast(pl.String).to_list() == ["missing"] * 12
    assert built["devices"]["as_of"].is_null().all()


def test_without_any_data_the_build_stops_with_a_sentence() -> None:
    with pytest.raises(SourceError, match="没有任何可用的数据"):
        world.build({})


def test_a_row_with_a_wrong_year_does_not_open_years_of_missing_months() -> None:
    days = [date(2025, 1, 10)] * 300 + [date(2012, 1, 10)]
    given = (
        {"service_date": d, "settled_on": d, "settlement_id": f"{n}"} for n, d in enumerate(days)
    )
    monthly = world.build({"settlements": rows.settlements(*given)}, as_of=date(2025, 1, 31))
    assert set(monthly["indicator_monthly"]["month"]) == {date(2025, 1, 1)}


def test_the_running_month_is_read_at_the_as_of_date() -> None:
    as_of = date(2025, 5, 14)
    monthly = world.build(world.tables(), as_of=as_of)["indicator_monthly"]
    may = monthly.filter(month=date(2025, 5, 1), area_code="410200")
    assert set(may["as_of"]) == {as_of}
    staged = world.tables()["settlements"].collect()
    is_seen = pl.col("service_date").is_between(date(2025, 5, 1), as_of)
    seen = staged.filter(pl.col("insured_county").is_in(["410202", "410203"]), is_seen)
    inpatients = may.filter(indicator_id="in_county_inpatient_share").row(0, named=True)
    assert inpatients["denominator"] == seen.height
    assert inpatients["status"] == "provisional"


def test_weeks_end_on_fridays_up_to_the_as_of_date(marts) -> None:
    weekly = marts["indicator_weekly"]
    assert set(weekly["week_ending"].dt.weekday()) == {5}
    assert weekly["week_ending"].max() == date(2025, 6, 27)
    flows = {i.id for i in catalogue().indicators.values() if i.kind == "flow"}
    assert set(weekly["indicator_id"]).isdisjoint(flows)


def test_no_row_below_the_finest_level(marts) -> None:
    monthly = marts["indicator_monthly"].with_columns(pl.col("area_level").cast(pl.String))
    for indicator, level in monthly.select("indicator_id", "area_level").unique().iter_rows():
        assert catalogue().indicators[indicator].reaches(level)


def test_an_unknown_indicators_target_is_left_out(marts) -> None:
    assert marts["targets"]["indicator_id"].to_list() == ["contract_rate"]


def county(*settlements: tuple[int, dict], referrals: tuple[dict, ...] = ()) -> pl.DataFrame:
    """Build one county and month from counted kinds of settlements."""
    given = [row for count, row in settlements for _ in range(count)]
    numbered = ({**row, "settlement_id": f"{n}"} for n, row in enumerate(given))
    tables = {"settlements": rows.settlements(*numbered), "referrals": rows.referrals(*referrals)}
    return world.build(tables, as_of=date(2025, 1, 31))["indicator_monthly"]


@pytest.mark.parametrize("referrals", [(), ({},)])
def test_an_amount_that_rests_on_few_visits_is_hidden(referrals: tuple[dict, ...]) -> None:
    outside = {"destination_tier": "same_city", "care_type": "outpatient", "fund_fen": 90_000}
    for count, status, numerator in ((9, "suppressed", None), (10, "provisional", 900_000)):
        monthly = county((50, {"care_type": "outpatient"}), (count, outside), referrals=referrals)
        row = monthly.filter(indicator_id="fund_outflow_rate").row(0, named=True)
        assert (str(row["status"]), row["numerator"]) == (status, numerator)
        assert (row["value"] is None) == (numerator is None)


def test_a_hidden_denominator_hides_the_row_and_itself() -> None:
    monthly = county((50, {}), (5, {"destination_tier": "same_city"}), referrals=({},))
    row = monthly.filter(indicator_id="referred_outflow_share").row(0, named=True)
    assert str(row["status"]) == "suppressed"
    assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)


def test_a_part_above_its_whole_is_no_rate_and_never_final() -> None:
    """Nothing holds the items of a monthly report to each other."""
    items = ({"item": "visits_total", "value": 10}, {"item": "visits_primary", "value": 11})
    monthly = world.build({"activity": rows.activity(*items)}, as_of=date(2025, 2, 28))
    found = monthly["indicator_monthly"].filter(indicator_id="primary_visit_share")
    row = found.filter(area_code="410202").row(0, named=True)
    assert (row["numerator"], row["denominator"], row["value"]) == (11, 10, None)
    assert str(row["status"]) == "not_applicable"


def test_a_denominator_of_zero_is_not_applicable() -> None:
    tables = {"clinics": rows.clinics({"is_planned": False})}
    monthly = world.build(tables, as_of=date(2025, 1, 31))["indicator_monthly"]
    row = monthly.filter(indicator_id="standardised_clinic_rate", area_code="410202001")
    values = row.select("numerator", "denominator", "value", pl.col("status").cast(pl.String))
    assert values.row(0) == (0, 0, None, "not_applicable")
