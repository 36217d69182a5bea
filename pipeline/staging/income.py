"""One row per county and year."""

from __future__ import annotations

import polars as pl

from pipeline.staging.references import References
from pipeline.staging.rules import Rule, county_rules, with_county, with_faults

KEY = ("_current", "year")
CONTENT = ("area_code", "year", "urban_income", "rural_income")
MAIN_MONTH_REPLACES = False
INCOMES = ("rural_income", "urban_income")
# Fen a year and head. Less is a month's, or was told in 万元; more is a county's as a whole.
LEAST, MOST = 100_000, 50_000_000


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Find the county of today; one of the two incomes must be told."""
    rows = rows.with_columns(_day=pl.date(pl.col("year").cast(pl.Int32), 12, 31))
    rows = with_county(rows, references, code="area_code", on="_day", name="_current")
    untold = pl.all_horizontal(pl.col(INCOMES).is_null())
    rows = with_faults(
        rows,
        *county_rules("_current", "area_code"),
        Rule("MISSING_VALUE", "rural_income", untold),
        *(Rule("AMOUNT_RANGE", c, ~pl.col(c).is_between(LEAST, MOST)) for c in INCOMES),
        Rule("FUTURE_DATE", "year", pl.col("year") > references.as_of.year, pl.col("year")),
    )
    return rows.with_columns(
        _county=pl.when(pl.col("_current_level") == "county").then("_current"),
        _month=pl.date(pl.col("year").cast(pl.Int32), 1, 1),
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
