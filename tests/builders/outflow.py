"""The small world with the outflow page's marts altered: levels known, counts hidden or absent."""

from __future__ import annotations

import polars as pl

from dashboard.queries.outflow_levels import MART
from tests.builders.measures import fit

QI, TONGXU, CITY = "410221", "410222", "410200"
VALUES = ("numerator", "denominator", "value", "lower", "upper")


def without_values(
    frame: pl.DataFrame, indicator_id: str, rows: pl.Expr, *, status: str
) -> pl.DataFrame:
    """Take the values of some rows of an indicator away."""
    is_it = (pl.col("indicator_id") == indicator_id) & rows
    changed = frame.with_columns(
        *(pl.when(~is_it).then(name).alias(name) for name in VALUES),
        status=pl.when(is_it).then(pl.lit(status)).otherwise("status"),
    )
    return changed.cast(dict(frame.schema))


def levels(*, year: int = 2024, months: int = 12, status: str = "final") -> pl.DataFrame:
    """Build the levels of two counties: known, hidden, and others that are not there."""
    rows: list[tuple[str, str, str, int | None]] = [
        (QI, "same_county", "primary", 5000),
        (QI, "same_city", "tertiary", 400),
        (QI, "same_city", "secondary", None),
        (QI, "same_province", "tertiary", 700),
        (TONGXU, "same_city", "tertiary", 300),
        (TONGXU, "other_province", "unknown", 50),
    ]
    schema = ["insured_county", "destination_tier", "hospital_level", "settlements"]
    frame = pl.DataFrame(
        rows, schema=schema, orient="row", schema_overrides={"settlements": pl.Int64}
    )
    hidden = pl.when(pl.col("settlements").is_null()).then(pl.lit("suppressed"))
    return fit(
        MART,
        frame.with_columns(
            year=pl.lit(year), months=pl.lit(months), status=hidden.otherwise(pl.lit(status))
        ),
    )
