"""The last steps of every mart: what is hidden, and the contract's columns in order, sorted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import dataframely as dy
import polars as pl

from pipeline.contracts.words import STATUSES


def unless_hidden(*columns: str) -> pl.Expr:
    """Return columns, null where a row is_hidden."""
    return pl.when(~pl.col("is_hidden")).then(pl.col(columns))


def status_of(*, is_provisional: pl.Expr) -> pl.Expr:
    """Return the status of a row that has a value, or is_hidden."""
    return (
        pl.when("is_hidden")
        .then(a_status("suppressed"))
        .when(is_provisional)
        .then(a_status("provisional"))
        .otherwise(a_status("final"))
        .alias("status")
    )


def a_status(word: str) -> pl.Expr:
    """Return one status, not as a text that is cast row by row."""
    return pl.lit(word, dtype=pl.Enum(STATUSES))


def to_contract(
    lf: pl.LazyFrame, contract: type[dy.Schema], *, sort: Sequence[str]
) -> pl.LazyFrame:
    """Return the contract's columns, cast, in order, sorted by the mart's access path.

    Without `sort` the rows are in order already.
    """
    shaped = lf.select(pl.col(c).cast(t) for c, t in _columns(contract).items())
    return shaped.sort(sort, nulls_last=True) if sort else shaped


def nothing(contract: type[dy.Schema]) -> pl.DataFrame:
    """Return the contract's columns without a row: what comes of a source that nobody sent."""
    return pl.DataFrame(schema=_columns(contract))


@cache
def _columns(contract: type[dy.Schema]) -> pl.Schema:
    return pl.Schema({name: column.dtype for name, column in contract.columns().items()})
