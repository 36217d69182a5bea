"""What the monthly reports and the register say of counties and their consortia."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard.queries import headline
from dashboard.remembering import remembered
from pipeline.catalog import Indicator
from pipeline.contracts.words import CENTRES

KEYS = ["indicator_id", "area_code"]


@remembered
def reported(
    monthly: pl.LazyFrame,
    to_date: pl.LazyFrame,
    *,
    indicators: Sequence[Indicator],
    areas: Sequence[str],
    month: dt.date,
    final_month: dt.date,
) -> pl.DataFrame:
    """One row per indicator and area that has one: the shown value, and the same time last year.

    Flows are the year so far and the same days of the year before, stocks the month and the same
    month of the year before.
    """
    now = headline.current_values(
        monthly,
        to_date,
        indicators=indicators,
        areas=areas,
        month=month,
        final_month=final_month,
    )
    before = stocks_in_month(
        monthly, indicators=indicators, areas=areas, month=month.replace(year=month.year - 1)
    ).select(*KEYS, stock_prior="value")
    return (
        now.join(before, on=KEYS, how="left", validate="1:1", maintain_order="left")
        .with_columns(prior=pl.coalesce("prior_value", "stock_prior"))
        .select(*KEYS, "numerator", "denominator", "value", "prior", "status")
    )


@remembered
def stocks_in_month(
    monthly: pl.LazyFrame,
    *,
    indicators: Sequence[Indicator],
    areas: Sequence[str],
    month: dt.date,
) -> pl.DataFrame:
    """One row per stock indicator and area that has one in a month."""
    return (
        monthly.filter(
            pl.col("indicator_id").is_in([i.id for i in indicators if i.kind == "stock"])
            & pl.col("area_code").is_in(list(areas))
            & (pl.col("month") == month)
        )
        .select(*KEYS, "numerator", "denominator", "value")
        .collect()
    )


@remembered
def consortia(institutions: pl.LazyFrame, *, counties: Sequence[str]) -> pl.DataFrame:
    """One row per consortium of some counties: its lead and what its members have reached."""
    kind = pl.col("institution_type").cast(pl.String)
    centre, standard = kind.is_in(CENTRES), pl.col("standard").cast(pl.String)
    return (
        institutions.filter(
            pl.col("county_code").is_in(list(counties)) & pl.col("consortium_code").is_not_null()
        )
        .sort("consortium_code", ~pl.col("is_lead"), "institution_code")
        .group_by("consortium_code", maintain_order=True)
        .agg(
            pl.col("consortium_name", "county_code").first(),
            lead=pl.col("institution_name").filter("is_lead").first(),
            members=pl.len(),
            centres=centre.sum(),
            basic=(centre & standard.is_not_null()).sum(),
            recommended=(centre & (standard == "recommended").fill_null(value=False)).sum(),
            tcm_clinics=(centre & pl.col("has_tcm_clinic")).sum(),
            sub_centres=pl.col("is_sub_centre").sum(),
            models=pl.col("is_five_hundred_model").sum(),
        )
        .sort("county_code", "consortium_code")
        .collect()
    )
