"""Sums of staged rows county by county: a place in an array for each key that a county can have.

A staged month is in order of the county. Of one county or a few the keys are few enough for an
array that stays in the processor's cache, and rows find their sum by its position: a third of the
cost of hashing them. The sums come in order of county and key.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

COUNTY = "insured_county"
PLACES_AT_ONCE = 2**16  # of an array in the processor's cache
# Codes that spread further are ranked, so that arrays follow what is there and not how it is coded.
_NEAR = 1024
_Numbers = NDArray[np.int64]


class _Axis(NamedTuple):
    """One key of rows: the position of each row's value among `values`, where null is last."""

    positions: NDArray[Any]
    values: pl.Series


def reported(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each insured_county by day of settlement: settled_on, rows."""
    rows = in_order(rows)
    days = rows["settled_on"].to_physical()
    first = int(days.min() or 0)  # type: ignore[arg-type]  # a number
    since = (days - first).to_numpy()
    found = [(np.empty(0, dtype=np.int64),) * 3]
    for county, start, end in stretches(rows[COUNTY].to_numpy()):
        counts = np.bincount(since[start:end])
        at = np.flatnonzero(counts)
        found.append((np.full(at.size, county), at + first, counts[at]))
    columns = (np.concatenate(column) for column in zip(*found, strict=True))
    told = pl.DataFrame(dict(zip((COUNTY, "settled_on", "rows"), columns, strict=True)))
    return told.cast({COUNTY: pl.UInt16, "settled_on": pl.Int32, "rows": pl.UInt32}).cast(
        {"settled_on": pl.Date}
    )


def added(rows: pl.DataFrame, keys: Sequence[str], values: Mapping[str, str]) -> pl.DataFrame:
    """Add up columns of whole numbers by insured_county and some keys: codes, days or flags.

    `values` name the columns by the names of their sums, which are Int64; keys are as in `rows`.
    """
    rows = in_order(rows)
    axes = [_axis(rows[key]) for key in (COUNTY, *keys)]
    cells, *sums = _added(axes, [rows[column].to_numpy() for column in values.values()])
    apart = np.unravel_index(cells, [axis.values.len() for axis in axes])
    named = (axis.values[at] for axis, at in zip(axes, apart, strict=True))
    return pl.DataFrame(
        {**dict(zip((COUNTY, *keys), named, strict=True)), **dict(zip(values, sums, strict=True))}
    )


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows in order of the county, as a staged month is."""
    return rows if rows[COUNTY].is_sorted() else rows.sort(COUNTY)


def stretches(areas: NDArray[np.uint16]) -> Iterator[tuple[int, int, int]]:
    """Yield the area, start and end of each stretch of rows of one area."""
    if areas.size:
        cuts = np.flatnonzero(areas[1:] != areas[:-1]) + 1
        for start, end in pairwise([0, *cuts.tolist(), areas.size]):
            yield int(areas[start]), start, end


def _axis(key: pl.Series) -> _Axis:
    numbers = key.to_physical()
    if numbers.dtype == pl.Boolean:
        numbers = numbers.cast(pl.UInt8)
    least, most = (int(end or 0) for end in (numbers.min(), numbers.max()))  # type: ignore[arg-type]
    codes = pl.int_range(least, most + 1, eager=True).cast(numbers.dtype)
    values = codes.cast(key.dtype)
    if key.null_count():
        # In a wider type where the largest number has no next one.
        numbers, values = numbers.fill_null(most + 1), values.extend_constant(None, 1)
    positions = numbers.to_numpy()
    axis = _Axis(positions - least if least else positions, values)
    return axis if values.len() <= _NEAR else _ranked(axis)


def _ranked(axis: _Axis) -> _Axis:
    """Return an axis without the values that no row has."""
    is_there = np.zeros(axis.values.len(), dtype=bool)
    is_there[axis.positions] = True
    found = np.flatnonzero(is_there)
    rank = np.empty(is_there.size, dtype=np.min_scalar_type(found.size))
    rank[found] = np.arange(found.size)
    return _Axis(rank[axis.positions], axis.values.gather(found))


def _added(axes: Sequence[_Axis], each: Sequence[NDArray[Any]]) -> list[_Numbers]:
    """Return each cell that has rows, and the sums of the values; a cell has a place on each axis.

    Rows are in order of the first axis, of which so many places are taken at once as fit.
    """
    first, size = axes[0], prod(axis.values.len() for axis in axes[1:])
    cells, at_once = _cells(axes), max(PLACES_AT_ONCE // size, 1)
    is_there = np.zeros(at_once * size, dtype=bool)
    totals = np.zeros((len(each), is_there.size), dtype=np.int64)
    found = [[np.empty(0, dtype=np.int64)] * (1 + len(each))]
    for start in range(0, first.values.len(), at_once):
        some = slice(*(bisect_left(first.positions, end) for end in (start, start + at_once)))
        # Positions or values of another type would be added up fifty times as slowly.
        own = cells[some].astype(np.int64)
        own -= start * size
        for total, value in zip(totals, each, strict=True):
            np.add.at(total, own, value[some].astype(np.int64, copy=False))
        is_there[own] = True
        at = np.flatnonzero(is_there)
        found.append([at + start * size, *totals[:, at]])
        is_there[:], totals[:] = False, 0
    return [np.concatenate(column) for column in zip(*found, strict=True)]


def _cells(axes: Sequence[_Axis]) -> NDArray[Any]:
    """Return the position of each row in an array with a dimension an axis.

    In the narrowest type that holds all positions: a quarter of the time of wide ones.
    """
    narrow = np.min_scalar_type(prod(axis.values.len() for axis in axes))
    cells = np.zeros(axes[0].positions.size, dtype=narrow)
    for positions, values in axes:
        cells *= values.len()
        cells += positions.astype(narrow, copy=False)
    return cells
