"""The last step of every mart: the contract's columns in the contract's order, sorted."""

from __future__ import annotations

from collections.abc import Sequence

import dataframely as dy
import polars as pl


def to_contract(
    lf: pl.LazyFrame, contract: type[dy.Schema], *, sort: Sequence[str]
) -> pl.LazyFrame:
    """Return the contract's columns, cast, in order, sorted by the mart's access path.

    Without `sort` the rows are in order already.
    """
    columns = contract.create_empty().schema
    shaped = lf.select(pl.col(c).cast(t) for c, t in columns.items())
    return shaped.sort(sort, nulls_last=True) if sort else shaped
