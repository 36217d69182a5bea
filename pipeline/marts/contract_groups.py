"""Mart contract_groups: one row per area, key group and month.

Counties and townships, the last as-of value up to the end of the month. Sorted by area, group,
month. All three counts are of people known by what they have: small ones are null.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.contracts.marts import ContractGroups
from pipeline.counters.contracts import in_force
from pipeline.counters.frames import with_area
from pipeline.marts.cells import months_frame
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract
from pipeline.methods.rollup import roll_up
from pipeline.methods.suppression import hide, is_small

KEYS = ["group", "month"]
PEOPLE = ("persons", "managed", "contracted")


def build(
    contract_groups: pl.LazyFrame,
    *,
    scope: Scope,
    threshold: int,
    months: Sequence[date],
    as_of: date,
) -> pl.LazyFrame:
    """Return the mart; an institution's table counts for 400 days."""
    frame = months_frame(list(months), as_of)
    located = with_area(contract_groups, scope.areas)
    rows = in_force(located, frame["as_of"].to_list(), by=["institution_code", "group"])
    summed = roll_up(
        rows.join(frame.lazy(), on="as_of", validate="m:1"),
        edges=scope.edges,
        by=KEYS,
        values=PEOPLE,
    )
    levelled = summed.join(scope.levels.lazy(), on="area_code", validate="m:1").collect()
    for column in PEOPLE:
        levelled = _without_small(levelled, column, scope=scope, threshold=threshold)
    below_city = pl.col("area_level").cast(pl.String).is_in(["county", "township"])
    return to_contract(
        levelled.lazy().filter(below_city), ContractGroups, sort=["area_code", *KEYS]
    )


def _without_small(
    levelled: pl.DataFrame, column: str, *, scope: Scope, threshold: int
) -> pl.DataFrame:
    """Null the small counts of a column, and the second ones that would give them away."""
    below_city = pl.col("area_level").cast(pl.String).is_in(["county", "township"])
    ordered = levelled.sort("area_code", *KEYS).with_row_index("cell")
    known = ordered.drop_nulls(column).select(
        "cell",
        "area_code",
        *KEYS,
        value=column,
        may_hide=below_city,
        is_hidden=below_city & is_small(pl.col(column), threshold=threshold),
    )
    totals = known.select("area_code", *KEYS, sum="cell")
    children = (
        known.join(scope.edges, on="area_code", validate="m:1")
        .drop("area_code")
        .join(totals, left_on=["parent_code", *KEYS], right_on=["area_code", *KEYS])
        .select("sum", "cell")
    )
    sums = pl.concat([children, children.select("sum", cell="sum").unique()])
    judged = hide(known, sums).select("cell", "is_hidden")
    return (
        ordered.join(judged, on="cell", how="left", validate="1:1")
        .with_columns(pl.when(~pl.col("is_hidden")).then(pl.col(column)).alias(column))
        .drop("cell", "is_hidden")
    )
