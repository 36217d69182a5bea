"""Staged tables: one row per registry row that was accepted, codes canonical, dates typed.

Money is whole fen (Int64). Area codes are text: county six digits, township nine, village twelve.
Every staged row carries `file_id`, the position of its file in the run's ledger.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

CARE_TYPES = ("inpatient", "outpatient", "chronic_outpatient", "pharmacy", "maternity", "other")
ADMISSIONS = ("inpatient", "maternity")  # the kinds of care that are a stay
ADMISSION_CODES = tuple(CARE_TYPES.index(kind) for kind in ADMISSIONS)
DESTINATION_TIERS = ("same_county", "same_city", "same_province", "other_province")
# Unions of the census's five-year groups, so that its standard population can be applied to them;
# 65 is a border, since the aged are counted from there.
AGE_BAND_STARTS = (0, 5, 15, 25, 35, 45, 55, 65, 75, 85)
AGE_BANDS = (
    *("0-4", "5-14", "15-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75-84", "85+"),
    "unknown",
)
# The first category of each chapter of ICD-10 and the chapter's number, in the order of the
# categories (which is not that of the chapters at the end).
CHAPTERS = (
    *(("A00", 1), ("C00", 2), ("D50", 3), ("E00", 4), ("F00", 5), ("G00", 6), ("H00", 7)),
    *(("H60", 8), ("I00", 9), ("J00", 10), ("K00", 11), ("L00", 12), ("M00", 13), ("N00", 14)),
    *(("O00", 15), ("P00", 16), ("Q00", 17), ("R00", 18), ("S00", 19), ("U00", 22), ("V01", 20)),
    ("Z00", 21),
)
HOSPITAL_LEVELS = ("tertiary", "secondary", "primary", "ungraded")
INSURANCE_TYPES = ("employee", "resident", "other")
CLINIC_STATUSES = ("not_started", "in_progress", "completed", "accepted")
DEVICE_TYPES = (
    *("dr", "colour_ultrasound", "biochemistry_analyser"),  # the three that centres need
    *("ct", "ecg", "ambulance", "other"),
)
# Best first. A planned device is not there yet.
DEVICE_STATES = ("in_use", "repair", "stopped", "planned", "retired")
# What of an equipment ledger contradicts itself or an earlier extract; the gravest first.
DEVICE_CONFLICTS = (
    "two_institutions",
    "returned",
    "after_extract",
    "planned_in_use",
    "first_day_changed",
    "quantity_jump",
    "plan_overdue",
)
KEY_GROUPS = (
    "children_0_6",
    "pregnant_women",
    "elderly_65",
    "hypertension",
    "type2_diabetes",
    "tuberculosis",
    "severe_mental_disorder",
    "disabled",
    "special_support_family",
    "out_of_poverty",
)
INSTITUTION_TYPES = (
    "tertiary_hospital",
    "secondary_hospital",
    "primary_hospital",
    "township_health_centre",
    "community_health_centre",
    "community_health_station",
    "other",
)


class AcceptedSettlement(dy.Schema):
    """One row per accepted settlement; a reversal is a row with sign -1 on its original's date.

    One that takes back part of the money has sign 0: the settlement stands.
    """

    file_id = dy.UInt32()
    settlement_id = dy.String(primary_key=True)
    person_key = dy.Int64(nullable=True)  # keyed hash, never leaves the staged folder
    insured_county = dy.String(min_length=6, max_length=6)
    insured_township = dy.String(nullable=True)
    institution_code = dy.String(nullable=True)
    care_area = dy.String(nullable=True)  # county, city or province of care, as far as known
    destination_tier = dy.Enum(DESTINATION_TIERS)
    hospital_level = dy.String(nullable=True)  # tertiary, secondary, primary, ungraded
    care_type = dy.Enum(CARE_TYPES)
    insurance_type = dy.Enum(INSURANCE_TYPES)
    service_date = dy.Date()  # discharge or end of care; settlement date where that is missing
    settled_on = dy.Date()
    sign = dy.Int8()  # +1, -1 for a reversal, 0 for one of part of the money
    total_fen = dy.Int64()
    fund_fen = dy.Int64()  # pooled fund paid; negative on a reversal
    disease_category = dy.String(nullable=True)  # three-character ICD-10
    age = dy.Int16(nullable=True, min=0, max=120)
    is_resettled = dy.Bool(nullable=True)  # 异地安置; null: the extract has no such column


class StagedSettlement(dy.Schema):
    """One row per accepted settlement in codes, in the file of its service month.

    Codes of areas, institutions and diseases are those of the code tables beside the months
    (`StagedCode`); small enumerations are positions in the tuples above. Admissions before other
    care, each sorted by insured county, institution and service date. Metadata of a file name the
    version of what it was derived with.
    """

    insured_county = dy.UInt16()
    insured_township = dy.UInt16(nullable=True)
    # A province's insured are treated in more places than sixteen bits can name.
    institution_code = dy.UInt32(nullable=True)
    care_area = dy.UInt16(nullable=True)
    destination_tier = dy.UInt8()
    care_type = dy.UInt8()
    insurance_type = dy.UInt8()
    hospital_level = dy.UInt8(nullable=True)
    disease_category = dy.UInt16(nullable=True)
    disease_chapter = dy.UInt8()  # of ICD-10, 1 to 22; 0: not known
    age_band = dy.UInt8()  # position in AGE_BANDS
    is_resettled = dy.Bool(nullable=True)
    service_date = dy.Date()
    settled_on = dy.Date()
    sign = dy.Int8()
    person_key = dy.Int64(nullable=True)  # 64 bits of a keyed hash
    total_fen = dy.Int64()
    fund_fen = dy.Int64()
    settlement_id = dy.String(primary_key=True)  # so that a number can be traced to its rows


class StagedCode(dy.Schema):
    """One row per value of a code table; a code, once given, stays."""

    code = dy.UInt32(primary_key=True)
    value = dy.String()


class StagedReferral(dy.Schema):
    """One row per referral."""

    file_id = dy.UInt32()
    referral_id = dy.String(primary_key=True)
    person_key = dy.Int64(nullable=True)
    referred_on = dy.Date()
    direction = dy.Enum(["up", "down"])
    from_institution = dy.String(nullable=True)
    to_institution = dy.String(nullable=True)
    county_code = dy.String(min_length=6, max_length=6)  # of the referring institution
    insured_county = dy.String(nullable=True)
    to_county = dy.String(nullable=True)


class StagedClinic(dy.Schema):
    """One row per village clinic and extract."""

    file_id = dy.UInt32()
    extract_date = dy.Date(primary_key=True)
    clinic_code = dy.String(primary_key=True)
    clinic_name = dy.String()
    county_code = dy.String(min_length=6, max_length=6)
    township_code = dy.String(nullable=True)
    township_name = dy.String(nullable=True)
    village_name = dy.String(nullable=True)
    is_planned = dy.Bool()
    status = dy.Enum(CLINIC_STATUSES)
    started_on = dy.Date(nullable=True)
    completed_on = dy.Date(nullable=True)
    accepted_on = dy.Date(nullable=True)
    is_public = dy.Bool(nullable=True)
    floor_area_m2 = dy.Float64(nullable=True, min=0)
    doctors = dy.Int32(nullable=True, min=0)
    served_population = dy.Int32(nullable=True, min=0)
    has_tcm = dy.Bool(nullable=True)
    has_ecg = dy.Bool(nullable=True)


class StagedDevice(dy.Schema):
    """One row per device and extract; a number speaks of a device of one institution."""

    file_id = dy.UInt32()
    extract_date = dy.Date(primary_key=True)
    institution_code = dy.String(primary_key=True)
    device_code = dy.String(primary_key=True)
    device_type = dy.Enum(DEVICE_TYPES)
    device_name = dy.String()
    quantity = dy.Int32(min=1)
    state = dy.Enum(DEVICE_STATES)
    bought_on = dy.Date(nullable=True)
    in_use_since = dy.Date(nullable=True)
    planned_on = dy.Date(nullable=True)  # when a planned device is to be there
    reported_broken_on = dy.Date(nullable=True)
    price_fen = dy.Int64(nullable=True, min=0)
    is_renewal_project = dy.Bool()  # bought under 设备更新项目


class StagedContract(dy.Schema):
    """One row per institution and as-of date: the resident and key-group totals, de-duplicated."""

    file_id = dy.UInt32()
    as_of = dy.Date(primary_key=True)
    institution_code = dy.String(primary_key=True)
    county_code = dy.String(min_length=6, max_length=6)
    township_code = dy.String(nullable=True)
    teams = dy.Int32(nullable=True, min=0)
    registered_population = dy.Int64(nullable=True, min=0)
    residents = dy.Int64(nullable=True, min=0)
    residents_contracted = dy.Int64(nullable=True, min=0)
    key_persons = dy.Int64(nullable=True, min=0)
    key_persons_contracted = dy.Int64(nullable=True, min=0)
    contracts_valid = dy.Int64(nullable=True, min=0)
    contracts_fulfilled = dy.Int64(nullable=True, min=0)
    contracts_due = dy.Int64(nullable=True, min=0)
    contracts_renewed = dy.Int64(nullable=True, min=0)


class StagedContractGroup(dy.Schema):
    """One row per institution, as-of date and key group."""

    file_id = dy.UInt32()
    as_of = dy.Date(primary_key=True)
    institution_code = dy.String(primary_key=True)
    group = dy.Enum(KEY_GROUPS, primary_key=True)
    county_code = dy.String(min_length=6, max_length=6)
    township_code = dy.String(nullable=True)
    persons = dy.Int64(nullable=True, min=0)
    managed = dy.Int64(nullable=True, min=0)
    contracted = dy.Int64(nullable=True, min=0)


class StagedInstitution(dy.Schema):
    """One row per institution, extract and membership period."""

    file_id = dy.UInt32()
    extract_date = dy.Date()
    institution_code = dy.String()
    member_from = dy.Date(nullable=True)
    member_until = dy.Date(nullable=True)
    institution_name = dy.String()
    institution_type = dy.Enum(INSTITUTION_TYPES)
    hospital_level = dy.String(nullable=True)
    county_code = dy.String(min_length=6, max_length=6)
    township_code = dy.String(nullable=True)
    township_name = dy.String(nullable=True)
    consortium_code = dy.String(nullable=True)
    consortium_name = dy.String(nullable=True)
    is_lead = dy.Bool()
    opened_on = dy.Date(nullable=True)
    closed_on = dy.Date(nullable=True)
    basic_standard_on = dy.Date(nullable=True)
    recommended_standard_on = dy.Date(nullable=True)
    sub_centre_on = dy.Date(nullable=True)
    five_hundred_model_on = dy.Date(nullable=True)
    tcm_clinic_on = dy.Date(nullable=True)

    @dy.rule()
    def one_row_per_membership(cls) -> pl.Expr:  # noqa: N805 - dataframely calls it on the class
        """Refuse a second row of the same membership; the start may be unknown."""
        membership = pl.struct("extract_date", "institution_code", "member_from")
        return membership.is_duplicated().not_()


class StagedPopulation(dy.Schema):
    """One row per county, year, sex and age band."""

    file_id = dy.UInt32()
    area_code = dy.String(primary_key=True)
    year = dy.Int16(primary_key=True, min=1990, max=2100)
    sex = dy.Enum(["male", "female"], primary_key=True)
    age_from = dy.Int16(primary_key=True, min=0, max=120)  # first year of a five-year band
    persons = dy.Int64(min=0)


class StagedIncome(dy.Schema):
    """One row per county and year: disposable income a head, of town and of country dwellers."""

    file_id = dy.UInt32()
    area_code = dy.String(primary_key=True)
    year = dy.Int16(primary_key=True, min=1990, max=2100)
    urban_fen = dy.Int64(nullable=True, min=0)
    rural_fen = dy.Int64(nullable=True, min=0)


class StagedActivity(dy.Schema):
    """One row per county, month and item of the monthly report."""

    file_id = dy.UInt32()
    county_code = dy.String(primary_key=True, min_length=6, max_length=6)
    month = dy.Date(primary_key=True)
    item = dy.String(primary_key=True)  # a counter id of topic "activity"
    value = dy.Int64()  # persons, counts, or fen


class StagedTarget(dy.Schema):
    """One row per indicator, area and date from which the target holds."""

    file_id = dy.UInt32()
    indicator_id = dy.String(primary_key=True)
    area_code = dy.String(primary_key=True)
    due_on = dy.Date(primary_key=True)
    target = dy.Float64()  # a fraction for rates, the count for counts
