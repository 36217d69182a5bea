"""What a statistic demands of its frame: columns when it is asked, numbers when it is collected.

What is no number (NaN, infinity) counts as missing, and so does 0 of 0: where nobody was counted
there is no rate, as where nothing was reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from numbers import Real
from typing import Literal

import polars as pl

from pipeline.errors import MethodError

COUNTS = ("numerator", "denominator")
RateKind = Literal["proportion", "rate"]
KINDS: tuple[RateKind, ...] = ("proportion", "rate")
# A demand on numbers: the rows that break it, and what to say of them.
Fault = tuple[pl.Expr, str]


def number(of: str | pl.Expr) -> pl.Expr:
    """Return a column of any number type as a float; null where it is not finite."""
    value = (pl.col(of) if isinstance(of, str) else of).cast(pl.Float64)
    return pl.when(value.is_finite()).then(value)


def counts() -> tuple[pl.Expr, pl.Expr]:
    """Return numerator and denominator, both null where one is missing or nobody was counted."""
    numerator, denominator = number("numerator"), number("denominator")
    is_known = numerator.is_not_null() & (denominator != 0)
    return pl.when(is_known).then(numerator), pl.when(is_known).then(denominator)


def key_columns(by: str | Sequence[str] | None) -> list[str]:
    """Return the names of the columns that tell the groups apart, each once; one may be bare."""
    return [by] if isinstance(by, str) else list(dict.fromkeys(by or ()))


def is_number(given: object) -> bool:
    """Say whether an option is a number of whatever type."""
    return isinstance(given, Real | Decimal)


def scale(per: float) -> float:
    """Return the size of the group that a rate is told of.

    Raises:
        MethodError: it is no number above zero.
    """
    if not is_number(per) or not 0 < per < float("inf"):
        raise MethodError(f"per应为大于0的数，现为{per!r}。请改正。")
    return float(per)


def total(values: pl.Expr) -> pl.Expr:
    """Return a sum that is the same to the last bit whatever the order of rows."""
    # Cumulative, because polars drops a sort before a sum; nulls come first.
    return values.sort().cum_sum().last().fill_null(0)


NEGATIVE_NUMERATOR: Fault = (number("numerator") < 0, "分子小于0")
NO_DENOMINATOR: Fault = (
    (number("denominator") < 0) | ((number("denominator") == 0) & (number("numerator") != 0)),
    "分母不大于0",
)
ABOVE_DENOMINATOR: Fault = (number("numerator") > number("denominator"), "分子大于分母")
NEGATIVE_WEIGHT: Fault = (number("standard_weight") < 0, "标准人口权重小于0")


def require_columns(
    lf: pl.LazyFrame, *, what_zh: str, numbers: Sequence[str] = COUNTS, keys: Sequence[str] = ()
) -> None:
    """Demand the columns `keys`, and columns of numbers.

    Raises:
        MethodError: a column is missing, or one of numbers holds something else.
    """
    schema = lf.collect_schema()
    missing = [c for c in key_columns([*numbers, *keys]) if c not in schema]
    if missing:
        raise MethodError(
            f"{what_zh}无法计算：缺少{'、'.join(missing)}列"
            f"（现有{'、'.join(schema) or '0列'}）。请补上这一列，或改正列名。"
        )
    for column in numbers:
        if not (schema[column].is_numeric() or schema[column] == pl.Null):
            raise MethodError(
                f"{what_zh}无法计算：{column}列应为数值，现为{schema[column]}。请先转为数值。"
            )


def of_counts(kind: RateKind) -> list[Fault]:
    """Demand that numerator and denominator can be a rate, or a proportion: at most one.

    Raises:
        MethodError: another kind.
    """
    if kind not in KINDS:
        raise MethodError(f"kind应为{'、'.join(KINDS)}之一，现为{kind}。请改正。")
    demands = [NEGATIVE_NUMERATOR, NO_DENOMINATOR]
    return [*demands, ABOVE_DENOMINATOR] if kind == "proportion" else demands


def of_a_series(order: str, by: Sequence[str]) -> list[Fault]:
    """Demand that every row has its period, and a series one row a period: two in one are none."""
    is_repeated = pl.struct(key_columns([*by, order])).is_duplicated()
    return [
        (pl.col(order).is_null(), "没有写明是哪一期"),
        (is_repeated, "与别的行同属一期（多个系列请用by分开）"),
    ]


def require(
    lf: pl.LazyFrame,
    faults: Iterable[Fault],
    *,
    what_zh: str,
    numbers: Sequence[str] = COUNTS,
    keys: Sequence[str] = (),
) -> pl.LazyFrame:
    """Return the frame unchanged; a null breaks no demand. An example names `keys` and `numbers`.

    Raises:
        MethodError: a column is missing or holds no numbers (see `require_columns`); when
            collected, a row breaks a demand.
    """
    require_columns(lf, what_zh=what_zh, numbers=numbers, keys=keys)
    demands, shown = list(faults), key_columns([*keys, *numbers])

    def checked(frame: pl.DataFrame) -> pl.DataFrame:
        for is_bad, fault_zh in demands:
            bad = frame.filter(is_bad)
            if bad.height:
                example = "，".join(f"{c}＝{bad[c][0]}" for c in shown)
                raise MethodError(
                    f"{what_zh}无法计算：{bad.height}行{fault_zh}，如{example}。请先剔除或改正这些行。"
                )
        return frame

    # No pushdown: a filter or a selection must not let a bad row pass unseen.
    return lf.lazy().map_batches(
        checked, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False
    )
