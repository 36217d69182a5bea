"""Mart areas: one row per area version in scope. Sorted by level and code, the group first.

Former codes of areas in scope are kept, with successor_code, so that an old link or an old file
can be explained; whoever lists children takes the rows without a successor.
"""

from __future__ import annotations

import polars as pl

from pipeline.contracts.marts import Areas
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract
from pipeline.methods.rollup import roll_up


def build(scope: Scope, population: pl.DataFrame) -> pl.LazyFrame:
    """Return the mart with the population of each county and of the sums of counties.

    `population`: the counter's rows at the as-of date (area_code, value).
    """
    people = roll_up(
        population.lazy().select("area_code", population="value"),
        edges=scope.edges,
        by=[],
        values=["population"],
    )
    rows = scope.areas.lazy().join(people, on="area_code", how="left", validate="m:1")
    return to_contract(rows, Areas, sort=["area_level", "area_code"])
