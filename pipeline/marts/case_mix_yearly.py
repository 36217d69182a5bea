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
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import Sums
from pipeline.marts import case_years
from pipeline.marts.cells import Cells
from pipeline.marts.partials import Partials, key_of
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.marts.shape import status_of, to_contract, unless_hidden
from pipeline.marts.years import years_frame
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
    numbers = case_years.CellNumbers(codes=settled.codes, counties=counties)
    totals = hidden_totals_of(cells)
    shown: list[pl.DataFrame] = [CaseMixYearly.create_empty()]
    for told_year in years.iter_slices(1):
        year = told_year["year"].item()
        months = [m for m in settled.cases if m.year == year and first <= m <= as_of]
        hidden = totals.filter(pl.col("year") == year).select(_PLACE)
        found = (numbers.place(county, tier) for county, tier in hidden.iter_rows())
        places = {place for place in found if place is not None}
        judge = partial(_judged, settled, months, places, numbers, told_year, threshold=threshold)
        until = min(as_of, date(year, 12, 31))
        told = [digests.get(f"{month:%Y%m}") for month in months]
        of_year = told_year.rows(), until, hidden.rows(), counties, threshold
        key = key_of(months, told, of_year, code_version())
        is_kept = None not in told
        shown.append((partials.get(f"cases={year}", key, judge) if is_kept else judge())["year"])
    return pl.concat(_by_county(shown)).lazy()


def _by_county(years: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return the years, each in order, in stretches of a county: county by county, year by year."""
    stretches = []
    for position, rows in enumerate(years):
        runs = rows["insured_county"].rle().struct.unnest()
        ends = runs["len"].cum_sum()
        for county, length, end in zip(runs["value"], runs["len"], ends, strict=True):
            stretches.append((county, position, rows.slice(end - length, length)))
    ordered = sorted(stretches, key=lambda stretch: stretch[:2])
    return [years[0].clear(), *(rows for _, _, rows in ordered)]


def _judged(
    settled: Settled,
    months: Sequence[date],
    hidden_places: Collection[int],
    numbers: case_years.CellNumbers,
    year: pl.DataFrame,
    *,
    threshold: int,
) -> Sums:
    """Return the rows of a `year` (a row of years_frame): with totals, small ones null."""
    judged = case_years.judged_year(
        (settled.cases[month]() for month in months),
        numbers,
        hidden_places=hidden_places,
        threshold=threshold,
    )
    of_year = {name: pl.lit(value) for name, value in year.row(0, named=True).items()}
    rows = case_years.named(judged, numbers).lazy().with_columns(**of_year)
    status = status_of(is_provisional=pl.col("is_provisional"))
    shown = rows.with_columns(status, unless_hidden("settlements", "fund_fen"))
    return {"year": at_once(to_contract(shown, CaseMixYearly, sort=()))}


def hidden_totals_of(cells: Cells) -> pl.DataFrame:
    """Return the counties, tiers and years one of whose months is hidden elsewhere."""
    tiers = {f"inpatient_{tier}": tier for tier in DESTINATION_TIERS}
    return (
        cells.hidden.filter(pl.col("counter_id").is_in(list(tiers)))
        .select(
            insured_county="area_code",
            destination_tier=pl.col("counter_id").replace_strict(tiers, return_dtype=pl.String),
            year=pl.col("month").dt.year().cast(pl.Int16),
        )
        .unique()
        .sort(*_PLACE, "year")
    )
