"""One row per county, month and item of the monthly report, from its wide or its long shape."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import catalogue
from pipeline.catalog.sources import UNITS_ZH, normalised, parts_of_wholes, sources
from pipeline.ingest.cells import grammar
from pipeline.ingest.cells.units import TEN_THOUSAND_ZH, without_unit, words_of
from pipeline.staging.references import References
from pipeline.staging.rules import (
    Rule,
    county_name_rule,
    county_rules,
    future,
    not_above,
    period_rule,
    with_county,
    with_county_by_name,
    with_faults,
)

KEY = ("_county", "month", "_item")
ITEMS = tuple(sources()["activity"].item_columns)
PARTS = parts_of_wholes("activity")
CONTENT = ("county_code", "county_name", "month", "item", "value", "unit", *ITEMS)
_CELL = ("_file", "_batch", "_county", "month")
MAIN_MONTH_REPLACES = True
TOLD_BY_MONTH = True


def _items() -> pl.LazyFrame:
    """One row per accepted name of an item: the counter it is, its unit, whether it is money."""
    counters = [c for c in catalogue().counters.values() if c.source == "activity"]
    return pl.LazyFrame(
        {
            "_name": [normalised(c.name_zh) for c in counters],
            "_item": [c.id for c in counters],
            "_unit": [UNITS_ZH[c.unit] for c in counters],
            "_is_money": [c.unit == "fen" for c in counters],
        }
    )


def _with_unit_told(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `_told`, the unit that a row of the long shape gives its value, by column, item or cell.

    Of money that must be there: without it nobody knows yuan from ten thousands.
    """
    folded = [
        pl.col(column).str.normalize("NFKC").str.replace_all(r"\s", "").str.to_lowercase()
        for column in ("unit", "item", "value")
    ]
    of_money = pl.coalesce(
        folded[0], folded[1].str.extract(r"\(([^()]+)\)$"), folded[2].str.extract(r"\d([万亿]?元)$")
    )
    return rows.with_columns(_told=pl.when("_is_money").then(of_money).otherwise(folded[0]))


def _is_own_unit() -> pl.Expr:
    """Say whether the unit told is that of the item, in one word or another."""
    told, unit = pl.col("_told"), pl.col("_unit")
    own = pl.lit(value=False)
    for word in dict.fromkeys(UNITS_ZH.values()):
        own |= (unit == word) & told.is_in(list(words_of(word)))
    return pl.when("_is_money").then(told.is_in(["元", TEN_THOUSAND_ZH])).otherwise(own)


def _with_value(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `_value` of the long shape by its unit, fen for money, else a count, and `_bad`, why not.

    Step by step, for one expression of all steps takes longer to plan than a report to read.
    """
    rows = rows.with_columns(
        _text=pl.when(pl.col("item").is_not_null()).then(grammar.cleaned(pl.col("value")))
    )
    text = bare = pl.col("_text")
    for word in dict.fromkeys(UNITS_ZH.values()):
        bare = pl.when(pl.col("_unit") == word).then(without_unit(text, word)).otherwise(bare)
    rows = rows.with_columns(_bare=bare)
    in_ten_thousand = (pl.col("_told") == TEN_THOUSAND_ZH).fill_null(value=False)
    fen = (
        pl.when(in_ten_thousand)
        .then(grammar.money(text, ten_thousand=True).value)
        .otherwise(grammar.money(text).value)
    )
    count = grammar.integer(pl.col("_bare")).value
    is_bad = text.is_not_null() & pl.col("_value").is_null()
    return rows.with_columns(_value=pl.when("_is_money").then(fen).otherwise(count)).with_columns(
        _bad=pl.when(is_bad).then(pl.lit("BAD_NUMBER"))
    )


def _long_rules() -> tuple[Rule, ...]:
    """Refuse a row of the long shape without an item, in another unit, or without a number."""
    is_long = pl.col("item").is_not_null()
    other_unit = pl.format("{}（应为{}）", "_told", _unit_shown())
    bad = pl.col("_bad").is_not_null()
    value = pl.col("value")
    is_nameless = pl.col("item").is_null() & value.is_not_null()
    return (
        Rule("MISSING_VALUE", "item", is_nameless),
        Rule("UNKNOWN_CODE", "item", is_long & pl.col("_item").is_null(), pl.col("item")),
        Rule("UNKNOWN_CODE", "unit", is_long & _is_own_unit().not_(), other_unit),
        Rule("BAD_NUMBER", "value", bad, pl.format("{}（单位为{}）", value, _unit_shown())),
        Rule("MISSING_VALUE", "value", is_long & pl.col("_value").is_null()),
        Rule("MISSING_VALUE", "unit", is_long & pl.col("_is_money") & pl.col("_told").is_null()),
        Rule("RANGE", "value", ~pl.col("_is_money") & (pl.col("_value") < 0), value),
    )


def _with_whole(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `_above`, where a part of the long shape is above its whole in the same file: on both.

    Which of the two is wrong nobody can tell, as in a row of the wide shape, which goes as a whole.
    """
    said = rows.filter(pl.col("_reason").is_null() & pl.col("_item").is_not_null())
    pairs = pl.LazyFrame(PARTS, schema=["_item", "_whole"], orient="row")
    whole = said.select(*_CELL, _whole="_item", _most="_value", _whole_zh="item")
    above = (
        said.join(pairs, on="_item", how="inner")
        .join(whole, on=[*_CELL, "_whole"], how="inner")
        .filter(pl.col("_value") > pl.col("_most"))
        .with_columns(
            _above=pl.format("{} {}（应不大于{} {}）", "item", "_value", "_whole_zh", "_most")
        )
    )
    both = pl.concat(above.select(*_CELL, "_above", _item=item) for item in ("_item", "_whole"))
    found = both.group_by(*_CELL, "_item").agg(pl.col("_above").min())
    return rows.join(found, on=[*_CELL, "_item"], how="left", maintain_order="left")


def _unit_shown() -> pl.Expr:
    return pl.when("_is_money").then(pl.lit("元或万元")).otherwise("_unit")


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Find county and item; a row of the long shape has one value, of the wide shape many."""
    rows = with_county(rows, references, code="county_code", on="month", name="_by_code")
    rows = with_county_by_name(rows, references, county="county_name", name="_by_name")
    by_code = pl.when(pl.col("_by_code_level") == "county").then("_by_code")
    name = (
        pl.col("item")
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"\s", "")
        .str.replace(r"\((万?元)\)$", "")
    )
    rows = rows.with_columns(_county=pl.coalesce(by_code, "_by_name"), _name=name).join(
        _items(), on="_name", how="left", validate="m:1", maintain_order="left"
    )
    rows = _with_value(_with_unit_told(rows)).with_columns(_month=pl.col("month"))
    county = pl.coalesce("county_code", "county_name")
    checked = with_faults(
        rows,
        Rule("MISSING_VALUE", "month", pl.col("month").is_null()),
        future("month", references),
        *county_rules("_by_code", "county_code"),
        period_rule("_by_code", "county_code"),
        Rule("MISSING_VALUE", "county_name", county.is_null()),
        Rule("UNKNOWN_CODE", "county_name", pl.col("_county").is_null(), county),
        county_name_rule(),
        *_long_rules(),
        *(not_above(part, whole) for part, whole in PARTS),
    )
    above = pl.col("_above")
    return with_faults(_with_whole(checked), Rule("RANGE", "value", above.is_not_null(), above))


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the items that were reported; a blank cell of the wide shape is no report.

    Where a county sends an item in both shapes with different values, the larger one stays.
    """
    accepted = checked.filter(pl.col("_reason").is_null())
    index = ["_file", "_county", "month"]
    long = accepted.filter(pl.col("_item").is_not_null()).select(*index, "_item", value="_value")
    wide = (
        accepted.filter(pl.col("_item").is_null())
        .select(*index, *ITEMS)
        .unpivot(ITEMS, index=index, variable_name="_item", value_name="value")
        .drop_nulls("value")
    )
    activity = (
        pl.concat([wide, long])
        .sort("_county", "month", "_item", "value", "_file")
        .unique(["_county", "month", "_item"], keep="last", maintain_order=True)
        .select(file_id="_file", county_code="_county", month="month", item="_item", value="value")
    )
    return {"activity": activity}
