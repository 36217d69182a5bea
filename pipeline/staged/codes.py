"""Codes of the staged settlements: small integers in place of texts, with a table of each kind.

A code, once given, stays: a new institution does not change the files of months that do not know
it. The order in which values arrived therefore shows in the codes, never in a mart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.contracts.staging import (
    AGE_BAND_STARTS,
    AGE_BANDS,
    CARE_TYPES,
    CHAPTERS,
    DESTINATION_TIERS,
    INSURANCE_TYPES,
    StagedCode,
    StagedSettlement,
)
from pipeline.errors import ContractError

# Coded column and the table that its values are in.
CODED = {
    "insured_county": "area",
    "care_area": "area",
    "insured_township": "township",
    "institution_code": "institution",
    "hospital_level": "hospital_level",
    "disease_category": "disease",
}
KINDS = tuple(dict.fromkeys(CODED.values()))
FIXED = {
    "destination_tier": DESTINATION_TIERS,
    "care_type": CARE_TYPES,
    "insurance_type": INSURANCE_TYPES,
}
_STAGED = StagedSettlement.create_empty().schema


def derived_version() -> str:
    """Return the version of what staged columns are derived with: bands, chapters, enumerations."""
    told = repr((AGE_BAND_STARTS, CHAPTERS, FIXED, CODED, list(_STAGED.items())))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Codes:
    """The values of each kind; a value's code is its position."""

    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def none(cls) -> Codes:
        """Return tables without a value."""
        return cls(dict.fromkeys(KINDS, ()))

    @classmethod
    def read(cls, folder: Path) -> Codes:
        """Read the tables of a folder; a kind that cannot be read begins anew."""
        return cls({kind: _read(folder / f"{kind}.parquet") for kind in KINDS})

    def write(self, folder: Path) -> None:
        """Write the tables, one file a kind."""
        for kind, values in self.values.items():
            table = pl.DataFrame({"code": range(len(values)), "value": values}, schema=_TABLE)
            table.write_parquet(folder / f"{kind}.parquet")

    def extended(self, rows: pl.DataFrame | pl.LazyFrame) -> Codes:
        """Return the tables with the values of some accepted rows that they lack, in order.

        Raises:
            ContractError: more values of a kind than its column has codes for.
        """
        found: dict[str, set[str]] = {kind: set() for kind in KINDS}
        distinct = rows.lazy().select(pl.col(c).drop_nulls().unique().implode() for c in CODED)
        for kind, values in zip(CODED.values(), distinct.collect().row(0), strict=True):
            found[kind].update(values)
        added = {k: (*self.values[k], *sorted(found[k] - set(self.values[k]))) for k in KINDS}
        for column, kind in CODED.items():
            most = _STAGED[column].max()  # type: ignore[attr-defined]
            if len(added[kind]) > pl.select(most).item():
                raise ContractError(
                    f"结算数据的{column}超过{pl.select(most).item():,}种，暂存文件容纳不下。"
                    "这是程序的限制，没有发布，请报告。"
                )
        return Codes(added)

    def sizes(self) -> dict[str, int]:
        """Return how many codes of each kind there are."""
        return {kind: len(values) for kind, values in self.values.items()}

    def meaning(self, sizes: Mapping[str, int]) -> str:
        """Hash what the first codes of each kind stand for."""
        told = {kind: self.values[kind][: sizes[kind]] for kind in KINDS}
        return hashlib.sha256(repr((sizes, told)).encode()).hexdigest()[:16]

    def enum(self, column: str) -> pl.Enum:
        """Return the type that writes a coded column in full."""
        if column in FIXED:
            return pl.Enum(FIXED[column])
        return pl.Enum(self.values[CODED[column]])

    def text(self, column: str) -> pl.Expr:
        """Return a coded column in full."""
        return pl.col(column).cat.to(self.enum(column)).cast(pl.String).alias(column)

    def code_of(self, column: str, value: str) -> int | None:
        """Return the code of a value, or None where nobody has it."""
        values = FIXED.get(column) or self.values[CODED[column]]
        return values.index(value) if value in values else None

    def digest(self, coded: pl.DataFrame) -> str:
        """Hash what the codes in some staged rows stand for."""
        told = hashlib.sha256(derived_version().encode())
        for column in CODED:
            values, used = self.values[CODED[column]], coded[column].unique().drop_nulls().sort()
            told.update(repr([(code, values[code]) for code in used]).encode())
        return told.hexdigest()[:16]


_TABLE = StagedCode.create_empty().schema


def _read(path: Path) -> tuple[str, ...]:
    try:
        table = pl.read_parquet(path, schema=_TABLE).sort("code")
    except (OSError, pl.exceptions.PolarsError):
        return ()
    values = tuple(table["value"])
    return values if table["code"].to_list() == list(range(len(values))) else ()


def encoded(rows: pl.LazyFrame, codes: Codes) -> pl.LazyFrame:
    """Return accepted settlements in codes; `codes` must know all their values."""
    texts = {c: pl.col(c).cast(codes.enum(c)).to_physical() for c in CODED}
    small = {c: pl.col(c).to_physical() for c in FIXED}
    derived = {
        "disease_chapter": _chapter(pl.col("disease_category")),
        "age_band": _age_band(pl.col("age")),
    }
    wide = rows.with_columns(**texts, **small, **derived)
    return wide.select(pl.col(c).cast(t) for c, t in _STAGED.items())


def _chapter(category: pl.Expr) -> pl.Expr:
    """Return the chapter of a three-character category; 0 where there is none."""
    numbers = pl.lit(pl.Series([0, *(number for _, number in CHAPTERS)], dtype=pl.UInt8))
    starts = pl.lit(pl.Series([start for start, _ in CHAPTERS]))
    return numbers.gather(starts.search_sorted(category.fill_null(""), side="right"))


def _age_band(age: pl.Expr) -> pl.Expr:
    """Return the position of an age in AGE_BANDS; not known: the last."""
    begun = pl.sum_horizontal((age >= start).cast(pl.UInt8) for start in AGE_BAND_STARTS[1:])
    return pl.when(age.is_null()).then(len(AGE_BANDS) - 1).otherwise(begun).cast(pl.UInt8)
