"""Tests of two values: an area against its whole, a period against an earlier one."""

from __future__ import annotations

import polars as pl

from pipeline.methods.claims.chance import binomial_p, two_samples_p


def both_final() -> pl.Expr:
    """Say whether nothing of either value is still to come."""
    return (pl.col("status") == "final") & (pl.col("other_status") == "final")


def value(prefix: str = "") -> pl.Expr:
    """Return numerator over denominator, of the other value with its prefix."""
    return pl.col(f"{prefix}numerator") / pl.col(f"{prefix}denominator")


def area_tests(lf: pl.LazyFrame) -> pl.LazyFrame:
    """Add difference and p_value to rows of an area beside the whole that it is a part of.

    Rows in: numerator, denominator, status, and the same of the whole as other_*. The whole's
    value counts as known: since the area is a part of it, the two are closer than by chance, and
    the test errs on the side of silence. Null unless both are final.
    """
    p_value = binomial_p(pl.col("numerator"), pl.col("denominator"), value("other_"))
    return lf.with_columns(
        kind=pl.lit("comparison"),
        difference=value() - value("other_"),
        p_value=pl.when(both_final()).then(p_value),
    )


def period_tests(lf: pl.LazyFrame) -> pl.LazyFrame:
    """Add difference and p_value to rows of a period beside an earlier one of the same area.

    Rows in: numerator, denominator, status, and the same of the earlier period as other_*. No
    event belongs to both. Null unless both are final.
    """
    own = (pl.col("numerator"), pl.col("denominator"))
    earlier = (pl.col("other_numerator"), pl.col("other_denominator"))
    return lf.with_columns(
        kind=pl.lit("change"),
        difference=value() - value("other_"),
        p_value=pl.when(both_final()).then(two_samples_p(*own, *earlier)),
    )
