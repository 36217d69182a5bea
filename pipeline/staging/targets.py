"""One row per indicator, area and the date from which a target holds."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import catalogue
from pipeline.catalog.sources import normalised
from pipeline.staging.references import References
from pipeline.staging.rules import (
    Rule,
    gone_rule,
    named_area_rule,
    with_county,
    with_faults,
    with_named_areas,
)

KEY = ("indicator_id", "_current", "due_on")
CONTENT = ("indicator_id", "area_code", "due_on", "target")
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = False


def _with_named_indicators(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `_means`, the indicator a name is that of; null for a name that is nobody's."""
    names = pl.LazyFrame(
        {
            "_folded": [normalised(i.name_zh) for i in catalogue().indicators.values()],
            "_means": list(catalogue().indicators),
        }
    ).unique("_folded", keep="none")
    folded = pl.col("indicator_name").str.normalize("NFKC").str.to_lowercase()
    return rows.with_columns(_folded=folded.str.replace_all(r"\s", "")).join(
        names, on="_folded", how="left", validate="m:1", maintain_order="left"
    )


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Check indicator and area; a target of a rate is a share of at most 1."""
    indicators = catalogue().indicators
    shares = [i for i, indicator in indicators.items() if indicator.is_share]
    rows = with_county(rows, references, code="area_code", on="due_on", name="_current")
    rows = with_named_areas(rows, references, name="area_name")
    rows = _with_named_indicators(rows)
    indicator, area, target = pl.col("indicator_id"), pl.col("area_code"), pl.col("target")
    named = pl.format("{}（编号为{}）", "indicator_name", indicator)
    share = pl.format("{}（比例应填 95% 或 0.95）", target)
    rows = with_faults(
        rows,
        Rule("UNKNOWN_CODE", "indicator_id", indicator.is_in(list(indicators)).not_(), indicator),
        Rule("CODE_NAME_CONFLICT", "indicator_name", pl.col("_means") != indicator, named),
        Rule("UNKNOWN_CODE", "area_code", pl.col("_current").is_null(), area),
        gone_rule("_current", "area_code"),
        named_area_rule("_current", name="area_name", shown="area_code"),
        Rule("RANGE", "target", indicator.is_in(shares) & (target > 1), share),
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
