"""What would be accepted and refused of files, and why; the façade of `check`. Writes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.build_inputs import strangers_in
from pipeline.catalog.sources import SOURCE_IDS, source_called, sources_zh
from pipeline.errors import SourceError, StorageError, UsageError
from pipeline.ingest.batch import Progress, quiet
from pipeline.ingest.cells.persons import KEY_BYTES
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.guessing import guessed_files
from pipeline.intake.examining import Examined, examine, raw_files
from pipeline.intake.origin import NO_DAY
from pipeline.reference import Reference, load_reference
from pipeline.reference.code_lists import CODE_LISTS, own_codes
from pipeline.wording import outcome_zh

_FAULTS = (Exception, pl.exceptions.PanicException)  # a panic of Polars is no Exception


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
    is the physical line of a CSV, Excel's own row number, or the 1-based record. `not_read` names
    what lies in a raw folder but belongs to no source.

    Raises:
        UsageError: the path or the source does not exist.
        StorageError: the code lists in `reference` cannot be read.
        SourceError: a declared database cannot be read.
    """
    codes = load_reference()
    register = None
    if reference is not None:
        codes, register = own_codes(reference, codes)
    files = _files(path, source, reference)
    others = _register_beside(path, files) if register is None else []
    run = _Run(codes=codes, register=register, others=others, as_of=as_of, progress=progress)
    try:
        reports, last_day = run.together(files)
    except (SourceError, StorageError, UsageError):  # nothing to do with one file or another
        raise
    except _FAULTS:  # whatever it was, the other files are still told of
        reports, last_day = run.one_by_one(files)
    # Targets alone, or files nothing of which can be read, tell no day.
    as_of_ = None if last_day == NO_DAY else last_day.isoformat()
    is_asked_all = source is None and _is_raw_folder(path)
    not_read = list(strangers_in(path, besides=reference)) if is_asked_all else []
    return {"as_of": as_of_, "files": reports, "not_read": not_read}


@dataclass(frozen=True, kw_only=True)
class _Run:
    """How the files of one check are examined."""

    codes: Reference
    register: pl.DataFrame | None
    others: Sequence[RawFile]
    as_of: date | None
    progress: Progress

    def together(self, files: Sequence[RawFile]) -> tuple[list[dict[str, Any]], date]:
        """Examine all files at once, as a build does."""
        # A throw-away key: nothing is kept, and the real one must not come to be by a check.
        examined = examine(
            [*files, *self.others],
            reference=self.codes,
            as_of=self.as_of,
            progress=self.progress,
            key=secrets.token_bytes(KEY_BYTES),
            register=self.register,
        )
        # A database is several inputs; the register beside stands behind the files asked about.
        return _reports(examined)[: -len(self.others) or None], examined.as_of

    def one_by_one(self, files: Sequence[RawFile]) -> tuple[list[dict[str, Any]], date]:
        """Examine each file alone, so that one that brings us down is told from the others."""
        reports, last_day = [], self.as_of or NO_DAY
        for file in files:
            try:
                own, day = self.together([file])
            except _FAULTS as error:  # it is reported, by its kind
                own, day = [_crash(file, error)], last_day
            reports += own
            last_day = max(last_day, day)
        return reports, last_day


def _crash(file: RawFile, error: BaseException) -> dict[str, Any]:
    """Report a file at which the program failed: a fault of ours, never of the file."""
    kind = type(error).__name__
    return {
        "file": file.name,
        "source": file.source,
        **dict.fromkeys(("read", "accepted", "duplicates"), 0),
        "rejected": [],
        "file_reject": None,
        "message": f"检查文件{file.name}时程序出错（{kind}），这是程序的缺陷，请报告。",
        "warnings": [],
        "sums": _sums("") if file.source == "settlements" else {},
        "crashed": True,
    }


def _register_beside(path: Path, files: Sequence[RawFile]) -> list[RawFile]:
    """Find the institution register of the raw folder that a single source is checked in."""
    if not files or any(file.source == "institutions" for file in files):
        return []
    folder = path if path.is_dir() else path.parent
    beside = folder.parent / "institutions"
    return find_files(beside, "institutions", root=folder.parent) if beside.is_dir() else []


def _files(path: Path, source: str | None, reference: Path | None) -> list[RawFile]:
    if not path.exists():
        raise UsageError(f"没有{path}这个文件或文件夹。")
    source = source_called(source).id if source is not None else None
    folder = path if path.is_dir() else path.parent
    named = source or folder.name
    if source is None and _is_raw_folder(path):
        files = raw_files(path)
    elif named in SOURCE_IDS:
        files = find_files(path, named, root=folder)
    else:
        files = guessed_files(path, root=folder)
        if not files and any(folder.iterdir()):
            raise UsageError(f"看不出{path}是哪个数据源，请用 --source 指明：{sources_zh()}。")
    return [file for file in files if not _is_code_list(file, reference)]


def _is_raw_folder(path: Path) -> bool:
    return any((path / name).is_dir() for name in SOURCE_IDS)


def _is_code_list(file: RawFile, reference: Path | None) -> bool:
    """Say whether a file among those to check is one of the code lists they are checked against."""
    return (
        reference is not None
        and file.path.name in CODE_LISTS
        and file.path.resolve().parent == reference.resolve()
    )


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
            "message": outcome_zh(row),
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
