"""Distinct persons of a year: the one thing that is counted at each level, not added up.

A visit becomes one number of 64 bits: 60 bits of the person's hash, two of the tier, one for a
reversal, one for an admission. Sorted numbers tell distinct persons by comparing neighbours, at a
tenth of the cost of hashing them. Among twelve million persons the chance that any two share 60
bits is 6 in 100,000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import ADMISSION_CODES, CARE_TYPES
from pipeline.counters.by_county import COUNTY, stretches

_NUMBERED = ("person_key", "destination_tier", "care_type", "sign")
_READ = (COUNTY, *_NUMBERED)
_PHARMACY = CARE_TYPES.index("pharmacy")
_KEYS = ["ancestor_code", "destination_tier"]
PERSONS = ("persons", "persons_admitted")
# Rows whose persons are compared at once. Above it the persons are split by their number, which
# reads the rows again: twenty-four million rows are 0.4 GB while they are sorted.
ROWS_AT_ONCE = 24_000_000
_BITS = 4  # of a number that do not tell the person
_TIERS = 4
_TIER_BIT, _REVERSAL, _ADMISSION = 2, np.uint8(2), np.uint8(1)
_HEAD = 32  # first bits of a number, by which persons of several counties are found
_NEAR = 22  # first bits by which persons are put apart: a mark for each stays in the cache
_Numbers = NDArray[np.uint64]
_Heads = NDArray[np.uint32]
_Marks = NDArray[np.bool_]
_Counts = NDArray[np.int64]  # tiers × (persons, persons admitted)


def count_persons(months: Sequence[pl.LazyFrame], lineage: pl.DataFrame) -> pl.DataFrame:
    """Return distinct persons by ancestor_code and tier: persons, persons_admitted.

    `months` are a year of StagedSettlement, quickest where rows of a county lie together;
    `lineage` has insured_county in codes and ancestor_code. Who has something reversed is counted
    by what is left of the visits. Rows without a person count for nobody.
    """
    sizes = _sizes(months)
    parts = sizes.total() // ROWS_AT_ONCE + 1
    part_of = pl.col("person_key").reinterpret(signed=False) % 2 ** (64 - _BITS) % parts
    counted = [_NOBODY]
    for part in range(parts):
        some = months if parts == 1 else [month.filter(part_of == part) for month in months]
        counted.append(_count(some, lineage, sizes=sizes))
    sums = pl.concat(counted).group_by(_KEYS).agg(pl.col(PERSONS).sum())
    return sums.filter(pl.col("persons") > 0).sort(_KEYS)


_NOBODY = pl.DataFrame(
    schema={
        "ancestor_code": pl.String,
        "destination_tier": pl.UInt8,
        **dict.fromkeys(PERSONS, pl.Int64),
    }
)


def _sizes(months: Sequence[pl.LazyFrame]) -> Counter[int]:
    """Return how many rows each county has."""
    sizes: Counter[int] = Counter()
    for month in pl.collect_all([month.select(COUNTY) for month in months]):
        for county, start, end in stretches(month[COUNTY].to_numpy()):
            sizes[county] += end - start
    return sizes


def _count(
    months: Sequence[pl.LazyFrame], lineage: pl.DataFrame, *, sizes: Mapping[int, int]
) -> pl.DataFrame:
    """Count persons; the same ancestor and tier can have two rows.

    Who has no reversal and is in one county alone is added up, all others are compared again in
    each area. Putting some of the former with the latter changes nothing.
    """
    counties, is_apart = _visits(months, sizes)
    for visits in counties.values():
        visits.sort()
    is_apart[_shared(counties.values()) >> np.uint32(_HEAD - _NEAR)] = True
    alone: dict[int, _Counts] = {}
    others: dict[int, _Numbers] = {}
    for county in list(counties):
        # What was counted of a county goes before the others are.
        visits = counties.pop(county)
        apart = is_apart[_near(visits)]
        others[county] = visits[apart]
        alone[county] = _persons(visits, without=apart)
    rows = []
    for area, below in lineage.group_by("ancestor_code").agg("insured_county").iter_rows():
        inside = [county for county in below if county in alone]
        if inside:
            counts = _left(np.concatenate([others[county] for county in inside]))
            counts += sum(alone[county] for county in inside)
            rows += [(area, tier, *both) for tier, both in enumerate(counts.tolist())]
    return pl.DataFrame(rows, schema=_NOBODY.schema, orient="row")


def _visits(
    months: Sequence[pl.LazyFrame], sizes: Mapping[int, int]
) -> tuple[dict[int, _Numbers], _Marks]:
    """Return the visits of each county, and by their first bits the persons with a reversal.

    `sizes` are the most that a county can have: pieces put together later would cost twice.
    """
    visits = {county: np.empty(size, dtype=np.uint64) for county, size in sizes.items()}
    found: Counter[int] = Counter()
    is_reversed = np.zeros(2**_NEAR, dtype=bool)
    for month in months:
        rows = month.select(_READ).collect()
        if rows["person_key"].null_count():
            rows = rows.drop_nulls("person_key")
        numbers, is_visit, is_back = _numbered(rows)
        is_reversed[_near(numbers[is_visit & is_back])] = True
        for county, start, end in stretches(rows[COUNTY].to_numpy()):
            own = np.compress(is_visit[start:end], numbers[start:end])
            visits[county][found[county] :][: own.size] = own
            found[county] += own.size
    return {county: some[: found[county]] for county, some in visits.items()}, is_reversed


def _numbered(rows: pl.DataFrame) -> tuple[_Numbers, _Marks, _Marks]:
    """Return the number of each row, whether it is a visit, and whether it takes one back."""
    person, tier, care, sign = (rows[column].to_numpy() for column in _NUMBERED)
    is_back = sign < 0
    kinds = tier * np.uint8(2**_TIER_BIT) + is_back * _REVERSAL
    for kind in ADMISSION_CODES:
        kinds += care == kind
    # The bits shifted out are those beyond sixty.
    numbers = person.view(np.uint64) << np.uint64(_BITS)
    numbers |= kinds
    return numbers, (care != _PHARMACY) & (sign != 0), is_back


def _near(numbers: _Numbers) -> NDArray[np.int64]:
    """Return the first bits of numbers."""
    return (numbers >> np.uint64(64 - _NEAR)).view(np.int64)


def _shared(counties: Collection[_Numbers]) -> _Heads:
    """Return the heads of visits in order that several counties have: all who moved, few others."""
    heads = np.empty(sum(visits.size for visits in counties), dtype=np.uint32)
    size = 0
    for visits in counties:
        every = (visits >> np.uint64(64 - _HEAD)).astype(np.uint32)
        own = np.compress(_is_last(every), every)
        heads[size:][: own.size] = own
        size += own.size
    found = heads[:size]
    found.sort()
    return found[~_is_last(found)]


def _is_last(ordered: _Heads | _Numbers) -> _Marks:
    """Say of numbers in order which differ from the next."""
    is_last = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_last[:-1])
    return is_last


def _persons(visits: _Numbers, *, without: _Marks) -> _Counts:
    """Return the persons and persons admitted of visits in order, tier by tier.

    Those `without` are left out; no other visit is reversed.
    """
    kinds = (visits & np.uint64(2**_BITS - 1)).astype(np.uint8)
    is_out = without.copy()
    # The last of a person and tier tells any admission; the next differs in more than that.
    is_out[:-1] |= (visits[1:] ^ visits[:-1]) <= _ADMISSION
    kinds |= is_out * _REVERSAL
    found = np.bincount(kinds, minlength=2**_BITS)
    admitted = found[_ADMISSION :: 2**_TIER_BIT]
    both: _Counts = np.stack([found[:: 2**_TIER_BIT] + admitted, admitted], axis=1)
    return both


def _left(visits: _Numbers) -> _Counts:
    """Return the persons and persons admitted by what is left of visits, tier by tier."""
    visits = np.sort(visits)
    places = visits >> np.uint64(_TIER_BIT)
    ends = np.flatnonzero(_is_last(places))
    tier = (places[ends] & np.uint64(_TIERS - 1)).view(np.int64)
    sign = 1 - (visits & _REVERSAL).view(np.int64)
    admissions = sign * (visits & _ADMISSION).view(np.int64)
    left = (np.diff(np.cumsum(values)[ends], prepend=0) for values in (sign, admissions))
    counts = [np.bincount(np.compress(some > 0, tier), minlength=_TIERS) for some in left]
    return np.stack(counts, axis=1)
