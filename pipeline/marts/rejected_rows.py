"""Mart rejected_rows: one row per refused row, where it stands and why; never what it holds.

Sorted by source, file, sheet and row. A file is named by the hash of its content: the manifest
knows its name, and a mart stays the same when a file is renamed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from pipeline.contracts.ledger import LedgerFile, Rejected
from pipeline.contracts.marts import RejectedRows
from pipeline.marts.shape import to_contract
from pipeline.wording import DUPLICATE_CODES

KEYS = ["source", "file_sha256", "sheet", "row"]
# Of a file that is wrong throughout the first rows tell enough; all are counted in data_quality.
MOST_OF_A_FILE = 1_000


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Rows that were not taken, and the ledger of their files."""

    rows: pl.DataFrame = field(default_factory=Rejected.create_empty)
    files: pl.DataFrame = field(default_factory=LedgerFile.create_empty)


def build(refused: Refused) -> pl.LazyFrame:
    """Return the mart; rows dropped as duplicates are no faults."""
    hashes = refused.files.lazy().select("file_id", file_sha256="sha256")
    named = (
        refused.rows.lazy()
        .filter(pl.col("reason").is_in(DUPLICATE_CODES).not_())
        .join(hashes, on="file_id", how="inner", validate="m:1")
        .with_columns(pl.col("sheet").fill_null(""))
        .unique(KEYS)
        .sort(KEYS)
    )
    first = pl.int_range(pl.len()).over("source", "file_sha256") < MOST_OF_A_FILE
    return to_contract(named.filter(first), RejectedRows, sort=KEYS)
