"""The staged settlements as their reader sees them: months in codes, and what the codes mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.contracts.staging import ADMISSION_CODES
from pipeline.staged.codes import Codes, encoded
from pipeline.staged.files import CODES, DIGEST, PART, SETTLEMENTS, scan_admissions


@dataclass(frozen=True, kw_only=True)
class SettledMonths:
    """Service months by name (YYYYMM), each a lazy frame of StagedSettlement.

    `admissions` are those of each month alone. `digests` has the hash of each month's file; without
    one (rows in memory) nothing that was counted of a month can be kept.
    """

    months: Mapping[str, pl.LazyFrame]
    admissions: Mapping[str, pl.LazyFrame]
    codes: Codes
    digests: Mapping[str, str]

    @classmethod
    def at(cls, staged: Path) -> SettledMonths:
        """Return what lies in the staged folder."""
        parts = sorted((staged / SETTLEMENTS).glob(f"ym=*/{PART}"))
        named = {path.parent.name.removeprefix("ym="): path for path in parts}
        return cls(
            months={ym: pl.scan_parquet(path) for ym, path in named.items()},
            admissions={ym: scan_admissions(path) for ym, path in named.items()},
            codes=Codes.read(staged / CODES),
            digests={ym: path.with_name(DIGEST).read_text() for ym, path in named.items()},
        )

    @classmethod
    def of(cls, accepted: pl.LazyFrame) -> SettledMonths:
        """Return accepted settlements (AcceptedSettlement) held in memory."""
        rows = accepted.collect()
        codes = Codes.none().extended(rows)
        dated = rows.with_columns(_ym=pl.col("service_date").dt.strftime("%Y%m"))
        parts = dated.partition_by("_ym", as_dict=True, include_key=False)
        months = {str(ym): encoded(part.lazy(), codes) for (ym,), part in sorted(parts.items())}
        is_admission = pl.col("care_type").is_in(ADMISSION_CODES)
        admissions = {ym: month.filter(is_admission) for ym, month in months.items()}
        return cls(months=months, admissions=admissions, codes=codes, digests={})
