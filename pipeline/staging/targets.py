"""One row per indicator, area and the date from which a target holds."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import catalogue
from pipeline.staging.references import References
from pipeline.staging.rules import Rule, with_county, with_faults

KEY = ("indicator_id", "_current", "due_on")
CONTENT = ("indicator_id", "area_code", "due_on", "target")
MAIN_MONTH_REPLACES = False


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Check indicator and area; a target of a rate is a share of at most 1."""
    indicators = catalogue().indicators
    shares = [i for i, indicator in indicators.items() if indicator.is_share]
    rows = with_county(rows, references, code="area_code", on="due_on", name="_current")
    indicator, area, target = pl.col("indicator_id"), pl.col("area_code"), pl.col("target")
    rows = with_faults(
        rows,
        Rule("UNKNOWN_CODE", "indicator_id", indicator.is_in(list(indicators)).not_(), indicator),
        Rule("UNKNOWN_CODE", "area_code", pl.col("_current").is_null(), area),
        Rule("RANGE", "target", indicator.is_in(shares) & (target > 1), target),
    )
    return rows.with_columns(
        _county=pl.when(pl.col("_current_level") == "county").then("_current"),
        _month=pl.col("due_on").dt.truncate("1mo"),
    )


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted targets."""
    targets = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        "indicator_id",
        pl.col("_current").alias("area_code"),
        "due_on",
        "target",
    )
    return {"targets": targets}
