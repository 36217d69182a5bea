"""What of the equipment ledgers has to be asked about, from one extract and across extracts."""

from __future__ import annotations

import polars as pl

from dashboard.queries.equipment import ledger_doubts
from dashboard.remembering import remembered
from pipeline.contracts.staging import DEVICE_CONFLICTS

COLUMNS = ("county_code", "institution_name", "device_type", "reason")
DETAILS = (
    *("other_institution_name", "extract_date", "earlier_extract"),
    *("date_before", "date_after", "quantity_before", "quantity_after"),
)


@remembered
def conflicts(mart: pl.LazyFrame, *, where: pl.Expr) -> pl.DataFrame:
    """One row per contradiction of a ledger, the gravest first."""
    rank = {reason: n for n, reason in enumerate(DEVICE_CONFLICTS)}
    return (
        mart.filter(where)
        .with_columns(pl.col("device_type", "reason").cast(pl.String))
        .sort(
            pl.col("reason").replace_strict(rank, return_dtype=pl.Int8),
            *("county_code", "institution_code", "device_type", "device_code"),
        )
        .select(*COLUMNS, *DETAILS)
        .collect()
    )


@remembered
def all_doubts(
    devices: pl.LazyFrame,
    mart: pl.LazyFrame | None,
    *,
    where: pl.Expr,
    names: pl.LazyFrame,
) -> pl.DataFrame:
    """One row per entry to ask about: contradictions first, then what an extract leaves out.

    `mart` is None for a snapshot from before extracts were compared.
    """
    told = ledger_doubts(devices, where=where).select(*COLUMNS, "days")
    parts = [told] if mart is None else [conflicts(mart, where=where), told]
    absent = {
        "other_institution_name": pl.String,
        **dict.fromkeys(("earlier_extract", "date_before", "date_after"), pl.Date),
        **dict.fromkeys(("quantity_before", "quantity_after"), pl.Int32),
    }
    found = pl.concat(parts, how="diagonal_relaxed")
    missing = {n: pl.lit(None, dtype=t) for n, t in absent.items() if n not in found.columns}
    county_names = names.select(county_code="area_code", county_name="area_name").collect()
    return found.with_columns(**missing).join(
        county_names, on="county_code", how="left", validate="m:1", maintain_order="left"
    )
