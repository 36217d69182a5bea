"""Mart data_quality: one row per source, county and month.

Sorted by source, county, month. The county is empty where rows do not say theirs. Rows taken of a
county's month are null where they, less a shown count, would tell a hidden one.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.marts import DataQuality
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract
from pipeline.methods.periods import months_between

# Sources that owe one report for every county and month; the others are registers and tables
# without a fixed rhythm: nothing is expected of them in a month, their age is what matters.
MONTHLY = ("settlements", "referrals", "activity")
KEYS = ["source", "county_code", "month"]
# The counters among which the rows of a source are divided without a remainder.
DIVIDED = {"referrals": ("referrals_up", "referrals_down")}


def build(
    ledger_cells: pl.LazyFrame,
    *,
    scope: Scope,
    as_of: date,
    grades: dict[str, float],
    hidden: pl.DataFrame,
) -> pl.LazyFrame:
    """Return the mart; `hidden` names counters hidden by counter_id, area_code and month.

    Months begin with the source's first month. delay_days: for a report that is due and has not
    come, days from the month's end to the as-of date; for a register, the age of its newest
    extract; else null.
    """
    received = _received(ledger_cells)
    rows = _expected(ledger_cells, scope, as_of).join(
        received, on=KEYS, how="full", coalesce=True, validate="1:1"
    )
    filled = rows.with_columns(
        pl.col("received", "accepted", "rejected", "duplicates").fill_null(0),
        pl.col("reasons").fill_null(""),
    ).with_columns(rows_read=pl.sum_horizontal("accepted", "rejected", "duplicates"))
    graded = filled.with_columns(grade=_grade(grades), delay_days=_delay(as_of))
    return to_contract(_without_secrets(graded, hidden), DataQuality, sort=KEYS)


def _without_secrets(rows: pl.LazyFrame, hidden: pl.DataFrame) -> pl.LazyFrame:
    source_of = {counter: source for source, parts in DIVIDED.items() for counter in parts}
    secrets = hidden.lazy().select(
        pl.col("counter_id").replace_strict(source_of, default=None, return_dtype=pl.String),
        pl.col("area_code").cast(pl.String),
        "month",
    )
    of_source = secrets.rename({"counter_id": "source", "area_code": "county_code"}).drop_nulls()
    marks = of_source.unique().with_columns(is_secret=pl.lit(value=True))
    known = pl.col("is_secret").is_null()
    return rows.join(marks, on=KEYS, how="left", validate="1:1").with_columns(
        pl.when(known).then(pl.col(count)).alias(count) for count in ("rows_read", "accepted")
    )


def _received(ledger_cells: pl.LazyFrame) -> pl.LazyFrame:
    counts = ledger_cells.group_by(KEYS).agg(
        pl.col("accepted", "rejected", "duplicates").sum(),
        # A file of which nothing was taken (refused, or replaced as a whole) is no report.
        received=pl.col("file_id").filter(pl.col("accepted") > 0).n_unique().cast(pl.Int64),
    )
    return counts.join(_reasons(ledger_cells), on=KEYS, how="left", validate="1:1")


def _reasons(ledger_cells: pl.LazyFrame) -> pl.LazyFrame:
    """Add up texts like "BAD_DATE:3 UNKNOWN_CODE:1" per source, county and month."""
    parts = pl.col("reasons").str.split(" ")
    pair = pl.col("reasons").str.splitn(":", 2)
    return (
        ledger_cells.filter(pl.col("reasons") != "")
        .select(*KEYS, reasons=parts)
        .explode("reasons")
        .select(*KEYS, code=pair.struct.field("field_0"), n=pair.struct.field("field_1"))
        .group_by(*KEYS, "code")
        .agg(pl.col("n").cast(pl.Int64).sum())
        .sort(*KEYS, "code")
        .group_by(KEYS, maintain_order=True)
        .agg(reasons=pl.format("{}:{}", "code", "n").str.join(" "))
    )


def _expected(ledger_cells: pl.LazyFrame, scope: Scope, as_of: date) -> pl.LazyFrame:
    """Return one row per monthly source, county in scope and month since the source began."""
    first = (
        ledger_cells.filter(pl.col("source").is_in(MONTHLY), pl.col("accepted") > 0)
        .group_by("source")
        .agg(first=pl.col("month").min())
    )
    earliest = date(2000, 1, 1)
    months = pl.LazyFrame({"month": months_between(earliest, as_of)})
    counties = scope.at("county").lazy().rename({"area_code": "county_code"})
    return (
        first.join(counties, how="cross")
        .join(months, how="cross")
        .filter(pl.col("month") >= pl.col("first"))
        .select(*KEYS, expected=pl.lit(1, dtype=pl.Int64))
    )


def _grade(grades: dict[str, float]) -> pl.Expr:
    """Grade by the share of rows refused; a report that is due and has not come is a D."""
    share = pl.col("rejected") / pl.col("rows_read")
    grade = pl.lit("D")
    for name, most in sorted(grades.items(), key=lambda item: -item[1]):
        grade = pl.when(share <= most).then(pl.lit(name)).otherwise(grade)
    return pl.when(pl.col("received") > 0).then(grade).otherwise(pl.lit("D"))


def _delay(as_of: date) -> pl.Expr:
    ends = pl.min_horizontal(pl.col("month").dt.month_end(), pl.lit(as_of))
    age = (pl.lit(as_of) - ends).dt.total_days()
    is_monthly = pl.col("source").is_in(MONTHLY)
    came = pl.col("received") > 0
    newest = pl.col("month") == pl.col("month").filter(came).max().over("source", "county_code")
    is_due = pl.col("expected") > 0
    shown = (is_due & ~came) | (~is_monthly & came & newest)
    return pl.when(shown).then(age).cast(pl.Int32)
