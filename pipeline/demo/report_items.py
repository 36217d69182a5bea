"""What the monthly report of the demonstration world carries, and how much of it there usually is.

Levels are per ten thousand residents. Items that are parts of others (persons of those in charge,
minutes of cases) follow from them in `report_parts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ORIGIN = date(2021, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Stock:
    """A stock: how much per ten thousand residents by mid 2025, and the share reached in 2021."""

    level: float
    begun: float = 0.8
    yearly: float = 0.03  # after the anchor
    most: int | None = None  # of a county, where there cannot be more


STAFF = (
    "staff_bachelor_and_above",
    "staff_junior_college",
    "staff_senior_high_school",
    "staff_secondary_and_below",
)
_STAFF: dict[str, Stock] = {
    "staff_bachelor_and_above": Stock(level=4.9, begun=0.66, yearly=0.07),
    "staff_junior_college": Stock(level=8.0, begun=0.86),
    "staff_senior_high_school": Stock(level=10.2, begun=1.06, yearly=-0.02),
    "staff_secondary_and_below": Stock(level=0.55, begun=1.7, yearly=-0.1),
    "county_hired_township_used": Stock(level=2.1, begun=0.2, yearly=0.1),
    "graduates_recruited": Stock(level=0.33, begun=0.1, yearly=0.15),
    "special_post_gps": Stock(level=0.06, begun=0.2, yearly=0.1),
    "graduate_village_doctors": Stock(level=0.16, begun=0.02, yearly=0.3),
    "offline_trained_staff": Stock(level=7.3, begun=0.3, yearly=0.1),
    "online_trained_staff": Stock(level=15.1, begun=0.5, yearly=0.05),
    "village_doctors": Stock(level=15.5, begun=1.05, yearly=-0.01),
    "consortium_staff": Stock(level=41.0, begun=0.94, yearly=0.015),
    "online_doctors": Stock(level=8.6, begun=0.55, yearly=0.06),
    "lead_staff": Stock(level=12.4, begun=0.92, yearly=0.01),
    "senior_doctors_seconded": Stock(level=0.56, begun=0.3, yearly=0.12),
    "senior_deputies_dispatched": Stock(level=0.22, begun=0.3, yearly=0.08),
    "backbone_doctors_dispatched": Stock(level=1.25, begun=0.4, yearly=0.08),
    "dispatched_training_sessions": Stock(level=6.0, begun=0.1, yearly=0.2),
    "executive_dean_hospitals": Stock(level=0.03, begun=0.4, most=3),
    "famous_doctors_recruited": Stock(level=0.11, begun=0.2, yearly=0.1),
    "tcm_staff_recruited": Stock(level=0.8, begun=0.2, yearly=0.15),
}
_FACILITIES: dict[str, Stock] = {
    "stroke_centres": Stock(level=0.02, begun=0.6, yearly=0.02),
    "chest_pain_centres": Stock(level=0.021, begun=0.5, yearly=0.02),
    "chest_pain_stroke_units": Stock(level=0.06, begun=0.1, yearly=0.15),
    "emergency_centres": Stock(level=0.07, begun=0.5, yearly=0.02, most=5),
    "stations_built": Stock(level=0.05, begun=0.1, yearly=0.1),
    "centres_upgraded": Stock(level=0.05, begun=0.1, yearly=0.1),
    "shared_centres": Stock(level=0.085, begun=0.5, yearly=0.05, most=10),
    "unified_supply_categories": Stock(level=2.5, begun=0.4, yearly=0.1),
    "recognised_items": Stock(level=2.7, begun=0.25, yearly=0.08),
    "remote_diagnosis_institutions": Stock(level=0.3, begun=0.4, yearly=0.02),
    "internet_hospital_platforms": Stock(level=0.04, begun=0.5, yearly=0.05),
    "internet_hospitals": Stock(level=0.007, begun=0.6, yearly=0.0),
    "new_techniques": Stock(level=0.55, begun=0.2, yearly=0.15),
    "featured_specialties": Stock(level=0.24, begun=0.6, yearly=0.05),
    "tcm_specialties": Stock(level=0.42, begun=0.7, yearly=0.04),
    "tcm_gardens": Stock(level=0.02, begun=0.3, yearly=0.0, most=3),
    "demonstration_tcm_clinics": Stock(level=0.08, begun=0.3, yearly=0.05),
    "moxibustion_rooms": Stock(level=0.08, begun=0.2, yearly=0.05),
    "tcm_demonstration_village_clinics": Stock(level=0.08, begun=0.2, yearly=0.1),
}
_PUBLIC_HEALTH: dict[str, Stock] = {
    "elderly_checkups": Stock(level=1080.0, begun=0.85, yearly=0.02),
    "hypertension_managed": Stock(level=690.0, begun=0.86, yearly=0.02),
    "diabetes_managed": Stock(level=255.0, begun=0.82, yearly=0.03),
    "tcm_staff_in_teams": Stock(level=5.6, begun=0.6, yearly=0.05),
    "tcm_teams": Stock(level=4.4, begun=0.7, yearly=0.04),
    "tcm_mentors": Stock(level=0.65, begun=0.5, yearly=0.04),
    "tcm_apprentices": Stock(level=1.7, begun=0.4, yearly=0.05),
}
# In fen per ten thousand residents.
_MONEY: dict[str, Stock] = {
    "construction_fen": Stock(level=31e6, begun=0.15, yearly=0.1),
    "sub_centre_funding_fen": Stock(level=8e6, begun=0.1, yearly=0.1),
    "five_hundred_funding_fen": Stock(level=2.9e6, begun=0.1, yearly=0.1),
    "standard_award_fen": Stock(level=4.3e6, begun=0.2, yearly=0.1),
    "information_investment_fen": Stock(level=28e6, begun=0.4, yearly=0.08),
}
STOCKS = _STAFF | _FACILITIES | _PUBLIC_HEALTH | _MONEY
MONEY_STEP = 10_000  # fen: reports give 万元 with two decimals

# Facilities on the platform: the share of them in 2021, all of them by mid 2025.
PLATFORM = (
    "secondary_hospitals_on_platform",
    "township_centres_on_platform",
    "village_clinics_on_platform",
)
PLATFORM_BEGUN = (0.67, 0.5, 0.3)

# Flows: a month per ten thousand residents in 2022, yearly growth, first month.
FLOWS: dict[str, tuple[float, float, date]] = {
    "remote_ecg": (4.6, 1.25, ORIGIN),
    "remote_imaging": (0.62, 1.3, ORIGIN),
    "remote_consultation": (0.21, 1.2, ORIGIN),
    "remote_training_sessions": (0.07, 1.1, ORIGIN),
    "recognised_results": (5.2, 1.35, ORIGIN),
    "thrombolysis_cases": (0.52, 1.06, ORIGIN),
    "thrombectomy_cases": (0.065, 1.1, ORIGIN),
    "catheter_cases": (0.24, 1.08, ORIGIN),
    "myocardial_infarction_saved": (0.035, 1.05, date(2021, 12, 1)),
    "stroke_sequelae_avoided": (0.045, 1.05, date(2021, 12, 1)),
    "visits_total": (4150.0, 1.025, ORIGIN),
    "outreach_sessions": (3.4, 1.04, date(2023, 1, 1)),
    "outreach_people_served": (88.0, 1.04, date(2023, 1, 1)),
    "phone_checks_city": (0.32, 1.1, ORIGIN),
    "phone_checks_county": (0.95, 1.08, ORIGIN),
    "phone_checks_township": (2.7, 1.05, ORIGIN),
}
SMALL_FLOWS: dict[str, tuple[float, float, date]] = {
    "expert_visits_at_branches": (4.0, 1.1, date(2022, 10, 1)),
    "expert_inpatients_at_branches": (0.5, 1.1, date(2022, 10, 1)),
    "upward_referrals_reported": (0.7, 1.1, date(2022, 10, 1)),
}
