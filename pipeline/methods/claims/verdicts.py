"""The words of the gate, and the one place that says them.

A difference is claimed only if chance is ruled out over all tests of its family, it reaches the
indicator's declared material difference, and what is compared is final. A direction (above or
below) becomes better or worse by the indicator's polarity alone.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from pipeline.methods.claims.discovery import RATE, with_adjusted_p

Mark = Literal["better", "worse", "similar", "none"]
Verdict = Literal[
    "improved", "worsened", "normal", "not_judged", "advanced", "receded", "unchanged", "complete"
]
# What a mark of a change over time is called.
OF_CHANGE: dict[str, str] = {
    "better": "improved",
    "worse": "worsened",
    "similar": "normal",
    "none": "not_judged",
}
# A difference equal to the declared one counts; floats of a subtraction fall just beside it.
_ROUNDING = 1e-12


def claimed_direction() -> pl.Expr:
    """Return "above", "below", or null where nothing is claimed.

    A claim is no chance (adjusted_p), and of a size that the indicator's owner would act on.
    """
    is_material = pl.col("difference").abs() >= pl.col("material_difference") - _ROUNDING
    is_claimed = (pl.col("adjusted_p") <= RATE) & is_material
    return (
        pl.when(is_claimed & (pl.col("difference") > 0))
        .then(pl.lit("above"))
        .when(is_claimed & (pl.col("difference") < 0))
        .then(pl.lit("below"))
    )


def mark(*, is_tested: pl.Expr) -> pl.Expr:
    """Return the mark of a row with direction and polarity; without polarity it is "none"."""
    good = pl.col("polarity").replace_strict(
        {"higher_is_better": "above", "lower_is_better": "below"}, default=None
    )
    return (
        pl.when(good.is_null() | ~is_tested)
        .then(pl.lit("none"))
        .when(pl.col("direction").is_null())
        .then(pl.lit("similar"))
        .when(pl.col("direction") == good)
        .then(pl.lit("better"))
        .otherwise(pl.lit("worse"))
    )


def decide(tests: pl.LazyFrame) -> pl.LazyFrame:
    """Add adjusted_p, direction and mark to the tests of one week; row order is not kept.

    Rows in: family, kind, p_value (null: not testable), difference, material_difference and
    polarity. A row must pass within all tests of its family, so that a week of noise says nothing
    in 95 of 100 weeks, and within those of its own kind: many true differences between areas must
    not make changes over time cheap.
    """
    return (
        tests.pipe(with_adjusted_p, by=["family"], name="_of_family")
        .pipe(with_adjusted_p, by=["family", "kind"], name="_of_kind")
        .with_columns(adjusted_p=pl.max_horizontal("_of_family", "_of_kind"))
        .drop("_of_family", "_of_kind")
        .with_columns(direction=claimed_direction())
        .with_columns(mark=mark(is_tested=pl.col("p_value").is_not_null()))
    )


def change_verdicts(decided: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per series that was tested for a change: its strongest test and verdict.

    A claimed test goes before one that is not, then the one with the smaller p-value.
    """
    return (
        decided.filter(pl.col("kind") == "change")
        .sort(pl.col("direction").is_null(), "adjusted_p", "statistic", nulls_last=True)
        .group_by("indicator_id", "area_code")
        .first()
        .with_columns(verdict=pl.col("mark").replace_strict(OF_CHANGE))
    )
