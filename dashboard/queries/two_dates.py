"""Two dates of one indicator side by side: the difference of each area, tested where it can be."""

from __future__ import annotations

import datetime as dt

import polars as pl

from dashboard.queries import money_claims
from dashboard.remembering import remembered
from pipeline.catalog import Indicator
from pipeline.methods import claims

PRINTED = ("value", "numerator", "denominator", "label", "status")


@remembered
def side_by_side(earlier: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """One row per area, in the later frame's order: earlier_* and later_* of what is printed.

    `change` is the later value less the earlier one, null where either is unknown.
    """
    before = earlier.select("area_code", *(pl.col(c).alias(f"earlier_{c}") for c in PRINTED))
    return (
        later.select("area_code", "area_name", *(pl.col(c).alias(f"later_{c}") for c in PRINTED))
        .join(before, on="area_code", how="left", validate="1:1", maintain_order="left")
        .with_columns(change=pl.col("later_value") - pl.col("earlier_value"))
    )


@remembered
def judged(both: pl.DataFrame, *, indicator: Indicator, is_tested: bool) -> pl.DataFrame:
    """Add `mark` (better, worse, similar, none): what the gate says of each area's change.

    The areas of one comparison are one family of tests. Persons under contract on both dates are
    the same in part; the dates are then closer than by chance, and the test errs on the side of
    silence.
    """
    if not is_tested:
        return both.with_columns(mark=pl.lit("none"))
    return _marked(both, claims.period_tests(_tests(both, indicator)))


@remembered
def judged_money(
    both: pl.DataFrame, *, indicator: Indicator, monthly: pl.LazyFrame, later: dt.date
) -> pl.DataFrame:
    """Add `mark` to shares of money of two years, each up to the calendar month of `later`."""
    known = pl.LazyFrame({"indicator_id": [indicator.id]})
    months = money_claims.final_months(monthly, known, until=later)
    rows = _tests(both, indicator).with_columns(indicator_id=pl.lit(indicator.id))
    return _marked(both, money_claims.period_tests(rows, months, parts=later.month))


def _tests(both: pl.DataFrame, indicator: Indicator) -> pl.LazyFrame:
    return both.lazy().select(
        "area_code",
        numerator="later_numerator",
        denominator="later_denominator",
        status="later_status",
        other_numerator="earlier_numerator",
        other_denominator="earlier_denominator",
        other_status="earlier_status",
        family=pl.lit("two_dates"),
        polarity=pl.lit(indicator.polarity),
        material_difference=pl.lit(indicator.material_difference / indicator.per),
    )


def _marked(both: pl.DataFrame, tests: pl.LazyFrame) -> pl.DataFrame:
    decided = claims.decide(tests).select("area_code", "mark").collect()
    marked = both.join(decided, on="area_code", how="left", validate="1:1", maintain_order="left")
    return marked.with_columns(pl.col("mark").fill_null("none"))
