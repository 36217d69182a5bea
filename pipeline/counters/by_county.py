"""Sums of staged rows county by county: a place in an array for each key that a county can have.

A staged month is in order of the county. Of one county the keys are few enough for an array that
stays in the processor's cache, and rows find their sum by its position: half of the cost of hashing
them. The sums come in order of county and key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

COUNTY = "insured_county"
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
    axes = [_axis(rows[key]) for key in keys]
    each = [rows[column].to_numpy() for column in values.values()]
    counties, cells, *sums = _added(rows[COUNTY].to_numpy(), axes, each)
    apart = np.unravel_index(cells, [axis.values.len() for axis in axes])
    named = (axis.values[at] for axis, at in zip(axes, apart, strict=True))
    return pl.DataFrame(
        {
            COUNTY: counties.astype(np.uint16),
            **dict(zip(keys, named, strict=True)),
            **dict(zip(values, sums, strict=True)),
        }
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
    axis = _Axis((numbers - least).to_numpy(), values)
    return axis if values.len() <= _NEAR else _ranked(axis)


def _ranked(axis: _Axis) -> _Axis:
    """Return an axis without the values that no row has."""
    is_there = np.zeros(axis.values.len(), dtype=bool)
    is_there[axis.positions] = True
    found = np.flatnonzero(is_there)
    rank = np.empty(is_there.size, dtype=np.int64)
    rank[found] = np.arange(found.size)
    return _Axis(rank[axis.positions], axis.values.gather(found))


def _added(
    counties: NDArray[np.uint16], axes: Sequence[_Axis], each: Sequence[NDArray[Any]]
) -> list[_Numbers]:
    """Return each county and cell that has rows, and the sums of the values."""
    size = prod(axis.values.len() for axis in axes)
    is_there, totals = np.zeros(size, dtype=bool), np.zeros((len(each), size), dtype=np.int64)
    found = [[np.empty(0, dtype=np.int64)] * (2 + len(each))]
    for county, start, end in stretches(counties):
        cells = np.zeros(end - start, dtype=np.int64)
        for positions, values in axes:
            cells *= values.len()
            cells += positions[start:end]
        is_there[cells] = True
        for total, value in zip(totals, each, strict=True):
            # Of another type than the sums they would be added up fifty times as slowly.
            np.add.at(total, cells, value[start:end].astype(np.int64, copy=False))
        at = np.flatnonzero(is_there)
        found.append([np.full(at.size, county), at, *totals[:, at]])
        is_there[at], totals[:, at] = False, 0
    return [np.concatenate(column) for column in zip(*found, strict=True)]
