"""Process charts of a few values, for the tests of their rules and judgements."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.methods.spc import with_process_limits

# Moving ranges of 2 and a mean of 10: limits 4.68 and 15.32, outer thirds from 13.547 and 6.453.
CALM = [9.0, 11.0] * 6


def series(values: list[float | None]) -> pl.LazyFrame:
    months = list(range(len(values)))
    return pl.LazyFrame(
        {"month": months, "value": values}, schema={"month": pl.Int64, "value": pl.Float64}
    )


def chart(values: list[float | None], **options: object) -> pl.DataFrame:
    return with_process_limits(series(values), **options).collect()


def causes(values: list[float | None], **options: object) -> list[str | None]:
    return chart(values, **options)["special_cause"].to_list()


def close(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return found == pytest.approx(expected, rel=1e-9, abs=1e-9)
