"""The small-number rule below the county, by quarter.

What is published of counties stays as it is: a county's quarter is hidden or shown as its months
are, and its townships are hidden until nothing hidden can be had by subtraction, of theirs or of
their county's.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.counters.settlements import (
    SUMS,
    TOWNSHIP_COUNTERS,
    TOWNSHIP_DIFFERENCES,
    VISITS_BEHIND,
)
from pipeline.marts.small_numbers import TotalsAndParts, to_sums, with_primary
from pipeline.marts.township_quarters import TownshipQuarters, reaching
from pipeline.methods.suppression import hide

KEYS = ["area_code", "quarter"]


def hidden_quarters(
    quarters: TownshipQuarters, closed: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """Return one row per hidden counter, township (or what is left of a county) and quarter.

    `closed` are the hidden counters of counties: counter_id, area_code, quarter.
    """
    shown = {c for i in reaching(catalogue) for c in (i.numerator, i.denominator) if c is not None}
    sums = told_sums(shown)
    counters = sorted(_with_visits(shown.union(*(({t, *parts}) for t, parts in sums))))
    below = _long(quarters.townships, counters).with_columns(may_hide=pl.lit(value=True))
    is_closed = closed.with_columns(may_hide=pl.lit(value=True))
    above = (
        _long(quarters.counties, counters)
        .join(is_closed, on=["counter_id", *KEYS], how="left", validate="1:1")
        .with_columns(pl.col("may_hide").fill_null(value=False))
    )
    cells = (
        pl.concat([below, above])
        .with_columns(is_shown=pl.col("counter_id").is_in(shown))
        .sort("counter_id", *KEYS)
        .with_row_index("cell")
    )
    is_county = pl.col("area_code").is_in(quarters.counties["area_code"].unique().to_list())
    primary = with_primary(
        cells, threshold=catalogue.settings.small_number_threshold, by=["quarter"]
    ).with_columns(is_hidden=pl.when(is_county).then("may_hide").otherwise("is_hidden"))
    # What nobody prints goes first, but no zero: a total of zero tells it, and it protects nothing.
    is_shown = pl.col("is_shown") | (pl.col("value") == 0)
    cost = pl.when(is_shown).then("value").otherwise(pl.lit(-1))
    edges = quarters.townships.select("area_code", parent_code="county_code").unique()
    judged = hide(
        primary.with_columns(value=cost), to_sums(cells, edges, by=["quarter"], sums=sums)
    )
    return judged.filter("is_hidden", ~is_county).select("counter_id", *KEYS)


def told_sums(shown: set[str]) -> TotalsAndParts:
    """Return the sums in which shown counters tell others: a total with at least one part."""
    known = set(shown)
    found: list[tuple[str, Sequence[str]]] = []
    while True:
        more = [s for s in SUMS if s not in found and s[0] in known and known & {*s[1]}]
        if not more:
            return found
        found += more
        known = known.union(*(parts for _, parts in more))


def _with_visits(counters: set[str]) -> set[str]:
    """Add the visits behind amounts."""
    behind = {v for c in counters for v in VISITS_BEHIND.get(c, ()) if v is not None}
    return counters | behind


def _long(wide: pl.DataFrame, counters: list[str]) -> pl.DataFrame:
    """Return counter_id, area_code, quarter, value; what is not told has no row."""
    differences = {
        c: pl.col(total) - pl.col(part) for c, (total, part) in TOWNSHIP_DIFFERENCES.items()
    }
    known = {*TOWNSHIP_COUNTERS, *differences}
    return (
        wide.with_columns(**differences)
        .unpivot([c for c in counters if c in known], index=KEYS, variable_name="counter_id")
        .drop_nulls("value")
        .select("counter_id", *KEYS, "value")
    )
