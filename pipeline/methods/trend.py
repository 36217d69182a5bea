"""The chi-squared test for trend: does a series of proportions or rates rise or fall?

Proportions after Cochran and Armitage (Armitage, Biometrics 1955, 11:375–386); rates by its
Poisson form. One degree of freedom. It asks for a line, so a series that rises and falls again can
be flat to it; and at very large denominators everything is significant, so a claim needs a
material difference as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.methods.gamma import of_positive
from pipeline.methods.intervals import normal_quantile
from pipeline.methods.validity import (
    RateKind,
    counts,
    key_columns,
    of_a_series,
    of_counts,
    require,
    total,
)

_erfc = np.vectorize(math.erfc, otypes=[np.float64])
# Fewer points than this make no trend: a line through two points fits always.
MINIMUM_POINTS = 3


def _score_sums() -> dict[str, pl.Expr]:
    """Name the sums of the test; scores are centred, so that nothing large cancels."""
    count, people = pl.col("_count"), pl.col("_people")
    centred = pl.col("_score") - total(pl.col("_score") * people) / total(people)
    return {
        "points": count.count().cast(pl.Int64),
        "_count": total(count),
        "_people": total(people),
        "_slope": total(centred * count),
        "_spread": total(centred.pow(2) * people),
    }


def _scored(rows: pl.LazyFrame, *, order: str, by: Sequence[str]) -> pl.LazyFrame:
    """Return score, count and people of each period; a null drops the row but keeps its place."""
    rank = pl.col(order).rank("dense").cast(pl.Float64)
    count, people = counts()
    return rows.select(
        *by,
        _score=pl.when(count.is_not_null()).then(rank.over(by) if by else rank),
        _count=count,
        _people=people,
    )


def chi_squared_trend(
    lf: pl.LazyFrame,
    order: str = "month",
    by: str | Sequence[str] | None = (),
    confidence: float = 0.95,
    *,
    kind: RateKind = "proportion",
) -> pl.LazyFrame:
    """Return one row per `by`: points, chi_squared, p_value and direction.

    Rows in: numerator, denominator and `order`, one a period; periods count as equally spaced in
    their order, rows with a null or 0 of 0 left out but their place kept. With p = ΣO/Σn and scores
    x around their weighted mean: χ² = (ΣxO)² / (p(1 − p)Σx²n), for rates p in place of p(1 − p).
    Direction: "increasing" or "decreasing" if significant at `confidence`, else "no_change"; null,
    like the figures, with fewer than three points or where nobody or everybody counts.

    Raises:
        MethodError: an unknown kind; a column is missing or holds no numbers; when collected, a
            numerator below zero, a denominator below zero or of zero with events, a proportion
            above one, or two rows of one period or a row of none.
    """
    keys = key_columns(by)
    critical = normal_quantile(confidence)
    demands = [*of_counts(kind), *of_a_series(order, keys)]
    known = require(lf, demands, what_zh="趋势检验", keys=[*keys, order])
    rows = _scored(known, order=order, by=keys)
    sums = _score_sums()
    totals = rows.group_by(keys).agg(**sums).sort(keys) if keys else rows.select(**sums)
    common = pl.col("_count") / pl.col("_people")
    variance = (common * (1 - common) if kind == "proportion" else common) * pl.col("_spread")
    is_testable = (pl.col("points") >= MINIMUM_POINTS) & (variance > 0)
    z = pl.when(is_testable).then(pl.col("_slope") / variance.sqrt())
    return totals.select(
        *keys,
        "points",
        chi_squared=z.pow(2),
        p_value=_upper_tail(z.pow(2)),
        direction=_direction(z, critical, is_testable=is_testable),
    )


def _direction(z: pl.Expr, critical: float, *, is_testable: pl.Expr) -> pl.Expr:
    return (
        pl.when(z > critical)
        .then(pl.lit("increasing"))
        .when(z < -critical)
        .then(pl.lit("decreasing"))
        .when(is_testable)
        .then(pl.lit("no_change"))
    )


def _upper_tail(chi_squared: pl.Expr) -> pl.Expr:
    """Return the probability of a larger chi-squared with one degree of freedom."""
    # Not 1 less the lower tail: of a small probability no digit would be left.
    upper = of_positive(chi_squared, lambda x: _erfc(np.sqrt(x / 2)))
    return pl.when(chi_squared == 0).then(1.0).otherwise(upper)
