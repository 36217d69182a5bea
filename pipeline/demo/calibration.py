"""Every figure the demonstration world is made to show, beside the published fact it comes from.

Fact ids are rows of data/reference/published_facts.csv. Nothing else in this package carries a
published figure, so that whoever wants another world changes this file only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

KAIFENG_DAY = date(2025, 6, 30)  # the press conference of 2025-07-01 speaks of the day before
NANYANG_SPAN = (date(2022, 9, 30), date(2022, 12, 31))  # bulletin of 2022-10-13
ZHOUKOU_SPAN = (date(2021, 11, 30), date(2021, 12, 31))  # press of 2021-11-30


@dataclass(frozen=True, kw_only=True)
class Outflow:
    """Where a site's insured are treated; shares are of inpatients, in 2021 and by mid 2025."""

    rate_2021: float
    rate_2025: float
    fund_2021: float  # share of the pooled fund paid outside the county
    fund_2025: float
    spread: float  # half the distance between the lowest and the highest county
    same_city: float  # of those who leave the county
    same_province: float
    provincial: tuple[tuple[str, float], ...]  # care area, weight
    other: tuple[tuple[str, float], ...]


_HENAN = (
    ("410100", 0.74),
    ("410300", 0.08),
    ("410700", 0.07),
    ("411000", 0.06),
    ("411100", 0.05),
)
_FAR = (
    ("110000", 0.22),
    ("310000", 0.20),
    ("420100", 0.18),
    ("610100", 0.12),
    ("320100", 0.10),
    ("440100", 0.10),
    ("330100", 0.08),
)

OUTFLOW: dict[str, Outflow] = {
    "410200": Outflow(
        rate_2021=0.287,
        rate_2025=0.254,
        fund_2021=0.372,
        fund_2025=0.330,
        spread=0.068,
        same_city=0.33,
        same_province=0.52,
        provincial=_HENAN,
        other=_FAR,
    ),
    # F000-003: just over 40 %, and falling afterwards.
    "411600": Outflow(
        rate_2021=0.312,
        rate_2025=0.262,
        fund_2021=0.418,
        fund_2025=0.347,
        spread=0.060,
        same_city=0.34,
        same_province=0.44,
        provincial=_HENAN,
        other=_FAR,
    ),
    "411300": Outflow(
        rate_2021=0.268,
        rate_2025=0.236,
        fund_2021=0.352,
        fund_2025=0.312,
        spread=0.064,
        same_city=0.44,
        same_province=0.36,
        provincial=_HENAN,
        other=(("420100", 0.42), ("420600", 0.2), ("610100", 0.14), *_FAR[:2]),
    ),
    "340621": Outflow(
        rate_2021=0.150,
        rate_2025=0.122,
        fund_2021=0.228,
        fund_2025=0.190,
        spread=0.0,
        same_city=0.48,
        same_province=0.28,
        provincial=(("340100", 0.6), ("340300", 0.4)),
        other=(("320300", 0.6), ("310000", 0.25), ("320100", 0.15)),
    ),
    "6109HK": Outflow(
        rate_2021=0.385,
        rate_2025=0.335,
        fund_2021=0.455,
        fund_2025=0.405,
        spread=0.0,
        same_city=0.58,
        same_province=0.32,
        provincial=(("610100", 0.9), ("610700", 0.1)),
        other=(("420100", 0.5), ("110000", 0.25), ("310000", 0.25)),
    ),
}
DEFAULT_OUTFLOW = OUTFLOW["411300"]

# Thousand residents of a county no census figure is committed for.
DEFAULT_THOUSAND = 500.0
HENGKOU_THOUSAND = 120.0  # not a census figure: the zone is counted within 汉滨区

# Districts whose streets have community centres, and how many: 20 in all (F004-003, F004-023).
COMMUNITY_CENTRES = {"410202": 6, "410203": 5, "410204": 5, "410205": 4}
# Elsewhere in 开封 a street has a township health centre of its own; so 80 + 8 + 1 farm = 89,
# 兰考 16 of them (F004-061).
STREETS_WITH_TOWNSHIP_CENTRE = frozenset({"410212", "410221", "410222", "410223", "410225"})
FARMS_WITH_CENTRE = frozenset({"410202400"})
SECOND_CENTRES = {"411328": "411328101"}  # F003-036: 25 centres in 24 townships
HENGKOU_CENTRES = 3  # F001-003
COUNTY_HOSPITALS = {"410202": 1, "410203": 1, "410204": 1, "410205": 1, "6109HK": 1}
COUNTY_HOSPITALS_DEFAULT = 3  # F003-035
# F003-056, F003-061: 19 members, 4 + 16 on the platform: one county hospital outside.
HOSPITALS_OUTSIDE = {"411330": 1}
CONSORTIA = {"411381": 3}  # F003-004

# Clinics: name of county -> all clinics, where published (F003-037, F003-057, F001-004).
CLINICS_TOTAL = {"411328": 528, "411330": 215, "6109HK": 115, "411326": 420, "340621": 220}
KAIFENG_PLANNED = 2158  # F004-012..014: 1902 / 2158 = 88.1 %, 248 in progress, 8 not started
KAIFENG_COMPLETED = 1902
KAIFENG_IN_PROGRESS = 248
CLINIC_TCM_SHARE = {"411326": 0.95}  # F003-027

# Centres of 开封 as of KAIFENG_DAY (F004-024, 025, 027, 011, 065).
RECOMMENDED = 73  # of 109: 66.97 %, printed 67 %
FIVE_HUNDRED = 18
SUB_CENTRES: dict[str, tuple[date, ...]] = {
    "410225": (date(2023, 11, 20), date(2024, 9, 12)),
    "410221": (date(2024, 11, 28),),
    "410222": (date(2024, 11, 28),),
    "410223": (date(2025, 3, 18),),
    "410212": (date(2025, 5, 22),),
}
STATIONS = 42  # F004-016
WITHOUT_THREE_DEVICES = 8  # F004-031: 109 - 101
RENEWAL_ITEMS = 173  # F004-029

CONTRACT_RATE = {"410200": 0.541, "411600": 0.526, "411300": 0.533}
KEY_GROUP_RATE = {"410200": 0.792, "411600": 0.771, "411300": 0.783}
FULFILMENT_MID_YEAR = {"410200": 0.728, "411600": 0.705, "411300": 0.718}
FULLY_CONTRACTED = ("severe_mental_disorder", "disabled", "special_support_family")  # F004-044..046
TEAMS = {"411330": 32}  # F003-058


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
    ),
    # F004-058 speaks of 2024.
    *_anchors("410200", (date(2024, 12, 31), KAIFENG_DAY), graduate_village_doctors=85),
    *_anchors("410223", (KAIFENG_DAY, KAIFENG_DAY), centres_upgraded=5),  # F004-008
    *_anchors(
        "410222",
        (KAIFENG_DAY, KAIFENG_DAY),
        elderly_checkups=61238,  # F004-068, more than 60000
        hypertension_managed=37000,  # F004-069
        diabetes_managed=17000,  # F004-070
    ),
    *_anchors("411600", ZHOUKOU_SPAN, online_doctors=8123, stroke_centres=21),  # F000-023, 022
    *_anchors(
        "411328",
        NANYANG_SPAN,
        village_doctors=2846,  # F003-038
        consortium_staff=4652,  # F003-034
        chest_pain_stroke_units=8,  # F003-048
    ),
    *_anchors(
        "411330",
        (NANYANG_SPAN[0], date(2099, 12, 31)),
        secondary_hospitals_on_platform=4,  # F003-061
        township_centres_on_platform=16,  # F003-062
        village_clinics_on_platform=215,  # F003-063
    ),
    *_anchors("411326", NANYANG_SPAN, tcm_staff_in_teams=426),  # F003-029
    *_anchors(
        "340621",
        (date(2021, 1, 31), date(2099, 12, 31)),
        bundled_surplus_fen=9_439_460_000,  # F002-010: 9439.46 in ten thousand yuan
        surplus_county_fen=5_663_676_000,  # F002-006..008: 6 : 3 : 1
        surplus_township_fen=2_831_838_000,
        surplus_village_fen=943_946_000,
        chronic_surplus_county_fen=240_000_000,  # F002-011..013: 2 : 5 : 3
        chronic_surplus_township_fen=600_000_000,
        chronic_surplus_village_fen=360_000_000,
        township_staff_training=249,  # F002-014
        village_doctor_training=101,  # F002-015
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
