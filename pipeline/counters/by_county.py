"""Sums of staged rows county by county: a place in an array for each key that a county can have.

Admissions and other care of a staged month are each in order of the county. Of one county or a few
the keys are few enough for an array that stays in the processor's cache, and rows find their sum by
its position: a third of the cost of hashing them. The sums come in order of county and key.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

COUNTY = "insured_county"
# What stays in the processor's cache: places of an array, and rows that are added up into it.
PLACES_AT_ONCE, ROWS_AT_ONCE = 2**16, 2**16
# Codes that spread further are ranked, so that arrays follow what is there and not how it is coded.
_NEAR = 1024
_Numbers = NDArray[np.int64]


class _Axis(NamedTuple):
    """One key of rows: the position of each row's value among `values`, where null is last."""

    positions: NDArray[Any]
    values: pl.Series


def reported(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each insured_county by day of settlement: settled_on, rows."""
    axes = {key: _axis(rows[key]) for key in (COUNTY, "settled_on")}
    counts = np.zeros(prod(axis.values.len() for axis in axes.values()), dtype=np.int64)
    for start in range(0, rows.height, ROWS_AT_ONCE):
        some = [_of(axis, slice(start, start + ROWS_AT_ONCE)) for axis in axes.values()]
        counts += np.bincount(_cells(some), minlength=counts.size)
    cells = np.flatnonzero(counts)
    return pl.DataFrame({**_named(cells, axes), "rows": counts[cells].astype(np.uint32)})


def added(
    rows: pl.DataFrame,
    tables: Mapping[str, Sequence[str]],
    *,
    amounts: Sequence[str],
    known: Mapping[str, pl.Series] = MappingProxyType({}),
) -> dict[str, pl.DataFrame]:
    """Add up `sign` (as `settlements`) and amounts by insured_county and the keys of each table.

    Keys are codes, days or flags, of the same type as in `rows`; sums are Int64. Of keys that are
    `known` all rows have the one value, whatever `rows` says.
    """
    rows = in_order(rows)
    keys = dict.fromkeys((COUNTY, *chain.from_iterable(tables.values())))
    axes = {key: _one(known[key]) if key in known else _axis(rows[key]) for key in keys}
    sign, *each = (rows[column].to_numpy() for column in ("sign", *amounts))
    found = {}
    for name, of_table in tables.items():
        own = {key: axes[key] for key in (COUNTY, *of_table)}
        cells, *sums = _added(list(own.values()), sign, each)
        told = dict(zip(("settlements", *amounts), sums, strict=True))
        found[name] = pl.DataFrame({**_named(cells, own), **told})
    return found


def summed(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Add up the other columns, whole numbers, by a few keys; null where any of them is null.

    Keys are as in `added`; the sums come in their order.
    """
    axes = {key: _axis(rows[key]) for key in keys}
    cells = _cells(list(axes.values()))
    counts = np.bincount(cells, minlength=prod(axis.values.len() for axis in axes.values()))
    at = np.flatnonzero(counts)
    others = (column for column in rows if column.name not in axes)
    sums = {column.name: _summed(column, cells, counts.size).gather(at) for column in others}
    return pl.DataFrame({**_named(at, axes), **sums})


def _summed(column: pl.Series, cells: _Numbers, places: int) -> pl.Series:
    totals = np.zeros(places, dtype=np.int64)
    if not column.null_count():
        np.add.at(totals, cells, column.to_numpy())
        return pl.Series(totals)
    np.add.at(totals, cells, column.fill_null(0).to_numpy())
    is_unknown = np.zeros(places, dtype=bool)
    is_unknown[cells[column.is_null().to_numpy()]] = True
    return pl.Series(totals).set(pl.Series(is_unknown), None)


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows in order of the county, as each kind of care of a staged month is."""
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
    codes = pl.Series(np.arange(least, most + 1)).cast(numbers.dtype)
    values = codes.cast(key.dtype)
    if key.null_count():
        # In a wider type where the largest number has no next one.
        numbers, values = numbers.fill_null(most + 1), values.extend_constant(None, 1)
    positions = numbers.to_numpy()
    axis = _Axis(positions - least if least else positions, values)
    return axis if values.len() <= _NEAR else _ranked(axis)


def _one(value: pl.Series) -> _Axis:
    """Return an axis of one value, which tells no row from another."""
    return _Axis(np.empty(0, dtype=np.uint8), value)


def _ranked(axis: _Axis) -> _Axis:
    """Return an axis without the values that no row has."""
    is_there = np.zeros(axis.values.len(), dtype=bool)
    is_there[axis.positions] = True
    found = np.flatnonzero(is_there)
    rank = np.empty(is_there.size, dtype=np.min_scalar_type(found.size))
    rank[found] = np.arange(found.size)
    return _Axis(rank[axis.positions], axis.values.gather(found))


def _of(axis: _Axis, some: slice) -> _Axis:
    """Return the axis of some rows."""
    return _Axis(axis.positions[some], axis.values)


def _named(cells: _Numbers, axes: Mapping[str, _Axis]) -> dict[str, pl.Series]:
    """Return the keys of cells."""
    apart = np.unravel_index(cells, [axis.values.len() for axis in axes.values()])
    return {key: axis.values[at] for (key, axis), at in zip(axes.items(), apart, strict=True)}


def _added(
    axes: Sequence[_Axis], sign: NDArray[np.int8], each: Sequence[_Numbers]
) -> list[_Numbers]:
    """Return each cell that has rows, and the sums of signs and values there.

    A cell has a place on each axis. Rows are in order of the first one, of which so many places
    are taken at once as fit, and as have about so many rows.
    """
    first, size = axes[0], prod(axis.values.len() for axis in axes[1:])
    of_rows = ROWS_AT_ONCE * first.values.len() // max(first.positions.size, 1)
    at_once = max(min(PLACES_AT_ONCE // max(size, 1), of_rows), 1)
    totals = np.zeros((len(each), at_once * size), dtype=np.int64)
    found = [[np.empty(0, dtype=np.int64)] * (2 + len(each))]
    for start in range(0, first.values.len(), at_once):
        some = slice(*(bisect_left(first.positions, end) for end in (start, start + at_once)))
        here = _Axis(first.positions[some] - start, first.values[start : start + at_once])
        own = _cells([here, *(_of(axis, some) for axis in axes[1:])])
        for total, value in zip(totals, each, strict=True):
            np.add.at(total, own, value[some])
        counts = np.bincount(own, minlength=totals.shape[1])
        at = np.flatnonzero(counts != 0)
        # Nearly all rows count one: a third of the time of adding up their signs.
        odd = np.flatnonzero(sign[some] != 1)
        np.add.at(counts, own[odd], sign[some][odd].astype(np.int64) - 1)
        found.append([at + start * size, counts[at], *totals[:, at]])
        totals[:] = 0
    return [np.concatenate(column) for column in zip(*found, strict=True)]


def _cells(axes: Sequence[_Axis]) -> _Numbers:
    """Return the position of each row in an array with a dimension an axis.

    From the last axis on in the narrowest type that holds the positions so far: a quarter of the
    time of wide ones.
    """
    size, cells = 1, np.zeros(axes[0].positions.size, dtype=np.uint8)
    for positions, values in reversed(axes):
        if values.len() == 1:
            continue
        narrow = np.min_scalar_type(size * max(values.len(), 1))
        further = positions.astype(narrow)
        further *= size
        further += cells
        size, cells = size * values.len(), further
    # Positions of another type would be found fifty times as slowly.
    return cells.astype(np.int64)
