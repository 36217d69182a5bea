"""Statistical process control: which points of a series are more than its ordinary variation.

XmR charts by the rules of NHS England's "Making Data Count" (2019–), as its public reference
NHSRplotthedots applies them: limits at mean ± 2.66 average moving ranges; a point outside them,
seven on one side of the mean, seven rising or falling, or two of three in the outer third of one
side (all three on that side) are special causes. A gap in the series is never bridged: a missing
value has no moving range on either side and ends every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

import polars as pl

from pipeline.errors import MethodError
from pipeline.methods.validity import is_number, key_columns, number, of_a_series, require

# A value of the column that orders a series.
Rebase = date | int | str
Improvement = Literal["increase", "decrease", "neutral"]
IMPROVEMENTS: tuple[Improvement, ...] = ("increase", "decrease", "neutral")
DIRECTIONS = {"increase": 1, "decrease": -1}

# Three sigma, and the upper limit of a moving range, for ranges of two points (3/d2 and D4).
LIMIT_FACTOR = 2.66
SCREENING_FACTOR = 3.267
RUN = 7
# Differences below this share of the largest value are rounding, not data: without it a series
# of twelve equal rates can lie "above its mean" twelve times.
ROUNDING = 1e-12
SCRATCH = (  # columns in which the limits and the rules are worked out
    *("_phase", "_moving_range", "_rounding", "_width", "_deviation", "_side", "_step", "_near"),
    *("_astronomical", "_shift", "_trend", "_two_of_three"),
    *("_shift_ends", "_trend_ends", "_near_ends"),
)


def _in_order(
    lf: pl.LazyFrame, order: str, by: Sequence[str], *, numbers: Sequence[str]
) -> pl.LazyFrame:
    keys, demands = key_columns([*by, order]), of_a_series(order, by)
    return require(lf, demands, what_zh="过程控制图", numbers=numbers, keys=keys).sort(keys)


def _with_phase(
    lf: pl.LazyFrame, order: str, rebase: Rebase | Sequence[Rebase] | None
) -> pl.LazyFrame:
    """Number the stretches between re-basing points; a point starts the stretch it names."""
    is_one = isinstance(rebase, str | bytes) or not isinstance(rebase, Iterable)
    starts: Any = () if rebase is None else [rebase] if is_one else rebase
    kind = lf.collect_schema()[order]
    # Polars compares a date to a whole number without a word: 202506 would be a day in 2524.
    if not all(_is_kin(start, kind) for start in starts):
        raise MethodError(f"rebase应与{order}列同类（{kind}），现为{rebase!r}。请改正。")
    started = [(pl.col(order) >= pl.lit(start)).cast(pl.Int32) for start in starts]
    return lf.with_columns(_phase=pl.sum_horizontal(pl.lit(0, dtype=pl.Int32), *started))


def _is_kin(start: object, kind: pl.DataType) -> bool:
    """Say whether a column of some type can have such a value."""
    if isinstance(start, date):
        return kind == pl.Date or kind == pl.Datetime  # noqa: PLR1714  in any unit and zone
    if isinstance(start, int) and not isinstance(start, bool):
        return kind.is_numeric()
    return isinstance(start, str) and kind in (pl.String, pl.Categorical, pl.Enum)


def _with_limits(
    lf: pl.LazyFrame, value: str, groups: Sequence[str], *, screen_outliers: bool
) -> pl.LazyFrame:
    """Add mean, limits, and what the rules need: deviation, rounding and the width of a limit."""
    known = number(value)
    moving_range = pl.col("_moving_range")
    usual = moving_range.mean().over(groups)
    screened = moving_range <= SCREENING_FACTOR * usual + pl.col("_rounding")
    kept = pl.when(screened).then(moving_range) if screen_outliers else moving_range
    return (
        lf.with_columns(
            _moving_range=known.diff().abs().over(groups),
            _rounding=known.abs().max().over(groups) * ROUNDING,
            mean=known.mean().over(groups),
            points=known.count().over(groups),
        )
        .with_columns(
            _width=LIMIT_FACTOR * kept.mean().over(groups), _deviation=known - pl.col("mean")
        )
        .with_columns(
            lower_limit=pl.col("mean") - pl.col("_width"),
            upper_limit=pl.col("mean") + pl.col("_width"),
        )
    )


def _sign(expr: pl.Expr) -> pl.Expr:
    """Return 1, 0 or −1; what rounding can explain is 0."""
    rounding = pl.col("_rounding")
    return (
        pl.when(expr > rounding)
        .then(1)
        .when(expr < -rounding)
        .then(-1)
        .when(expr.is_not_null())
        .then(0)
    )


def _in_a_window(ends: pl.Expr, length: int, groups: Sequence[str]) -> pl.Expr:
    """Say whether a point belongs to a window that ends at it or after it."""
    later = [ends.shift(-n, fill_value=False).over(groups) for n in range(length)]
    return pl.any_horizontal(later)


def _runs(signs: pl.Expr, length: int, groups: Sequence[str]) -> pl.Expr:
    """Say whether the last `length` signs are all 1 or all −1."""
    total = signs.rolling_sum(length).over(groups)
    return (total.abs() == length).fill_null(value=False)


def _with_rules(lf: pl.LazyFrame, value: str, groups: Sequence[str]) -> pl.LazyFrame:
    """Add one column a rule: _astronomical, _shift, _trend, _two_of_three."""
    distance = pl.col("_deviation").abs()
    width, rounding = pl.col("_width"), pl.col("_rounding")
    side, near = pl.col("_side"), pl.col("_near")
    two_of_three = (near.rolling_sum(3).over(groups) >= 2).fill_null(value=False)
    return (
        lf.with_columns(
            _side=_sign(pl.col("_deviation")),
            _step=_sign(number(value).diff().over(groups)),
            _astronomical=distance > width + rounding,
        )
        .with_columns(
            _near=((distance > width * 2 / 3 + rounding) & ~pl.col("_astronomical")).cast(pl.Int32)
        )
        .with_columns(
            _shift_ends=_runs(side, RUN, groups),
            _trend_ends=_runs(pl.col("_step"), RUN - 1, groups),
            _near_ends=two_of_three & _runs(side, 3, groups),
        )
        .with_columns(
            _shift=_in_a_window(pl.col("_shift_ends"), RUN, groups),
            _trend=_in_a_window(pl.col("_trend_ends"), RUN, groups),
            _two_of_three=_in_a_window(pl.col("_near_ends"), 3, groups) & (near == 1),
        )
    )


def _special_cause() -> pl.Expr:
    """Name the first rule that holds; null where none does."""
    return (
        pl.when(pl.col("_astronomical"))
        .then(pl.lit("astronomical"))
        .when(pl.col("_shift"))
        .then(pl.lit("shift"))
        .when(pl.col("_trend"))
        .then(pl.lit("trend"))
        .when(pl.col("_two_of_three"))
        .then(pl.lit("two_of_three"))
    )


def _point_type(value: str, improvement: Improvement) -> pl.Expr:
    """Name what a point means; as in the reference, by the side of the mean it lies on.

    Raises:
        MethodError: an unknown improvement.
    """
    if improvement not in IMPROVEMENTS:
        raise MethodError(
            f"improvement应为{'、'.join(IMPROVEMENTS)}之一，现为{improvement}。请改正。"
        )
    side = pl.col("_side")
    if improvement == "neutral":
        special = (
            pl.when(side > 0)
            .then(pl.lit("special_cause_neutral_high"))
            .otherwise(pl.lit("special_cause_neutral_low"))
        )
    else:
        special = (
            pl.when(side == DIRECTIONS[improvement])
            .then(pl.lit("special_cause_improvement"))
            .otherwise(pl.lit("special_cause_concern"))
        )
    return (
        pl.when(pl.col("special_cause").is_not_null())
        .then(special)
        .when(number(value).is_not_null())
        .then(pl.lit("common_cause"))
    )


def _assurance(improvement: Improvement, target: float | str | None, by: Sequence[str]) -> pl.Expr:
    """Say whether ordinary variation will meet the target: by the latest limits of the series.

    Raises:
        MethodError: a target that is neither a number nor the name of a column.
    """
    if not (target is None or isinstance(target, str) or is_number(target)):
        raise MethodError(f"target应为数值或列名，现为{target!r}。请改正。")
    if target is None or improvement == "neutral":
        return pl.lit(None, dtype=pl.String)
    aim = number(pl.col(target) if isinstance(target, str) else pl.lit(target))
    above, below = ("fail", "pass") if improvement == "increase" else ("pass", "fail")
    judged = (
        pl.when(aim > pl.col("upper_limit"))
        .then(pl.lit(f"consistent_{above}"))
        .when(aim < pl.col("lower_limit"))
        .then(pl.lit(f"consistent_{below}"))
        .when(aim.is_not_null() & pl.col("upper_limit").is_not_null())
        .then(pl.lit("inconsistent"))
    )
    return judged.last().over(by) if by else judged.last()


def with_process_limits(  # noqa: PLR0917 (the order of the published contract)
    lf: pl.LazyFrame,
    value: str = "value",
    order: str = "month",
    by: str | Sequence[str] | None = (),
    improvement: Improvement = "increase",
    target: float | str | None = None,
    rebase: Rebase | Sequence[Rebase] | None = None,
    *,
    screen_outliers: bool = False,
) -> pl.LazyFrame:
    """Add mean, lower_limit, upper_limit, points, special_cause, point_type and assurance.

    Rows are sorted by `by` and `order`, of which each may stand once. An unreported period needs
    its row with a null: neighbouring rows are neighbouring periods. From each `rebase` (values of
    `order`) limits are worked out anew; `target` is a number or a column. `screen_outliers`: moving
    ranges above 3.267 times their average do not widen the limits (Nelson 1982; the NHS workbook
    does not, the R package does). `points` counts the values behind the limits.

    special_cause: "astronomical", "shift", "trend", "two_of_three" (the first that holds) or null.
    point_type: "common_cause", "special_cause_improvement", "special_cause_concern", for a neutral
    series "special_cause_neutral_high" or "_low"; null without a value. assurance, one a series:
    "consistent_pass", "consistent_fail", "inconsistent", null without target or direction.

    Raises:
        MethodError: an unknown improvement, or a column that is missing, holds no numbers or is no
            kin of `rebase`; when collected, two rows of one period, or one of none.
    """
    keys = key_columns(by)
    groups = [*keys, "_phase"]
    return (
        _in_order(lf, order, keys, numbers=[value, target] if isinstance(target, str) else [value])
        .pipe(_with_phase, order, rebase)
        .pipe(_with_limits, value, groups, screen_outliers=screen_outliers)
        .pipe(_with_rules, value, groups)
        .with_columns(special_cause=_special_cause())
        .with_columns(point_type=_point_type(value, improvement))
        .with_columns(assurance=_assurance(improvement, target, keys))
        .drop(*SCRATCH)
    )
