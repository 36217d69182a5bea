"""Every figure the demonstration world is made to show, beside the published fact it comes from.

Fact ids are rows of data/reference/published_facts.csv; the figures of the monthly report are in
`calibration_reports`. Nothing else in this package carries a published figure, so that whoever
wants another world changes these two files only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.demo.world import Site

KAIFENG_DAY = date(2025, 6, 30)  # the press conference of 2025-07-01 speaks of the day before


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


@dataclass(frozen=True, kw_only=True)
class Outflow:
    """Where a site's insured are treated; `rate` and `fund` in 2021 and by mid 2025."""

    rate: tuple[float, float]  # share of inpatients treated outside the county
    fund: tuple[float, float]  # share of the pooled fund paid outside the county
    spread: float  # half the distance between the lowest and the highest county
    same_city: float  # of those who leave the county
    same_province: float
    provincial: tuple[tuple[str, float], ...] = _HENAN  # care area, weight
    other: tuple[tuple[str, float], ...] = _FAR


OUTFLOW: dict[str, Outflow] = {
    "410200": Outflow(
        rate=(0.287, 0.254),
        fund=(0.372, 0.330),
        spread=0.068,
        same_city=0.33,
        same_province=0.52,
    ),
    # F000-003: just over 40 %, and falling afterwards.
    "411600": Outflow(
        rate=(0.312, 0.262),
        fund=(0.418, 0.347),
        spread=0.060,
        same_city=0.34,
        same_province=0.44,
    ),
    "411300": Outflow(
        rate=(0.268, 0.236),
        fund=(0.352, 0.312),
        spread=0.064,
        same_city=0.44,
        same_province=0.36,
        other=(("420100", 0.42), ("420600", 0.2), ("610100", 0.14), *_FAR[:2]),
    ),
    "340621": Outflow(
        rate=(0.150, 0.122),
        fund=(0.228, 0.190),
        spread=0.0,
        same_city=0.48,
        same_province=0.28,
        provincial=(("340100", 0.6), ("340300", 0.4)),
        other=(("320300", 0.6), ("310000", 0.25), ("320100", 0.15)),
    ),
    "6109HK": Outflow(
        rate=(0.385, 0.335),
        fund=(0.455, 0.405),
        spread=0.0,
        same_city=0.58,
        same_province=0.32,
        provincial=(("610100", 0.9), ("610700", 0.1)),
        other=(("420100", 0.5), ("110000", 0.25), ("310000", 0.25)),
    ),
}


def flow_of(site: Site) -> Outflow:
    """Return where a site's insured are treated; a city without a line of its own is like 南阳."""
    return OUTFLOW.get(site.code, OUTFLOW["411300"])


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
