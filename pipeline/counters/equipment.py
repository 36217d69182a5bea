"""The equipment ledger to stock counters, by township or community centre.

In use means: state 在用 in the extract in force, and put into use by the date. Bought is not in
use, one broken device drops the centre, and a planned device is none yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.contracts.words import CENTRES, THREE_DEVICES
from pipeline.counters.frames import at_dates, extracts_in_force, to_counters
from pipeline.counters.institutions import has_type, one_per_institution, open_at


def is_in_use() -> pl.Expr:
    """Say whether a device works on the evaluation date; undated: since always."""
    since = pl.col("in_use_since").is_null() | (pl.col("in_use_since") <= pl.col("as_of"))
    return (pl.col("state").cast(pl.String) == "in_use") & since


def is_there() -> pl.Expr:
    """Say whether the ledger tells of a device, not of a plan to get one."""
    return pl.col("state").cast(pl.String) != "planned"


def with_county(devices: pl.LazyFrame, institutions: pl.LazyFrame) -> pl.LazyFrame:
    """Add the county of the owning institution; a device of an unknown one falls away."""
    home = institutions.sort("institution_code", "extract_date", "county_code").unique(
        "institution_code", keep="last", maintain_order=True
    )
    return devices.join(
        home.select("institution_code", "county_code"), on="institution_code", validate="m:1"
    )


def _by_institution(located: pl.LazyFrame, dates: Sequence[date]) -> pl.LazyFrame:
    """Return one row per institution and date: has it each device, and items delivered."""
    kind = pl.col("device_type").cast(pl.String)
    known_from = pl.coalesce("bought_on", "in_use_since", "extract_date")
    arrived = (known_from <= pl.col("as_of")) & pl.col("is_renewal_project") & is_there()
    has = {f"has_{d}": (is_in_use() & (kind == d)).any() for d in THREE_DEVICES}
    return (
        at_dates(located, dates, backwards=False)
        .group_by("as_of", "institution_code")
        .agg(**has, items=pl.col("quantity").filter(arrived).sum())
    )


def count(
    devices: pl.LazyFrame,
    institutions: pl.LazyFrame,
    *,
    areas: pl.DataFrame,
    dates: Sequence[date],
) -> pl.LazyFrame:
    """Return one row per stock counter, township and evaluation date (StockCounter).

    Every open centre of a county that has sent a ledger counts, also one the ledger does not
    name: it has no device.
    """
    located = with_county(devices, institutions)
    reporting = extracts_in_force(located, dates, backwards=False)
    open_rows = one_per_institution(open_at(institutions, areas=areas, dates=dates))
    rows = open_rows.join(
        reporting.select("county_code", "as_of"), on=["county_code", "as_of"], how="semi"
    ).join(_by_institution(located, dates), on=["as_of", "institution_code"], how="left")
    centre = has_type(*CENTRES)
    has = {d: pl.col(f"has_{d}").fill_null(value=False) for d in THREE_DEVICES}
    sums = {
        **{f"centres_with_{d}": (centre & has[d]).sum() for d in THREE_DEVICES},
        "centres_with_three_devices": (centre & pl.all_horizontal(*has.values())).sum(),
        # Ambulances and CT of the renewal programme also go to hospitals: all institutions.
        "equipment_items_delivered": pl.col("items").fill_null(0).sum(),
    }
    return to_counters(rows, sums, time="as_of")
