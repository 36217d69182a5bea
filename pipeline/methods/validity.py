"""What a statistic demands of its numbers: checked when the frame is collected, not before."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.errors import MethodError

# A demand on numbers: the rows that break it, and what to say of them.
Fault = tuple[pl.Expr, str]

NEGATIVE_NUMERATOR: Fault = (pl.col("numerator") < 0, "分子小于0")
NO_DENOMINATOR: Fault = (pl.col("denominator") <= 0, "分母不大于0")
ABOVE_DENOMINATOR: Fault = (pl.col("numerator") > pl.col("denominator"), "分子大于分母")
NEGATIVE_WEIGHT: Fault = (pl.col("standard_weight") < 0, "标准人口权重小于0")


def require(lf: pl.LazyFrame, faults: Iterable[Fault], *, what_zh: str) -> pl.LazyFrame:
    """Return the frame unchanged; a null breaks no demand.

    Raises:
        MethodError: when collected, if a row breaks a demand.
    """
    demands = list(faults)

    def checked(frame: pl.DataFrame) -> pl.DataFrame:
        for is_bad, fault_zh in demands:
            bad = frame.filter(is_bad)
            if bad.height:
                columns = [c for c in ("numerator", "denominator") if c in bad.columns]
                example = "，".join(f"{c}＝{bad[c][0]}" for c in columns)
                raise MethodError(
                    f"{what_zh}无法计算：{bad.height}行{fault_zh}，如{example}。请先剔除或改正这些行。"
                )
        return frame

    # No pushdown: a filter or a selection must not let a bad row pass unseen.
    return lf.map_batches(
        checked, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False
    )
