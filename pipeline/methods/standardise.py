"""Direct standardisation: the rate a place would have with the standard population.

Fingertips technical guidance, after Dobson, Kuulasmaa, Eberle and Scherer (Statistics in Medicine
1991, 10:457–462), with Byar's limits of the total count. Not calculated below ten events (Morris
and others, Population Health Metrics 2018, doi 10.1186/s12963-018-0177-1).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.methods.intervals import byar_limits, normal_quantile
from pipeline.methods.validity import (
    COUNTS,
    NEGATIVE_NUMERATOR,
    NEGATIVE_WEIGHT,
    NO_DENOMINATOR,
    counts,
    key_columns,
    number,
    require,
    scale,
    total,
)

MINIMUM_EVENTS = 10


def _strata_sums() -> dict[str, pl.Expr]:
    """Name the sums over strata: of events, weights, weighted rates and their variances."""
    count, people = counts()
    weight = number("standard_weight")
    stratum = (count, people, weight)
    return {
        "total_count": total(count),
        "_weight": total(weight),
        "_rate": total(weight * count / people),
        "_variance": total(weight.pow(2) * count / people.pow(2)),
        # An empty or half-known stratum is not a stratum without events.
        "_is_complete": pl.all_horizontal(s.is_not_null() for s in stratum).all() & (pl.len() > 0),
    }


def _totals(strata: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
    sums = _strata_sums()
    return strata.group_by(keys).agg(**sums).sort(keys) if keys else strata.select(**sums)


def _status(events: pl.Expr, *, is_complete: pl.Expr) -> pl.Expr:
    return (
        pl.when(~is_complete)
        .then(pl.lit("incomplete"))
        .when(events < MINIMUM_EVENTS)
        .then(pl.lit("too_few_events"))
        .otherwise(pl.lit("calculated"))
    )


def directly_standardised_rate(
    lf: pl.LazyFrame,
    by: str | Sequence[str] | None,
    per: float = 100_000,
    confidence: float = 0.95,
) -> pl.LazyFrame:
    """Return one row per `by`: total_count, value, lower, upper, method and status.

    Rows in: one stratum (an age band, say) each, with numerator, denominator, standard_weight.
    DSR = Σw(O/n) / Σw; Var = Σ(w²O/n²) / (Σw)²; limits DSR + √(Var/O)·(O_l or O_u − O) with O the
    total. Status: "calculated"; "too_few_events" below ten; "incomplete" where a stratum lacks a
    number (its total is null as well) or no weight is above zero. The value is null unless
    calculated. As published, the lower limit is not cut at zero: it falls below only where one
    thin stratum carries most of the rate.

    Raises:
        MethodError: a column is missing or holds no numbers; when collected, a count or weight
            below zero, or a denominator below zero or of zero with events.
    """
    keys = key_columns(by)
    z, times = normal_quantile(confidence), scale(per)
    demands = [NEGATIVE_NUMERATOR, NO_DENOMINATOR, NEGATIVE_WEIGHT]
    numbers = (*COUNTS, "standard_weight")
    strata = require(lf, demands, what_zh="直接标准化率", numbers=numbers, keys=keys)
    totals = _totals(strata, keys)
    events = pl.col("total_count")
    is_complete = pl.col("_is_complete") & (pl.col("_weight") > 0)
    value = pl.col("_rate") / pl.col("_weight") * times
    spread = (pl.col("_variance") / events).sqrt() / pl.col("_weight") * times
    byar_lower, byar_upper = byar_limits(events, z)
    calculated = pl.col("status") == "calculated"
    return totals.with_columns(status=_status(events, is_complete=is_complete)).select(
        *keys,
        total_count=pl.when(pl.col("_is_complete")).then(events),
        value=pl.when(calculated).then(value),
        lower=pl.when(calculated).then(value + spread * (byar_lower - events)),
        upper=pl.when(calculated).then(value + spread * (byar_upper - events)),
        method=pl.when(calculated).then(pl.lit("dobson_byar")),
        status="status",
    )
