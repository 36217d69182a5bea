"""Items of the monthly report that follow from others: parts, minutes, the fund's ledger.

Every share is drawn once a county and grows with time, so that parts never exceed their whole.
"""

from __future__ import annotations

import math
from datetime import date

from pipeline.demo.calendar import season, years_since_2021
from pipeline.demo.calibration_reports import (
    ALL_TRAINED,
    PUBLIC_HEALTH_HALF_YEAR,
    TCM_EVERYWHERE,
    UNIFIED_ITEMS,
    UNIFIED_USUALLY,
)
from pipeline.demo.clinics import clinic_count
from pipeline.demo.randomness import stream
from pipeline.demo.report_items import MONEY_STEP, STAFF
from pipeline.demo.world import County, Site

CHECK_TIERS = ("phone_checks_city", "phone_checks_county", "phone_checks_township")
# Part, whole, its share in 2021, and what a year adds.
SHARES: tuple[tuple[str, str, float, float], ...] = (
    ("village_doctors_licensed", "village_doctors", 0.31, 0.022),
    ("village_clinics_with_ecg", "reported_village_clinics", 0.28, 0.09),
    ("hypertension_standard", "hypertension_managed", 0.63, 0.016),
    ("hypertension_controlled", "hypertension_managed", 0.54, 0.015),
    ("diabetes_standard", "diabetes_managed", 0.61, 0.016),
    ("diabetes_controlled", "diabetes_managed", 0.49, 0.014),
)
VISIT_SHARES: tuple[tuple[str, float, float], ...] = (
    ("visits_primary", 0.555, 0.011),
    ("visits_tcm", 0.235, 0.012),
)
ADMITTED_A_YEAR = 0.118
PREPAID_A_QUARTER = 0.225  # of the year's budget; a tenth is kept for the settlement


def drawn(seed: int, county: County, item: str, *, spread: float = 0.05) -> float:
    """Return a county's own factor of an item, around one."""
    return float(stream(seed, "part", county.code, item).uniform(1 - spread, 1 + spread))


def money(fen: float) -> int:
    """Round an amount to what a report in 万元 with two decimals can say."""
    return round(fen / MONEY_STEP) * MONEY_STEP


def with_parts(
    row: dict[str, int], site: Site, county: County, month: date, *, seed: int
) -> dict[str, int]:
    """Return the stock items that follow from a county's row of a month."""
    years = years_since_2021(month)
    whole = row | _wholes(row, site, county, years)
    parts = {
        part: round(whole[of] * min(0.98, drawn(seed, county, part) * (start + more * years)))
        for part, of, start, more in SHARES
    }
    found = whole | parts | _trained(whole, site, county, seed=seed)
    found |= _chronic(found, county, month, seed=seed)
    found |= _incomes(found, county, month, seed=seed)
    return found | _fund(county, month, seed=seed) | _unified(site, county)


def _wholes(row: dict[str, int], site: Site, county: County, years: float) -> dict[str, int]:
    technical = sum(row[item] for item in STAFF)
    elderly = county.population * county.share_65_plus * 1.025**years
    centres = len(site.centres(county.code))
    missing = 0 if county.code in TCM_EVERYWHERE else max(0, round(centres * (0.09 - 0.02 * years)))
    return {
        "technical_staff": technical,
        "primary_staff": round(technical * 1.17),
        "elderly_residents": max(round(elderly), math.ceil(row["elderly_checkups"] * 1.1)),
        "reported_centres": centres,
        "reported_village_clinics": clinic_count(county),
        "centres_providing_tcm": centres - missing,
    }


def _trained(row: dict[str, int], site: Site, county: County, *, seed: int) -> dict[str, int]:
    attended = row["offline_trained_staff"]
    if site.code in ALL_TRAINED:
        return {
            "training_due": attended,
            "training_attended": attended,
            "training_passed": attended,
        }
    came = 1 - 0.04 * drawn(seed, county, "came", spread=0.9)
    passed = 1 - 0.03 * drawn(seed, county, "passed", spread=0.9)
    return {
        "training_due": math.ceil(attended / came),
        "training_attended": attended,
        "training_passed": math.floor(attended * passed),
    }


def _chronic(row: dict[str, int], county: County, month: date, *, seed: int) -> dict[str, int]:
    """Count managed patients once, and those admitted so far this year."""
    managed = round((row["hypertension_managed"] + row["diabetes_managed"]) * 0.88)
    a_year = ADMITTED_A_YEAR * drawn(seed, county, "chronic_patients_admitted", spread=0.15)
    return {
        "chronic_patients_managed": managed,
        "chronic_patients_admitted": round(managed * a_year * year_done(month)),
    }


def _incomes(row: dict[str, int], county: County, month: date, *, seed: int) -> dict[str, int]:
    grown = 1.035 ** (month.year - 2021)
    found = {}
    for who, yuan in (("lead", 86_000), ("primary", 58_500)):
        rate = yuan * 100 * grown * drawn(seed, county, f"{who} income", spread=0.12)
        found[f"{who}_staff_income_fen"] = money(row[f"{who}_staff"] * rate * month.month / 12)
    return found


def year_done(month: date) -> float:
    """Return the share of a year's care that has been given by the end of a month."""
    weights = [season(month.replace(month=m)) for m in range(1, 13)]
    return sum(weights[: month.month]) / sum(weights)


def _fund(county: County, month: date, *, seed: int) -> dict[str, int]:
    """Return the ledger of the bundled fund and of chronic disease, the year so far."""
    found: dict[str, int] = {}
    insured = county.population * 0.93
    for name, yuan, low, high in (("bundled", 870, 0.93, 1.06), ("chronic", 46, 0.9, 1.02)):
        level = yuan * 100 * 1.045 ** (month.year - 2021) * drawn(seed, county, f"{name} budget")
        budget = money(insured * level)
        rng = stream(seed, name, county.code, month.year)
        spent = budget * float(rng.uniform(low, high)) * year_done(month)
        found |= {f"{name}_budget_fen": budget, f"{name}_spent_fen": money(spent)}
    quarters = (month.month + 2) // 3
    prepaid = money(found["bundled_budget_fen"] * PREPAID_A_QUARTER * quarters)
    a_year = county.population * 9400 * drawn(seed, county, "public health")
    half = PUBLIC_HEALTH_HALF_YEAR.get(county.code, a_year / 2)
    grown = half * 1.05 ** (month.year - 2025)
    return found | {
        "bundled_prepaid_fen": prepaid,
        "public_health_fund_fen": money(grown * month.month / 6),
    }


def _unified(site: Site, county: County) -> dict[str, int]:
    codes = {i.consortium_code for i in site.institutions if i.county_code == county.code}
    each = UNIFIED_ITEMS.get(county.code, UNIFIED_USUALLY)
    return {"unified_management_items": each * len(codes - {None})}


def with_flow_parts(
    row: dict[str, int], county: County, month: date, *, seed: int
) -> dict[str, int]:
    """Return a county's flows of a month with what follows from them."""
    years = years_since_2021(month)
    found = dict(row)
    for part, start, more in VISIT_SHARES:
        share = drawn(seed, county, part, spread=0.08) * (start + more * years)
        if part == "visits_tcm" and county.code in TCM_EVERYWHERE:
            share = max(share, TCM_EVERYWHERE[county.code])
        found[part] = round(row["visits_total"] * min(0.9, share))
    pace = drawn(seed, county, "minutes", spread=0.16)
    found["catheter_minutes"] = round(row["catheter_cases"] * pace * (79 - 4.2 * years))
    found["thrombolysis_minutes"] = round(row["thrombolysis_cases"] * pace * (51 - 2.3 * years))
    found["phone_checks"] = sum(row[tier] for tier in CHECK_TIERS)
    confirmed = min(0.995, 0.945 * drawn(seed, county, "confirmed", spread=0.035) + 0.006 * years)
    found["phone_checks_confirmed"] = round(found["phone_checks"] * confirmed)
    return found
