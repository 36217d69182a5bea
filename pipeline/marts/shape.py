"""The last step of every mart: the contract's columns in the contract's order, sorted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import dataframely as dy
import polars as pl


def to_contract(
    lf: pl.LazyFrame, contract: type[dy.Schema], *, sort: Sequence[str]
) -> pl.LazyFrame:
    """Return the contract's columns, cast, in order, sorted by the mart's access path.

    Without `sort` the rows are in order already.
    """
    shaped = lf.select(pl.col(c).cast(t) for c, t in _columns(contract).items())
    return shaped.sort(sort, nulls_last=True) if sort else shaped


@cache
def _columns(contract: type[dy.Schema]) -> pl.Schema:
    return contract.create_empty().schema
