"""The small-number rule on counters: what is hidden, and where the hidden would show through.

The rule works on counters, not on rates: a hidden count is hidden as a numerator and as a
denominator of every indicator. City and group totals are exact and never hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.counters.settlements import DIFFERENCES, SUMS, VISITS_BEHIND
from pipeline.marts.measures import CATEGORIES
from pipeline.marts.scope import Scope
from pipeline.methods.suppression import hide, is_small

TotalsAndParts = Sequence[tuple[str, Sequence[str]]]


def is_hideable() -> pl.Expr:
    """Say whether counts of an area may be hidden; those of cities and above are exact."""
    return pl.col("area_level").cast(pl.String).is_in(["county", "township", "village"])


def _roles(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row per counter and indicator that has it: as what, in order."""
    rows = [
        (counter, indicator.id, role)
        for indicator in catalogue.indicators.values()
        for role in ("numerator", "denominator")
        if (counter := getattr(indicator, role)) is not None
    ]
    schema = ["counter_id", "indicator_id", "role"]
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("order")


def to_cells(levelled: pl.DataFrame, catalogue: Catalogue, *, by: list[str]) -> pl.DataFrame:
    """Return one row per patient-derived counter, area and `by`: cell, value, may_hide, is_shown.

    A counter that several indicators share is taken from the first of them that the area has then:
    one may lack its other counter. The differences of two counters that anyone can make are cells
    as well, though none is shown.
    """
    keys = ["area_code", *by]
    value = pl.when(pl.col("role") == "numerator").then("numerator").otherwise("denominator")
    roles = _roles(catalogue).cast({"indicator_id": levelled.schema["indicator_id"]})
    derived = [c.id for c in catalogue.counters.values() if c.patient_derived]
    cells = (
        levelled.join(roles.filter(pl.col("counter_id").is_in(derived)), on="indicator_id")
        .sort("order")
        .unique(["counter_id", *keys], keep="first", maintain_order=True)
        .select(
            "counter_id", *keys, value=value, may_hide=is_hideable(), is_shown=pl.lit(value=True)
        )
        .cast({"area_code": pl.String})
    )
    for counter, (total, part) in DIFFERENCES.items():
        both = cells.filter(counter_id=total).join(
            cells.filter(counter_id=part), on=keys, suffix="_part", validate="1:1"
        )
        rest = both.with_columns(
            pl.lit(counter).alias("counter_id"),
            pl.col("value") - pl.col("value_part"),
            is_shown=pl.lit(value=False),
        )
        cells = pl.concat([cells, rest.select(cells.columns)])
    return cells.sort("counter_id", *keys).with_row_index("cell")


def with_primary(cells: pl.DataFrame, *, threshold: int, by: list[str]) -> pl.DataFrame:
    """Add is_hidden: small counts, and amounts that rest on a small number of visits."""
    keys = ["area_code", *by]
    amounts = []
    for amount, (plus, minus) in VISITS_BEHIND.items():
        visits = _value_of(cells, plus, keys, name="visits")
        if minus is not None:
            inside = _value_of(cells, minus, keys, name="inside")
            visits = visits.join(inside, on=keys, validate="1:1").select(
                *keys, pl.col("visits") - pl.col("inside")
            )
        amounts.append(visits.with_columns(counter_id=pl.lit(amount)))
    behind = pl.concat(amounts)
    people = cells.join(behind, on=["counter_id", *keys], how="left", validate="1:1")
    small = is_small(pl.coalesce("visits", "value"), threshold=threshold)
    return people.with_columns(is_hidden=pl.col("may_hide") & small).drop("visits")


def _value_of(cells: pl.DataFrame, counter: str, keys: list[str], *, name: str) -> pl.DataFrame:
    of_counter = cells.filter(pl.col("counter_id") == counter)
    return of_counter.select(*keys, pl.col("value").alias(name))


def sums_of_areas(cells: pl.DataFrame, edges: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """Return one row per sum and cell in it: an area with its children, for each `by`.

    A sum is named by the cell of its total.
    """
    named = cells.select("cell", "area_code", *by)
    totals = named.rename({"cell": "sum", "area_code": "parent_code"})
    children = (
        named.join(edges, on="area_code", validate="m:1")
        .join(totals, on=["parent_code", *by], validate="m:1")
        .select("sum", "cell")
    )
    return pl.concat([children, children.select("sum", cell="sum").unique()])


def to_sums(
    cells: pl.DataFrame, edges: pl.DataFrame, *, by: list[str], sums: TotalsAndParts = SUMS
) -> pl.DataFrame:
    """Return one row per sum and cell in it: an area with its children, `sums` with their parts.

    A sum is named by the cell of its total, plus what tells the ways apart in which one total
    comes to be.
    """
    keys = ["counter_id", "area_code", *by]
    named = cells.select("cell", *keys)
    totals = named.rename({"cell": "sum"})
    parts = pl.DataFrame(
        [(at, total, part) for at, (total, names) in enumerate(sums, 1) for part in names],
        schema={"at": pl.UInt32, "total": pl.String, "counter_id": pl.String},
        orient="row",
    )
    components = (
        named.join(parts, on="counter_id")
        .drop("counter_id")
        .join(totals, left_on=["total", "area_code", *by], right_on=keys, validate="m:1")
        .select("at", "sum", "cell")
    )
    own = components.select("at", "sum", cell="sum").unique()
    of_counter = pl.concat([components, own]).select(
        pl.col("sum") + pl.col("at") * cells.height, "cell"
    )
    return pl.concat([sums_of_areas(cells, edges, by=["counter_id", *by]), of_counter])


def hidden_cells(
    levelled: pl.DataFrame, scope: Scope, catalogue: Catalogue, *, by: list[str]
) -> pl.DataFrame:
    """Return one row per hidden counter, area and `by`."""
    judged = judged_cells(levelled, scope, catalogue, by=by)
    return judged.filter("is_hidden").select("counter_id", "area_code", *by)


def judged_cells(
    levelled: pl.DataFrame, scope: Scope, catalogue: Catalogue, *, by: list[str]
) -> pl.DataFrame:
    """Return one row per patient-derived counter, area and `by`: value, and whether is_hidden."""
    cells = to_cells(levelled, catalogue, by=by)
    primary = with_primary(cells, threshold=catalogue.settings.small_number_threshold, by=by)
    # Hiding what nobody prints costs nothing: it goes first, before the smallest that is shown.
    cost = pl.when("is_shown").then("value").otherwise(pl.lit(-1))
    judged = hide(primary.with_columns(value=cost), to_sums(cells, scope.edges, by=by))
    values = primary.select("cell", "counter_id", "area_code", *by, "value")
    return values.join(judged.select("cell", "is_hidden"), on="cell", validate="1:1").drop("cell")


def with_hidden(
    rows: pl.LazyFrame, hidden: pl.DataFrame, catalogue: Catalogue, *, by: list[str]
) -> pl.LazyFrame:
    """Add is_hidden (numerator or denominator is) and is_denominator_hidden to indicator rows.

    Both are null where nothing is hidden. Indicators and areas of the rows are categories; the
    order stays.
    """
    keys = ["indicator_id", "area_code", *by]
    is_denominator = pl.col("role") == "denominator"
    marks = (
        hidden.lazy()
        .join(_roles(catalogue).lazy(), on="counter_id")
        .group_by(keys)
        .agg(is_hidden=pl.lit(value=True), is_denominator_hidden=is_denominator.any())
    )
    return rows.join(
        marks.cast(CATEGORIES), on=keys, how="left", validate="m:1", maintain_order="left"
    )
