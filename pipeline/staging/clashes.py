"""What the rows of all parts say of each other: overlapping cells, duplicates.

Rows are compared whose keys have a hash in common, so many keys at once: memory holds these, not
the table. A shared hash makes no duplicate: it only has the rows compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import ModuleType

import polars as pl

from pipeline.spill import Spill
from pipeline.staging.sets import (
    CELL,
    UNIT,
    doubled_rows,
    duplicates,
    overlaps,
    without_duplicates,
    without_overlaps,
    without_superseded,
)

COMPARED = 100_000  # keys whose rows are compared at once
_CELLS = pl.Schema({"_file": pl.UInt32(), "_batch": pl.Int64(), "_county": pl.String()})
_TWICE = pl.Schema({"_pos": pl.UInt64(), "_verdict": pl.String()})
Check = Callable[[pl.LazyFrame], pl.LazyFrame]


def hashed(key: Sequence[str]) -> pl.Expr:
    """Hash a key: what has another hash is another one."""
    return (pl.struct(key) if len(key) > 1 else pl.col(key[0])).hash()


def twice_in(hashes: pl.Series) -> pl.Series:
    """Return the hashes that are there more than once."""
    hashes = hashes.sort()
    return hashes.filter(hashes == hashes.shift(1)).unique()


def without(rows: pl.LazyFrame, taken_out: pl.DataFrame, on: Sequence[str] = UNIT) -> pl.LazyFrame:
    """Return the rows that are not among some units, cells or rows."""
    return rows.join(taken_out.lazy(), on=on, how="anti")


def having(rows: pl.LazyFrame, hashes: pl.DataFrame, *, key: Sequence[str]) -> pl.LazyFrame:
    """Return the rows whose key has one of some hashes (`_hash`)."""
    return rows.filter(hashed(key).is_in(hashes["_hash"].implode()))


def clashes(
    in_force: Sequence[pl.LazyFrame],
    shared: pl.DataFrame,
    sent: pl.DataFrame,
    *,
    module: ModuleType,
    check: Check = lambda rows: rows,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compare the rows in force whose keys have a hash in common (`shared`, `_hash`).

    `sent` are the units; `check` applies the rules of a row by itself, where that was not done.
    Rows of overlapping cells are no duplicates of others, so all overlaps must be known first.

    Returns:
        Overlapping cells (CELL), and the rows that do not stay (`duplicates`).
    """
    key: Sequence[str] = module.KEY
    doubled = Spill(None)
    cells = [pl.DataFrame(schema=_CELLS)]
    for rows in _doubled(in_force, shared, module=module, check=check):
        if module.TOLD_BY_MONTH:
            cells.append(overlaps(rows.lazy(), sent, key=key).collect())
        doubled.add(rows)
    overlapping = pl.concat(cells).unique()
    twice = [pl.DataFrame(schema=_TWICE)]
    for part in doubled.scans():
        twice.append(duplicates(without(part, overlapping, CELL), key=key).collect())
    return overlapping, pl.concat(twice)


def _doubled(
    rows: Sequence[pl.LazyFrame], shared: pl.DataFrame, *, module: ModuleType, check: Check
) -> Iterator[pl.DataFrame]:
    for wanted in shared.iter_slices(COMPARED):
        found = pl.concat(having(part, wanted, key=module.KEY).collect() for part in rows)
        checked = check(found.lazy())
        yield doubled_rows(checked, key=module.KEY, content=module.CONTENT).collect()


def without_clashes(
    checked: pl.LazyFrame,
    replaced: pl.DataFrame,
    overlapping: pl.DataFrame,
    twice: pl.DataFrame,
    *,
    key: Sequence[str],
) -> pl.LazyFrame:
    """Refuse checked rows for what rows say of each other; the first of the three counts."""
    rows = checked
    if replaced.height:
        rows = without_superseded(rows, replaced)
    if overlapping.height:
        rows = without_overlaps(rows, overlapping)
    if twice.height:
        rows = without_duplicates(rows, twice.lazy(), key=key)
    return rows
