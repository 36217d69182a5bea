"""Raw files to staged tables with their ledger: read, stage, account, write.

Settlements, of which there can be any number, go through in parts that are put aside as Parquet;
the rest is held in memory as a whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipeline import accounts as ledger
from pipeline import last_run
from pipeline.catalog.sources import SOURCE_IDS
from pipeline.contracts import staging as contracts
from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.databases import with_databases
from pipeline.ingest.batch import FileResult, Progress, SourceRows, quiet, read_sources
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.persons import load_key
from pipeline.ingest.read_cache import ReadCache
from pipeline.origin import NO_DAY, city_names, latest_day, newest_batches, with_origin
from pipeline.reference import Reference
from pipeline.settled_parts import Settled
from pipeline.spill import Spill, faults_of, private
from pipeline.staged_files import CODES, scan_months, scan_table, write_months, write_table
from pipeline.staged_tables import SCHEMAS, SETTLEMENTS, tables_of, valid
from pipeline.staging.in_parts import stage_parts
from pipeline.staging.references import References, references_of
from pipeline.staging.run import stage_source

__all__ = ["NO_DAY", "SCHEMAS", "Examined", "Intake", "examine", "raw_files", "take_in"]

# The register comes first: the others look institutions up in it.
ORDER = ("institutions", *(s for s in SOURCE_IDS if s != "institutions"))
QUARANTINE = "quarantine"
PARTS = ".parts"
READ = ".read"  # what files gave when they were last read
_LEDGER = ("ledger_files", "ledger_cells", "rejected")
_Parts = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]  # of the ledger: files, cells, refused


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


@dataclass(frozen=True, kw_only=True)
class Examined:
    """An intake before it is written; the settlements are put aside by service month."""

    accepted: dict[str, pl.DataFrame]  # all tables but the settlements
    settlements: Spill  # by YYYYMM
    ledger_files: pl.DataFrame
    ledger_cells: pl.DataFrame
    rejected: pl.DataFrame
    as_of: date


def raw_files(raw: Path) -> list[RawFile]:
    """List the raw files of all sources, by source and name."""
    return [
        file
        for source in SOURCE_IDS
        if (raw / source).is_dir()
        for file in find_files(raw / source, source, root=raw)
    ]


def examine(
    files: Sequence[RawFile],
    *,
    reference: Reference,
    as_of: date | None = None,
    progress: Progress = quiet,
    key: bytes | None = None,
    register: pl.DataFrame | None = None,
    parts: Path | None = None,
    cache: ReadCache | None = None,
) -> Examined:
    """Read, stage and account files. Nothing is written but what is put aside in `parts`.

    `register` stands for the institution register where the files bring none. Without `parts` what
    is put aside is packed in memory. What `cache` remembers is not read again.

    Raises:
        ContractError: the accounts do not balance, or a staged table broke its contract.
        SourceError: a declared database cannot be read.
        StorageError: the parts cannot be written.
    """
    key = key or load_key()
    files, cache = with_databases(
        files, cache=cache, key=key, progress=progress, parts=parts and parts / "fetched"
    )
    settled = Settled(months=Spill(parts and parts / "months"))
    sinks = {SETTLEMENTS: settled.take}
    read = read_sources(files, key=key, progress=progress, sinks=sinks, cache=cache)
    settled.finish()
    references = references_of(reference, as_of=as_of or latest_day(read, settled.days))
    if register is not None:
        references = references.with_register(register)
    cities = city_names(reference.areas)
    accepted, accounted = _stage_all(read, settled, references, cities, progress)
    ledger_files, cells, rejected = zip(*accounted, strict=True)
    return Examined(
        accepted=accepted,
        settlements=settled.months,
        ledger_files=pl.concat(ledger_files).sort("file_id"),
        ledger_cells=pl.concat(cells).sort("file_id", "county_code", "month"),
        rejected=pl.concat(rejected).sort("file_id", "sheet", "row"),
        as_of=references.as_of,
    )


def _stage_all(
    read: dict[str, SourceRows],
    settled: Settled,
    references: References,
    cities: Mapping[str, str],
    progress: Progress,
) -> tuple[dict[str, pl.DataFrame], list[_Parts]]:
    """Stage and account the sources one after another; the settlements stay put aside."""
    accepted: dict[str, pl.DataFrame] = {}
    accounted: list[_Parts] = []
    for done, source in enumerate(ORDER, 1):
        # Given away, so that the rows of a source are not held twice.
        rows = read.pop(source)
        if source == SETTLEMENTS:
            accounted.append(_settlements(rows, settled, references, cities))
        else:
            tables, account = _staged(source, rows, references, cities)
            accepted |= tables
            accounted.append(account)
        if source == "institutions" and accepted["institutions"].height:
            references = references.with_register(accepted["institutions"])
        progress("stage", done, len(ORDER), sum(file.rows_read for file in rows.files))
    return accepted, accounted


def _staged(
    source: str, rows: SourceRows, references: References, cities: Mapping[str, str]
) -> tuple[dict[str, pl.DataFrame], _Parts]:
    """Stage and account a source that is held in memory as a whole."""
    if not rows.files:  # half of what there is to do for a small source is the same without rows
        nothing = LedgerFile.create_empty(), LedgerCell.create_empty(), Rejected.create_empty()
        return {name: SCHEMAS[name].create_empty() for name in tables_of(source)}, nothing
    whole = with_origin(rows.rows.lazy(), rows.files, cities=cities).collect()
    staged = stage_source(source, whole, references=references)
    counted = ledger.together([ledger.counted(staged.accounts)], rows.files)
    account = _accounted(source, rows.files, counted, staged.replaced, references.as_of)
    return {name: valid(name, frame) for name, frame in staged.accepted.items()}, account


def _settlements(
    rows: SourceRows, settled: Settled, references: References, cities: Mapping[str, str]
) -> _Parts:
    """Stage and account the settlements part by part; the accepted are put aside by month."""
    newest = pl.concat([newest_batches(rows.rows), *settled.newest])
    parts = [
        with_origin(part, rows.files, cities=cities, newest=newest)
        for part in settled.parts or [rows.rows.lazy()]
    ]
    counted = []
    replaced = pl.DataFrame()
    for staged in stage_parts(parts, references=references):
        frame = valid(SETTLEMENTS, staged.accepted[SETTLEMENTS])
        counted.append(ledger.counted(staged.accounts))
        replaced = staged.replaced
        day = pl.col("service_date").dt
        dated = frame.with_columns(_ym=day.year() * 100 + day.month())
        for (ym,), part in dated.partition_by("_ym", as_dict=True, include_key=False).items():
            settled.months.add(part, name=f"{ym:06}")
    return _accounted(
        SETTLEMENTS, rows.files, ledger.together(counted, rows.files), replaced, references.as_of
    )


def _accounted(
    source: str,
    files: Sequence[FileResult],
    counted: ledger.Accounts,
    replaced: pl.DataFrame,
    as_of: date,
) -> _Parts:
    return (
        ledger.ledger_files(source, files, counted.tally, replaced),
        ledger.ledger_cells(source, files, counted.tally, as_of=as_of),
        ledger.rejected_rows(source, files, counted.refused),
    )


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
    try:
        with faults_of(staged):
            private(staged)
            private(parts)
        cache = ReadCache(staged / READ, key=key, fresh=full)
        files, _ = with_databases(
            raw_files(raw), cache=cache, key=key, progress=progress, parts=parts / "fetched"
        )
        run = last_run.run_of(files, reference=reference, as_of=as_of, key=key)
        before = None if full else _as_before(staged, files, run, key=key, progress=progress)
        if before is not None:
            return before
        with faults_of(staged):
            last_run.forget(staged)
        examined = examine(
            files,
            reference=reference,
            as_of=as_of,
            progress=progress,
            key=key,
            parts=parts,
            cache=cache,
        )
        cache.clear_unused()
        with faults_of(staged):
            return _written_all(staged, examined, reused=cache.reused, run=run, full=full)
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _rejected(staged: Path) -> Path:
    return staged.parent / QUARANTINE / "rejected.parquet"


def _as_before(
    staged: Path, files: Sequence[RawFile], run: str, *, key: bytes, progress: Progress
) -> Intake | None:
    """Return what the last run took in, if it was of the very same and lies there unchanged."""
    known = last_run.recalled(staged, run, tables=[*SCHEMAS, CODES], beside=[_rejected(staged)])
    if known is None or set(known[1]) != set(_LEDGER):
        return None
    as_of, frames = known
    again = last_run.looked_at_again(files, frames["ledger_files"], key=key)
    if again is None:
        return None
    progress("read", len(files), len(files), int(frames["ledger_files"]["rows_read"].sum()))
    tables = {name: scan_table(staged, name) for name in SCHEMAS if name != SETTLEMENTS}
    tables[SETTLEMENTS] = scan_months(staged, SETTLEMENTS, contracts.StagedSettlement)
    return Intake(tables=tables, as_of=as_of, reused=len(files) - again, run=run, **frames)


def _written_all(staged: Path, examined: Examined, *, reused: int, run: str, full: bool) -> Intake:
    tables = {name: write_table(staged, name, frame) for name, frame in examined.accepted.items()}
    tables[SETTLEMENTS] = write_months(
        staged, SETTLEMENTS, examined.settlements, contracts.StagedSettlement, full=full
    )
    quarantine = private(staged.parent / QUARANTINE)
    examined.rejected.write_parquet(quarantine / "rejected.parquet", mkdir=False)
    frames = {name: getattr(examined, name) for name in _LEDGER}
    last_run.remember(
        staged,
        run,
        frames,
        as_of=examined.as_of,
        tables=[*SCHEMAS, CODES],
        beside=[_rejected(staged)],
    )
    return Intake(tables=tables, as_of=examined.as_of, reused=reused, run=run, **frames)
