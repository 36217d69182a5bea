"""Marts: what pages read. Rates are fractions 0-1, money is fen, null has a status beside it."""

from __future__ import annotations

import dataframely as dy

from pipeline.contracts.device_marts import DeviceConflicts, Devices
from pipeline.contracts.settled_marts import (
    CaseMixYearly,
    FlowMonthly,
    OutflowLevelsYearly,
    PersonsYearly,
)
from pipeline.contracts.staging import CLINIC_STATUSES, KEY_GROUPS
from pipeline.contracts.words import AREA_LEVELS, STATUSES, VERDICTS

__all__ = ["AREA_LEVELS", "MARTS", "STATUSES", "VERDICTS", "FlowMonthly"]


class _Measure(dy.Schema):
    numerator = dy.Int64(nullable=True, description="value of the numerator counter; fen for money")
    denominator = dy.Int64(
        nullable=True, description="value of the denominator counter; null for counts"
    )
    value = dy.Float64(
        nullable=True,
        description="numerator / denominator as a fraction; the count itself for counts",
    )
    lower = dy.Float64(
        nullable=True, description="lower end of the confidence interval; null without one"
    )
    upper = dy.Float64(
        nullable=True, description="upper end of the confidence interval; null without one"
    )
    method = dy.String(description="wilson, share (money), ratio, count")
    status = dy.Enum(STATUSES, description="final, provisional, or why there is no value")


class _Indicator(_Measure):
    indicator_id = dy.String(primary_key=True, description="id in the catalogue")
    area_code = dy.String(primary_key=True, description="code in mart areas")
    area_level = dy.Enum(AREA_LEVELS, description="level of the area")


class IndicatorMonthly(_Indicator):
    """One row per indicator, area and month; only areas at or above the finest level."""

    month = dy.Date(primary_key=True, description="first day of the month")
    as_of = dy.Date(description="last day the value speaks of")


class IndicatorWeekly(_Indicator):
    """One row per stock indicator, area and meeting week."""

    week_ending = dy.Date(primary_key=True, description="the Friday that ends the meeting week")
    as_of = dy.Date(description="last day the value speaks of")


class IndicatorToDate(_Measure):
    """One row per flow indicator, area, month and period kind: the period so far, and 截至同期.

    Townships have the quarter and year kinds alone, at the ends of complete quarters.
    """

    indicator_id = dy.String(primary_key=True, description="id in the catalogue")
    area_code = dy.String(
        primary_key=True,
        description="code in mart areas; a county's with 000: rows that name no township of it",
    )
    area_level = dy.Enum(AREA_LEVELS, description="level of the area")
    month = dy.Date(primary_key=True, description="month in which the period so far ends")
    period_kind = dy.Enum(
        ["month", "quarter", "year"],
        primary_key=True,
        description="what has been running: month, quarter, year",
    )
    period_start = dy.Date(description="first day of the period so far")
    period_end = dy.Date(description="last day of the period so far")
    prior_start = dy.Date(description="first day of the same stretch a year earlier")
    prior_end = dy.Date(description="last day of the same stretch a year earlier")
    prior_numerator = dy.Int64(nullable=True, description="numerator of the earlier stretch")
    prior_denominator = dy.Int64(nullable=True, description="denominator of the earlier stretch")
    prior_value = dy.Float64(nullable=True, description="value of the earlier stretch")
    prior_status = dy.Enum(STATUSES, description="status of the earlier stretch")


class Clinics(dy.Schema):
    """One row per village clinic in its latest extract."""

    clinic_code = dy.String(primary_key=True, description="code in the register")
    clinic_name = dy.String(description="name in the register")
    city_code = dy.String(description="city of the county")
    county_code = dy.String(description="county of today")
    township_code = dy.String(nullable=True, description="null where the name is not known")
    township_name = dy.String(nullable=True, description="as written")
    village_name = dy.String(nullable=True, description="as written")
    is_planned = dy.Bool(description="within the plan; true where not said")
    status = dy.Enum(CLINIC_STATUSES, description="state of construction")
    started_on = dy.Date(nullable=True, description="start of the works")
    completed_on = dy.Date(nullable=True, description="end of the works")
    accepted_on = dy.Date(nullable=True, description="acceptance")
    is_public = dy.Bool(nullable=True, description="publicly owned")
    floor_area_m2 = dy.Float64(nullable=True, description="square metres")
    doctors = dy.Int32(nullable=True, description="village doctors")
    served_population = dy.Int32(nullable=True, description="persons served")
    has_tcm = dy.Bool(nullable=True, description="offers Chinese medicine")
    has_ecg = dy.Bool(nullable=True, description="has an ECG device")
    as_of = dy.Date(description="date of the extract")


class ContractGroups(dy.Schema):
    """One row per area (county or township), key group and month: the last as-of value in it."""

    area_code = dy.String(primary_key=True, description="code in mart areas")
    area_level = dy.Enum(AREA_LEVELS, description="level of the area")
    group = dy.Enum(
        KEY_GROUPS, primary_key=True, description="key group of the family-doctor scheme"
    )
    month = dy.Date(primary_key=True, description="first day of the month; last report in it")
    persons = dy.Int64(nullable=True, description="persons in the group")
    managed = dy.Int64(nullable=True, description="persons under management")
    contracted = dy.Int64(nullable=True, description="persons with a contract")


class Areas(dy.Schema):
    """One row per area version."""

    area_code = dy.String(
        primary_key=True, description="county six digits, township nine, group all"
    )
    area_name = dy.String(description="name in the version's time")
    area_level = dy.Enum(AREA_LEVELS, description="level of the area")
    parent_code = dy.String(nullable=True, description="area above")
    code_system = dy.String(description="gbt2260, stats2023, local, group")
    valid_from = dy.Date(nullable=True, description="first day in force; null is always")
    valid_until = dy.Date(nullable=True, description="last day in force; null is today")
    successor_code = dy.String(nullable=True, description="code that took over")
    located_in = dy.String(nullable=True, description="the county whose polygon a zone lies in")
    has_polygon = dy.Bool(description="has a shape in the snapshot")
    is_complete = dy.Bool(description="all children are loaded; only then shown under its own name")
    population = dy.Int64(nullable=True, description="residents of the latest year")
    urban_income_fen = dy.Int64(
        nullable=True, description="disposable income a head of town dwellers in income_year; fen"
    )
    rural_income_fen = dy.Int64(
        nullable=True,
        description="disposable income a head of country dwellers in income_year; fen",
    )
    income_year = dy.Int16(
        nullable=True, description="latest year told of a county; null above counties"
    )
    note_zh = dy.String(
        nullable=True, description="codes it took over and land that moved; null is no change"
    )


class Institutions(dy.Schema):
    """One row per institution in its latest extract, with the membership in force."""

    institution_code = dy.String(primary_key=True, description="code in the register")
    institution_name = dy.String(description="name in the register")
    institution_type = dy.String(description="kind of institution")
    hospital_level = dy.String(nullable=True, description="tertiary, secondary, primary, ungraded")
    city_code = dy.String(description="city of the county")
    county_code = dy.String(description="county of today")
    township_code = dy.String(nullable=True, description="null where it is not known")
    township_name = dy.String(nullable=True, description="as written")
    consortium_code = dy.String(nullable=True, description="consortium it belongs to")
    consortium_name = dy.String(nullable=True, description="name of the consortium")
    is_lead = dy.Bool(description="leads the consortium")
    valid_from = dy.Date(nullable=True, description="start of the membership")
    valid_until = dy.Date(nullable=True, description="end of the membership")
    standard = dy.String(nullable=True, description="basic, recommended; null is none reached")
    is_sub_centre = dy.Bool(description="approved as a sub-centre")
    is_five_hundred_model = dy.Bool(description="one of the five hundred models")
    has_tcm_clinic = dy.Bool(description="has a clinic of Chinese medicine")
    as_of = dy.Date(description="date of the extract")


class Targets(dy.Schema):
    """One row per indicator, area and due date."""

    indicator_id = dy.String(primary_key=True, description="id in the catalogue")
    area_code = dy.String(primary_key=True, description="area it is set for; holds below it too")
    due_on = dy.Date(primary_key=True, description="day by which it is to be reached")
    target = dy.Float64(description="a fraction for rates, else the count")


class DataQuality(dy.Schema):
    """One row per source, county and month: what came, what was taken, what was refused."""

    source = dy.String(primary_key=True, description="kind of raw file")
    county_code = dy.String(primary_key=True, description="empty where rows name no county")
    month = dy.Date(primary_key=True, description="month reported; month of the extract")
    expected = dy.Int64(nullable=True, description="reports expected in the period")
    received = dy.Int64(description="reports received")
    rows_read = dy.Int64(
        nullable=True, description="accepted + rejected + duplicates; null with accepted"
    )
    accepted = dy.Int64(
        nullable=True, description="rows taken; null where they would tell a hidden count"
    )
    rejected = dy.Int64(description="rows refused")
    duplicates = dy.Int64(description="rows dropped as duplicates or replaced")
    reasons = dy.String(description="BAD_DATE:3 UNKNOWN_CODE:1, ordered by code")
    delay_days = dy.Int32(
        nullable=True,
        description="days since the end of a due month not reported, or of the newest extract",
    )
    grade = dy.Enum(
        ["A", "B", "C", "D"], description="share of refused rows; D when a due report is missing"
    )


class RejectedRows(dy.Schema):
    """One row per refused row of a raw file: where it stands and why, never what it holds."""

    source = dy.String(primary_key=True, description="kind of raw file")
    file_sha256 = dy.String(primary_key=True, description="hash of the file; the manifest names it")
    sheet = dy.String(primary_key=True, description="of a workbook; empty elsewhere")
    row = dy.Int64(primary_key=True, description="as the program that opens the file numbers it")
    column = dy.String(nullable=True, description="header as it stands in the file")
    reason = dy.String(description="code of the reason")


class PublishedFacts(dy.Schema):
    """One row per published figure, with ours on the same scope and date beside it."""

    fact_id = dy.String(primary_key=True, description="id in the list of published figures")
    place_name = dy.String(description="as printed")
    area_code = dy.String(nullable=True, description="null outside the loaded areas")
    topic = dy.String(description="subject")
    measure_zh = dy.String(description="what was counted, as printed")
    value = dy.Float64(description="as printed, in its unit")
    comparator = dy.String(description="=, >, >=, < or ~ (about)")
    unit = dy.String(description="unit as printed")
    as_of = dy.String(description="as printed: a date, a month, a year or an interval")
    our_value = dy.Float64(nullable=True, description="ours on the same scope and date")
    our_as_of = dy.Date(nullable=True, description="date of ours")
    verdict = dy.Enum(VERDICTS, description="outcome of the comparison")
    reason_zh = dy.String(description="why it differs or cannot be computed")
    source_title = dy.String(description="where it was published")
    source_date = dy.String(nullable=True, description="date of publication")


MARTS: dict[str, type[dy.Schema]] = {
    "indicator_monthly": IndicatorMonthly,
    "indicator_weekly": IndicatorWeekly,
    "indicator_to_date": IndicatorToDate,
    "flow_monthly": FlowMonthly,
    "case_mix_yearly": CaseMixYearly,
    "outflow_levels_yearly": OutflowLevelsYearly,
    "persons_yearly": PersonsYearly,
    "clinics": Clinics,
    "devices": Devices,
    "device_conflicts": DeviceConflicts,
    "contract_groups": ContractGroups,
    "areas": Areas,
    "institutions": Institutions,
    "targets": Targets,
    "data_quality": DataQuality,
    "rejected_rows": RejectedRows,
    "published_facts": PublishedFacts,
}
