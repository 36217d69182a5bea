"""Village clinics: how many stand where in the work, and each one by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.places import Place, Places
from dashboard.remembering import remembered
from pipeline.contracts.words import CENTRES

STATES = ("not_started", "in_progress", "completed", "accepted")
PLACES = ("county_code", "township_code", "clinic_code")
LEAST_FINISHED = 20  # works, below which nothing is said of how long they usually take
# What is under way -> the days on which it began and on which it ended.
STEPS = {
    "in_progress": ("started_on", "completed_on"),
    "completed": ("completed_on", "accepted_on"),
}


def at_day(clinics: pl.LazyFrame, *, on: dt.date) -> pl.LazyFrame:
    """Return the clinics as they stood on a day: what later extracts say is not known yet.

    The rule of the indicators: before an extract the clinic's own dates tell the past.
    """
    happened = {name: pl.col(f"{name}_on") <= on for name in ("accepted", "completed", "started")}
    by_dates = (
        pl.when(happened["accepted"])
        .then(pl.lit("accepted"))
        .when(happened["completed"])
        .then(pl.lit("completed"))
        .when(happened["started"])
        .then(pl.lit("in_progress"))
        .otherwise(pl.lit("not_started"))
    )
    is_later = pl.col("as_of") > on
    return clinics.with_columns(
        pl.when(is_later)
        .then(by_dates)
        .otherwise(pl.col("status").cast(pl.String))
        .alias("status"),
        *(
            pl.when(~is_later | it_has).then(f"{name}_on").alias(f"{name}_on")
            for name, it_has in happened.items()
        ),
    )


def inside(place: Place, places: Places) -> pl.Expr:
    """Return the condition that a row of a registry lies inside an area."""
    if place.level == "township":
        return pl.col("township_code") == place.code
    if place.level == "county":
        return pl.col("county_code") == place.code
    codes = [county.code for county in places.counties(place.code)]
    return pl.col("county_code").is_in(codes)


@remembered
def _counted(clinics: pl.LazyFrame) -> pl.DataFrame:
    """One row per township, of all areas: planned clinics by state of building."""
    state = pl.col("status").cast(pl.String)
    return (
        clinics.filter("is_planned")
        .group_by("county_code", "township_code")
        .agg((state == name).sum().cast(pl.Int64).alias(name) for name in STATES)
        .collect()
    )


def status_counts(clinics: pl.LazyFrame, *, areas: Sequence[Place]) -> pl.DataFrame:
    """One row per area asked for, in that order: planned clinics by state of building."""
    level = areas[0].level if areas else "county"
    column = "township_code" if level == "township" else "county_code"
    wanted = pl.DataFrame(
        {"area_code": [a.code for a in areas], "area_name": [a.name for a in areas]},
        schema={"area_code": pl.String, "area_name": pl.String},
    )
    counts = _counted(clinics).group_by(area_code=column).agg(pl.col(STATES).sum())
    return wanted.join(
        counts, on="area_code", how="left", maintain_order="left", validate="1:1"
    ).with_columns(pl.col(STATES).fill_null(0))


def total_counts(clinics: pl.LazyFrame, *, where: pl.Expr) -> dict[str, int]:
    """Return how many planned clinics of an area stand in each state."""
    return _counted(clinics).filter(where).select(pl.col(STATES).sum()).row(0, named=True)


@remembered
def _every_clinic(clinics: pl.LazyFrame, names: pl.LazyFrame) -> pl.DataFrame:
    """One row per clinic of all areas, in the order of `clinic_list`."""
    state = pl.col("status").cast(pl.String)
    rank = state.replace_strict(STATES, range(4), return_dtype=pl.Int8)
    order = (~pl.col("is_planned"), rank, "county_code", "township_code", "clinic_code")
    of_county = names.select(county_code="area_code", county_name="area_name")
    return (
        clinics.filter(state.is_in(STATES))
        .join(of_county, on="county_code", how="left", validate="m:1")
        .sort(*order, nulls_last=True)
        .with_columns(state)
        .collect()
    )


def clinic_list(
    clinics: pl.LazyFrame,
    *,
    where: pl.Expr,
    names: pl.LazyFrame,
    words: str = "",
    states: Sequence[str] = STATES,
) -> pl.DataFrame:
    """One row per clinic: the planned first, unfinished before finished; then by place and code.

    Args:
        clinics: the mart.
        where: see `inside`.
        names: area_code, area_name of counties.
        words: only clinics whose name, village, township or code contains every word.
        states: only clinics in these states; short of all of them, of the plan alone.
    """
    found = _every_clinic(clinics, names).filter(where)
    if set(states) != set(STATES):
        found = found.filter(pl.col("is_planned") & pl.col("status").is_in(list(states)))
    columns = ("clinic_name", "village_name", "township_name", "clinic_code", "county_name")
    text = pl.concat_str([pl.col(c).fill_null("") for c in columns], separator=" ")
    for word in words.split():
        found = found.filter(text.str.contains(word, literal=True))
    return found


def overdue(
    clinics: pl.LazyFrame,
    *,
    where: pl.Expr,
    names: pl.LazyFrame,
    on: dt.date,
    usual: Mapping[str, int | None],
) -> pl.DataFrame:
    """One row per planned clinic that is built, or waits for acceptance, longer than usual.

    `since` and `days` tell from when, `over` by how many days it is longer; those furthest over
    come first. Where nothing usual is known, everything under way is listed without `over`.

    Args:
        clinics: the mart.
        where: see `inside`.
        names: area_code, area_name of counties.
        on: the day that the days are counted to.
        usual: state -> days, see `usual_days`.
    """
    return _every_overdue(clinics, names, on, usual).filter(where)


@remembered
def _every_overdue(
    clinics: pl.LazyFrame, names: pl.LazyFrame, on: dt.date, usual: Mapping[str, int | None]
) -> pl.DataFrame:
    """One row per clinic of all areas, in the order of `overdue`."""
    found = clinic_list(clinics, where=pl.lit(value=True), names=names, states=tuple(STEPS))
    since = pl.coalesce(
        pl.when(pl.col("status") == state).then(first) for state, (first, _) in STEPS.items()
    )
    limit = pl.col("status").replace_strict(dict(usual), return_dtype=pl.Int64)
    return (
        found.filter("is_planned")
        .with_columns(since=since)
        .with_columns(days=(pl.lit(on) - pl.col("since")).dt.total_days())
        .with_columns(over=pl.col("days") - limit)
        .filter((pl.col("over") > 0) | limit.is_null())
        .sort(["over", "days", "clinic_code"], descending=[True, True, False], nulls_last=True)
    )


@remembered
def usual_days(
    clinics: pl.LazyFrame, *, step: str = "in_progress", share: float = 0.9
) -> int | None:
    """Return within how many days a share of the finished works was done; None when too few.

    Registers carry no planned date of completion; what finished works took is the yardstick.
    """
    first, last = STEPS[step]
    days = (pl.col(last) - pl.col(first)).dt.total_days()
    row = (
        clinics.select(days=days)
        .filter(pl.col("days") >= 0)
        .select(n=pl.len(), days=pl.col("days").quantile(share, "higher"))
        .collect()
        .row(0)
    )
    return int(row[1]) if row[0] >= LEAST_FINISHED else None


@remembered
def centres_by_township(institutions: pl.LazyFrame) -> dict[str, str]:
    """Return the health centre that looks after each township's clinics, by township code."""
    found = (
        institutions.filter(
            pl.col("institution_type").is_in(CENTRES)
            & pl.col("township_code").is_not_null()
            & pl.col("valid_until").is_null()
        )
        .sort("institution_code")
        .group_by("township_code", maintain_order=True)
        .agg(pl.col("institution_name").first())
        .collect()
    )
    return dict(found.iter_rows())
