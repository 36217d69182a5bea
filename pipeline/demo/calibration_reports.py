"""The published figures that the monthly reports of the demonstration world add up to.

Fact ids are rows of data/reference/published_facts.csv.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.demo.calibration import KAIFENG_DAY, STATIONS

NANYANG_SPAN = (date(2022, 9, 30), date(2022, 12, 31))  # bulletin of 2022-10-13
ZHOUKOU_SPAN = (date(2021, 11, 30), date(2021, 12, 31))  # press of 2021-11-30
LANKAO_SPAN = (date(2024, 12, 31), date(2099, 12, 31))
ALWAYS = (date(2021, 1, 31), date(2099, 12, 31))

ALL_TRAINED = frozenset({"410200"})  # F004-052, 053: everybody came and everybody passed
# F003-025, 026: every centre has it, and the least share of visits (at least three in ten).
TCM_EVERYWHERE = {"411326": 0.315}
UNIFIED_ITEMS = {"6109HK": 8}  # F001-005
UNIFIED_USUALLY = 7  # F003-054, F004-062
PUBLIC_HEALTH_HALF_YEAR = {"410222": 2_700_000_000}  # fen; F004-067


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A stock of the monthly report that is exactly `total` from one day to another."""

    item: str
    place: str  # a county, or a city whose counties share the total by population
    total: int
    span: tuple[date, date]


@dataclass(frozen=True, kw_only=True)
class Window:
    """A flow of the monthly report whose months from one to another sum to `total`."""

    item: str
    place: str
    total: int
    first: date
    last: date


def _anchors(place: str, span: tuple[date, date], **totals: int) -> tuple[Anchor, ...]:
    return tuple(Anchor(item=i, place=place, total=t, span=span) for i, t in totals.items())


ANCHORS: tuple[Anchor, ...] = (
    *_anchors(
        "410200",
        (KAIFENG_DAY, KAIFENG_DAY),
        staff_bachelor_and_above=2344,  # F004-072
        staff_junior_college=3875,  # F004-073
        staff_senior_high_school=4978,  # F004-074
        staff_secondary_and_below=265,  # F004-075
        county_hired_township_used=1152,  # F004-059
        graduates_recruited=171,  # F004-055
        special_post_gps=27,  # F004-056
        offline_trained_staff=3651,  # F004-050
        online_trained_staff=7566,  # F004-051, more than 7500
        stations_built=STATIONS,  # F004-016
        centres_upgraded=27,  # F004-005
        construction_fen=16_000_000_000,  # F004-004: 1.6 in hundred million yuan
        sub_centre_funding_fen=3_985_000_000,  # F004-010
        five_hundred_funding_fen=1_431_840_000,  # F004-026
        standard_award_fen=2_115_000_000,  # F004-020, more than 2100 in ten thousand yuan
    ),
    # F004-058 speaks of 2024.
    *_anchors("410200", (date(2024, 12, 31), KAIFENG_DAY), graduate_village_doctors=85),
    *_anchors(
        "410223",
        (KAIFENG_DAY, KAIFENG_DAY),
        centres_upgraded=5,  # F004-008
        construction_fen=4_955_000_000,  # F004-007
    ),
    *_anchors(
        "410225",
        LANKAO_SPAN,
        executive_dean_hospitals=3,  # F004-066
        unified_supply_categories=200,  # F004-063
    ),
    *_anchors(
        "410222",
        (KAIFENG_DAY, KAIFENG_DAY),
        elderly_checkups=61238,  # F004-068, more than 60000
        hypertension_managed=37000,  # F004-069
        diabetes_managed=17000,  # F004-070
        construction_fen=6_700_000_000,  # F004-006
    ),
    *_anchors(
        "411600",
        ZHOUKOU_SPAN,
        online_doctors=8123,  # F000-023
        stroke_centres=21,  # F000-022
        internet_hospital_platforms=39,  # F000-012
        internet_hospitals=4,  # F000-021
    ),
    *_anchors("411625", ZHOUKOU_SPAN, famous_doctors_recruited=17),  # F000-011
    *_anchors("411329", NANYANG_SPAN, shared_centres=6),  # F003-003
    *_anchors(  # F003-008, 009: more than 100 and more than 280
        "411381", NANYANG_SPAN, tcm_mentors=104, tcm_apprentices=286
    ),
    *_anchors(
        "411328",
        NANYANG_SPAN,
        village_doctors=2846,  # F003-038
        consortium_staff=4652,  # F003-034
        chest_pain_stroke_units=8,  # F003-048
        remote_diagnosis_institutions=23,  # F003-040
        senior_deputies_dispatched=21,  # F003-042
        backbone_doctors_dispatched=124,  # F003-045, more than 120
        dispatched_training_sessions=612,  # F003-046, more than 600
        new_techniques=53,  # F003-047, more than 50
        featured_specialties=22,  # F003-049, more than 20
        emergency_centres=5,  # F003-052
        information_investment_fen=4_500_000_000,  # F003-039
    ),
    *_anchors("411330", NANYANG_SPAN, shared_centres=10),  # F003-055
    *_anchors(
        "411330",
        (NANYANG_SPAN[0], date(2099, 12, 31)),
        secondary_hospitals_on_platform=4,  # F003-061
        township_centres_on_platform=16,  # F003-062
        village_clinics_on_platform=215,  # F003-063
    ),
    *_anchors(
        "411326",
        NANYANG_SPAN,
        tcm_staff_in_teams=426,  # F003-029
        tcm_teams=392,  # F003-030, nearly 400
        tcm_staff_recruited=95,  # F003-014
        tcm_gardens=3,  # F003-019
        demonstration_tcm_clinics=6,  # F003-022
        moxibustion_rooms=7,  # F003-023
        tcm_demonstration_village_clinics=5,  # F003-024
        tcm_specialties=42,  # F003-028
    ),
    *_anchors("6109HK", (date(2023, 1, 31), date(2099, 12, 31)), emergency_centres=5),  # F001-006
    *_anchors(
        "340621",
        ALWAYS,
        bundled_surplus_fen=9_439_460_000,  # F002-010: 9439.46 in ten thousand yuan
        surplus_county_fen=5_663_676_000,  # F002-006..008: 6 : 3 : 1
        surplus_township_fen=2_831_838_000,
        surplus_village_fen=943_946_000,
        chronic_surplus_county_fen=240_000_000,  # F002-011..013: 2 : 5 : 3
        chronic_surplus_township_fen=600_000_000,
        chronic_surplus_village_fen=360_000_000,
        township_staff_training=249,  # F002-014
        village_doctor_training=101,  # F002-015
        training_pool_fen=350_000_000,  # F002-016
    ),
)

_ZHOUKOU_MONTHS = (date(2021, 1, 1), date(2021, 11, 1))
_TONGBAI_MONTHS = (date(2022, 1, 1), date(2022, 10, 1))
_KAIFENG_MONTHS = (date(2023, 1, 1), date(2025, 6, 1))
_HENGKOU_MONTHS = (date(2023, 1, 1), date(2023, 12, 1))


def _windows(place: str, months: tuple[date, date], **totals: int) -> tuple[Window, ...]:
    return tuple(
        Window(item=i, place=place, total=t, first=months[0], last=months[1])
        for i, t in totals.items()
    )


WINDOWS: tuple[Window, ...] = (
    *_windows("411600", _ZHOUKOU_MONTHS, thrombolysis_cases=4968, thrombectomy_cases=592),
    # F000-013, 014: told of 项城 alone, so that the city shows the same (F002-002, 003).
    *_windows("411600", _ZHOUKOU_MONTHS, myocardial_infarction_saved=0, stroke_sequelae_avoided=0),
    *_windows(
        "411681", _ZHOUKOU_MONTHS, myocardial_infarction_saved=41, stroke_sequelae_avoided=53
    ),
    # F003-064..066 run to 13 October; reports are monthly, so October holds what had come by then.
    *_windows(
        "411330",
        _TONGBAI_MONTHS,
        remote_ecg=1650,
        remote_imaging=203,
        remote_training_sessions=26,
    ),
    *_windows(  # F004-042, 043: more than 80000 and more than two million
        "410200", _KAIFENG_MONTHS, outreach_sessions=81_264, outreach_people_served=2_031_870
    ),
    *_windows(  # F001-007..009: more than 860, 100 and 130
        "6109HK",
        _HENGKOU_MONTHS,
        expert_visits_at_branches=872,
        expert_inpatients_at_branches=104,
        upward_referrals_reported=136,
    ),
)
