"""Values of an indicator for areas and over time: the questions that every topic page asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from dashboard import formats
from dashboard.memory import remembered
from pipeline.catalog import Indicator

MEASURE = ("numerator", "denominator", "value", "lower", "upper", "status")


def _at(
    mart: pl.LazyFrame, *, indicator_id: str, areas: Sequence[str], month: dt.date
) -> pl.LazyFrame:
    wanted = pl.LazyFrame({"area_code": list(areas)}, schema={"area_code": pl.String})
    found = mart.filter(
        (pl.col("indicator_id") == indicator_id)
        & (pl.col("month") == month)
        & pl.col("area_code").is_in(list(areas))
    )
    return wanted.join(found, on="area_code", how="left", maintain_order="left")


@remembered
def values_in_month(
    monthly: pl.LazyFrame, *, indicator_id: str, areas: Sequence[str], month: dt.date
) -> pl.DataFrame:
    """One row per area asked for, in that order; what was not reported is missing, not dropped."""
    return (
        _at(monthly, indicator_id=indicator_id, areas=areas, month=month)
        .select("area_code", *(pl.col(name) for name in MEASURE))
        .with_columns(pl.col("status").cast(pl.String).fill_null("missing"))
        .collect()
    )


@remembered
def values_to_date(
    to_date: pl.LazyFrame, *, indicator_id: str, areas: Sequence[str], month: dt.date
) -> pl.DataFrame:
    """One row per area asked for: the year up to a month, and the same days of the year before."""
    prior = ("prior_numerator", "prior_denominator", "prior_value", "period_start", "period_end")
    year = to_date.filter(pl.col("period_kind") == "year")
    return (
        _at(year, indicator_id=indicator_id, areas=areas, month=month)
        .select("area_code", *(pl.col(name) for name in (*MEASURE, *prior)))
        .with_columns(pl.col("status").cast(pl.String).fill_null("missing"))
        .collect()
    )


@remembered
def monthly_series(
    monthly: pl.LazyFrame, *, indicator_id: str, area: str, until: dt.date, months: int = 24
) -> pl.DataFrame:
    """One row per month up to `until`, ascending; the last `months` of them."""
    return (
        monthly.filter(
            (pl.col("indicator_id") == indicator_id)
            & (pl.col("area_code") == area)
            & (pl.col("month") <= until)
        )
        .select(period="month", status=pl.col("status").cast(pl.String), **_numbers())
        .sort("period")
        .tail(months)
        .collect()
    )


@remembered
def weekly_series(
    weekly: pl.LazyFrame, *, indicator_id: str, area: str, until: dt.date, weeks: int = 26
) -> pl.DataFrame:
    """One row per meeting week up to `until`, ascending; the last `weeks` of them."""
    return (
        weekly.filter(
            (pl.col("indicator_id") == indicator_id)
            & (pl.col("area_code") == area)
            & (pl.col("week_ending") <= until)
        )
        .select(period="week_ending", status=pl.col("status").cast(pl.String), **_numbers())
        .sort("period")
        .tail(weeks)
        .collect()
    )


def _numbers() -> dict[str, pl.Expr]:
    return {name: pl.col(name) for name in ("value", "numerator", "denominator", "lower", "upper")}


def _detail(numerator: int | None, denominator: int | None, indicator: Indicator) -> str:
    """Print numerator and denominator of a row: plain digits, money compact, ratios their base."""
    if numerator is None or not denominator:
        return ""
    if indicator.form == "money_share":
        return formats.fraction(numerator, denominator, unit_zh="", is_money=True)
    if indicator.form == "ratio":
        return f"{formats.count(denominator)}{indicator.count_unit_zh}"
    return f"{formats.count(numerator)}／{formats.count(denominator)}"


@remembered
def labelled(
    values: pl.DataFrame,
    *,
    names: Mapping[str, str],
    indicator: Indicator,
    marks: Mapping[str, str],
) -> pl.DataFrame:
    """Add what charts print: area_name, label, detail (numerator／denominator) and mark."""
    printed = [
        {
            "area_code": row["area_code"],
            "area_name": names[row["area_code"]],
            "label": formats.indicator_value(
                row["value"], unit_zh=indicator.unit_zh, decimals=indicator.decimals
            ),
            "detail": _detail(row["numerator"], row["denominator"], indicator),
            "mark": marks.get(row["area_code"], ""),
        }
        for row in values.iter_rows(named=True)
    ]
    schema = dict.fromkeys(("area_code", "area_name", "label", "detail", "mark"), pl.String)
    return values.join(
        pl.DataFrame(printed, schema=schema), on="area_code", how="left", maintain_order="left"
    )
