"""Distinct persons of a year: the one thing that is counted at each level, not added up.

A visit becomes one number of 64 bits: 61 bits of the person's hash, two of the tier, one for an
admission. Sorted numbers tell distinct persons by comparing neighbours, at a tenth of the cost of
hashing them. Among twelve million persons the chance that any two share 61 bits is 3 in 100,000.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import CARE_TYPES, DESTINATION_TIERS
from pipeline.counters.settled_month import is_admission

_PHARMACY = CARE_TYPES.index("pharmacy")
_KEYS = ["ancestor_code", "destination_tier"]
PERSONS = ("persons", "persons_admitted")
_BITS = 3  # of a number that do not tell the person
_Numbers = NDArray[np.uint64]


def count_persons(settlements: pl.LazyFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """Return distinct persons by ancestor_code and tier: persons, persons_admitted.

    `settlements` are a year of StagedSettlement; `lineage` has insured_county in codes and
    ancestor_code. The few with something reversed are counted by themselves, by what is left of
    their visits. Rows without a person count for nobody.
    """
    visits = (
        settlements.filter(pl.col("care_type") != _PHARMACY)
        .drop_nulls("person_key")
        .select("sign", area="insured_county", visit=_packed())
        .collect()
    )
    special = _special(visits)
    areas = dict(lineage.group_by("ancestor_code").agg("insured_county").iter_rows())
    counties = _by_county(visits.drop("sign"), special["person"].unique().sort().to_numpy())
    del visits
    rows = [
        (area, tier, *counts)
        for area, below in areas.items()
        for tier, counts in enumerate(_distinct([counties[c] for c in below if c in counties]))
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
    both = pl.concat([ordinary, _left_over(special, lineage).select(ordinary.columns)])
    sums = both.group_by(_KEYS).agg(pl.col(PERSONS).sum())
    return sums.filter(pl.col("persons") > 0).sort(_KEYS)


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


def _by_county(visits: pl.DataFrame, special: _Numbers) -> dict[int, _Numbers]:
    """Return each county's distinct visits in order, without those of the special persons."""
    together = visits.group_by("area").agg("visit")
    return {
        area: _without(_sorted_unique(numbers.to_numpy()), special)
        for area, numbers in zip(together["area"], together["visit"], strict=True)
    }


def _sorted_unique(numbers: _Numbers) -> _Numbers:
    ordered = np.sort(numbers)
    is_new = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return ordered[is_new]


def _without(visits: _Numbers, persons: _Numbers) -> _Numbers:
    """Drop the visits of some persons; both in order."""
    first = np.searchsorted(visits, persons << _BITS)
    after = np.searchsorted(visits, (persons + 1) << _BITS)
    lengths = after - first
    # The positions from each first to its after, all in one.
    gone = np.repeat(after - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
    kept: _Numbers = np.delete(visits, gone)
    return kept


def _distinct(counties: list[_Numbers]) -> Iterator[tuple[int, int]]:
    """Yield persons and persons admitted of some counties together, tier by tier."""
    if not counties:
        return
    visits = counties[0] if len(counties) == 1 else _sorted_unique(np.concatenate(counties))
    is_new = np.ones(visits.size, dtype=bool)
    np.not_equal(visits[1:] >> 1, visits[:-1] >> 1, out=is_new[1:])
    kinds = (visits & (2**_BITS - 1)).astype(np.uint8)
    persons = kinds[is_new] >> 1
    for tier in range(len(DESTINATION_TIERS)):
        admitted = np.count_nonzero(kinds == 2 * tier + 1)
        yield int(np.count_nonzero(persons == tier)), int(admitted)


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
