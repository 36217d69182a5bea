"""Mart case_mix_yearly: admissions by insured county, tier, disease category, age band and year.

Sorted by county, year, tier, disease, age band. Sparse: where nobody was admitted there is no row.
Diseases that few were admitted with are `other`. Small cells are hidden with their money, and with
them the cells by which the totals of the table, or the year's months elsewhere, would tell them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from pipeline.contracts.settled_marts import CaseMixYearly
from pipeline.contracts.staging import AGE_BANDS
from pipeline.counters.settled_month import CASES
from pipeline.marts.cells import Cells
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.marts.shape import to_contract
from pipeline.marts.years import yearly_status, years_frame
from pipeline.methods.suppression import hide

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
) -> pl.LazyFrame:
    """Return the mart; `cells` are the monthly counters published beside it."""
    years = years_frame(first, as_of, delay_months=delay_months)
    counties = scope.at("county").rename({"area_code": "insured_county"})
    nothing = CaseMixYearly.create_empty().select(
        *_PLACE, "disease_category", "age_band", "year", "settlements", "fund_fen"
    )
    shown = [nothing.with_columns(is_hidden=pl.lit(value=False))]
    for year, cases in _by_year(settled, counties, first=first, as_of=as_of):
        judged = with_hidden(
            with_totals(with_merged(cases, threshold=threshold)),
            hidden_totals_of(cells, year),
            threshold=threshold,
        )
        shown.append(judged.with_columns(year=pl.lit(year, pl.Int16)).select(shown[0].columns))
    rows = pl.concat(shown).lazy().join(years.lazy(), on="year", validate="m:1")
    values = (pl.when(~pl.col("is_hidden")).then(c).alias(c) for c in ("settlements", "fund_fen"))
    return to_contract(rows.with_columns(yearly_status(), *values), CaseMixYearly, sort=SORT)


def _by_year(
    settled: Settled, counties: pl.DataFrame, *, first: date, as_of: date
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Add up the months of each year, in full words."""
    codes = settled.codes
    for year in range(first.year, as_of.year + 1):
        months = [
            cases()
            for month, cases in settled.cases.items()
            if month.year == year and first <= month <= as_of
        ]
        if not months:
            continue
        sums = pl.concat(months).group_by(CASES).agg(pl.col("settlements", "fund_fen").sum())
        named = sums.with_columns(
            codes.text("insured_county"),
            codes.text("disease_category").fill_null(UNKNOWN),
            destination_tier=pl.col("destination_tier").cat.to(codes.enum("destination_tier")),
            age_band=pl.col("age_band").cat.to(_BAND),
        )
        yield year, named.join(counties, on="insured_county", how="semi")


def with_merged(cases: pl.DataFrame, *, threshold: int) -> pl.DataFrame:
    """Take the diseases of a county and tier together that fewer were admitted with."""
    disease = [*_PLACE, "disease_category"]
    is_rare = pl.col("settlements").sum().over(disease) < threshold
    merged = pl.when(is_rare).then(pl.lit(OTHER)).otherwise("disease_category")
    return (
        cases.with_columns(disease_category=merged)
        .group_by(*disease, "age_band")
        .agg(pl.col("settlements", "fund_fen").sum())
        .filter((pl.col("settlements") != 0) | (pl.col("fund_fen") != 0))
    )


def with_totals(cases: pl.DataFrame) -> pl.DataFrame:
    """Add the totals over ages, over diseases, and over both."""
    every_disease = pl.lit(ALL).alias("disease_category")
    every_age = pl.lit(ALL, dtype=_BAND).alias("age_band")
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
    counter = pl.col("counter_id")
    return (
        cells.hidden.filter(
            counter.str.starts_with("inpatient_"), pl.col("month").dt.year() == year
        )
        .select(
            insured_county="area_code",
            destination_tier=counter.str.strip_prefix("inpatient_"),
        )
        .unique()
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
    is_total = pl.all_horizontal(pl.col(part).cast(pl.String) == ALL for part in parts)
    told = hidden_totals.with_columns(month_hidden=pl.lit(value=True))
    cells = (
        cases.with_columns(_tier=pl.col("destination_tier").cast(pl.String))
        .join(
            told.rename({"destination_tier": "_tier"}),
            on=["insured_county", "_tier"],
            how="left",
            validate="m:1",
        )
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
    named = cells.select(keys).unique().with_row_index("sum", offset=offset)
    return cells.join(named, on=keys, validate="m:1").select("sum", "cell")
