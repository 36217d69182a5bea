"""Mart device_conflicts: where equipment ledgers are at odds with themselves or earlier extracts.

Sorted by county, reason, institution. What an extract said differently counts only while the
extract in force still stands against it: a slip that was put right is no doubt any more.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.device_marts import DeviceConflicts
from pipeline.contracts.staging import DEVICE_CONFLICTS
from pipeline.counters.equipment import with_county
from pipeline.counters.frames import extracts_in_force
from pipeline.counters.institutions import one_per_institution, open_at
from pipeline.marts.clinics import with_city
from pipeline.marts.shape import to_contract
from pipeline.methods.periods import add_months

# Months whose extracts are compared: about older ones nobody can be asked any more.
MONTHS_BACK = 12
# A number of devices has jumped when it is at least so many times the other, by so many devices.
JUMP_TIMES, JUMP_DEVICES = 2, 3
# Where more of a county's numbers than this occur twice, institutions number on their own.
OWN_NUMBERS = 0.1

DEVICE = ["institution_code", "device_code", "device_type"]
TYPE = ["institution_code", "device_type"]
REASON = pl.Enum(DEVICE_CONFLICTS)


def build(
    devices: pl.LazyFrame,
    institutions: pl.LazyFrame,
    *,
    areas: pl.DataFrame,
    as_of: date,
) -> pl.LazyFrame:
    """Return the mart from the ledgers up to `as_of`; devices of no named type are left out."""
    open_rows = one_per_institution(open_at(institutions, areas=areas, dates=[as_of]))
    named = open_rows.select("institution_code", "institution_name", "county_code", "township_code")
    told = _told(with_county(devices, institutions), as_of)
    now = told.filter(pl.col("extract_date") == pl.col("now"))
    found = [
        _two_institutions(now, named.select("institution_code", name="institution_name")),
        _at_odds_with_itself(now),
        _returned(told),
        _first_day_changed(told),
        _quantity_jump(told),
    ]
    rows = pl.concat(found, how="diagonal_relaxed").join(
        named, on="institution_code", validate="m:1"
    )
    return to_contract(
        with_city(rows, areas),
        DeviceConflicts,
        sort=["county_code", "reason", "institution_code", "device_type", "device_code"],
    )


def _told(located: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Return the devices of the extracts compared, with the county's extract in force, `now`."""
    known = located.filter(
        pl.col("extract_date").is_between(add_months(as_of, -MONTHS_BACK), as_of),
        pl.col("device_type") != "other",
    )
    in_force = extracts_in_force(located, [as_of], backwards=False)
    return known.join(
        in_force.select("county_code", now="extract_date"), on="county_code", validate="m:1"
    ).select(
        *DEVICE,
        *("county_code", "extract_date", "now", "quantity", "in_use_since", "planned_on"),
        state=pl.col("state").cast(pl.String),
    )


def _as(reason: str) -> pl.Expr:
    return pl.lit(reason).cast(REASON).alias("reason")


def _two_institutions(now: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    """Find numbers in use in several institutions of a county: one row a number and type."""
    holders = pl.col("institution_code").n_unique()
    numbers = now.group_by("county_code", "device_code").agg(is_shared=holders > 1)
    shares = numbers.group_by("county_code").agg(share=pl.col("is_shared").mean())
    return (
        now.filter(pl.col("state") == "in_use")
        .join(shares.filter(pl.col("share") <= OWN_NUMBERS), on="county_code", how="semi")
        .join(names, on="institution_code", validate="m:1")
        .sort("institution_code")
        .group_by("county_code", "device_code", "device_type", maintain_order=True)
        .agg(
            pl.col("institution_code").first(),
            pl.col("extract_date").first(),
            holders=pl.len(),
            other_institution_name=pl.col("name").slice(1).str.join("、"),
        )
        .filter(pl.col("holders") > 1)
        .select(_as("two_institutions"), *DEVICE, "extract_date", "other_institution_name")
    )


def _at_odds_with_itself(now: pl.LazyFrame) -> pl.LazyFrame:
    """Find devices whose dates do not go with their state or with the extract."""
    state, since, due = pl.col("state"), pl.col("in_use_since"), pl.col("planned_on")
    is_late = (state == "planned") & (due < pl.col("extract_date"))
    reason = (
        pl.when((state == "in_use") & (since > pl.col("extract_date")))
        .then(_as("after_extract"))
        .when((state == "planned") & (since <= pl.col("extract_date")))
        .then(_as("planned_in_use"))
        .when(is_late)
        .then(_as("plan_overdue"))
    )
    day = pl.when(pl.col("reason") == "plan_overdue").then(due).otherwise(since)
    return (
        now.with_columns(reason=reason)
        .drop_nulls("reason")
        .select("reason", *DEVICE, "extract_date", date_after=day)
    )


def _in_force(rows: pl.LazyFrame, *, of: list[str]) -> pl.LazyFrame:
    """Keep what the extract in force still names, in the order of the extracts."""
    is_named = pl.col("extract_date").max().over(of) == pl.col("now")
    return rows.filter(is_named).sort(*of, "extract_date")


def _returned(told: pl.LazyFrame) -> pl.LazyFrame:
    """Find devices in use that an earlier extract had as retired."""
    return (
        _in_force(told, of=DEVICE)
        .group_by(DEVICE, maintain_order=True)
        .agg(
            pl.col("extract_date", "state").last(),
            date_after=pl.col("in_use_since").last(),
            earlier_extract=pl.col("extract_date").filter(pl.col("state") == "retired").last(),
        )
        .filter((pl.col("state") == "in_use") & pl.col("earlier_extract").is_not_null())
        .select(_as("returned"), *DEVICE, "extract_date", "earlier_extract", "date_after")
    )


def _first_day_changed(told: pl.LazyFrame) -> pl.LazyFrame:
    """Find devices whose first day of use is no longer the one an earlier extract gave."""
    day = pl.col("in_use_since")
    return (
        _in_force(told.drop_nulls("in_use_since"), of=DEVICE)
        .group_by(DEVICE, maintain_order=True)
        .agg(
            pl.col("extract_date").last(),
            date_before=day.first(),
            date_after=day.last(),
            earlier_extract=pl.col("extract_date").filter(day == day.first()).last(),
        )
        .filter(pl.col("date_before") != pl.col("date_after"))
        .select(
            _as("first_day_changed"),
            *(*DEVICE, "extract_date", "earlier_extract", "date_before", "date_after"),
        )
    )


def _is_jump(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    most, least = pl.max_horizontal(before, after), pl.min_horizontal(before, after)
    is_known = before.is_not_null()
    return is_known & (most >= JUMP_TIMES * least) & (most - least >= JUMP_DEVICES)


def _quantity_jump(told: pl.LazyFrame) -> pl.LazyFrame:
    """Find institutions that have many times the devices of a type that they had, or so few.

    Retired and planned devices are not counted.
    """
    is_held = pl.col("state").is_in(["retired", "planned"]).not_()
    held = told.filter(is_held).group_by(*TYPE, "extract_date", "now")
    before = pl.col("extract_date", "quantity").shift(1).over(TYPE).name.suffix("_before")
    jumped = _is_jump(pl.col("quantity_before"), pl.col("quantity"))
    return (
        _in_force(held.agg(pl.col("quantity").sum()), of=TYPE)
        .with_columns(before)
        .group_by(TYPE, maintain_order=True)
        .agg(
            pl.col("extract_date").last(),
            quantity_after=pl.col("quantity").last(),
            quantity_before=pl.col("quantity_before").filter(jumped).first(),
            earlier_extract=pl.col("extract_date_before").filter(jumped).first(),
        )
        .filter(_is_jump(pl.col("quantity_before"), pl.col("quantity_after")))
        .select(
            _as("quantity_jump"),
            *TYPE,
            pl.lit("").alias("device_code"),
            *("extract_date", "earlier_extract", "quantity_before", "quantity_after"),
        )
    )
