"""What an indicator's own chart may mark: control limits, funnels, trends.

These judge one indicator on its own page. What the overview, the scorecard or a sentence says goes
through `verdicts.decide` over all tests of the week as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import polars as pl

from pipeline.methods.claims.chance import binomial_p, normal_p, t_p
from pipeline.methods.claims.discovery import RATE, with_adjusted_p
from pipeline.methods.claims.verdicts import direction, is_material, mark
from pipeline.methods.funnel import FunnelKind, Overdispersion, with_funnel_limits
from pipeline.methods.intervals import normal_quantile
from pipeline.methods.spc import Improvement, with_process_limits
from pipeline.methods.trend import chi_squared_trend

# Fewer points than these give no limits worth drawing, and no trend worth a word.
LEAST_LIMIT_POINTS = 12
LEAST_TREND_POINTS = 5

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
    by: Sequence[str] = (),
    polarity: Polarity = "none",
    target: float | str | None = None,
    rebase: Sequence[date | int] = (),
) -> pl.LazyFrame:
    """Add the XmR columns of `spc.with_process_limits` to a series, for its own chart.

    Only rows whose status is final enter limits and rules; the others keep their value and have no
    mark. With fewer than twelve points in a stretch there are neither limits nor marks.
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
            target=target,
            rebase=rebase,
        )
        .with_columns(pl.when(is_enough).then(c).alias(c) for c in _MADE_OF_LIMITS)
        .drop("_judged")
    )


def funnel_claims(
    lf: pl.LazyFrame,
    *,
    by: Sequence[str] = (),
    kind: FunnelKind = "proportion",
    overdispersion: bool | Overdispersion = False,
    rate: float = RATE,
) -> pl.LazyFrame:
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
        .pipe(with_funnel_limits, by, overdispersion, kind=kind)
        .with_columns(difference=value - centre, p_value=pl.when(value.is_not_null()).then(p_value))
        .pipe(with_adjusted_p, by=by)
        .with_columns(direction=_claimed(rate))
        .with_columns(mark=mark(is_tested=pl.col("p_value").is_not_null()))
    )


def _claimed(rate: float) -> pl.Expr:
    return direction((pl.col("adjusted_p") <= rate).fill_null(value=False) & is_material())


def trend_claims(
    lf: pl.LazyFrame,
    *,
    order: str = "month",
    by: Sequence[str] = ("indicator_id", "area_code"),
    rate: float = RATE,
) -> pl.LazyFrame:
    """Return one row per series: points, p_value, adjusted_p, difference, direction and mark.

    The χ² trend of proportions over final rows, five at least. Where the points scatter about the
    line more than chance would, χ² is divided by that scatter and judged as t². difference is
    that of the later half of the periods on the earlier one. Rows in: numerator, denominator,
    status, polarity, material_difference.
    """
    final = lf.filter((pl.col("status") == "final") & (pl.col("denominator") > 0))
    tests = chi_squared_trend(final, order, by)
    found = (
        final.sort(*by, order)
        .group_by(*by)
        .agg(**_halves(), **_scatter())
        .join(tests.select(*by, "points", "chi_squared"), on=list(by))
        .with_columns(p_value=_trend_p())
    )
    return (
        found.pipe(with_adjusted_p)
        .with_columns(direction=_claimed(rate))
        .with_columns(mark=mark(is_tested=pl.col("p_value").is_not_null()))
        .drop("_heterogeneity", "chi_squared")
    )


def _halves() -> dict[str, pl.Expr]:
    place = pl.int_range(pl.len())
    rates = []
    for half in (place >= pl.len() - pl.len() // 2, place < pl.len() // 2):
        counts = (pl.col(c).filter(half).sum() for c in _COUNTS)
        rates.append(next(counts) / next(counts))
    return {
        "difference": rates[0] - rates[1],
        "polarity": pl.col("polarity").last(),
        "material_difference": pl.col("material_difference").last(),
    }


def _scatter() -> dict[str, pl.Expr]:
    """Name the χ² of all differences between the periods, line or not."""
    observed, people = (pl.col(c).cast(pl.Float64) for c in _COUNTS)
    common = observed.sum() / people.sum()
    squares = (observed - people * common).pow(2) / (people * common * (1 - common))
    return {"_heterogeneity": squares.sum()}


def _trend_p() -> pl.Expr:
    freedom = pl.col("points") - 2
    scatter = (pl.col("_heterogeneity") - pl.col("chi_squared")) / freedom
    t = (pl.col("chi_squared") / scatter).sqrt()
    p = pl.when(scatter > 1).then(t_p(t, freedom)).otherwise(normal_p(pl.col("chi_squared").sqrt()))
    return pl.when(pl.col("points") >= LEAST_TREND_POINTS).then(p)
