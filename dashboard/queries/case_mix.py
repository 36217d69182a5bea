"""Diseases that leave the county, and outflow at one common age structure."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.remembering import remembered
from pipeline.methods.standardise import directly_standardised_rate

ALL = "all"
NOT_A_DISEASE = (ALL, "other", "unknown")
HOME = "same_county"
SHOWN = 15
# A county treats a disease itself when at least this share of its cases stays.
AT_HOME = 0.5


@remembered
def latest_year(case_mix: pl.LazyFrame) -> tuple[int, int] | None:
    """Return the last year whose admissions are all settled, and its months; else the last one."""
    years = case_mix.group_by("year").agg(
        pl.col("months").max(), is_final=(pl.col("status") != "provisional").all()
    )
    found = years.sort("is_final", "year").select("year", "months").tail(1).collect()
    return None if found.is_empty() else (int(found["year"][0]), int(found["months"][0]))


def _cases(case_mix: pl.LazyFrame, *, year: int, ages: bool) -> pl.LazyFrame:
    is_total = pl.col("age_band").cast(pl.String) == ALL
    return case_mix.filter((pl.col("year") == year) & (~is_total if ages else is_total))


@remembered
def _by_disease(case_mix: pl.LazyFrame, year: int) -> pl.DataFrame:
    """One row per county and disease, of all counties: admissions at home, outside, fund outside.

    A hidden cell is unknown and not counted; a disease with one at home is not comparable there.
    """
    is_home = pl.col("destination_tier").cast(pl.String) == HOME
    outside = pl.col("settlements").filter(~is_home)
    return (
        _cases(case_mix, year=year, ages=False)
        .filter(~pl.col("disease_category").is_in(NOT_A_DISEASE))
        .group_by("insured_county", "disease_category")
        .agg(
            outside=outside.sum(),
            fund_fen=pl.col("fund_fen").filter(~is_home).sum(),
            home=pl.col("settlements").filter(is_home).sum(),
            is_known=pl.col("settlements").is_not_null().all(),
        )
        .collect()
    )


@remembered
def leaking_diseases(
    case_mix: pl.LazyFrame,
    *,
    counties: Sequence[str],
    comparable: Sequence[str],
    year: int,
    most: int = SHOWN,
) -> pl.DataFrame:
    """One row per disease that leaves `counties`, most cases first.

    Columns: disease_category, outside, home, share, fund_fen; treating and compared: of the
    `comparable` counties with known numbers, how many keep at least half of their own cases.
    """
    county, every = pl.col("insured_county"), _by_disease(case_mix, year).lazy()
    own = every.filter(county.is_in(list(counties)))
    others = every.filter(county.is_in(list(comparable)) & pl.col("is_known"))
    stays = pl.col("home") >= AT_HOME * (pl.col("home") + pl.col("outside"))
    elsewhere = others.group_by("disease_category").agg(treating=stays.sum(), compared=pl.len())
    return (
        own.group_by("disease_category")
        .agg(pl.col("outside", "home", "fund_fen").sum())
        .filter(pl.col("outside") > 0)
        .join(elsewhere, on="disease_category", how="left", validate="1:1")
        .with_columns(
            share=pl.col("outside") / (pl.col("outside") + pl.col("home")),
            treating=pl.col("treating").fill_null(0),
            compared=pl.col("compared").fill_null(0),
        )
        .sort(["outside", "disease_category"], descending=[True, False])
        .head(most)
        .collect()
    )


def _strata(case_mix: pl.LazyFrame, *, counties: Sequence[str], year: int) -> pl.LazyFrame:
    """One row per county and age band: admissions outside and all; null where one is hidden."""
    is_home = pl.col("destination_tier").cast(pl.String) == HOME
    is_known = pl.col("settlements").is_not_null().all()
    return (
        _cases(case_mix, year=year, ages=True)
        .filter(
            pl.col("insured_county").is_in(list(counties)),
            pl.col("disease_category") == ALL,
            pl.col("age_band").cast(pl.String) != "unknown",
        )
        .group_by("insured_county", "age_band")
        .agg(
            numerator=pl.when(is_known).then(pl.col("settlements").filter(~is_home).sum()),
            denominator=pl.when(is_known).then(pl.col("settlements").sum()),
        )
    )


@remembered
def standardised_outflow(
    case_mix: pl.LazyFrame, *, counties: Sequence[str], year: int
) -> pl.DataFrame:
    """One row per county: age-standardised share of admissions outside, in order of code.

    The standard is the age structure of all known admissions of the counties together. Columns:
    area_code, value, lower, upper, status (see `directly_standardised_rate`).
    """
    strata = _strata(case_mix, counties=counties, year=year).collect()
    weights = strata.group_by("age_band").agg(standard_weight=pl.col("denominator").sum())
    # A band in which a county had no admission says nothing there; the others share its weight.
    weighted = strata.filter(pl.col("denominator").is_null() | (pl.col("denominator") > 0)).join(
        weights.filter(pl.col("standard_weight") > 0), on="age_band", validate="m:1"
    )
    adjusted = directly_standardised_rate(weighted.lazy(), by=["insured_county"], per=1)
    return adjusted.rename({"insured_county": "area_code"}).sort("area_code").collect()
