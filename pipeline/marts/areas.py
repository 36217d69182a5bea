"""Mart areas: one row per area version in scope. Sorted by level and code, the group first.

Former codes of areas in scope are kept, with successor_code, so that an old link or an old file
can be explained; whoever lists children takes the rows without a successor.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.marts import Areas
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract
from pipeline.methods.rollup import roll_up
from pipeline.reference import land_moved


def build(
    scope: Scope, population: pl.DataFrame, *, income: pl.LazyFrame, as_of: date
) -> pl.LazyFrame:
    """Return the mart with the population of each county and of the sums of counties.

    `population`: the counter's rows at the as-of date (area_code, value). `income`: StagedIncome;
    of each county the latest year, and nothing above: averages do not add up.
    """
    people = roll_up(
        population.lazy().select("area_code", population="value"),
        ancestors=scope.lineage,
        by=[],
        values=["population"],
    )
    rows = (
        scope.areas.lazy()
        .join(people, on="area_code", how="left", validate="m:1")
        .join(_incomes(income, as_of), on="area_code", how="left", validate="m:1")
        .join(_notes(scope.areas).lazy(), on="area_code", how="left", validate="m:1")
    )
    return to_contract(rows, Areas, sort=["area_level", "area_code"])


def _incomes(income: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Return the latest year of each county: one row a county."""
    latest = income.filter(pl.col("year") <= as_of.year).sort("area_code", "year")
    return latest.unique("area_code", keep="last", maintain_order=True).select(
        "area_code",
        urban_income_fen="urban_fen",
        rural_income_fen="rural_fen",
        income_year="year",
    )


def _notes(areas: pl.DataFrame) -> pl.DataFrame:
    """Say of each area whose history a trend must be read with, what happened: one row an area."""
    former = areas.filter(pl.col("successor_code").is_not_null())
    year = pl.col("valid_until").dt.year()
    took_over = former.select(
        area_code="successor_code",
        year=year,
        note_zh=pl.format(
            "{}年接替{}（{}），以前的数据已归入", year, pl.col("area_name"), pl.col("area_code")
        ),
    )
    notes = pl.concat([took_over, land_moved()]).sort("area_code", "year", "note_zh")
    return notes.group_by("area_code", maintain_order=True).agg(pl.col("note_zh").str.join("；"))
