"""Roll up: every area is the sum of what lies below it, and of what is reported for itself.

Additive quantities only. `edges` says which area lies directly below which; an area that must not
be shown as a sum of its children (a city of which a county is missing) is simply nobody's parent.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.errors import ContractError

MAX_DEPTH = 10


def lineage(edges: pl.DataFrame) -> pl.DataFrame:
    """Return one row per area and ancestor, the area itself included.

    `edges` has area_code and parent_code (null at the top), one row per area.

    Raises:
        ContractError: parents run in a circle.
    """
    parents = edges.select("area_code", "parent_code")
    reached = parents.select("area_code", ancestor_code="area_code")
    found = []
    while reached.height:
        found.append(reached)
        if len(found) > MAX_DEPTH:
            raise ContractError("区划的上下级关系成环，无法汇总。请检查参考数据areas.csv。")
        reached = (
            reached.join(parents, left_on="ancestor_code", right_on="area_code", validate="m:1")
            .select("area_code", ancestor_code="parent_code")
            .drop_nulls()
        )
    return pl.concat(found).sort("area_code", "ancestor_code")


def known_sum(value: pl.Expr) -> pl.Expr:
    """Sum what is known; nothing known is null, never zero."""
    return pl.when(value.count() > 0).then(value.sum())


def roll_up(
    lf: pl.LazyFrame,
    *,
    ancestors: pl.DataFrame,
    by: Sequence[str],
    values: Sequence[str],
) -> pl.LazyFrame:
    """Return one row per area at every level and `by`; values are summed over `ancestors`.

    A null is skipped; where all are null the sum is null, never zero. Rows of areas that are not
    in `ancestors` (`lineage`) fall away.
    """
    return (
        lf.join(ancestors.lazy(), on="area_code")
        .group_by("ancestor_code", *by)
        .agg(known_sum(pl.col(v)) for v in values)
        .rename({"ancestor_code": "area_code"})
    )
