"""What an indicator's own chart may mark: control limits and funnels.

These judge one indicator on its own page. What the overview, the scorecard or a sentence says goes
through `verdicts.decide` over all tests of the week as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from pipeline.methods.claims.chance import binomial_p, normal_p
from pipeline.methods.claims.discovery import with_adjusted_p
from pipeline.methods.claims.verdicts import claimed_direction, mark
from pipeline.methods.funnel import with_funnel_limits
from pipeline.methods.intervals import normal_quantile
from pipeline.methods.spc import Improvement, with_process_limits

# Fewer points than these give no limits worth drawing.
LEAST_LIMIT_POINTS = 12

Polarity = Literal["higher_is_better", "lower_is_better", "none"]
_IMPROVEMENT: dict[str, Improvement] = {
    "higher_is_better": "increase",
    "lower_is_better": "decrease",
    "none": "neutral",
}
_COUNTS = ("numerator", "denominator")
_MADE_OF_LIMITS = ("mean", "lower_limit", "upper_limit", "special_cause", "point_type", "assurance")


def process_marks(
    lf: pl.LazyFrame,
    *,
    order: str = "month",
    by: str | Sequence[str] = (),
    polarity: Polarity = "none",
) -> pl.LazyFrame:
    """Add the XmR columns of `spc.with_process_limits` to a series, or each of many, for its chart.

    Only rows whose status is final enter limits and rules; the others keep their value and have no
    mark. With fewer than twelve points there are neither limits nor marks.
    """
    is_enough = pl.col("points") >= LEAST_LIMIT_POINTS
    return (
        lf.with_columns(_judged=pl.when(pl.col("status") == "final").then("value"))
        .pipe(
            with_process_limits,
            value="_judged",
            order=order,
            by=by,
            improvement=_IMPROVEMENT[polarity],
        )
        .with_columns(pl.when(is_enough).then(c).alias(c) for c in _MADE_OF_LIMITS)
        .drop("_judged")
    )


def funnel_claims(lf: pl.LazyFrame, *, overdispersion: bool = False) -> pl.LazyFrame:
    """Add funnel limits, p_value, adjusted_p, difference, direction and mark to rows.

    Rows in: numerator, denominator, status, polarity and material_difference; those that are not
    final have no limits and no claim. Only rows with a direction may be named in the chart: they
    lie beyond what chance does to any area of the funnel, not just to one. Where the limits are
    widened for over-dispersion, so is the test.
    """
    counts = [pl.when(pl.col("status") == "final").then(c).alias(c) for c in _COUNTS]
    centre, value = pl.col("centre"), pl.col("numerator") / pl.col("denominator")
    widths = (pl.col("upper_95") - centre, centre - pl.col("lower_95"))
    # Limits are cut at 0 and 1; the wider side is the one that is whole.
    error = pl.max_horizontal(*widths) / normal_quantile(0.95)
    exact = binomial_p(pl.col("numerator"), pl.col("denominator"), centre)
    wide = normal_p((value - centre) / error)
    p_value = pl.when(pl.col("limits_method") == "normal").then(exact).otherwise(wide)
    return (
        lf.with_columns(counts)
        .pipe(with_funnel_limits, overdispersion=overdispersion)
        .with_columns(difference=value - centre, p_value=pl.when(value.is_not_null()).then(p_value))
        .pipe(with_adjusted_p)
        .with_columns(direction=claimed_direction())
        .with_columns(mark=mark(is_tested=pl.col("p_value").is_not_null()))
    )
