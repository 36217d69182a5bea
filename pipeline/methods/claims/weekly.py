"""Tests of the latest week against the weeks before it, and the facts of complete registries.

A change is tested against the noise of the series' own past (`noise`); within the 95 % limits of a
proportion's sampling error it is none, however quiet the series was. Two tests a series: the last
value, which finds a jump at once, and the mean of the last three, which finds a lasting shift of
three sigma within three weeks.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.methods.claims.chance import t_p
from pipeline.methods.claims.noise import LEAST_REPORTS, freedom, variance
from pipeline.methods.intervals import normal_quantile

LATEST = 3
SAMPLING_LIMITS = 0.95
UNCHANGED_WEEKS = 4
WEEK_DAYS = 7
ORDER = "week_ending"
SERIES = ("indicator_id", "area_code")
STATISTICS = {"last": 1, "last_three": LATEST}


def _reports(lf: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Keep final rows that say something new, newest first: _age 0 is the latest.

    A register that is filled in monthly repeats itself from week to week; a repeated pair of
    counts is no second measurement.
    """
    counts = pl.struct("numerator", "denominator")
    return (
        lf.filter((pl.col("status") == "final") & pl.col("value").is_not_null())
        .sort(*by, ORDER)
        .filter((counts != counts.shift(1).over(by)).fill_null(value=True))
        .with_columns(_age=pl.col(ORDER).cum_count(reverse=True).over(by) - 1)
    )


def _noise() -> dict[str, pl.Expr]:
    """Name what is known of the series before its last three reports."""
    before = pl.col("_age") >= LATEST
    earlier = pl.col("value").filter(before)
    share = pl.col("numerator").filter(before).sum() / pl.col("denominator").filter(before).sum()
    sampling = share * (1 - share) / pl.col("denominator").filter(before).mean()
    return {
        "reports": earlier.len().cast(pl.Int64),
        "baseline": earlier.mean(),
        "_noise": variance(earlier),
        "_sampling": sampling,
        "_last": pl.col("value").last(),
        "_last_three": pl.col("value").filter(~before).mean(),
    }


def _p_value(difference: pl.Expr, size: int) -> pl.Expr:
    """Return the p-value of a mean of `size`; null where nothing varies and nothing could."""
    n = pl.col("reports").cast(pl.Float64)
    noise, sampling = ((pl.col(c) * (1 / size + 1 / n)).sqrt() for c in ("_noise", "_sampling"))
    is_beyond = difference.abs() > normal_quantile(SAMPLING_LIMITS) * sampling
    return (
        pl.when((noise > 0) & (sampling > 0) & is_beyond)
        .then(t_p(difference / noise, freedom(n)))
        .when((noise > 0) & (sampling > 0))
        .then(1.0)
    )


def _is_current(lf: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Return the series whose newest row is final and as new as the newest of all."""
    newest = pl.col(ORDER) == pl.col(ORDER).max()
    return lf.filter(newest & (pl.col("status") == "final")).select(*by).unique()


def weekly_tests(lf: pl.LazyFrame, *, by: Sequence[str] = SERIES) -> pl.LazyFrame:
    """Return one row per series and statistic: "last" and "last_three", with p_value.

    Rows in: numerator, denominator, value and status of each week. Rows out: `by`, statistic,
    reports (how many there were before), baseline (their mean), difference from it. p_value is
    null with fewer than twelve earlier reports, where the newest week is not final, or where
    nothing varies and nothing could.
    """
    series = (
        _reports(lf, by)
        .group_by(*by)
        .agg(**_noise())
        .filter(pl.col("reports") >= LEAST_REPORTS)
        .join(_is_current(lf, by), on=list(by), how="semi")
    )
    rows = []
    for statistic, size in STATISTICS.items():
        difference = pl.col(f"_{statistic}") - pl.col("baseline")
        rows.append(
            series.select(
                *by,
                "reports",
                "baseline",
                kind=pl.lit("change"),
                statistic=pl.lit(statistic),
                difference=difference,
                p_value=_p_value(difference, size),
            )
        )
    return pl.concat(rows)


def _registry_verdict() -> pl.Expr:
    """Name the fact: what the count did in the last week, in the words of the polarity."""
    change = pl.col("change")
    good = pl.when(pl.col("polarity") == "lower_is_better").then(-change).otherwise(change)
    return (
        pl.when(change.is_null() | (pl.col("polarity") == "none"))
        .then(pl.lit("not_judged"))
        .when(good > 0)
        .then(pl.lit("advanced"))
        .when(good < 0)
        .then(pl.lit("receded"))
        .when(pl.col("_is_complete"))
        .then(pl.lit("complete"))
        .otherwise(pl.lit("unchanged"))
    )


def registry_facts(lf: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per complete registry: change of its count, weeks_unchanged and verdict.

    A registry lists every facility, so its counts have no chance in them: a change is a change,
    said as a count, outside the tests. Rows in: numerator, denominator, status and polarity of
    each week. change is null, and the verdict "not_judged", unless the newest week and the one
    before it are final and seven days apart.
    """
    steps = pl.col("numerator").diff().over(SERIES)
    final = (
        lf.filter((pl.col("status") == "final") & pl.col("numerator").is_not_null())
        .sort(*SERIES, ORDER)
        .with_columns(_step=steps, _days=pl.col(ORDER).diff().dt.total_days().over(SERIES))
    )
    # Weeks since the last step: rows after the last change of the count.
    moved = (pl.col("_step") != 0).fill_null(value=True)
    still = pl.len() - 1 - moved.arg_true().max()
    complete = pl.col("numerator").last() >= pl.col("denominator").last()
    return (
        final.group_by(*SERIES)
        .agg(
            pl.col("polarity").last(),
            change=pl.when(pl.col("_days").last() == WEEK_DAYS).then(pl.col("_step").last()),
            weeks_unchanged=still.cast(pl.Int64),
            _is_complete=complete.fill_null(value=False)
            & (pl.col("polarity").last() == "higher_is_better"),
        )
        .join(_is_current(lf, SERIES), on=SERIES, how="semi")
        .with_columns(verdict=_registry_verdict())
        .drop("_is_complete", "polarity")
    )
