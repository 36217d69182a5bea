"""Townships of a county: contracts, clinics, devices, and the clinics of one township."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard.queries.equipment import SENT, with_plans
from dashboard.queries.measures import MEASURE
from dashboard.remembering import remembered
from pipeline.contracts.words import THREE_DEVICES

IN_USE, BROKEN = "in_use", "broken"


# What is asked of the townships of a county is asked once for all areas.


def rates_in_month(
    monthly: pl.LazyFrame, *, indicator_ids: Sequence[str], townships: Sequence[str], month: dt.date
) -> pl.DataFrame:
    """One row per indicator and township that has one in the month."""
    found = _rates(monthly, tuple(indicator_ids), month)
    return found.filter(pl.col("area_code").is_in(list(townships)))


@remembered
def _rates(monthly: pl.LazyFrame, indicator_ids: tuple[str, ...], month: dt.date) -> pl.DataFrame:
    return (
        monthly.filter(pl.col("indicator_id").is_in(indicator_ids) & (pl.col("month") == month))
        .select("indicator_id", "area_code", *MEASURE, pl.col("status").cast(pl.String))
        .sort("indicator_id", "area_code")
        .collect()
    )


def rate_series(
    monthly: pl.LazyFrame,
    *,
    indicator_id: str,
    townships: Sequence[str],
    until: dt.date,
    months: int = 12,
) -> dict[str, tuple[float | None, ...]]:
    """Return township -> values of the last months, oldest first."""
    found = _courses(monthly, indicator_id, until, months)
    return {code: found[code] for code in townships if code in found}


@remembered
def _courses(
    monthly: pl.LazyFrame, indicator_id: str, until: dt.date, months: int
) -> dict[str, tuple[float | None, ...]]:
    since = until.year * 12 + until.month - months
    days = (dt.date(since // 12, since % 12 + 1, 1), until)
    rows = (
        monthly.filter((pl.col("indicator_id") == indicator_id) & pl.col("month").is_between(*days))
        .sort("area_code", "month")
        .group_by("area_code", maintain_order=True)
        .agg("value")
        .collect()
    )
    return {code: tuple(values) for code, values in rows.iter_rows()}


@remembered
def device_states(devices: pl.LazyFrame, *, county: str) -> dict[str, tuple[str, ...]]:
    """Return township -> state of the three devices over its centres: all in use, or one broken."""
    kind = pl.col("device_type").cast(pl.String)
    rows = (
        devices.filter(
            SENT
            & (pl.col("county_code") == county)
            & pl.col("township_code").is_not_null()
            & kind.is_in(THREE_DEVICES)
        )
        .group_by("township_code", kind)
        .agg(in_use=(pl.col("state").cast(pl.String) == "in_use").all())
        .collect()
    )
    found: dict[str, dict[str, str]] = {}
    for township, device, in_use in rows.iter_rows():
        found.setdefault(township, {})[device] = IN_USE if in_use else BROKEN
    return {
        township: tuple(states.get(device, BROKEN) for device in THREE_DEVICES)
        for township, states in found.items()
    }


@remembered
def clinics_of(clinics: pl.LazyFrame, *, township: str) -> pl.DataFrame:
    """One row per clinic of a township: work left first, what was never planned last."""
    order = {"not_started": 0, "in_progress": 1, "completed": 2, "accepted": 3}
    status = pl.col("status").cast(pl.String)
    return (
        clinics.filter(pl.col("township_code") == township)
        .with_columns(status=status, rank=status.replace_strict(order, return_dtype=pl.Int8))
        .sort(~pl.col("is_planned"), "rank", "clinic_code")
        .select(
            "clinic_code",
            "clinic_name",
            "village_name",
            "status",
            "started_on",
            "completed_on",
            "accepted_on",
            "doctors",
            "served_population",
            "is_planned",
        )
        .collect()
    )


@remembered
def devices_of(devices: pl.LazyFrame, *, township: str) -> pl.DataFrame:
    """One row per centre of a township and device type; `is_sent` where the county has a ledger."""
    return (
        devices.filter(pl.col("township_code") == township)
        .select(
            "institution_code",
            "institution_name",
            pl.col("device_type").cast(pl.String),
            pl.col("state").cast(pl.String),
            "devices_in_use",
            "in_use_since",
            "reported_broken_on",
            is_sent=SENT,
        )
        .sort("institution_code", "device_type")
        .collect()
    )


@remembered
def broken_devices(devices: pl.LazyFrame, *, county: str) -> pl.DataFrame:
    """One row per centre and headline device that is not in use, longest reported first."""
    kind, state = pl.col("device_type").cast(pl.String), pl.col("state").cast(pl.String)
    return (
        with_plans(devices)
        .filter(
            SENT
            & (pl.col("county_code") == county)
            & kind.is_in(THREE_DEVICES)
            & (state != "in_use")
        )
        .select(
            *("institution_code", "institution_name", kind, state, "reported_broken_on", "as_of"),
            is_planned=pl.col("devices_planned") > 0,
        )
        .sort("reported_broken_on", "institution_code", "device_type", nulls_last=True)
        .collect()
    )


@remembered
def unfinished_clinics(clinics: pl.LazyFrame, *, county: str) -> pl.DataFrame:
    """One row per township with planned clinics not yet accepted, most first."""
    open_ones = pl.col("status").cast(pl.String) != "accepted"
    return (
        clinics.filter((pl.col("county_code") == county) & pl.col("is_planned") & open_ones)
        .group_by("township_name")
        .agg(n=pl.len())
        .sort(["n", "township_name"], descending=[True, False])
        .collect()
    )


@remembered
def consortium_of(institutions: pl.LazyFrame, *, county: str) -> tuple[int, int]:
    """Return the number of consortia of a county and of their member institutions."""
    row = (
        institutions.filter(
            (pl.col("county_code") == county) & pl.col("consortium_code").is_not_null()
        )
        .select(consortia=pl.col("consortium_code").n_unique(), members=pl.len())
        .collect()
        .row(0)
    )
    return int(row[0]), int(row[1])
