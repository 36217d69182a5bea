"""Distinct persons of a year: the one thing that is counted at each level, not added up.

A visit becomes one number of 64 bits: 61 bits of the person's hash, two of the tier, one for an
admission. Sorted numbers tell distinct persons by comparing neighbours, at a tenth of the cost of
hashing them. Among twelve million persons the chance that any two share 61 bits is 3 in 100,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import CARE_TYPES
from pipeline.counters.settled_month import is_admission

_PHARMACY = CARE_TYPES.index("pharmacy")
_KEYS = ["ancestor_code", "destination_tier"]
PERSONS = ("persons", "persons_admitted")
# Rows whose persons are compared at once. Above it the persons are split by their number, which
# reads the rows again: twelve million rows are about half a gigabyte while they are sorted.
ROWS_AT_ONCE = 12_000_000
_BITS = 3  # of a number that do not tell the person
_Numbers = NDArray[np.uint64]
_Counts = NDArray[np.int64]  # tiers × (persons, persons admitted)


def count_persons(settlements: pl.LazyFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """Return distinct persons by ancestor_code and tier: persons, persons_admitted.

    `settlements` are a year of StagedSettlement; `lineage` has insured_county in codes and
    ancestor_code. The few with something reversed are counted by themselves, by what is left of
    their visits. Rows without a person count for nobody.
    """
    rows = settlements.select(pl.len()).collect().item()
    parts = rows // ROWS_AT_ONCE + 1
    part_of = pl.col("person_key").reinterpret(signed=False) % 2 ** (64 - _BITS) % parts
    counted = [
        _count(settlements if parts == 1 else settlements.filter(part_of == part), lineage)
        for part in range(parts)
    ]
    sums = pl.concat(counted).group_by(_KEYS).agg(pl.col(PERSONS).sum())
    return sums.filter(pl.col("persons") > 0).sort(_KEYS)


def _count(settlements: pl.LazyFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """Count persons; the same ancestor and tier can have two rows."""
    visits = (
        settlements.filter(pl.col("care_type") != _PHARMACY)
        .drop_nulls("person_key")
        .select("sign", area="insured_county", visit=_packed())
        .collect()
    )
    special = _special(visits)
    together = visits.group_by("area").agg("visit")
    del visits  # all of a year: what is not needed any more is let go at once
    counties = _by_county(together, special)
    del together
    areas = dict(lineage.group_by("ancestor_code").agg("insured_county").iter_rows())
    rows = [
        (area, tier, *counts)
        for area, found in _by_area(counties, areas).items()
        for tier, counts in enumerate(found.tolist())
    ]
    ordinary = pl.DataFrame(
        rows,
        schema={
            "ancestor_code": pl.String,
            "destination_tier": pl.UInt8,
            **dict.fromkeys(PERSONS, pl.Int64),
        },
        orient="row",
    )
    return pl.concat([ordinary, _left_over(special, lineage).select(ordinary.columns)])


def _packed() -> pl.Expr:
    person = pl.col("person_key").reinterpret(signed=False) % pl.lit(2 ** (64 - _BITS))
    tier = pl.col("destination_tier").cast(pl.UInt64) * 2
    return pl.sum_horizontal(person * 2**_BITS, tier, is_admission().cast(pl.UInt64))


def _special(visits: pl.DataFrame) -> pl.DataFrame:
    """Return the visits of the persons with a reversal: area, person, tier, sign, is_admission."""
    named = visits.lazy().with_columns(person=pl.col("visit") // 2**_BITS)
    reversed_ = named.filter(pl.col("sign") < 0).select("person").unique()
    return (
        named.join(reversed_, on="person", how="semi")
        .select(
            "area",
            "person",
            "sign",
            destination_tier=(pl.col("visit") // 2 % 4).cast(pl.UInt8),
            is_admission=pl.col("visit") % 2 == 1,
        )
        .collect()
    )


def _by_county(together: pl.DataFrame, special: pl.DataFrame) -> dict[int, _Numbers]:
    """Return each county's persons by tier in order, without the special persons.

    `together` has a list of visits for each area.
    """
    gone = special.select("area", "person").unique().sort("person")
    persons = {area: part["person"].to_numpy() for (area,), part in gone.group_by("area")}
    none = np.empty(0, dtype=np.uint64)
    return {
        area: _persons(_without(np.sort(numbers.to_numpy()), persons.get(area, none)))
        for area, numbers in zip(together["area"], together["visit"], strict=True)
    }


def _persons(visits: _Numbers) -> _Numbers:
    """Return one number a person and tier of visits in order: the last tells any admission."""
    is_last = np.ones(visits.size, dtype=bool)
    np.not_equal(visits[1:] >> 1, visits[:-1] >> 1, out=is_last[:-1])
    return visits[is_last]


def _without(visits: _Numbers, persons: _Numbers) -> _Numbers:
    """Drop the visits of some persons; both in order."""
    first = np.searchsorted(visits, persons << _BITS)
    after = np.searchsorted(visits, (persons + 1) << _BITS)
    lengths = after - first
    # The positions from each first to its after, all in one.
    gone = np.repeat(after - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
    kept: _Numbers = np.delete(visits, gone)
    return kept


def _counts(persons: _Numbers) -> _Counts:
    kinds = np.bincount((persons & (2**_BITS - 1)).view(np.int64), minlength=2**_BITS)
    both: _Counts = np.stack([kinds[::2] + kinds[1::2], kinds[1::2]], axis=1)
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


def _shared(counties: Iterable[_Numbers]) -> _Numbers:
    """Return the persons and tiers (without their last bit) that are in several counties."""
    everyone = np.concatenate([np.empty(0, dtype=np.uint64), *counties])
    everyone.sort()
    everyone >>= 1
    return np.unique(everyone[1:][everyone[1:] == everyone[:-1]])


def _of(persons: _Numbers, some: _Numbers) -> _Numbers:
    """Return those of a county's persons that are among some (without their last bit)."""
    at = np.searchsorted(persons, some << 1)
    inside = at < persons.size
    at, some = at[inside], some[inside]
    found: _Numbers = persons[at[persons[at] >> 1 == some]]
    return found


def _left_over(special: pl.DataFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """Return distinct persons by ancestor and tier, of whose visits some are left."""
    sign = pl.col("sign").cast(pl.Int64)
    return (
        special.join(lineage.rename({"insured_county": "area"}), on="area")
        .group_by(*_KEYS, "person")
        .agg(net=sign.sum(), admitted=sign.filter("is_admission").sum())
        .group_by(_KEYS)
        .agg(
            persons=(pl.col("net") > 0).sum().cast(pl.Int64),
            persons_admitted=(pl.col("admitted") > 0).sum().cast(pl.Int64),
        )
    )
