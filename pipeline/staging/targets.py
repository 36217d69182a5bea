"""One row per indicator, area and the date from which a target holds."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import catalogue
from pipeline.catalog.sources import normalised
from pipeline.ingest.cells import grammar
from pipeline.ingest.cells.units import without_unit
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
CONTENT = ("indicator_id", "area_code", "due_on", "_target")
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


def _with_target(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `_target`, the value in the unit of its indicator, `_unit`, and what is `_bad` about it.

    Only of a share a number may be in percent.
    """
    indicators = catalogue().indicators
    units = pl.LazyFrame(
        {
            "indicator_id": list(indicators),
            "_unit": [i.unit_zh for i in indicators.values()],
            "_is_share": [i.is_share for i in indicators.values()],
        }
    )
    rows = rows.join(units, on="indicator_id", how="left", validate="m:1", maintain_order="left")
    bare = text = grammar.cleaned(pl.col("target"))
    for unit in {i.unit_zh for i in indicators.values() if not i.is_share}:
        bare = pl.when(pl.col("_unit") == unit).then(without_unit(text, unit)).otherwise(bare)
    share, amount = grammar.fraction(text), grammar.decimal(bare)
    return rows.with_columns(
        _target=pl.when("_is_share").then(share.value).otherwise(amount.value),
        _bad=pl.when("_is_share").then(share.reason).otherwise(amount.reason),
    )


def _value_rules() -> tuple[Rule, ...]:
    """Refuse a target that is no number in its indicator's unit; a share is at most 1."""
    written, value, is_share = pl.col("target"), pl.col("_target"), pl.col("_is_share")
    unit = pl.format("{}（单位为{}，只填数字）", written, "_unit")
    share = pl.format("{}（比例应填 95% 或 0.95）", written)
    shown = pl.when(is_share).then(share).otherwise(unit)
    return (
        Rule("BAD_NUMBER", "target", pl.col("_bad").is_not_null(), shown),
        Rule("RANGE", "target", (value < 0) | (is_share & (value > 1)), shown),
    )


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Check indicator, area and value."""
    indicators = catalogue().indicators
    rows = _with_target(rows)
    rows = with_county(rows, references, code="area_code", on="due_on", name="_current")
    rows = with_named_areas(rows, references, name="area_name")
    rows = _with_named_indicators(rows)
    indicator, area = pl.col("indicator_id"), pl.col("area_code")
    named = pl.format("{}（编号为{}）", "indicator_name", indicator)
    rows = with_faults(
        rows,
        Rule("UNKNOWN_CODE", "indicator_id", indicator.is_in(list(indicators)).not_(), indicator),
        Rule("CODE_NAME_CONFLICT", "indicator_name", pl.col("_means") != indicator, named),
        Rule("UNKNOWN_CODE", "area_code", pl.col("_current").is_null(), area),
        gone_rule("_current", "area_code"),
        named_area_rule("_current", name="area_name", shown="area_code"),
        *_value_rules(),
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
        target="_target",
    )
    return {"targets": targets}
