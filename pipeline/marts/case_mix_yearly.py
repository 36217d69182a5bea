"""Mart case_mix_yearly: admissions by insured county, tier, disease category, age band and year.

Sorted by county, year, tier, disease, age band. Sparse: where nobody was admitted there is no row.
Diseases that few were admitted with are `other`. Small cells are hidden with their money, and with
them the cells by which the totals of the table, or the year's months elsewhere, would tell them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import polars as pl

from pipeline.contracts.settled_marts import CaseMixYearly
from pipeline.contracts.staging import AGE_BANDS, DESTINATION_TIERS
from pipeline.counters.settled_month import CASES, Sums
from pipeline.marts.cells import Cells
from pipeline.marts.key_sums import added_up
from pipeline.marts.partials import Partials, key_of
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.marts.shape import to_contract
from pipeline.marts.years import yearly_status, years_frame
from pipeline.methods.suppression import hide
from pipeline.staged_codes import Codes
from pipeline.version import code_version

ALL = "all"
OTHER = "other"
UNKNOWN = "unknown"
SORT = ["insured_county", "year", "destination_tier", "disease_category", "age_band"]
_PLACE = ["insured_county", "destination_tier"]
_PARTS = ("disease_category", "age_band")
_BAND = pl.Enum([*AGE_BANDS, ALL])


def build(
    settled: Settled,
    cells: Cells,
    *,
    scope: Scope,
    threshold: int,
    delay_months: int,
    first: date,
    as_of: date,
    digests: Mapping[str, str],
    partials: Partials,
) -> pl.LazyFrame:
    """Return the mart; `cells` are the monthly counters published beside it.

    A year is judged again only when one of its months (by `digests`) or hidden totals changed.
    """
    years = years_frame(first, as_of, delay_months=delay_months)
    counties = scope.at("county")["area_code"].sort().to_list()
    shown = [_nothing(settled.codes)]
    for year in years["year"]:
        months = [m for m in settled.cases if m.year == year and first <= m <= as_of]
        hidden = hidden_totals_of(cells, year)
        judge = partial(_judged, settled, months, hidden, counties=counties, threshold=threshold)
        until = min(as_of, date(year, 12, 31))
        told = [digests.get(f"{month:%Y%m}") for month in months]
        key = key_of(months, told, until, hidden.rows(), counties, threshold, code_version())
        is_kept = None not in told
        judged = partials.get(f"cases={year}", key, judge)["year"] if is_kept else judge()["year"]
        shown.append(judged.cast(shown[0].schema))
    ordered = pl.concat(_by_county(shown)).lazy()
    rows = ordered.join(years.lazy(), on="year", validate="m:1", maintain_order="left")
    values = (pl.when(~pl.col("is_hidden")).then(c).alias(c) for c in ("settlements", "fund_fen"))
    return to_contract(rows.with_columns(yearly_status(), *values), CaseMixYearly, sort=())


def _by_county(years: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return the years, each in order, in stretches of a county: county by county, year by year."""
    stretches = []
    for position, rows in enumerate(years):
        runs = rows["insured_county"].rle().struct.unnest()
        ends = runs["len"].cum_sum()
        for county, length, end in zip(runs["value"].to_physical(), runs["len"], ends, strict=True):
            stretches.append((county, position, rows.slice(end - length, length)))
    ordered = sorted(stretches, key=lambda stretch: stretch[:2])
    return [years[0].clear(), *(rows for _, _, rows in ordered)]


def _nothing(codes: Codes) -> pl.DataFrame:
    """Return no rows, in enumerations that sort as their texts do."""
    return pl.DataFrame(
        schema={
            "insured_county": pl.Enum(sorted(codes.values["area"])),
            "destination_tier": pl.Enum(DESTINATION_TIERS),
            "disease_category": pl.Enum(sorted({*codes.values["disease"], ALL, OTHER, UNKNOWN})),
            "age_band": _BAND,
            "year": pl.Int16,
            "settlements": pl.Int64,
            "fund_fen": pl.Int64,
            "is_hidden": pl.Boolean,
        }
    )


def _judged(
    settled: Settled,
    months: Sequence[date],
    hidden_totals: pl.DataFrame,
    *,
    counties: Sequence[str],
    threshold: int,
) -> Sums:
    """Add up the months of a year, with their totals and what is hidden."""
    nothing = _nothing(settled.codes)
    if not months:
        return {"year": nothing}
    counted = [settled.cases[month]() for month in months]
    sums = added_up(counted, keys=CASES, values=("settlements", "fund_fen"))
    coded = ("insured_county", "destination_tier", "disease_category")
    enums = {column: pl.col(column).cat.to(settled.codes.enum(column)) for column in coded}
    named = sums.with_columns(**enums, age_band=pl.col("age_band").cat.to(_BAND)).cast(
        {column: nothing.schema[column] for column in CASES}
    )
    cases = named.filter(pl.col("insured_county").is_in(counties)).with_columns(
        pl.col("disease_category").fill_null(UNKNOWN)
    )
    judged = with_hidden(
        with_totals(with_merged(cases, threshold=threshold)), hidden_totals, threshold=threshold
    )
    year = pl.lit(months[0].year, pl.Int16).alias("year")
    # In order here: enumerations sort at a tenth of the cost of the texts that they become.
    return {"year": judged.with_columns(year).select(nothing.columns).sort(SORT)}


def with_merged(cases: pl.DataFrame, *, threshold: int) -> pl.DataFrame:
    """Take the diseases of a county and tier together that fewer were admitted with."""
    disease = [*_PLACE, "disease_category"]
    is_rare = pl.col("settlements").sum().over(disease) < threshold
    other = pl.lit(OTHER, dtype=cases.schema["disease_category"])
    merged = pl.when(is_rare).then(other).otherwise("disease_category")
    return (
        cases.with_columns(disease_category=merged)
        .group_by(*disease, "age_band")
        .agg(pl.col("settlements", "fund_fen").sum())
        .filter((pl.col("settlements") != 0) | (pl.col("fund_fen") != 0))
    )


def with_totals(cases: pl.DataFrame) -> pl.DataFrame:
    """Add the totals over ages, over diseases, and over both."""
    every_disease, every_age = (
        pl.lit(ALL, dtype=cases.schema[column]).alias(column)
        for column in ("disease_category", "age_band")
    )
    sums = pl.col("settlements", "fund_fen").sum()
    columns = cases.columns
    totals = [
        cases.group_by(*_PLACE, "disease_category").agg(sums).with_columns(every_age),
        cases.group_by(*_PLACE, "age_band").agg(sums).with_columns(every_disease),
        cases.group_by(_PLACE).agg(sums).with_columns(every_disease, every_age),
    ]
    return pl.concat([cases, *(total.select(columns) for total in totals)])


def hidden_totals_of(cells: Cells, year: int) -> pl.DataFrame:
    """Return the counties and tiers one of whose months of the year is hidden elsewhere."""
    tiers = {f"inpatient_{tier}": tier for tier in DESTINATION_TIERS}
    return (
        cells.hidden.filter(
            pl.col("counter_id").is_in(list(tiers)), pl.col("month").dt.year() == year
        )
        .select(
            insured_county="area_code",
            destination_tier=pl.col("counter_id").replace_strict(tiers, return_dtype=pl.String),
        )
        .unique()
        .sort(_PLACE)
    )


def with_hidden(
    cases: pl.DataFrame,
    hidden_totals: pl.DataFrame,
    *,
    threshold: int,
    parts: Sequence[str] = _PARTS,
) -> pl.DataFrame:
    """Add is_hidden to a year of cases with their totals, which are `all` in their `parts`.

    The total of a county and tier is the sum of its published months. If one of these is hidden,
    so is the total, and the rows that would add up to it.
    """
    few = pl.col("settlements") < threshold
    something = (pl.col("settlements") != 0) | (pl.col("fund_fen") != 0)
    is_total = pl.all_horizontal(pl.col(part) == ALL for part in parts)
    places = pl.Schema({column: cases.schema[column] for column in _PLACE})
    told = hidden_totals.cast(places, strict=False).drop_nulls()  # townships are no county
    told = told.with_columns(month_hidden=pl.lit(value=True))
    cells = (
        cases.join(told, on=_PLACE, how="left", validate="m:1")
        .sort(*_PLACE, *parts)
        .with_row_index("cell")
        .with_columns(
            value="settlements",
            is_hidden=(few & something)
            | (is_total & pl.col("month_hidden").fill_null(value=False)),
            may_hide=~is_total,
        )
    )
    judged = hide(cells.select("cell", "value", "is_hidden", "may_hide"), _sums(cells, parts))
    return cells.drop("is_hidden").join(
        judged.select("cell", "is_hidden"), on="cell", validate="1:1"
    )


def _sums(cells: pl.DataFrame, parts: Sequence[str]) -> pl.DataFrame:
    """Return the equations of the table: over each of its parts, the others held."""
    held = [[other for other in parts if other != part] for part in parts]
    return pl.concat(
        _equations(cells, [*_PLACE, *others], offset=at * cells.height)
        for at, others in enumerate(held)
    )


def _equations(cells: pl.DataFrame, keys: list[str], *, offset: int) -> pl.DataFrame:
    together = cells.group_by(keys).agg("cell").with_row_index("sum", offset=offset)
    return together.select("sum", "cell").explode("cell")
