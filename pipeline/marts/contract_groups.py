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
from pipeline.marts.shape import to_contract, unless_hidden
from pipeline.marts.small_numbers import is_hideable, sums_of_areas
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
        ancestors=scope.lineage,
        by=KEYS,
        values=PEOPLE,
    )
    levelled = summed.join(scope.levels.lazy(), on="area_code", validate="m:1").collect()
    for column in PEOPLE:
        levelled = _without_small(levelled, column, scope=scope, threshold=threshold)
    shown = levelled.lazy().filter(is_hideable())
    return to_contract(shown, ContractGroups, sort=["area_code", *KEYS])


def _without_small(
    levelled: pl.DataFrame, column: str, *, scope: Scope, threshold: int
) -> pl.DataFrame:
    """Null the small counts of a column, and the second ones that would give them away."""
    ordered = levelled.sort("area_code", *KEYS).with_row_index("cell")
    known = ordered.drop_nulls(column).select(
        "cell",
        "area_code",
        *KEYS,
        value=column,
        may_hide=is_hideable(),
        is_hidden=is_hideable() & is_small(pl.col(column), threshold=threshold),
    )
    sums = sums_of_areas(known, scope.edges, by=KEYS)
    judged = hide(known, sums).select("cell", "is_hidden")
    marked = ordered.join(judged, on="cell", how="left", validate="1:1")
    return marked.with_columns(unless_hidden(column)).drop("cell", "is_hidden")
