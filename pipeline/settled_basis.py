"""What the staged settlements rest on, so that they stand while other sources change.

They are a function of their own files, the program, the key that hides persons, the lookups (areas,
the register, confirmed names) and the as-of date. The last matters only to rows that name a later
day, and to accounts of rows that name no month: without either, another as-of date changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import last_run
from pipeline.ingest.files import RawFile
from pipeline.staged_files import CODES
from pipeline.staged_tables import SETTLEMENTS
from pipeline.staging.references import References

NOTE = "settled.json"
TABLES = (SETTLEMENTS, CODES)
LEDGER = ("ledger_files", "ledger_cells", "rejected")
_DAYS = ("as_of", "day", "latest")
Ledger = tuple[pl.DataFrame, ...]  # files, cells, refused rows


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What settlements were staged with, beside their files."""

    lookups: str  # a hash
    as_of: date
    day: date | None  # the last that their files speak of
    latest: date | None  # the last that any of their rows names
    leans: bool  # some rows are accounted in the month of the as-of date

    def holds(self, references: References) -> bool:
        """Say whether staging with other lookups would give the same."""
        if last_run.digest_of_tables(references) != self.lookups:
            return False
        reach = min(self.as_of, references.as_of)
        is_past = not self.leans and (self.latest is None or self.latest <= reach)
        return is_past or references.as_of == self.as_of


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The settlements as the last run staged them: their basis and their part of the ledger."""

    basis: Basis
    ledger: Ledger


def _of(files: Sequence[RawFile]) -> list[RawFile]:
    return [file for file in files if file.source == SETTLEMENTS]


def remember(
    staged: Path,
    files: Sequence[RawFile],
    reference: str,
    basis: Basis,
    taken: object,
    *,
    key: bytes,
) -> None:
    """Note what the settlements that were just staged rest on, and their part of the ledger."""
    kept = {
        f"settled_{name}": getattr(taken, name).filter(pl.col("source") == SETTLEMENTS)
        for name in LEDGER
    }
    told = asdict(basis)
    told |= {name: day and day.isoformat() for name, day in told.items() if name in _DAYS}
    run = last_run.run_of(_of(files), reference=reference, as_of=None, key=key)
    last_run.note(staged, NOTE, run, kept, tables=TABLES, more={"basis": told})


def recalled(staged: Path, files: Sequence[RawFile], reference: str, *, key: bytes) -> Kept | None:
    """Return what is kept of settlements of the very same files, if all of it is unchanged.

    The ledger names the files by their place among `files`.
    """
    run = last_run.run_of(_of(files), reference=reference, as_of=None, key=key)
    found = last_run.noted(staged, NOTE, run, tables=TABLES)
    if found is None:
        return None
    told, frames = found
    now = {file.name: at for at, file in enumerate(files, 1)}
    own = frames["settled_ledger_files"]
    ids = {was: now[name] for was, name in own.select("file_id", "file").iter_rows()}
    ledger = tuple(_renumbered(frames[f"settled_{name}"], ids) for name in LEDGER)
    return Kept(basis=_basis(told["basis"]), ledger=ledger)


def _renumbered(frame: pl.DataFrame, ids: Mapping[int, int]) -> pl.DataFrame:
    return frame.with_columns(pl.col("file_id").replace_strict(ids, return_dtype=pl.UInt32))


def _basis(told: Mapping[str, Any]) -> Basis:
    days = {name: told[name] and date.fromisoformat(told[name]) for name in _DAYS}
    return Basis(**{**told, **days})
