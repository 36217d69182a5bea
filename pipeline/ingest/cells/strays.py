"""Personal numbers that strayed into a column of something else: hidden before anything is kept.

An identity number and a mobile number have shapes of their own. In a detail, which only explains
why a row was refused, both are hidden. In a value only what is an identity number by its check
character is: eleven digits may well be an institution.
"""

from __future__ import annotations

import polars as pl

from pipeline.catalog.sources import Source, SourceColumn
from pipeline.ingest.cells.persons import is_identity_number
from pipeline.ingest.cells.units import MEASURED

HIDDEN = "（已隐去）"
WORDS = "（文字，已隐去）"
_IDENTITY = r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_IDENTITY_BYTES = 18
_NAME_LIKE = r"^\s*[\p{Han}·•]{2,12}\s*$"
_PERSONAL = rf"{_IDENTITY}|\b1[3-9]\d{{9}}\b"


def masked(detail: pl.Expr) -> pl.Expr:
    """Hide what looks like an identity or mobile number within a text."""
    return detail.str.replace_all(_PERSONAL, HIDDEN)


def told(raw: pl.Expr, source: Source, column: SourceColumn) -> pl.Expr:
    """Return what may be told of a refused cell; nothing of a personal column.

    Where a number or a date belongs, words of a list of persons may be a name from the next column.
    """
    if column.personal:
        return pl.lit(None, dtype=pl.String)
    detail = masked(raw)
    if source.kind != "events" or column.type not in (*MEASURED, "date", "month", "flag"):
        return detail
    return pl.when(raw.str.contains(_NAME_LIKE)).then(pl.lit(WORDS)).otherwise(detail)


def may_hold_strays(source: Source, column: SourceColumn) -> bool:
    """Say whether a column of lists of persons should be looked through.

    Serial numbers of the record itself (`_id`) may be built of area, day and a count: they have the
    shape by chance.
    """
    is_named = column.type in ("code", "text") and not column.id.endswith("_id")
    return source.kind == "events" and is_named and column.personal is None


def without_strays(values: pl.Series) -> pl.Series:
    """Hide identity numbers in typed codes and names."""
    name = values.name
    if not (values.str.len_bytes() >= _IDENTITY_BYTES).any():
        return values
    if not values.unique().str.contains(_IDENTITY).any():
        return values
    text = pl.col(name)
    found = text.str.extract(f"({_IDENTITY})")
    hidden = text.str.replace_all(_IDENTITY, HIDDEN)
    kept = pl.when(is_identity_number(found)).then(hidden).otherwise(text)
    return values.to_frame().select(kept.alias(name))[name]
