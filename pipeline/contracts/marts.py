"""Marts: what pages read. Rates are fractions 0-1, money is fen, null has a status beside it."""

from __future__ import annotations

import dataframely as dy

from pipeline.contracts.staging import (
    CARE_TYPES,
    CLINIC_STATUSES,
    DESTINATION_TIERS,
    DEVICE_STATES,
    DEVICE_TYPES,
    KEY_GROUPS,
)

STATUSES = ("final", "provisional", "suppressed", "missing", "not_applicable")
AREA_LEVELS = ("group", "province", "city", "county", "township", "village")
VERDICTS = ("match", "explained", "unexplained", "not_computable")


class _Measure(dy.Schema):
    numerator = dy.Int64(nullable=True)
    denominator = dy.Int64(nullable=True)
    value = dy.Float64(nullable=True)
    lower = dy.Float64(nullable=True)
    upper = dy.Float64(nullable=True)
    method = dy.String()  # "wilson", "share" (money), "count"
    status = dy.Enum(STATUSES)


class IndicatorMonthly(_Measure):
    """One row per indicator, area and month; only areas at or above the finest level."""

    indicator_id = dy.String(primary_key=True)
    area_code = dy.String(primary_key=True)
    area_level = dy.Enum(AREA_LEVELS)
    month = dy.Date(primary_key=True)  # first day
    as_of = dy.Date()  # last day the value speaks of


class IndicatorWeekly(_Measure):
    """One row per stock indicator, area and meeting week."""

    indicator_id = dy.String(primary_key=True)
    area_code = dy.String(primary_key=True)
    area_level = dy.Enum(AREA_LEVELS)
    week_ending = dy.Date(primary_key=True)  # a Friday
    as_of = dy.Date()


class IndicatorToDate(_Measure):
    """One row per flow indicator, area, month and period kind: the period so far, and 截至同期."""

    indicator_id = dy.String(primary_key=True)
    area_code = dy.String(primary_key=True)
    area_level = dy.Enum(AREA_LEVELS)
    month = dy.Date(primary_key=True)  # the month in which the period so far ends
    period_kind = dy.Enum(["month", "quarter", "year"], primary_key=True)
    period_start = dy.Date()
    period_end = dy.Date()
    prior_start = dy.Date()
    prior_end = dy.Date()
    prior_numerator = dy.Int64(nullable=True)
    prior_denominator = dy.Int64(nullable=True)
    prior_value = dy.Float64(nullable=True)
    prior_status = dy.Enum(STATUSES)


class FlowMonthly(dy.Schema):
    """One row per insured county, destination, care type and month."""

    insured_county = dy.String(primary_key=True)
    destination_code = dy.String(primary_key=True)  # county in scope, else city, province, "other"
    destination_name = dy.String()
    destination_tier = dy.Enum(DESTINATION_TIERS, primary_key=True)
    care_type = dy.Enum(CARE_TYPES, primary_key=True)
    month = dy.Date(primary_key=True)
    settlements = dy.Int64(nullable=True)
    total_fen = dy.Int64(nullable=True)
    fund_fen = dy.Int64(nullable=True)
    referred_settlements = dy.Int64(nullable=True)
    status = dy.Enum(STATUSES)


class Clinics(dy.Schema):
    """One row per village clinic in its latest extract."""

    clinic_code = dy.String(primary_key=True)
    clinic_name = dy.String()
    city_code = dy.String()
    county_code = dy.String()
    township_code = dy.String(nullable=True)
    township_name = dy.String(nullable=True)
    village_name = dy.String(nullable=True)
    is_planned = dy.Bool()
    status = dy.Enum(CLINIC_STATUSES)
    started_on = dy.Date(nullable=True)
    completed_on = dy.Date(nullable=True)
    accepted_on = dy.Date(nullable=True)
    is_public = dy.Bool(nullable=True)
    floor_area_m2 = dy.Float64(nullable=True)
    doctors = dy.Int32(nullable=True)
    served_population = dy.Int32(nullable=True)
    has_tcm = dy.Bool(nullable=True)
    has_ecg = dy.Bool(nullable=True)
    as_of = dy.Date()


class Devices(dy.Schema):
    """One row per township or community centre and device type, a missing device included."""

    institution_code = dy.String(primary_key=True)
    device_type = dy.Enum(DEVICE_TYPES, primary_key=True)
    institution_name = dy.String()
    institution_type = dy.String()
    city_code = dy.String()
    county_code = dy.String()
    township_code = dy.String(nullable=True)
    state = dy.Enum([*DEVICE_STATES, "missing"])  # the best state among its devices of this type
    devices_in_use = dy.Int32()
    devices_total = dy.Int32()
    in_use_since = dy.Date(nullable=True)
    reported_broken_on = dy.Date(nullable=True)
    as_of = dy.Date(nullable=True)


class ContractGroups(dy.Schema):
    """One row per area (county or township), key group and month: the last as-of value in it."""

    area_code = dy.String(primary_key=True)
    area_level = dy.Enum(AREA_LEVELS)
    group = dy.Enum(KEY_GROUPS, primary_key=True)
    month = dy.Date(primary_key=True)
    persons = dy.Int64(nullable=True)
    managed = dy.Int64(nullable=True)
    contracted = dy.Int64(nullable=True)


class Areas(dy.Schema):
    """One row per area version."""

    area_code = dy.String(primary_key=True)
    area_name = dy.String()
    area_level = dy.Enum(AREA_LEVELS)
    parent_code = dy.String(nullable=True)
    code_system = dy.String()  # gbt2260, stats2023, local, group
    valid_from = dy.Date(nullable=True)
    valid_until = dy.Date(nullable=True)
    successor_code = dy.String(nullable=True)
    located_in = dy.String(nullable=True)  # the county whose polygon a zone lies in
    has_polygon = dy.Bool()
    is_complete = dy.Bool()  # all children are loaded; only then shown under its own name
    population = dy.Int64(nullable=True)


class Institutions(dy.Schema):
    """One row per institution in its latest extract, with the membership in force."""

    institution_code = dy.String(primary_key=True)
    institution_name = dy.String()
    institution_type = dy.String()
    hospital_level = dy.String(nullable=True)
    city_code = dy.String()
    county_code = dy.String()
    township_code = dy.String(nullable=True)
    township_name = dy.String(nullable=True)
    consortium_code = dy.String(nullable=True)
    consortium_name = dy.String(nullable=True)
    is_lead = dy.Bool()
    valid_from = dy.Date(nullable=True)
    valid_until = dy.Date(nullable=True)
    standard = dy.String(nullable=True)  # basic, recommended
    is_sub_centre = dy.Bool()
    is_five_hundred_model = dy.Bool()
    has_tcm_clinic = dy.Bool()
    as_of = dy.Date()


class Targets(dy.Schema):
    """One row per indicator, area and due date."""

    indicator_id = dy.String(primary_key=True)
    area_code = dy.String(primary_key=True)
    due_on = dy.Date(primary_key=True)
    target = dy.Float64()


class DataQuality(dy.Schema):
    """One row per source, county and month: what came, what was taken, what was refused."""

    source = dy.String(primary_key=True)
    county_code = dy.String(primary_key=True)
    month = dy.Date(primary_key=True)
    expected = dy.Int64(nullable=True)  # reports expected in the period
    received = dy.Int64()  # reports received
    rows_read = dy.Int64()
    accepted = dy.Int64()
    rejected = dy.Int64()
    duplicates = dy.Int64()
    reasons = dy.String()  # "BAD_DATE:3 UNKNOWN_CODE:1", ordered by code
    delay_days = dy.Int32(nullable=True)
    grade = dy.Enum(["A", "B", "C", "D"])


class PublishedFacts(dy.Schema):
    """One row per published figure, with ours on the same scope and date beside it."""

    fact_id = dy.String(primary_key=True)
    place_name = dy.String()
    area_code = dy.String(nullable=True)
    topic = dy.String()
    measure_zh = dy.String()
    value = dy.Float64()
    comparator = dy.String()
    unit = dy.String()
    as_of = dy.String()  # as printed: a date, a month, a year or an interval
    our_value = dy.Float64(nullable=True)
    our_as_of = dy.Date(nullable=True)
    verdict = dy.Enum(VERDICTS)
    reason_zh = dy.String()
    source_title = dy.String()
    source_date = dy.String(nullable=True)


MARTS: dict[str, type[dy.Schema]] = {
    "indicator_monthly": IndicatorMonthly,
    "indicator_weekly": IndicatorWeekly,
    "indicator_to_date": IndicatorToDate,
    "flow_monthly": FlowMonthly,
    "clinics": Clinics,
    "devices": Devices,
    "contract_groups": ContractGroups,
    "areas": Areas,
    "institutions": Institutions,
    "targets": Targets,
    "data_quality": DataQuality,
    "published_facts": PublishedFacts,
}
