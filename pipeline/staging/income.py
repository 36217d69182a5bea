"""One row per county and year."""

from __future__ import annotations

import polars as pl

from pipeline.staging.amounts import yuan
from pipeline.staging.references import References
from pipeline.staging.rules import Rule, stage_yearly

KEY = ("_current", "year")
CONTENT = ("area_code", "year", "urban_income", "rural_income")
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = False
INCOMES = ("rural_income", "urban_income")
# Fen a year and head. Less is a month's, or was told in 万元; more is a county's as a whole.
LEAST, MOST = 100_000, 50_000_000


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Find the county of today; one of the two incomes must be told."""
    untold = pl.all_horizontal(pl.col(INCOMES).is_null())
    return stage_yearly(
        rows,
        references,
        Rule("MISSING_VALUE", "rural_income", untold),
        *(
            Rule("AMOUNT_RANGE", c, ~pl.col(c).is_between(LEAST, MOST), yuan(pl.col(c)))
            for c in INCOMES
        ),
    )


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted incomes in fen."""
    income = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        pl.col("_current").alias("area_code"),
        pl.col("year").cast(pl.Int16),
        urban_fen="urban_income",
        rural_fen="rural_income",
    )
    return {"income": income}
