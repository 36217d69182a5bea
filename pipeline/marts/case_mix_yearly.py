"""Mart case_mix_yearly: admissions by insured county, tier, disease category, age band and year.

Sorted by county, year, tier, disease, age band. Sparse: where nobody was admitted there is no row.
Diseases that few were admitted with are `other`. Small cells are hidden with their money, and with
them the cells by which the totals of the table, or the year's months elsewhere, would tell them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial

import polars as pl

from pipeline.contracts.settled_marts import CaseMixYearly
from pipeline.contracts.staging import DESTINATION_TIERS
from pipeline.counters.settled_month import Sums
from pipeline.marts import case_years
from pipeline.marts.cells import Cells
from pipeline.marts.partials import Partials, key_of
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.marts.shape import to_contract
from pipeline.marts.years import yearly_status, years_frame
from pipeline.version import code_version

SORT = ["insured_county", "year", "destination_tier", "disease_category", "age_band"]
_PLACE = ["insured_county", "destination_tier"]


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
    numbers = case_years.Cells(codes=settled.codes, counties=counties)
    shown = [_dated(case_years.NO_CELLS, numbers, 0)]
    for year in years["year"]:
        months = [m for m in settled.cases if m.year == year and first <= m <= as_of]
        hidden = hidden_totals_of(cells, year)
        found = (numbers.place(county, tier) for county, tier in hidden.iter_rows())
        places = {place for place in found if place is not None}
        judge = partial(_judged, settled, months, places, numbers, threshold=threshold)
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


def _judged(
    settled: Settled,
    months: Sequence[date],
    hidden_places: Collection[int],
    numbers: case_years.Cells,
    *,
    threshold: int,
) -> Sums:
    """Add up the months of a year, with their totals and what is hidden."""
    judged = case_years.judged_year(
        (settled.cases[month]() for month in months),
        numbers,
        hidden_places=hidden_places,
        threshold=threshold,
    )
    return {"year": _dated(judged, numbers, months[0].year if months else 0)}


def _dated(judged: pl.DataFrame, numbers: case_years.Cells, year: int) -> pl.DataFrame:
    named = case_years.named(judged, numbers)
    return named.with_columns(year=pl.lit(year, pl.Int16))


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
