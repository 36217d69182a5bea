"""Marts that count settlements. Money is fen; null has a status beside it."""

from __future__ import annotations

import dataframely as dy

from pipeline.contracts.staging import (
    AGE_BANDS,
    CARE_TYPES,
    DESTINATION_TIERS,
    HOSPITAL_LEVELS,
)
from pipeline.contracts.words import AREA_LEVELS, STATUSES


class FlowMonthly(dy.Schema):
    """One row per insured county, destination, care type and month."""

    insured_county = dy.String(primary_key=True, description="county that insures the patient")
    destination_code = dy.String(
        primary_key=True, description="county in scope, else city, province, or other"
    )
    destination_name = dy.String(description="name of the place of care")
    destination_tier = dy.Enum(
        DESTINATION_TIERS, primary_key=True, description="how far from the insured county"
    )
    care_type = dy.Enum(CARE_TYPES, primary_key=True, description="kind of care")
    month = dy.Date(primary_key=True, description="first day of the month of discharge")
    settlements = dy.Int64(
        nullable=True, description="settlements less reversals; null when hidden"
    )
    total_fen = dy.Int64(nullable=True, description="total cost, fen")
    fund_fen = dy.Int64(nullable=True, description="paid by the pooled fund, fen")
    referred_settlements = dy.Int64(
        nullable=True,
        description="settlements with a referral on record; null when hidden or none were sent",
    )
    status = dy.Enum(STATUSES, description="final, provisional, suppressed")


class CaseMixYearly(dy.Schema):
    """One row per insured county, destination tier, disease category, age band and year.

    Admissions, births included. The rows `all` are the totals over diseases or over ages; `other`
    are the diseases with fewer admissions of that county, tier and year than the small-number
    threshold, taken together.
    """

    insured_county = dy.String(primary_key=True, description="county that insures the patient")
    destination_tier = dy.Enum(
        DESTINATION_TIERS, primary_key=True, description="how far from the insured county"
    )
    disease_category = dy.String(
        primary_key=True,
        description="three-character ICD-10 category; other (rare ones), unknown, or all",
    )
    age_band = dy.Enum(
        [*AGE_BANDS, "all"], primary_key=True, description="years of age, unknown, or all"
    )
    year = dy.Int16(primary_key=True, description="year of discharge")
    settlements = dy.Int64(nullable=True, description="admissions less reversals; null when hidden")
    fund_fen = dy.Int64(nullable=True, description="paid by the pooled fund, fen")
    months = dy.Int8(description="months of the year within the reporting range")
    status = dy.Enum(STATUSES, description="final, provisional, suppressed")


class OutflowLevelsYearly(dy.Schema):
    """One row per insured county, destination tier, hospital level and year.

    Admissions, births included. The level is the one the settlement names, else that of the
    institution register; a hospital far away whose level neither tells is `unknown`. The levels of
    a county, tier and year add up to the total over diseases and ages in case_mix_yearly.
    """

    insured_county = dy.String(primary_key=True, description="county that insures the patient")
    destination_tier = dy.Enum(
        DESTINATION_TIERS, primary_key=True, description="how far from the insured county"
    )
    hospital_level = dy.Enum(
        [*HOSPITAL_LEVELS, "unknown"], primary_key=True, description="level of the hospital"
    )
    year = dy.Int16(primary_key=True, description="year of discharge")
    settlements = dy.Int64(nullable=True, description="admissions less reversals; null when hidden")
    fund_fen = dy.Int64(nullable=True, description="paid by the pooled fund, fen")
    months = dy.Int8(description="months of the year within the reporting range")
    status = dy.Enum(STATUSES, description="final, provisional, suppressed")


class PersonsYearly(dy.Schema):
    """One row per area, destination tier and year: distinct persons, counted at each level.

    The one mart that is not a sum of counters: a person who was insured in two counties of a city
    within the year is one person of the city. Persons all of whose care was reversed do not count.
    """

    area_code = dy.String(primary_key=True, description="area of insurance, in mart areas")
    area_level = dy.Enum(AREA_LEVELS, description="county, city, province or group")
    destination_tier = dy.Enum(
        DESTINATION_TIERS, primary_key=True, description="how far from the insured county"
    )
    year = dy.Int16(primary_key=True, description="year of care")
    persons = dy.Int64(nullable=True, description="with any visit but to a pharmacy")
    persons_admitted = dy.Int64(nullable=True, description="with an admission")
    months = dy.Int8(description="months of the year within the reporting range")
    status = dy.Enum(STATUSES, description="final, provisional, suppressed")
