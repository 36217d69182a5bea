"""Distinct persons of a year: the one thing that is counted at each level, not added up.

A visit becomes one number of 64 bits: 60 bits of the person's hash, two of the tier, one for a
reversal, one for an admission. Sorted numbers tell distinct persons by comparing neighbours, at a
tenth of the cost of hashing them. Among twelve million persons the chance that any two share 60
bits is 6 in 100,000.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import CARE_TYPES
from pipeline.counters.by_county import COUNTY, stretches
from pipeline.counters.settled_month import INPATIENT

_NUMBERED = ("person_key", "destination_tier", "care_type", "sign")
_READ = (COUNTY, *_NUMBERED)
_PHARMACY = CARE_TYPES.index("pharmacy")
_ADMISSIONS = [CARE_TYPES.index(kind) for kind in INPATIENT]
_KEYS = ["ancestor_code", "destination_tier"]
PERSONS = ("persons", "persons_admitted")
# Rows whose persons are compared at once. Above it the persons are split by their number, which
# reads the rows again: twelve million rows are a third of a gigabyte while they are sorted.
ROWS_AT_ONCE = 12_000_000
_BITS = 4  # of a number that do not tell the person
_TIERS = 4
_TIER_BIT, _REVERSAL, _ADMISSION = 2, np.uint8(2), np.uint8(1)
_FIRST_BITS = 20  # of a number, by which visits are told apart at first sight
_RANGES = 8  # of numbers in which persons of several counties are looked for one after another
_Numbers = NDArray[np.uint64]
_Marks = NDArray[np.bool_]
_Sums = NDArray[np.int64]
_Counts = NDArray[np.int64]  # tiers × (persons, persons admitted)
_Runs = dict[int, list[_Numbers]]


class _Left(NamedTuple):
    """What is left of visits of which some were reversed, by person and tier in order."""

    persons: _Numbers
    visits: _Sums
    admissions: _Sums


def count_persons(months: Sequence[pl.LazyFrame], lineage: pl.DataFrame) -> pl.DataFrame:
    """Return distinct persons by ancestor_code and tier: persons, persons_admitted.

    `months` are a year of StagedSettlement, quickest where each is in order of the county;
    `lineage` has insured_county in codes and ancestor_code. The few with something reversed are
    counted by themselves, by what is left of their visits. Rows without a person count for nobody.
    """
    lengths = pl.collect_all([month.select(pl.len()) for month in months])
    parts = sum(length.item() for length in lengths) // ROWS_AT_ONCE + 1
    part_of = pl.col("person_key").reinterpret(signed=False) % 2 ** (64 - _BITS) % parts
    counted = [_NOBODY]
    for part in range(parts):
        some = months if parts == 1 else [month.filter(part_of == part) for month in months]
        counted.append(_count(some, lineage))
    sums = pl.concat(counted).group_by(_KEYS).agg(pl.col(PERSONS).sum())
    return sums.filter(pl.col("persons") > 0).sort(_KEYS)


_NOBODY = pl.DataFrame(
    schema={
        "ancestor_code": pl.String,
        "destination_tier": pl.UInt8,
        **dict.fromkeys(PERSONS, pl.Int64),
    }
)


def _count(months: Sequence[pl.LazyFrame], lineage: pl.DataFrame) -> pl.DataFrame:
    """Count persons; the same ancestor and tier can have two rows."""
    runs, reversed_ = _visits(months)
    counties: dict[int, _Numbers] = {}
    left: dict[int, _Left] = {}
    for county in list(runs):
        numbers = np.concatenate(runs.pop(county))
        numbers.sort()
        at = _positions(numbers, reversed_)
        left[county] = _left(numbers[at])
        counties[county] = _persons(numbers, without=at)
    areas = dict(lineage.group_by("ancestor_code").agg("insured_county").iter_rows())
    rows = [
        (area, tier, *counts)
        for found in (_by_area(counties, areas), _left_by_area(left, areas))
        for area, of_area in found.items()
        for tier, counts in enumerate(of_area.tolist())
    ]
    return pl.DataFrame(rows, schema=_NOBODY.schema, orient="row")


def _visits(months: Sequence[pl.LazyFrame]) -> tuple[_Runs, _Numbers]:
    """Return the visits of each county in runs, and the persons with a reversal in order."""
    runs: _Runs = {}
    reversed_ = [np.empty(0, dtype=np.uint64)]
    for month in months:
        rows = month.select(_READ).collect().drop_nulls("person_key")
        numbers, is_visit, is_back = _numbered(rows)
        for county, start, end in stretches(rows[COUNTY].to_numpy()):
            # Of its own, so that what was counted of a county can go before the others are.
            own: _Numbers = numbers[start:end][is_visit[start:end]]
            runs.setdefault(county, []).append(own)
        reversed_.append(numbers[is_visit & is_back] >> np.uint64(_BITS))
    return runs, _distinct(np.concatenate(reversed_))


def _numbered(rows: pl.DataFrame) -> tuple[_Numbers, _Marks, _Marks]:
    """Return the number of each row, whether it is a visit, and whether it takes one back."""
    person, tier, care, sign = (rows[column].to_numpy() for column in _NUMBERED)
    is_back = sign < 0
    kinds = (tier << _TIER_BIT) + is_back * _REVERSAL
    kinds += np.logical_or.reduce([care == kind for kind in _ADMISSIONS])
    # The bits shifted out are those beyond sixty.
    numbers = person.view(np.uint64) << np.uint64(_BITS)
    numbers |= kinds
    return numbers, (care != _PHARMACY) & (sign != 0), is_back


def _distinct(numbers: _Numbers) -> _Numbers:
    """Return the distinct numbers in order."""
    ordered = np.sort(numbers)
    return ordered[_is_new(ordered)]


def _is_new(ordered: _Numbers) -> _Marks:
    """Say of numbers in order which differ from the one before."""
    is_new = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return is_new


def _positions(visits: _Numbers, persons: _Numbers) -> NDArray[np.int64]:
    """Return where the visits of some persons are; both in order."""
    if not persons.size:
        return np.empty(0, dtype=np.int64)
    # The first bits rule out most visits, and neighbours share them: no search for each.
    is_near = np.zeros(2**_FIRST_BITS, dtype=bool)
    is_near[persons >> np.uint64(64 - _BITS - _FIRST_BITS)] = True
    near = np.flatnonzero(is_near[visits >> np.uint64(64 - _FIRST_BITS)])
    found = visits[near] >> np.uint64(_BITS)
    at: NDArray[np.int64] = near[persons[np.searchsorted(persons[:-1], found)] == found]
    return at


def _persons(visits: _Numbers, without: NDArray[np.int64] | None = None) -> _Numbers:
    """Return one number a person and tier of visits in order: the last tells any admission.

    `without` are the positions of persons who are left out.
    """
    is_last = np.ones(visits.size, dtype=bool)
    # Numbers that differ in more than the last bit: admitted or not.
    np.greater(visits[1:] ^ visits[:-1], 1, out=is_last[:-1])
    if without is not None:
        is_last[without] = False
    return visits[is_last]


def _counts(persons: _Numbers) -> _Counts:
    kinds = np.bincount((persons & (2**_BITS - 1)).view(np.int64), minlength=2**_BITS)
    admitted = kinds[_ADMISSION :: 2**_TIER_BIT]
    both: _Counts = np.stack([kinds[:: 2**_TIER_BIT] + admitted, admitted], axis=1)
    return both


def _by_area(
    counties: Mapping[int, _Numbers], areas: Mapping[str, Iterable[int]]
) -> dict[str, _Counts]:
    """Return the persons and persons admitted of each area, tier by tier.

    Those who are in one county alone are added up; only the others are compared again.
    """
    shared = _shared(counties.values())
    movers = {county: _of(persons, shared) for county, persons in counties.items()}
    settled = {c: _counts(persons) - _counts(movers[c]) for c, persons in counties.items()}
    found = {}
    for area, below in areas.items():
        inside = [county for county in below if county in counties]
        if inside:
            moved = np.sort(np.concatenate([movers[county] for county in inside]))
            alone: _Counts = np.sum([settled[county] for county in inside], axis=0)
            found[area] = alone + _counts(_persons(moved))
    return found


def _shared(counties: Collection[_Numbers]) -> _Numbers:
    """Return the persons and tiers (without their last bit) that are in several counties."""
    found = [np.empty(0, dtype=np.uint64)]
    width = 2**64 // _RANGES
    for start in range(0, 2**64, width):
        last = np.uint64(start + width - 1)
        here = [
            numbers[np.searchsorted(numbers, np.uint64(start)) : _after(numbers, last)]
            for numbers in counties
        ]
        everyone = np.concatenate([found[0], *here])
        everyone.sort()
        everyone >>= 1
        found.append(_distinct(everyone[1:][everyone[1:] == everyone[:-1]]))
    return np.concatenate(found)


def _after(numbers: _Numbers, last: np.uint64) -> np.int64:
    return np.searchsorted(numbers, last, side="right")


def _of(persons: _Numbers, some: _Numbers) -> _Numbers:
    """Return those of a county's persons that are among some (without their last bit)."""
    at = np.searchsorted(persons, some << 1)
    inside = at < persons.size
    at, some = at[inside], some[inside]
    found: _Numbers = persons[at[persons[at] >> 1 == some]]
    return found


def _left(visits: _Numbers) -> _Left:
    """Return what is left of visits in order."""
    sign = 1 - (visits & _REVERSAL).view(np.int64)
    return _added(visits >> np.uint64(_TIER_BIT), sign, sign * (visits & _ADMISSION).view(np.int64))


def _added(persons: _Numbers, visits: _Sums, admissions: _Sums) -> _Left:
    """Add up rows in order."""
    starts = np.flatnonzero(_is_new(persons))
    sums = (np.add.reduceat(values, starts) for values in (visits, admissions))
    return _Left(persons[starts], *sums)


def _left_by_area(
    counties: Mapping[int, _Left], areas: Mapping[str, Iterable[int]]
) -> dict[str, _Counts]:
    """Return the persons and persons admitted of each area, tier by tier."""
    found = {}
    for area, below in areas.items():
        inside = [counties[county] for county in below if county in counties]
        if inside:
            persons, visits, admissions = map(np.concatenate, zip(*inside, strict=True))
            order = np.argsort(persons)
            left = _added(persons[order], visits[order], admissions[order])
            tier = (left.persons % _TIERS).view(np.int64)
            counts = [np.bincount(tier[n > 0], minlength=_TIERS) for n in left[1:]]
            found[area] = np.stack(counts, axis=1)
    return found
