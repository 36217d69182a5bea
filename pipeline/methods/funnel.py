"""Funnel limits: how far from the common rate chance alone would carry a place of its size.

Proportions: θ ± z√(θ(1 − θ)/n), to which the published expression of Fingertips reduces. Rates:
exact Poisson limits, the count at which the expected one would lie on a Garwood limit; they agree
with the tables of UKHSA's indicator methods. Over-dispersion after Spiegelhalter: Statistics in
Medicine 2005, 24:1185–1202, and Quality and Safety in Health Care 2005, 14:347–351: z-scores
winsorised at 10 %, then φ = Σz²/I multiplies the variance, or τ² is added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import polars as pl

from pipeline.errors import MethodError
from pipeline.methods.gamma import gamma_shape, of_positive
from pipeline.methods.intervals import normal_quantile
from pipeline.methods.validity import (
    RateKind,
    counts,
    key_columns,
    of_counts,
    require,
    scale,
    total,
)

Overdispersion = Literal["additive", "multiplicative"]

MODELS: tuple[Overdispersion, ...] = ("additive", "multiplicative")
LEVELS = {"95": 0.95, "998": 0.998}
# Spiegelhalter's q: the outermost tenth on either side is pulled in before φ is judged.
WINSORISED = 0.1


def _within(expr: pl.Expr, by: Sequence[str]) -> pl.Expr:
    return expr.over(*by) if by else expr


def _poisson_limits(expected: pl.Expr, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    """Return the counts whose own exact limits the expected count would be.

    The count of a Poisson tail, made continuous by the gamma function. The lower one is below
    zero where even no event at all would be no surprise.
    """
    tail = (1 - confidence) / 2
    return (
        of_positive(expected, partial(gamma_shape, probability=1 - tail)) - 1,
        of_positive(expected, partial(gamma_shape, probability=tail)),
    )


def _dispersion(by: Sequence[str]) -> dict[str, pl.Expr]:
    """Name φ and τ² of the funnel a row lies in."""
    variance = pl.col("_variance")
    # A variance of zero (nobody or everybody) says nothing about dispersion.
    score = (pl.col("_value") - pl.col("centre")) / pl.when(variance > 0).then(variance.sqrt())
    low = _within(score.quantile(WINSORISED, "linear"), by)
    high = _within(score.quantile(1 - WINSORISED, "linear"), by)
    winsorised = score.clip(low, high)
    weight = pl.when(score.is_not_null()).then(1 / variance)
    places = _within(winsorised.count(), by)
    squares = _within(total(winsorised.pow(2)), by)
    excess = squares - (places - 1)
    size = _within(total(weight), by)
    size_left = size - _within(total(weight.pow(2)), by) / size
    return {
        "phi": pl.when(places > 0).then(squares / places),
        "tau_squared": pl.when((places > 1) & (excess > 0)).then(excess / size_left).otherwise(0.0),
    }


def _plain_limits(kind: RateKind, confidence: float) -> tuple[pl.Expr, pl.Expr]:
    if kind == "proportion":
        half_width = normal_quantile(confidence) * pl.col("_variance").sqrt()
        return pl.col("centre") - half_width, pl.col("centre") + half_width
    _, people = counts()
    lower, upper = _poisson_limits(pl.col("centre") * people, confidence)
    return lower / people, upper / people


def _is_wide(model: Overdispersion | None) -> pl.Expr:
    """Say whether there is more variation than chance would give, and a model of it is asked."""
    if model == "multiplicative":
        return pl.col("phi") > 1
    return (pl.col("tau_squared") > 0) & (model is not None)


def _limits(kind: RateKind, model: Overdispersion | None) -> dict[str, pl.Expr]:
    """Name the limits of both levels, cut to what a proportion or a rate can be."""
    factor = pl.col("phi") if model == "multiplicative" else 1
    added = pl.col("tau_squared") if model == "additive" else 0
    wide_error = (pl.col("_variance") * factor + added).sqrt()
    found = {}
    for name, confidence in LEVELS.items():
        half_width = normal_quantile(confidence) * wide_error
        wide = (pl.col("centre") - half_width, pl.col("centre") + half_width)
        pairs = zip(wide, _plain_limits(kind, confidence), strict=True)
        lower, upper = (pl.when(_is_wide(model)).then(w).otherwise(p) for w, p in pairs)
        found[f"lower_{name}"] = lower.clip(lower_bound=0)
        found[f"upper_{name}"] = upper.clip(upper_bound=1) if kind == "proportion" else upper
    return found


def _positions() -> dict[str, pl.Expr]:
    """Name the place of a value: at each level, and the outermost one it lies beyond."""

    def at(name: str, low: str, high: str, otherwise: pl.Expr) -> pl.Expr:
        return (
            pl.when(pl.col("_value") < pl.col(f"lower_{name}"))
            .then(pl.lit(low))
            .when(pl.col("_value") > pl.col(f"upper_{name}"))
            .then(pl.lit(high))
            .when(pl.col("_value").is_not_null())
            .then(otherwise)
        )

    within = pl.lit("within")
    return {
        "position_95": at("95", "low", "high", within),
        "position_998": at("998", "low", "high", within),
        "position": at("998", "low_998", "high_998", at("95", "low_95", "high_95", within)),
    }


def _with_centre(lf: pl.LazyFrame, by: Sequence[str], kind: RateKind) -> pl.LazyFrame:
    """Add the common rate, and each row's own and its variance by chance alone."""
    count, people = counts()
    # Where nothing is known there is no centre; the sum of nothing would be 0 of 0.
    everyone = _within(total(people), by)
    centre = pl.col("centre")
    variance = (centre * (1 - centre) if kind == "proportion" else centre) / people
    return lf.with_columns(
        _value=count / people,
        centre=pl.when(everyone > 0).then(_within(total(count), by) / everyone),
    ).with_columns(_variance=variance)


def _model(overdispersion: bool | Overdispersion) -> Overdispersion | None:
    if overdispersion not in (True, False, *MODELS):
        raise MethodError(f"漏斗图没有这种算法：{overdispersion}。请改用文档所列的选项。")
    if isinstance(overdispersion, bool):
        return "additive" if overdispersion else None
    return overdispersion


def with_funnel_limits(
    lf: pl.LazyFrame,
    by: str | Sequence[str] | None = (),
    overdispersion: bool | Overdispersion = False,
    *,
    kind: RateKind = "proportion",
    per: float = 1,
) -> pl.LazyFrame:
    """Add centre, lower_95, upper_95, lower_998, upper_998 and positions to rows.

    One funnel per `by`; its centre is Σ numerator / Σ denominator. `position` is low_998, low_95,
    within, high_95 or high_998; position_95 and position_998 are low, within or high. The columns
    phi and tau_squared estimate over-dispersion; if a model of it is asked for (True is the
    additive one) and there is more variation than chance would give, the limits widen.
    limits_method says what they are: "normal", "poisson_exact", "additive" or "multiplicative".
    Values are per `per`. A row with a null, or with 0 of 0, is left out of the centre and has null
    limits.

    Raises:
        MethodError: an unknown model; a column is missing or holds no numbers; when collected, a
            numerator below zero, a denominator below zero or of zero with events, or a proportion
            above one.
    """
    keys, times = key_columns(by), scale(per)
    model = _model(overdispersion)
    plain = "normal" if kind == "proportion" else "poisson_exact"
    method = pl.when(_is_wide(model)).then(pl.lit(model)).otherwise(pl.lit(plain))
    scaled = ["centre", *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper"))]
    return (
        require(lf, of_counts(kind), what_zh="漏斗图控制限", keys=keys)
        .pipe(_with_centre, keys, kind)
        .with_columns(**_dispersion(keys))
        .with_columns(**_limits(kind, model), limits_method=method)
        .with_columns(**_positions())
        .with_columns(
            *(pl.col(c) * times for c in scaled), tau_squared=pl.col("tau_squared") * times**2
        )
        .drop("_value", "_variance")
    )
