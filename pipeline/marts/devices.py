"""Mart devices: one row per township or community centre and device type.

The three devices always have a row, state `missing` where the ledger names none; other types only
where there is one or one is planned. A planned device is none yet: it never counts.
Sorted by county, institution, device type.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.device_marts import Devices
from pipeline.contracts.staging import DEVICE_STATES
from pipeline.contracts.words import CENTRES, THREE_DEVICES
from pipeline.counters.equipment import is_in_use, is_there, with_county
from pipeline.counters.frames import at_dates, extracts_in_force
from pipeline.counters.institutions import has_type, one_per_institution, open_at
from pipeline.marts.clinics import with_city
from pipeline.marts.shape import to_contract

# Best first; a device not yet put into use counts as stopped.
STATES = (*DEVICE_STATES, "missing")
KEYS = ["institution_code", "device_type"]


def _by_type(located: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    reported = pl.col("state").cast(pl.String)
    waits = (reported == "in_use") & ~is_in_use()
    state = pl.when(waits).then(pl.lit("stopped")).otherwise(reported)
    rank = state.replace_strict({s: i for i, s in enumerate(STATES)}, return_dtype=pl.Int32)
    rows = at_dates(located, [as_of], backwards=False).with_columns(
        rank=rank, device_type=pl.col("device_type").cast(pl.String)
    )
    works = pl.col("rank") == 0
    there = is_there()
    return rows.group_by(KEYS).agg(
        rank=pl.col("rank").min(),
        devices_in_use=pl.col("quantity").filter(works).sum(),
        devices_total=pl.col("quantity").filter(there).sum(),
        devices_planned=pl.col("quantity").filter(~there).sum(),
        planned_on=pl.col("planned_on").filter(~there).min(),
        in_use_since=pl.col("in_use_since").filter(works).min(),
        reported_broken_on=pl.col("reported_broken_on").filter(~works & there).max(),
    )


def build(
    devices: pl.LazyFrame,
    institutions: pl.LazyFrame,
    *,
    areas: pl.DataFrame,
    as_of: date,
) -> pl.LazyFrame:
    """Return the mart; `as_of` is the county's extract date, null where it never sent a ledger."""
    located = with_county(devices, institutions)
    found = _by_type(located, as_of)
    open_rows = one_per_institution(open_at(institutions, areas=areas, dates=[as_of]))
    centres = open_rows.filter(has_type(*CENTRES)).drop("as_of", "extract_date")
    three = pl.LazyFrame({"device_type": list(THREE_DEVICES)})
    expected = centres.select("institution_code").join(three, how="cross")
    listed = pl.concat([expected, found.select(KEYS)]).unique()
    sent = extracts_in_force(located, [as_of], backwards=False)
    rows = (
        listed.join(centres, on="institution_code", validate="m:1")
        .join(found, on=KEYS, how="left", validate="1:1")
        .join(sent.select("county_code", as_of="extract_date"), on="county_code", how="left")
        .with_columns(
            pl.col("devices_in_use", "devices_total", "devices_planned").fill_null(0),
            state=pl.col("rank")
            .fill_null(len(STATES) - 1)
            .replace_strict(dict(enumerate(STATES)), return_dtype=pl.Enum(STATES)),
        )
    )
    return to_contract(
        with_city(rows, areas), Devices, sort=["county_code", "institution_code", "device_type"]
    )
