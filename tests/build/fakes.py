"""A stand-in for intake and marts: one source file, two marts with rows, the rest empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.contracts.marts import MARTS, DataQuality, Targets

AS_OF = date(2025, 6, 30)


def ledger_file(file: str, **changes: Any) -> dict[str, Any]:
    """Return a ledger row of a file with ten good rows."""
    return {
        "file_id": 0,
        "source": file.partition("/")[0],
        "file": file,
        "sha256": "ab" * 32,
        "rows_read": 10,
        "accepted": 10,
        "rejected": 0,
        "duplicates": 0,
        "refusal": None,
        "message_zh": None,
        "warnings": "",
        "superseded_by": None,
        "kept_instead": None,
        **changes,
    }


def rejected_row(file_id: int, row: int, *, reason: str = "BAD_DATE") -> dict[str, Any]:
    """Return a refused row."""
    return {
        "file_id": file_id,
        "source": "settlements",
        "file": "settlements/a.csv",
        "sheet": None,
        "row": row,
        "column": "结算日期",
        "reason": reason,
        "detail": "05/01/2024",
        "message_zh": f"第{row}行“结算日期”不是日期。",
    }


def frame(rows: list[dict[str, Any]], schema: Any) -> pl.DataFrame:
    """Make a frame with the schema's types."""
    return pl.DataFrame(rows, schema=schema.create_empty().schema)


@dataclass(kw_only=True)
class FakeIntake:
    """What a fake take_in returns."""

    files: list[dict[str, Any]]
    rejected_rows: list[dict[str, Any]] = field(default_factory=list)
    as_of: date = AS_OF
    tables: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    reused: int = 0
    run: str = ""

    @property
    def ledger_files(self) -> pl.DataFrame:
        """The ledger by file."""
        return frame(self.files, LedgerFile)

    @property
    def ledger_cells(self) -> pl.DataFrame:
        """An empty ledger by cell."""
        return frame([], LedgerCell)

    @property
    def rejected(self) -> pl.DataFrame:
        """The refused rows."""
        return frame(self.rejected_rows, Rejected)


GOOD = [ledger_file("settlements/a.csv"), ledger_file("clinics/a.xlsx", file_id=1)]


def targets(*values: float) -> pl.LazyFrame:
    """Return the targets mart with a row a value."""
    rows = [
        {"indicator_id": "i", "area_code": f"41022{i}", "due_on": AS_OF, "target": value}
        for i, value in enumerate(values)
    ]
    return frame(rows, Targets).lazy()


def quality(files: list[dict[str, Any]]) -> pl.LazyFrame:
    """Return the quality mart of some files: everything of a source in one cell."""
    counts = ("rows_read", "accepted", "rejected", "duplicates")
    rows = []
    for source in sorted({file["source"] for file in files}):
        own = [file for file in files if file["source"] == source]
        sums = {name: sum(file[name] for file in own) for name in counts}
        place = {"source": source, "county_code": "", "month": AS_OF.replace(day=1)}
        shown = {"expected": None, "received": 1, "reasons": "", "delay_days": None, "grade": "A"}
        rows.append(place | sums | shown)
    return frame(rows, DataQuality).lazy()


def plans(**changes: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return every mart, empty but for the targets and the accounts of the good files."""
    empty = {name: schema.create_empty().lazy() for name, schema in MARTS.items()}
    return {**empty, "targets": targets(0.95, 0.9), "data_quality": quality(GOOD), **changes}


def a_raw_folder(path: Path) -> Path:
    """Make a raw folder with a file and the demonstration mark."""
    (path / "settlements").mkdir(parents=True)
    (path / "settlements" / "a.csv").write_text("")
    (path / "DEMO.json").write_text("{}")
    return path
