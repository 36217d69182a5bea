"""Raw files to staged tables with their ledger: examine the files and write what they give."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import last_run
from pipeline.catalog.sources import sources
from pipeline.contracts import staging as contracts
from pipeline.ingest.batch import Progress, quiet
from pipeline.ingest.cells.persons import load_key
from pipeline.ingest.files import RawFile
from pipeline.ingest.read_cache import ReadCache
from pipeline.intake import settled_basis, standing
from pipeline.intake.databases import with_databases
from pipeline.intake.examining import Examined, examine, raw_files
from pipeline.intake.settled_basis import LEDGER
from pipeline.reference import Reference
from pipeline.spill import faults_of, private
from pipeline.staged.files import CODES, scan_months, scan_table, write_months, write_table
from pipeline.staged.tables import SCHEMAS, SETTLEMENTS

QUARANTINE = "quarantine"
PARTS = ".parts"
READ = ".read"  # what files gave when they were last read
_ALL = (*SCHEMAS, CODES)  # folders that a run writes


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What a run took in: staged tables by name, the ledger, the refused rows."""

    tables: Mapping[str, pl.LazyFrame]
    ledger_files: pl.DataFrame
    ledger_cells: pl.DataFrame
    rejected: pl.DataFrame
    as_of: date
    reused: int = 0  # files that were not read again
    run: str = ""  # names all that this depends on


def take_in(
    raw: Path,
    staged: Path,
    *,
    reference: Reference,
    as_of: date | None = None,
    full: bool = False,
    progress: Progress = quiet,
    key: bytes | None = None,
) -> Intake:
    """Take the raw folder in: staged Parquet below `staged`, refused rows in quarantine beside it.

    Settlements are one file a service month (`ym=YYYYMM/part.parquet`), the rest one file each.
    Files that did not change since the last run are not read again, unless `full`; where nothing
    changed at all, nothing is staged again either.

    Raises:
        StorageError: a folder cannot be written.
        ContractError: a fault of ours.
    """
    parts = staged / PARTS
    key = key or load_key()
    how = {"reference": reference, "as_of": as_of, "key": key, "progress": progress}
    try:
        with faults_of(staged):
            private(staged)
            private(parts)
        cache = ReadCache(staged / READ, key=key, fresh=full)
        files, _ = with_databases(
            raw_files(raw), cache=cache, key=key, progress=progress, parts=parts / "fetched"
        )
        digest = last_run.digest_of_tables(reference)
        run = last_run.run_of(files, reference=digest, as_of=as_of, key=key)
        before = None if full else _as_before(staged, files, run, key=key, progress=progress)
        return before or _taken((staged, files, digest), run, cache, how, full=full)
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _taken(
    of_files: tuple[Path, Sequence[RawFile], str],
    run: str,
    cache: ReadCache,
    how: dict[str, Any],
    *,
    full: bool,
) -> Intake:
    """Examine the files of a run, write what they give, and note what the run wrote.

    `of_files` are the staged folder, the files and the hash of the reference data.
    """
    staged, files, _ = of_files
    key = how["key"]
    kept = None if full else settled_basis.recalled(staged, files, key=key)
    stood = {} if full else standing.recalled(*of_files, key=key)
    with faults_of(staged):
        last_run.forget(staged)
    found = examine(files, **how, parts=staged / PARTS, cache=cache, kept=kept, standing=stood)
    for file in found.unread:
        cache.keep(cache.name(file, sources()[file.source]))
    cache.clear_unused()
    with faults_of(staged):
        reused = cache.reused + len(found.unread)
        taken = _written_all(staged, found, reused=reused, run=run, full=full)
        settled_basis.remember(staged, files, found.settlements.told, key=key)
        ledger = tuple(getattr(found, name) for name in LEDGER)
        standing.remember(*of_files, ledger, found.seen, key=key)
    return taken


def _rejected(staged: Path) -> Path:
    return staged.parent / QUARANTINE / "rejected.parquet"


def _as_before(
    staged: Path, files: Sequence[RawFile], run: str, *, key: bytes, progress: Progress
) -> Intake | None:
    """Return what the last run took in, if it was of the very same and lies there unchanged."""
    known = last_run.noted(staged, last_run.TAKEN, run, tables=_ALL, beside=[_rejected(staged)])
    if known is None:
        return None
    told, frames = known
    again = last_run.looked_at_again(files, frames["ledger_files"], key=key)
    if again is None:
        return None
    progress("read", len(files), len(files), int(frames["ledger_files"]["rows_read"].sum()))
    tables = {name: scan_table(staged, name) for name in SCHEMAS if name != SETTLEMENTS}
    tables[SETTLEMENTS] = scan_months(staged, SETTLEMENTS, contracts.StagedSettlement)
    as_of = date.fromisoformat(told["as_of"])
    return Intake(tables=tables, as_of=as_of, reused=len(files) - again, run=run, **frames)


def _written_all(staged: Path, examined: Examined, *, reused: int, run: str, full: bool) -> Intake:
    """Write what was staged; the other tables stand."""
    accepted = examined.accepted
    tables = {
        name: write_table(staged, name, accepted[name])
        if name in accepted
        else scan_table(staged, name)
        for name in SCHEMAS
        if name != SETTLEMENTS
    }
    of_months, schema = examined.settlements, contracts.StagedSettlement
    tables[SETTLEMENTS] = write_months(
        *(staged, SETTLEMENTS, of_months.months, schema), untouched=of_months.untouched, full=full
    )
    quarantine = private(staged.parent / QUARANTINE)
    examined.rejected.write_parquet(quarantine / "rejected.parquet", mkdir=False)
    frames = {name: getattr(examined, name) for name in LEDGER}
    last_run.note(
        staged,
        last_run.TAKEN,
        run,
        frames,
        tables=_ALL,
        beside=[_rejected(staged)],
        more={"as_of": examined.as_of.isoformat()},
    )
    return Intake(tables=tables, as_of=examined.as_of, reused=reused, run=run, **frames)
