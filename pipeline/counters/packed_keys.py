"""Group by several small keys as by one number: hashing one costs less than hashing six."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import polars as pl

from pipeline.contracts.staging import StagedSettlement

PACKED = "packed_keys"
# Bits of each key; what can be null has one value more than its column, the largest, for it.
BITS = {
    "is_primary": 1,
    "is_resettled": 2,
    "destination_tier": 2,
    "care_type": 3,
    "hospital_level": 9,
    "insured_county": 16,
    "insured_township": 17,
    "care_area": 17,
    "service_date": 17,
}
_DAY = "service_date"
_NULLABLE = ("is_resettled", "hospital_level", "insured_township", "care_area")
# Days are counted from 1880 on, so that none of the dates a file can hold is negative.
_FIRST_DAY = 2**15
_TYPES = {**StagedSettlement.create_empty().schema, "is_primary": pl.Boolean()}


@cache
def packed(keys: tuple[str, ...]) -> pl.Expr:
    """Return keys of staged settlements as one number, named PACKED."""
    number = pl.lit(0, dtype=pl.UInt8)
    for key, shift in _shifts(keys).items():
        # In the smallest type that holds the keys so far: bytes are quick to add.
        type_ = _holding(shift + BITS[key])
        number = number.cast(type_) + _number(key).cast(type_) * 2**shift
    return number.alias(PACKED)


def unpacked(sums: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return sums with their keys apart again.

    Costs as much as grouping a month by the keys themselves would, unless done once for all months.
    """
    shifts = _shifts(keys)
    apart = (_value(key, shifts[key]).cast(_TYPES[key]).alias(key) for key in keys)
    return sums.select(*apart, pl.exclude(PACKED))


def _shifts(keys: Sequence[str]) -> dict[str, int]:
    """Return where in the number each key begins, the smallest first."""
    shifts, taken = {}, 0
    for key in sorted(keys, key=lambda key: BITS[key]):
        shifts[key] = taken
        taken += BITS[key]
    return shifts


def _holding(bits: int) -> type[pl.DataType]:
    sizes = {8: pl.UInt8, 16: pl.UInt16, 32: pl.UInt32, 64: pl.UInt64}
    return next(type_ for size, type_ in sizes.items() if bits <= size)


def _number(key: str) -> pl.Expr:
    number = pl.col(key)
    if key == _DAY:
        number = number.to_physical() + _FIRST_DAY
    elif key in _NULLABLE:
        number = number.cast(_holding(BITS[key])).fill_null(2 ** BITS[key] - 1)
    return number


def _value(key: str, shift: int) -> pl.Expr:
    number: pl.Expr = pl.col(PACKED) // 2**shift % 2 ** BITS[key]
    if key == _DAY:
        number = number.cast(pl.Int32) - _FIRST_DAY
    elif key in _NULLABLE:
        number = pl.when(number < 2 ** BITS[key] - 1).then(number)
    return number
