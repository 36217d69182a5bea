"""Sums of staged rows county by county: a place in an array for each key that a county can have.

A staged month is in order of the county. Of one county the keys are few enough for an array that
stays in the processor's cache, and rows find their sum by its position: where keys are nearly as
many as rows, half of the cost of hashing them. The sums come in order of county and key.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import AGE_BANDS, DESTINATION_TIERS

COUNTY = "insured_county"
_TIERS, _BANDS = np.uint32(len(DESTINATION_TIERS)), np.uint32(len(AGE_BANDS))
_Numbers = NDArray[np.int64]


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


def cases(admissions: pl.DataFrame) -> pl.DataFrame:
    """Add up settlements and fund_fen by insured_county, tier, disease and age band, in codes."""
    admissions = in_order(admissions)
    diseases = admissions["disease_category"].cast(pl.UInt32)
    unknown = np.uint32((diseases.max() or 0) + 1)  # type: ignore[operator]  # a code
    disease = diseases.fill_null(int(unknown)).to_numpy()
    band, tier = (admissions[key].to_numpy() for key in ("age_band", "destination_tier"))
    cells = ((disease * _BANDS + band) * _TIERS + tier).astype(np.int64)
    values = (admissions[value] for value in ("sign", "fund_fen"))
    counties, at, settlements, fund_fen = _added(admissions[COUNTY], cells, *values)
    row = at.astype(np.uint32) // _TIERS
    category = pl.when(pl.col("disease_category") < int(unknown)).then("disease_category")
    return pl.DataFrame(
        {
            COUNTY: counties.astype(np.uint16),
            "destination_tier": (at % _TIERS).astype(np.uint8),
            "disease_category": row // _BANDS,
            "age_band": (row % _BANDS).astype(np.uint8),
            "settlements": settlements,
            "fund_fen": fund_fen,
        }
    ).with_columns(category.cast(pl.UInt16))


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows in order of the county, as a staged month is."""
    return rows if rows[COUNTY].is_sorted() else rows.sort(COUNTY)


def stretches(areas: NDArray[np.uint16]) -> Iterator[tuple[int, int, int]]:
    """Yield the area, start and end of each stretch of rows of one area."""
    if areas.size:
        cuts = np.flatnonzero(areas[1:] != areas[:-1]) + 1
        for start, end in pairwise([0, *cuts.tolist(), areas.size]):
            yield int(areas[start]), start, end


def _added(counties: pl.Series, cells: _Numbers, *values: pl.Series) -> list[_Numbers]:
    """Return each county and cell that has rows, and the sums of the values."""
    size = int(cells.max(initial=0)) + 1
    is_there, place = np.zeros(size, dtype=bool), np.empty(size, dtype=np.int64)
    each = [value.cast(pl.Int64).to_numpy() for value in values]
    found = [[np.empty(0, dtype=np.int64)] * (2 + len(each))]
    for county, start, end in stretches(counties.to_numpy()):
        own = cells[start:end]
        is_there[own] = True
        at = np.flatnonzero(is_there)
        is_there[at] = False
        place[at] = np.arange(at.size)
        near, sums = place[own], np.zeros((len(each), at.size), dtype=np.int64)
        for total, value in zip(sums, each, strict=True):
            np.add.at(total, near, value[start:end])
        found.append([np.full(at.size, county), at, *sums])
    return [np.concatenate(column) for column in zip(*found, strict=True)]
