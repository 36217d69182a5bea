"""Many tests at once: the false-discovery rate of Benjamini and Hochberg.

Journal of the Royal Statistical Society B 1995, 57:289–300. Where nothing at all is true, any claim
is a false one, and then the rate is the chance of any claim: at most `RATE` of the weeks.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

RATE = 0.05


def with_adjusted_p(
    lf: pl.LazyFrame, *, by: Sequence[str] = (), name: str = "adjusted_p"
) -> pl.LazyFrame:
    """Add the adjusted p-value: the smallest rate at which a row of its family is claimed.

    Args:
        lf: rows with p_value; null is no test and counts for nothing.
        by: columns that name the family; none is one family of all rows.
        name: of the column added.
    """

    def within(expr: pl.Expr) -> pl.Expr:
        return expr.over(by) if by else expr

    tests = within(pl.col("p_value").count())
    place = within(pl.col("p_value").rank("ordinal"))
    return (
        lf.with_columns(_scaled=pl.col("p_value") * tests / place)
        .sort("p_value", descending=True, nulls_last=True)
        .with_columns(within(pl.col("_scaled").cum_min()).clip(upper_bound=1).alias(name))
        .drop("_scaled")
    )
