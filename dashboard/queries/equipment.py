"""The three devices: which institution has which in use, and who is one device away."""

from __future__ import annotations

import datetime as dt
import itertools

import polars as pl

from dashboard.remembering import remembered
from pipeline.contracts.words import THREE_DEVICES

DAYS_A_YEAR = 365.25
AGE_EDGES = (5, 8, 10)  # years
LONG_BROKEN = 180  # days
# Of a county that never sent a ledger nothing is known; the mart lists its centres without devices.
SENT = pl.col("as_of").is_not_null()
DOUBTS = ("no_ledger", "broken_later", "no_report_day", "long_broken", "no_first_day")


def with_plans(devices: pl.LazyFrame) -> pl.LazyFrame:
    """Add the columns of plans to a mart of a snapshot from before there were any."""
    absent = {"devices_planned": pl.lit(0), "planned_on": pl.lit(None, dtype=pl.Date)}
    known = devices.collect_schema().names()
    return devices.with_columns(**{n: e for n, e in absent.items() if n not in known})


@remembered
def device_states(devices: pl.LazyFrame, *, where: pl.Expr, on: dt.date) -> pl.DataFrame:
    """One row per institution and one of the three devices; `days_out` since the breakdown."""
    return (
        with_plans(devices)
        .filter(SENT & where & pl.col("device_type").cast(pl.String).is_in(THREE_DEVICES))
        .with_columns(
            pl.col("device_type", "state").cast(pl.String),
            days_out=(pl.lit(on) - pl.col("reported_broken_on")).dt.total_days(),
        )
        .sort("county_code", "institution_code", "device_type")
        .collect()
    )


def _lacking(states: pl.DataFrame) -> pl.DataFrame:
    missing = (pl.col("state") != "in_use").sum().over("institution_code")
    return states.with_columns(lacking=missing)


@remembered
def incomplete(states: pl.DataFrame) -> pl.DataFrame:
    """Keep the institutions that do not have all three devices in use."""
    return _lacking(states).filter(pl.col("lacking") > 0).drop("lacking")


@remembered
def one_away(states: pl.DataFrame, *, names: pl.LazyFrame) -> pl.DataFrame:
    """One row per institution that lacks exactly one device: which, why, for how long."""
    return (
        _lacking(states)
        .filter((pl.col("lacking") == 1) & (pl.col("state") != "in_use"))
        .join(
            names.select(county_code="area_code", county_name="area_name").collect(),
            on="county_code",
            how="left",
            validate="m:1",
        )
        .sort("county_code", "institution_code")
    )


@remembered
def device_counts(devices: pl.LazyFrame, *, where: pl.Expr) -> pl.DataFrame:
    """One row per device type: institutions by state, and devices; the three first, scarcest first.

    Beside the three the ledger names a type only where there is one: every other institution of
    the area has none, and the share is of them all.
    """
    state = pl.col("state").cast(pl.String)
    all_of_them = devices.filter(SENT & where).select(
        institutions=pl.col("institution_code").n_unique()
    )
    unlisted = pl.col("institutions") - pl.col("listed")
    return (
        with_plans(devices)
        .filter(SENT & where & (pl.col("device_type") != "other"))
        .group_by(pl.col("device_type").cast(pl.String))
        .agg(
            listed=pl.len(),
            in_use=(state == "in_use").sum(),
            out_of_use=state.is_in(["repair", "stopped", "retired"]).sum(),
            missing=state.is_in(["missing", "planned"]).sum(),
            planned=((pl.col("devices_planned") > 0) & (state != "in_use")).sum(),
            devices=pl.col("devices_total").sum(),
        )
        .join(all_of_them, how="cross")
        .with_columns(
            missing=pl.col("missing") + unlisted, share=pl.col("in_use") / pl.col("institutions")
        )
        .sort(~pl.col("device_type").is_in(THREE_DEVICES), "share", "device_type")
        .drop("listed")
        .collect()
    )


@remembered
def device_ages(devices: pl.LazyFrame, *, where: pl.Expr, on: dt.date) -> pl.DataFrame:
    """One row per device type with devices in use: institutions by years since its first day.

    `years` of an institution is that of its oldest device in use; without a date it is unknown.
    """
    years = (pl.lit(on) - pl.col("in_use_since")).dt.total_days() / DAYS_A_YEAR
    edges = [0, *AGE_EDGES, 1000]
    return (
        devices.filter(
            where
            & (pl.col("device_type") != "other")
            & (pl.col("state").cast(pl.String) == "in_use")
        )
        .with_columns(pl.col("device_type").cast(pl.String), years=years.clip(0))
        .group_by("device_type")
        .agg(
            institutions=pl.len(),
            median=pl.col("years").median(),
            unknown=pl.col("years").is_null().sum(),
            **{
                f"from_{low}": pl.col("years").is_between(low, high, closed="left").sum()
                for low, high in itertools.pairwise(edges)
            },
        )
        .sort("median", "device_type", descending=[True, False], nulls_last=True)
        .collect()
    )


@remembered
def oldest(
    devices: pl.LazyFrame, *, where: pl.Expr, names: pl.LazyFrame, on: dt.date
) -> pl.DataFrame:
    """One row per institution and device in use for as long as the last class, the oldest first.

    `years` is that of the institution's oldest one.
    """
    years = (pl.lit(on) - pl.col("in_use_since")).dt.total_days() / DAYS_A_YEAR
    counties = names.select(county_code="area_code", county_name="area_name")
    return (
        devices.filter(where & (pl.col("device_type") != "other"))
        .with_columns(pl.col("device_type", "state").cast(pl.String), years=years)
        .filter((pl.col("state") == "in_use") & (pl.col("years") >= AGE_EDGES[-1]))
        .join(counties, on="county_code", how="left", validate="m:1")
        .sort("in_use_since", "institution_code", "device_type")
        .collect()
    )


def ledger_doubts(devices: pl.LazyFrame, *, where: pl.Expr) -> pl.DataFrame:
    """One row per entry of the ledger that cannot be right or needs asking, with the reason.

    Reasons: no_ledger (the county never sent one: one row a county, of no institution),
    broken_later (reported broken after the extract), no_report_day, long_broken, no_first_day.
    The first that holds is given.
    """
    state, broken = pl.col("state").cast(pl.String), pl.col("reported_broken_on")
    days = (pl.col("as_of") - broken).dt.total_days()
    reason = (
        pl.when(pl.col("as_of").is_null())
        .then(pl.lit("no_ledger"))
        .when(days < 0)
        .then(pl.lit("broken_later"))
        .when((state == "repair") & broken.is_null())
        .then(pl.lit("no_report_day"))
        .when((state == "repair") & (days > LONG_BROKEN))
        .then(pl.lit("long_broken"))
        .when((state == "in_use") & pl.col("in_use_since").is_null())
        .then(pl.lit("no_first_day"))
    )
    is_silent = pl.col("reason") == "no_ledger"
    entry = ("institution_code", "institution_name", "device_type")
    return (
        devices.filter(where & (pl.col("device_type") != "other"))
        .with_columns(pl.col("device_type", "state").cast(pl.String), reason=reason, days=days)
        .drop_nulls("reason")
        .with_columns(pl.when(~is_silent).then(pl.col(name)).alias(name) for name in entry)
        .filter(~is_silent | pl.struct("county_code", "reason").is_first_distinct())
        .sort(
            pl.col("reason").replace_strict(DOUBTS, range(len(DOUBTS)), return_dtype=pl.Int8),
            "county_code",
            "institution_code",
            "device_type",
        )
        .collect()
    )
