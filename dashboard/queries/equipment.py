"""The three devices: which institution has which in use, and who is one device away."""

from __future__ import annotations

import datetime as dt

import polars as pl

THREE = ("dr", "colour_ultrasound", "biochemistry_analyser")


def device_states(devices: pl.LazyFrame, *, where: pl.Expr, on: dt.date) -> pl.DataFrame:
    """One row per institution and one of the three devices; `days_out` since the breakdown."""
    return (
        devices.filter(where & pl.col("device_type").cast(pl.String).is_in(THREE))
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


def incomplete(states: pl.DataFrame) -> pl.DataFrame:
    """Keep the institutions that do not have all three devices in use."""
    return _lacking(states).filter(pl.col("lacking") > 0).drop("lacking")


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


def device_counts(devices: pl.LazyFrame, *, where: pl.Expr) -> pl.DataFrame:
    """One row per device type: institutions by state, and devices; the scarcest first."""
    state = pl.col("state").cast(pl.String)
    return (
        devices.filter(where & (pl.col("device_type") != "other"))
        .group_by(pl.col("device_type").cast(pl.String))
        .agg(
            institutions=pl.len(),
            in_use=(state == "in_use").sum(),
            out_of_use=state.is_in(["repair", "stopped", "retired"]).sum(),
            missing=(state == "missing").sum(),
            devices=pl.col("devices_total").sum(),
        )
        .with_columns(share=pl.col("in_use") / pl.col("institutions"))
        .sort("share", "device_type")
        .collect()
    )
