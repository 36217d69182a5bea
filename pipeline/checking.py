"""What would be accepted and refused of files, and why; the façade of `check`. Writes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.catalog.sources import SOURCE_IDS
from pipeline.code_lists import own_codes
from pipeline.errors import UsageError
from pipeline.ingest.batch import Progress, quiet
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.persons import KEY_BYTES
from pipeline.intake import Examined, examine, raw_files
from pipeline.reference import load_reference


def check(
    path: Path,
    *,
    source: str | None = None,
    reference: Path | None = None,
    as_of: date | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Return one object with, for each file, its accounts, refusals and sums in yuan.

    `read` is `accepted` plus the number of `rejected`; the duplicates are those among them. `row`
    is the physical line of a CSV, Excel's own row number, or the 1-based record.

    Raises:
        UsageError: the path or the source does not exist.
        StorageError: the code lists in `reference` cannot be read.
    """
    files = _files(path, source)
    codes = load_reference()
    register = None
    if reference is not None:
        codes, register = own_codes(reference, codes)
    others = _register_beside(path, files) if register is None else []
    # A throw-away key: nothing is kept, and the real one must not come to be by a check.
    examined = examine(
        [*files, *others],
        reference=codes,
        as_of=as_of,
        progress=progress,
        key=secrets.token_bytes(KEY_BYTES),
        register=register,
    )
    # A database is several inputs; the register beside stands behind the files asked about.
    reports = _reports(examined)[: -len(others) or None]
    return {"as_of": examined.as_of.isoformat(), "files": reports}


def _register_beside(path: Path, files: Sequence[RawFile]) -> list[RawFile]:
    """Find the institution register of the raw folder that a single source is checked in."""
    if not files or any(file.source == "institutions" for file in files):
        return []
    folder = path if path.is_dir() else path.parent
    beside = folder.parent / "institutions"
    return find_files(beside, "institutions", root=folder.parent) if beside.is_dir() else []


def _files(path: Path, source: str | None) -> list[RawFile]:
    if not path.exists():
        raise UsageError(f"没有{path}这个文件或文件夹。")
    if source is not None and source not in SOURCE_IDS:
        raise UsageError(f"没有{source}这个数据源。可用的有：{'、'.join(SOURCE_IDS)}。")
    folder = path if path.is_dir() else path.parent
    if source is None and path.is_dir() and any((path / name).is_dir() for name in SOURCE_IDS):
        return raw_files(path)
    named = source or folder.name
    if named not in SOURCE_IDS:
        raise UsageError(f"看不出{path}是哪个数据源，请用 --source 指明：{'、'.join(SOURCE_IDS)}。")
    return find_files(path, named, root=folder)


def _reports(examined: Examined) -> list[dict[str, Any]]:
    refused = {
        file_id: part.select("sheet", "row", "column", "reason", "detail", "message_zh").to_dicts()
        for (file_id,), part in examined.rejected.partition_by("file_id", as_dict=True).items()
    }
    return [
        {
            "file": row["file"],
            "source": row["source"],
            "read": row["rows_read"],
            "accepted": row["accepted"],
            "duplicates": row["duplicates"],
            "rejected": refused.get(row["file_id"], []),
            "file_reject": row["refusal"],
            "message": row["message_zh"],
            "warnings": [warning.split(":")[0] for warning in row["warnings"].split()],
            "sums": _sums(row["sums"]) if row["source"] == "settlements" else {},
            "crashed": False,
        }
        for row in examined.ledger_files.iter_rows(named=True)
    ]


# The names under which a report gives the sums; the two that every settlement has come first.
_SUMS = {
    "total": "total_cost",
    "fund": "pooled_fund_paid",
    "fund_total": "fund_paid",
    "account": "personal_account_paid",
    "cash": "personal_cash_paid",
    "fund_large": "large_sum_fund_paid",
    "fund_serious": "serious_illness_paid",
    "fund_aid": "medical_aid_paid",
    "fund_servants": "civil_servant_paid",
    "fund_other": "other_fund_paid",
    "account_shared": "shared_account_paid",
    "hospital_share": "hospital_paid",
}
_ALWAYS = ("total", "fund")


def _sums(told: str) -> dict[str, str]:
    """Write the ledger's sums (`total:100010`, in fen) in yuan, under the report's names."""
    fen = dict.fromkeys(_ALWAYS, 0) | {
        column: int(amount) for column, amount in (part.split(":") for part in told.split())
    }
    return {name: _yuan(fen[column]) for column, name in _SUMS.items() if column in fen}


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
