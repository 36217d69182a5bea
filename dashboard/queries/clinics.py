"""Village clinics: how many stand where in the work, and each one by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard.memory import remembered
from dashboard.places import GROUP, Place, Places

STATES = ("not_started", "in_progress", "completed", "accepted")
LEAST_FINISHED = 20  # works, below which nothing is said of how long they usually take


def inside(place: Place, places: Places) -> pl.Expr:
    """Return the condition that a row of a registry lies inside an area."""
    if place.level == "township":
        return pl.col("township_code") == place.code
    if place.level == "county":
        return pl.col("county_code") == place.code
    codes = [county.code for county in places.counties(place.code)]
    return pl.col("county_code").is_in(codes) if place.code != GROUP else pl.lit(value=True)


@remembered
def status_counts(clinics: pl.LazyFrame, *, areas: Sequence[Place]) -> pl.DataFrame:
    """One row per area asked for, in that order: planned clinics by state of building."""
    level = areas[0].level if areas else "county"
    column = "township_code" if level == "township" else "county_code"
    wanted = pl.LazyFrame(
        {"area_code": [a.code for a in areas], "area_name": [a.name for a in areas]},
        schema={"area_code": pl.String, "area_name": pl.String},
    )
    state = pl.col("status").cast(pl.String)
    counted = (
        clinics.filter("is_planned")
        .group_by(area_code=pl.col(column))
        .agg((state == name).sum().cast(pl.Int64).alias(name) for name in STATES)
    )
    return (
        wanted.join(counted, on="area_code", how="left", maintain_order="left")
        .with_columns(pl.col(STATES).fill_null(0))
        .collect()
    )


@remembered
def total_counts(clinics: pl.LazyFrame, *, where: pl.Expr) -> dict[str, int]:
    """Return how many planned clinics of an area stand in each state."""
    state = pl.col("status").cast(pl.String)
    counts = (
        clinics.filter(where & pl.col("is_planned"))
        .select((state == name).sum().cast(pl.Int64).alias(name) for name in STATES)
        .collect()
    )
    return {name: int(counts[name][0]) for name in STATES}


@remembered
def clinic_list(
    clinics: pl.LazyFrame,
    *,
    where: pl.Expr,
    names: pl.LazyFrame,
    words: str = "",
    states: Sequence[str] = STATES,
) -> pl.DataFrame:
    """One row per clinic; unfinished first, then by county, township and code.

    Args:
        clinics: the mart.
        where: see `inside`.
        names: area_code, area_name of counties.
        words: only clinics whose name, village, township or code contains every word.
        states: only clinics in these states.
    """
    columns = ("clinic_name", "village_name", "township_name", "clinic_code", "county_name")
    text = pl.concat_str([pl.col(c).fill_null("") for c in columns], separator=" ")
    found = clinics.filter(where & pl.col("status").cast(pl.String).is_in(list(states))).join(
        names.select(county_code="area_code", county_name="area_name"),
        on="county_code",
        how="left",
        validate="m:1",
    )
    for word in words.split():
        found = found.filter(text.str.contains(word, literal=True))
    return (
        found.with_columns(pl.col("status").cast(pl.String))
        .with_columns(rank=pl.col("status").replace_strict(STATES, range(4), return_dtype=pl.Int8))
        .sort("rank", "county_code", "township_code", "clinic_code", nulls_last=True)
        .drop("rank")
        .collect()
    )


@remembered
def in_progress(
    clinics: pl.LazyFrame, *, where: pl.Expr, names: pl.LazyFrame, on: dt.date
) -> pl.DataFrame:
    """One row per clinic being built, the longest at work first; `days` since the start."""
    found = clinic_list(clinics, where=where, names=names, states=("in_progress",))
    return found.with_columns(days=(pl.lit(on) - pl.col("started_on")).dt.total_days()).sort(
        ["days", "clinic_code"], descending=[True, False], nulls_last=True
    )


@remembered
def usual_days(clinics: pl.LazyFrame, *, share: float = 0.9) -> int | None:
    """Return within how many days a share of the finished works was done; None when too few.

    Registers carry no planned date of completion; what finished works took is the yardstick.
    """
    days = (pl.col("completed_on") - pl.col("started_on")).dt.total_days()
    row = (
        clinics.select(days=days)
        .filter(pl.col("days") >= 0)
        .select(n=pl.len(), days=pl.col("days").quantile(share, "higher"))
        .collect()
        .row(0)
    )
    return int(row[1]) if row[0] >= LEAST_FINISHED else None
