"""The marts behind lists: clinics, devices, institutions, contract groups, areas, quality."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.ledger import LedgerCell
from pipeline.marts import data_quality, devices, institutions
from pipeline.marts.clinics import build as build_clinics
from pipeline.marts.scope import make_scope
from tests.counters import rows
from tests.marts import small_world as world

JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
SCOPE = make_scope(rows.AREAS, pl.DataFrame({"area_code": ["410202", "410203"]}))


def test_a_clinic_is_listed_once_with_the_status_its_dates_tell() -> None:
    mart = build_clinics(
        rows.clinics(
            {"clinic_code": "A", "extract_date": JAN, "status": "completed"},
            {"clinic_code": "A", "extract_date": FEB, "status": "completed", "accepted_on": MAR},
            {"clinic_code": "B", "extract_date": FEB, "county_code": "999999"},
        ),
        areas=rows.AREAS,
        as_of=MAR,
    ).collect()
    found = mart.select("clinic_code", pl.col("status").cast(pl.String), "city_code", "as_of")
    assert found.rows() == [("A", "accepted", "410200", FEB), ("B", "not_started", "", FEB)]


def device_rows(*given: dict, centres: tuple[dict, ...] = ({},)) -> dict[tuple[str, str], dict]:
    mart = devices.build(
        rows.devices(*given), rows.institutions(*centres), areas=rows.AREAS, as_of=MAR
    ).collect()
    return {
        (row["institution_code"], str(row["device_type"])): row
        for row in mart.iter_rows(named=True)
    }


def test_a_centre_has_a_row_for_each_of_the_three_devices_also_when_it_has_none() -> None:
    found = device_rows({"device_type": "ecg"})
    assert {key: str(row["state"]) for key, row in found.items()} == {
        ("H1", "dr"): "missing",
        ("H1", "colour_ultrasound"): "missing",
        ("H1", "biochemistry_analyser"): "missing",
        ("H1", "ecg"): "in_use",
    }
    assert found["H1", "dr"]["devices_total"] == 0
    assert found["H1", "dr"]["as_of"] == JAN


def test_the_best_device_of_a_type_tells_the_state() -> None:
    row = device_rows(
        {"state": "repair", "reported_broken_on": JAN, "quantity": 2},
        {"state": "in_use", "in_use_since": date(2024, 1, 1)},
    )["H1", "dr"]
    assert (str(row["state"]), row["devices_in_use"], row["devices_total"]) == ("in_use", 1, 3)
    assert (row["in_use_since"], row["reported_broken_on"]) == (date(2024, 1, 1), JAN)


def test_a_device_not_yet_put_into_use_is_stopped() -> None:
    row = device_rows({"state": "in_use", "in_use_since": date(2025, 4, 1)})["H1", "dr"]
    assert (str(row["state"]), row["devices_in_use"]) == ("stopped", 0)


def test_hospitals_and_closed_centres_are_not_in_the_grid() -> None:
    found = device_rows(
        {"institution_code": "H2"},
        centres=(
            {"closed_on": FEB},
            {"institution_code": "H2", "institution_type": "secondary_hospital"},
        ),
    )
    assert found == {}


def test_an_institution_shows_the_membership_and_standard_in_force() -> None:
    member = {"consortium_name": "某医共体", "is_lead": True}
    mart = institutions.build(
        rows.institutions(
            {"consortium_code": "K1", "member_from": JAN, "member_until": FEB, **member},
            {"consortium_code": "K2", "member_from": MAR, **member, "basic_standard_on": JAN},
            {"institution_code": "H2", "consortium_code": "K1", "member_until": FEB, **member},
            {"institution_code": "H3", "recommended_standard_on": MAR, "sub_centre_on": MAR},
        ),
        areas=rows.AREAS,
        as_of=MAR,
    ).collect()
    columns = ("institution_code", "consortium_code", "is_lead", "standard", "is_sub_centre")
    assert mart.select(columns).rows() == [
        ("H1", "K2", True, "basic", False),
        ("H2", None, False, None, False),
        ("H3", None, False, "recommended", True),
    ]


def test_group_counts_are_shown_by_area_and_small_ones_are_null() -> None:
    mart = world.whole()["contract_groups"]
    june = mart.filter(group="hypertension", month=date(2025, 6, 1))
    found = {a: (p, m, c) for a, p, m, c in june.select(
        "area_code", "persons", "managed", "contracted").iter_rows()}  # fmt: skip
    assert found == {
        "410202": (80, 60, 4 + 25),
        "410202001": (40, 30, None),  # four contracted
        "410202002": (40, 30, None),  # or the county's total would tell the four
        "410203": (40, 30, 30),
        "410203001": (40, 30, 30),
        "6109HK": (40, 30, None),
    }


def test_a_hidden_county_hides_one_of_its_townships() -> None:
    """410203 is hidden for 410202's sake; its only township would tell it."""
    homes = (("H1", "410202", "410202001", 4), ("H3", "410203", "410203001", 30))
    tables = {
        "contract_groups": rows.contract_groups(
            *(
                {
                    "institution_code": h,
                    "county_code": c,
                    "township_code": t,
                    "persons": 40,
                    "contracted": k,
                }
                for h, c, t, k in homes
            )
        ),
        "clinics": rows.clinics({}, {"county_code": "410203", "township_code": None}),
    }
    mart = world.build(tables)["contract_groups"].filter(month=date(2025, 6, 1))
    assert mart["contracted"].to_list() == [None] * 4


def test_the_size_of_a_small_group_is_hidden_like_its_contracts() -> None:
    """Four people with tuberculosis in a township are no statistic, contract or not."""
    homes = (("H1", "410202", "410202001", 4), ("H2", "410202", "410202002", 25))
    group = {"group": "tuberculosis", "managed": 0, "contracted": 0}
    tables = {
        "contract_groups": rows.contract_groups(
            *(
                {**group, "institution_code": h, "county_code": c, "township_code": t, "persons": p}
                for h, c, t, p in homes
            )
        ),
        "clinics": rows.clinics({}),
    }
    mart = world.build(tables)["contract_groups"].filter(month=date(2025, 6, 1))
    assert mart.select("area_code", "persons", "contracted").rows() == [
        ("410202", 29, 0),
        ("410202001", None, 0),
        ("410202002", None, 0),  # or the county's total would tell the four
    ]


def test_areas_carry_population_and_completeness() -> None:
    mart = world.whole()["areas"]
    found = {a: (p, c) for a, p, c in mart.select(
        "area_code", "population", "is_complete").iter_rows()}  # fmt: skip
    assert found["410202"] == (5000, True)
    assert found["410200"] == (5000, True)
    assert found["410203"] == (None, True)
    assert found["610900"] == (None, False)
    assert mart["area_code"][0] == "all"


def cell(**given) -> dict:
    base = {"file_id": 0, "source": "settlements", "county_code": "410202", "reasons": "",
            "month": date(2025, 1, 1), "accepted": 0, "rejected": 0, "duplicates": 0}  # fmt: skip
    return {**base, **given}


NOTHING_HIDDEN = pl.DataFrame(
    schema={"counter_id": pl.String, "area_code": pl.String, "month": pl.Date}
)


def quality(
    *given: dict, as_of: date = FEB, hidden: pl.DataFrame = NOTHING_HIDDEN
) -> dict[tuple[str, str, date], dict]:
    cells = pl.LazyFrame(list(given), schema=LedgerCell.create_empty().schema, orient="row")
    grades = {"A": 0.001, "B": 0.01, "C": 0.05}
    mart = data_quality.build(
        cells, scope=SCOPE, as_of=as_of, grades=grades, hidden=hidden
    ).collect()
    return {(r["source"], r["county_code"], r["month"]): r for r in mart.iter_rows(named=True)}


def test_grades_follow_the_share_of_refused_rows() -> None:
    for rejected, grade in (
        (0, "A"),
        (1, "A"),
        (2, "B"),
        (10, "B"),
        (11, "C"),
        (50, "C"),
        (51, "D"),
    ):
        found = quality(cell(accepted=1000 - rejected, rejected=rejected))
        assert str(found["settlements", "410202", date(2025, 1, 1)]["grade"]) == grade, rejected


def test_the_rows_of_a_month_do_not_tell_a_hidden_referral_by_subtraction() -> None:
    came = [
        cell(source="referrals", county_code=county, accepted=30, rejected=1)
        for county in ("410202", "410203")
    ]
    marks = [
        ("referrals_down", "410202"),
        ("referrals_up", "410202"),
        ("settlements_all", "410203"),
    ]
    hidden = pl.DataFrame(marks, schema=["counter_id", "area_code"], orient="row")
    found = quality(*came, hidden=hidden.with_columns(month=date(2025, 1, 1)))
    told = {
        county: (row["rows_read"], row["accepted"], row["rejected"], str(row["grade"]))
        for (_, county, month), row in found.items()
        if month == date(2025, 1, 1)
    }
    assert told == {"410202": (None, None, 1, "C"), "410203": (31, 30, 1, "C")}


def test_a_report_that_is_due_and_has_not_come_is_graded_d_with_its_delay() -> None:
    found = quality(cell(accepted=5))
    row = found["settlements", "410203", date(2025, 1, 1)]
    assert (row["expected"], row["received"], str(row["grade"])) == (1, 0, "D")
    assert row["delay_days"] == 28
    came = found["settlements", "410202", date(2025, 1, 1)]
    assert (came["received"], came["delay_days"]) == (1, None)
    assert found["settlements", "410202", date(2025, 2, 1)]["delay_days"] == 0


def test_a_replaced_file_is_not_a_second_report() -> None:
    row = quality(
        cell(duplicates=7), cell(file_id=1, accepted=6, rejected=1, reasons="BAD_DATE:1")
    )["settlements", "410202", date(2025, 1, 1)]
    assert (row["received"], row["rows_read"], row["duplicates"]) == (1, 14, 7)


def test_reasons_add_up_in_the_order_of_their_codes() -> None:
    row = quality(
        cell(accepted=9, reasons="UNKNOWN_CODE:1"),
        cell(file_id=1, accepted=9, reasons="BAD_DATE:2 UNKNOWN_CODE:10"),
    )["settlements", "410202", date(2025, 1, 1)]
    assert row["reasons"] == "BAD_DATE:2 UNKNOWN_CODE:11"


def test_a_register_expects_nothing_and_shows_the_age_of_its_newest_extract() -> None:
    given = {"source": "equipment", "accepted": 3}
    found = quality(
        cell(**given), cell(**given, file_id=1, month=date(2024, 6, 1)), as_of=date(2025, 3, 2)
    )
    newest = found["equipment", "410202", date(2025, 1, 1)]
    assert (newest["expected"], newest["delay_days"]) == (None, 30)
    assert found["equipment", "410202", date(2024, 6, 1)]["delay_days"] is None
    assert ("equipment", "410203", date(2025, 1, 1)) not in found


def test_refused_rows_without_a_county_keep_their_account() -> None:
    row = quality(cell(accepted=5), cell(county_code="", rejected=2, reasons="UNKNOWN_CODE:2"))[
        "settlements", "", date(2025, 1, 1)
    ]
    assert (row["expected"], row["rejected"], row["delay_days"], str(row["grade"])) == (
        None,
        2,
        None,
        "D",
    )
