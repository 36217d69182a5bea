"""From counters to indicator rows at every level: numerator, denominator, coverage, status."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.catalog import Catalogue, Indicator, Level
from pipeline.counters.frames import at_once
from pipeline.marts.scope import Scope
from pipeline.marts.shape import a_status
from pipeline.methods.intervals import with_proportion_interval
from pipeline.methods.rollup import roll_up

TEXTS = pl.Schema({"indicator_id": pl.String(), "area_code": pl.String()})
CATEGORIES = pl.Schema({"indicator_id": pl.Categorical(), "area_code": pl.Categorical()})
# How a value of each form comes to be.
_METHODS = {"proportion": "wilson", "money_share": "share", "ratio": "ratio", "count": "count"}


def to_wide(counters: pl.DataFrame, *, time: str) -> pl.DataFrame:
    """Return one row per area and `time`, a column per counter; null: not reported."""
    if counters.is_empty():
        return counters.select("area_code", time)
    return counters.pivot("counter_id", index=["area_code", time], values="value")


def to_pairs(wide: pl.DataFrame, indicators: Iterable[Indicator], *, time: str) -> pl.DataFrame:
    """Return one row per indicator, finest area and `time` that has what the indicator needs.

    Indicators and areas are categories: so many texts are dear to compare. Without its denominator
    a numerator is left out, and the other way round: a county that lacks one of the two must not
    be in one of the sums of its city.
    """
    nothing = pl.lit(None, dtype=pl.Int64)
    category = pl.Categorical()
    keys = pl.col("area_code").cast(category), pl.col(time)
    empty = (
        wide.clear()
        .lazy()
        .select(
            pl.lit("", dtype=category).alias("indicator_id"),
            *keys,
            numerator=nothing,
            denominator=nothing,
        )
    )
    found = []
    for indicator in indicators:
        needed = [c for c in (indicator.numerator, indicator.denominator) if c is not None]
        if not set(needed) <= set(wide.columns):
            continue
        denominator = indicator.denominator
        found.append(
            wide.lazy()
            .drop_nulls(needed)
            .select(
                pl.lit(indicator.id, dtype=category).alias("indicator_id"),
                *keys,
                numerator=indicator.numerator,
                denominator=nothing if denominator is None else pl.col(denominator),
            )
        )
    return at_once(pl.concat([empty, *found]))


def to_levels(pairs: pl.DataFrame, scope: Scope, *, by: list[str]) -> pl.DataFrame:
    """Return the pairs (to_pairs) summed to every area, with area_level and `is_whole`.

    A city is whole when every county in scope below it has reported; a county or township is
    whole when it has a row at all.
    """
    values = [c for c in pairs.columns if c not in ("indicator_id", "area_code", *by)]
    keys = ["indicator_id", *by]
    category = pl.Categorical()
    ancestors, above = (of.cast(category) for of in (scope.lineage, scope.county_lineage))
    levels = scope.levels.lazy().cast({"area_code": category})
    summed = roll_up(pairs.lazy(), ancestors=ancestors, by=keys, values=values)
    levelled = summed.join(levels, on="area_code", validate="m:1").collect()
    expected = above.group_by("ancestor_code").agg(expected=pl.len())
    reported = (
        levelled.select("area_code", *keys)
        .join(above, on="area_code")
        .group_by("ancestor_code", *keys)
        .agg(reported=pl.len())
        .join(expected, on="ancestor_code")
        .rename({"ancestor_code": "area_code"})
    )
    return levelled.join(reported, on=["area_code", *keys], how="left").select(
        pl.exclude("reported", "expected"),
        is_whole=(pl.col("reported") == pl.col("expected")).fill_null(value=True),
    )


def reaches(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row per indicator and area level it exists at."""
    levels: tuple[Level, ...] = ("group", "province", "city", "county", "township", "village")
    rows = [
        (i.id, level) for i in catalogue.indicators.values() for level in levels if i.reaches(level)
    ]
    return pl.DataFrame(rows, schema=["indicator_id", "area_level"], orient="row")


def with_gaps(
    levelled: pl.DataFrame,
    expected: pl.DataFrame,
    scope: Scope,
    catalogue: Catalogue,
    *,
    times: pl.DataFrame,
    by: list[str],
) -> pl.LazyFrame:
    """Add a row of nulls where an area that is `expected` (expected_of) did not report.

    `times` has one row per `by`. Indicators and areas become categories, which are cheap to join.
    """
    grid = (
        expected_cells(expected, scope, catalogue)
        .lazy()
        .join(times.lazy(), how="cross")
        .filter(pl.col(by[0]) >= pl.col("first"))
        .drop("first")
    )
    found = levelled.lazy().drop("area_level").cast(CATEGORIES)
    return grid.join(found, on=["indicator_id", "area_code", *by], how="left", validate="1:1")


def expected_cells(expected: pl.DataFrame, scope: Scope, catalogue: Catalogue) -> pl.DataFrame:
    """Return those of what is `expected` (expected_of) that the indicator reaches, as categories.

    With the area_level; in the same order.
    """
    level = pl.col("area_level").cast(pl.String)
    return (
        expected.join(scope.levels, on="area_code", validate="m:1", maintain_order="left")
        .with_columns(_level=level)
        .join(
            reaches(catalogue),
            left_on=["indicator_id", "_level"],
            right_on=["indicator_id", "area_level"],
            how="semi",
            maintain_order="left",
        )
        .drop("_level")
        .cast(CATEGORIES)
    )


def expected_of(levelled: pl.DataFrame, scope: Scope, *, time: str) -> pl.DataFrame:
    """Return one row per indicator and area that should report, with the indicator's first time.

    The range of an indicator begins with its first report anywhere and ends with the last time.
    Below the county only areas that ever report are expected: a township without a centre is no
    gap.
    """
    found = levelled.lazy().select(pl.col("indicator_id", "area_code").cast(pl.String), time)
    first = found.group_by("indicator_id").agg(first=pl.col(time).min())
    everywhere = scope.at("group", "province", "city", "county").lazy()
    areas = pl.concat(
        [
            found.select("indicator_id", "area_code").unique(),
            first.select("indicator_id").join(everywhere, how="cross"),
        ]
    )
    expected = areas.unique().join(first, on="indicator_id", validate="m:1")
    return at_once(expected.sort("indicator_id", "area_code"))


def with_measure(rows: pl.LazyFrame, catalogue: Catalogue) -> pl.LazyFrame:
    """Add value, lower, upper and method by the indicator's form.

    Proportions have Wilson's interval; money shares and ratios (minutes a case, persons a
    thousand) a value only; counts their count. Ratios and counts are times `per`. The order stays.
    """
    told = [(i.id, _METHODS[i.form], i.per) for i in catalogue.indicators.values()]
    schema = {"indicator_id": pl.Categorical(), "_method": pl.String(), "_per": pl.Float64()}
    measures = pl.LazyFrame(told, schema=schema, orient="row")
    method, per = pl.col("_method"), pl.col("_per")
    share = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    count = pl.col("numerator").cast(pl.Float64)
    interval = method == "wilson"
    return (
        with_proportion_interval(rows, catalogue.settings.confidence)
        .join(measures, on="indicator_id", validate="m:1", maintain_order="left")
        .with_columns(
            value=pl.when(interval)
            .then("value")
            .when(method == "count")
            .then(count * per)
            .otherwise(share * per),
            lower=pl.when(interval).then("lower"),
            upper=pl.when(interval).then("upper"),
            method=method,
        )
        .drop("_method", "_per")
    )


def with_status(rows: pl.LazyFrame, *, is_provisional: pl.Expr) -> pl.LazyFrame:
    """Add the status, and null what a suppressed row would give away.

    Missing: nothing was reported. Suppressed: numerator, value and interval are hidden together.
    Not applicable: the denominator is zero, or less than the part of it that was reported.
    Provisional: claims still arrive, or a county of the city has not reported. `is_hidden` and
    `is_whole` are used up.
    """
    hidden = pl.col("is_hidden").fill_null(value=False)
    status = (
        pl.when(pl.col("numerator").is_null())
        .then(a_status("missing"))
        .when(hidden)
        .then(a_status("suppressed"))
        .when(pl.col("value").is_null())
        .then(a_status("not_applicable"))
        .when(is_provisional | ~pl.col("is_whole"))
        .then(a_status("provisional"))
        .otherwise(a_status("final"))
    )
    secret = ("numerator", "value", "lower", "upper")
    return (
        rows.with_columns(status=status)
        .with_columns(pl.when(~hidden).then(pl.col(c)).alias(c) for c in secret)
        # A denominator that is itself a hidden count goes too.
        .with_columns(
            denominator=pl.when(~pl.col("is_denominator_hidden").fill_null(value=False)).then(
                "denominator"
            )
        )
        .drop("is_hidden", "is_denominator_hidden", "is_whole")
    )
