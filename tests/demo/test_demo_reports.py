"""The monthly reports: published figures, and parts that never exceed their whole."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.catalog import catalogue
from pipeline.demo.activity import Values, report_values
from pipeline.demo.report_items import MONEY_STEP
from pipeline.demo.report_parts import SHARES, year_done
from pipeline.demo.world import Site
from tests.builders.shared import DEMO_SEED

SEPTEMBER, JUNE = date(2022, 9, 1), date(2025, 6, 1)


@pytest.fixture(scope="module")
def nanyang(sites: dict[str, Site]) -> Values:
    return report_values(
        sites["411300"], start=date(2022, 1, 1), until=date(2022, 9, 30), seed=DEMO_SEED
    )


@pytest.fixture(scope="module")
def kaifeng(sites: dict[str, Site]) -> Values:
    return report_values(
        sites["410200"], start=date(2025, 1, 1), until=date(2025, 6, 30), seed=DEMO_SEED
    )


@pytest.fixture(scope="module")
def zhoukou(sites: dict[str, Site]) -> Values:
    return report_values(
        sites["411600"], start=date(2021, 11, 1), until=date(2021, 11, 30), seed=DEMO_SEED
    )


@pytest.mark.parametrize(
    ("county", "item", "value"),
    [
        ("411328", "remote_diagnosis_institutions", 23),
        ("411328", "senior_deputies_dispatched", 21),
        ("411328", "emergency_centres", 5),
        ("411328", "information_investment_fen", 4500 * 1_000_000),
        ("411330", "shared_centres", 10),
        ("411330", "unified_management_items", 7),
        ("411329", "shared_centres", 6),
        ("411326", "tcm_specialties", 42),
        ("411326", "tcm_staff_recruited", 95),
        ("411326", "tcm_gardens", 3),
        ("411326", "demonstration_tcm_clinics", 6),
        ("411326", "moxibustion_rooms", 7),
        ("411326", "tcm_demonstration_village_clinics", 5),
    ],
)
def test_counties_of_nanyang_show_what_was_published(
    nanyang: Values, county: str, item: str, value: int
) -> None:
    assert nanyang[county, SEPTEMBER][item] == value


@pytest.mark.parametrize(
    ("county", "item", "least"),
    [
        ("411328", "backbone_doctors_dispatched", 120),
        ("411328", "dispatched_training_sessions", 600),
        ("411328", "new_techniques", 50),
        ("411328", "featured_specialties", 20),
        ("411381", "tcm_mentors", 100),
        ("411381", "tcm_apprentices", 280),
    ],
)
def test_more_than_is_more(nanyang: Values, county: str, item: str, least: int) -> None:
    assert nanyang[county, SEPTEMBER][item] > least


def test_xichuan_has_chinese_medicine_everywhere_and_three_visits_in_ten(nanyang: Values) -> None:
    row = nanyang["411326", SEPTEMBER]
    assert row["centres_providing_tcm"] == row["reported_centres"]
    own = [values for (code, _), values in nanyang.items() if code == "411326"]
    assert sum(r["visits_tcm"] for r in own) / sum(r["visits_total"] for r in own) >= 0.3


def test_each_consortium_of_dengzhou_manages_seven_items(nanyang: Values) -> None:
    assert nanyang["411381", SEPTEMBER]["unified_management_items"] == 3 * 7


def test_zhoukou_in_november_2021(zhoukou: Values) -> None:
    rows = [row for (_, month), row in zhoukou.items() if month == date(2021, 11, 1)]
    assert sum(row["internet_hospital_platforms"] for row in rows) == 39
    assert sum(row["internet_hospitals"] for row in rows) == 4
    assert zhoukou["411625", date(2021, 11, 1)]["famous_doctors_recruited"] == 17


def test_kaifeng_by_mid_2025(kaifeng: Values) -> None:
    rows = [row for (_, month), row in kaifeng.items() if month == JUNE]
    in_ten_thousand = {
        "construction_fen": 16_000,
        "sub_centre_funding_fen": 3_985,
        "five_hundred_funding_fen": 1_431.84,
    }
    for item, value in in_ten_thousand.items():
        assert sum(row[item] for row in rows) == round(value * 1_000_000)
    assert sum(row["standard_award_fen"] for row in rows) > 2_100 * 1_000_000
    assert kaifeng["410222", JUNE]["construction_fen"] == 6_700 * 1_000_000
    assert kaifeng["410222", JUNE]["public_health_fund_fen"] == 2_700 * 1_000_000
    assert kaifeng["410225", JUNE]["executive_dean_hospitals"] == 3
    assert kaifeng["410225", JUNE]["unified_supply_categories"] == 200
    for row in rows:
        assert row["training_due"] == row["training_attended"] == row["training_passed"]


def test_parts_never_exceed_their_whole(nanyang: Values, kaifeng: Values) -> None:
    pairs = [(part, whole) for part, whole, *_ in SHARES]
    pairs += [
        ("training_attended", "training_due"),
        ("training_passed", "training_attended"),
        ("chronic_patients_admitted", "chronic_patients_managed"),
        ("elderly_checkups", "elderly_residents"),
        ("visits_primary", "visits_total"),
        ("visits_tcm", "visits_total"),
        ("phone_checks_confirmed", "phone_checks"),
        ("bundled_prepaid_fen", "bundled_budget_fen"),
        ("township_centres_on_platform", "reported_centres"),
        ("village_clinics_on_platform", "reported_village_clinics"),
        ("technical_staff", "primary_staff"),
    ]
    for row in (*nanyang.values(), *kaifeng.values()):
        for part, whole in pairs:
            assert 0 <= row[part] <= row[whole], (part, whole)
        tiers = ("phone_checks_city", "phone_checks_county", "phone_checks_township")
        assert row["phone_checks"] == sum(row[tier] for tier in tiers)


def test_the_funds_ledger_grows_through_the_year(kaifeng: Values) -> None:
    for code in {code for code, _ in kaifeng}:
        months = [kaifeng[code, date(2025, m, 1)] for m in range(1, 7)]
        assert len({row["bundled_budget_fen"] for row in months}) == 1
        spent = [row["bundled_spent_fen"] for row in months]
        assert spent == sorted(spent)
        prepaid = [row["bundled_prepaid_fen"] for row in months]
        assert prepaid[0] == prepaid[2] < prepaid[3] == prepaid[5]


def test_a_year_of_care_ends_with_december() -> None:
    shares = [year_done(date(2025, m, 1)) for m in range(1, 13)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_money_can_be_written_with_two_decimals(kaifeng: Values) -> None:
    money = [c.id for c in catalogue().counters.values() if c.unit == "fen"]
    for row in kaifeng.values():
        assert all(row[item] % MONEY_STEP == 0 for item in money if item in row)
