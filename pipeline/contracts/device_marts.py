"""Marts on the devices of institutions."""

from __future__ import annotations

import dataframely as dy

from pipeline.contracts.staging import DEVICE_CONFLICTS, DEVICE_STATES, DEVICE_TYPES


class Devices(dy.Schema):
    """One row per township or community centre and device type, a missing device included."""

    institution_code = dy.String(primary_key=True, description="code in mart institutions")
    device_type = dy.Enum(
        DEVICE_TYPES, primary_key=True, description="kind, told from the device's name"
    )
    institution_name = dy.String(description="name in the register")
    institution_type = dy.String(description="township or community centre")
    city_code = dy.String(description="city of the county")
    county_code = dy.String(description="county of the institution")
    township_code = dy.String(nullable=True, description="township of the institution")
    state = dy.Enum(
        [*DEVICE_STATES, "missing"], description="best state among its devices of this type"
    )
    devices_in_use = dy.Int32(description="devices in use")
    devices_total = dy.Int32(description="devices of any state, planned ones left out")
    devices_planned = dy.Int32(description="devices planned or bought and not yet there")
    planned_on = dy.Date(nullable=True, description="day the first planned one is to be there")
    in_use_since = dy.Date(nullable=True, description="first day of use")
    reported_broken_on = dy.Date(nullable=True, description="day of the report of a fault")
    as_of = dy.Date(nullable=True, description="date of the extract")


class DeviceConflicts(dy.Schema):
    """One row per entry of an equipment ledger at odds with itself or with an earlier extract.

    Told of each county's extract in force, and only while that one still says so.
    """

    reason = dy.Enum(
        DEVICE_CONFLICTS,
        primary_key=True,
        description=(
            "two_institutions: one number in use in two institutions; returned: retired before, in "
            "use now; after_extract: put into use after the extract; planned_in_use: planned, yet "
            "in use since; first_day_changed; quantity_jump: of a type; plan_overdue"
        ),
    )
    institution_code = dy.String(primary_key=True, description="code in mart institutions")
    device_type = dy.Enum(DEVICE_TYPES, primary_key=True, description="kind, told from the name")
    device_code = dy.String(
        primary_key=True, description="number in the ledger; empty where all of a type are meant"
    )
    institution_name = dy.String(description="name in the register")
    other_institution_name = dy.String(
        nullable=True, description="the others with the same number, for two_institutions"
    )
    city_code = dy.String(description="city of the county")
    county_code = dy.String(description="county of the institution")
    township_code = dy.String(nullable=True, description="township of the institution")
    extract_date = dy.Date(description="extract in force, which says so")
    earlier_extract = dy.Date(nullable=True, description="last extract that said otherwise")
    date_before = dy.Date(nullable=True, description="day as the earlier extract had it")
    date_after = dy.Date(nullable=True, description="day as the extract in force has it")
    quantity_before = dy.Int32(nullable=True, description="devices in the earlier extract")
    quantity_after = dy.Int32(nullable=True, description="devices in the extract in force")
