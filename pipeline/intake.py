"""Raw files to staged tables with their ledger: read, stage, account, write.

Settlements, of which there can be any number, go through in parts that are put aside as Parquet;
the rest is held in memory as a whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import accounts as ledger
from pipeline import last_run, settled_basis
from pipeline.catalog.sources import SOURCE_IDS, sources
from pipeline.contracts import staging as contracts
from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.databases import with_databases
from pipeline.ingest.batch import Progress, SourceRows, quiet, read_sources
from pipeline.ingest.collector import Sink
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.persons import load_key
from pipeline.ingest.read_cache import ReadCache
from pipeline.origin import NO_DAY, city_names, latest_day, with_origin
from pipeline.reference import Reference
from pipeline.settled_basis import LEDGER, Kept, Ledger
from pipeline.settled_intake import Taken, Taking, accounted_for, by_name
from pipeline.settled_parts import Parts, SettledFiles
from pipeline.spill import faults_of, private
from pipeline.staged_files import CODES, scan_months, scan_table, write_months, write_table
from pipeline.staged_tables import SCHEMAS, SETTLEMENTS, tables_of, valid
from pipeline.staging.references import References, references_of
from pipeline.staging.run import stage_source

__all__ = ["NO_DAY", "SCHEMAS", "Examined", "Intake", "examine", "raw_files", "take_in"]

# The register comes first: the others look institutions up in it.
ORDER = ("institutions", *(s for s in SOURCE_IDS if s != "institutions"))
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


@dataclass(frozen=True, kw_only=True)
class Examined:
    """An intake before it is written; the settlements are put aside by service month."""

    accepted: dict[str, pl.DataFrame]  # all tables but the settlements
    settlements: Taken
    unread: tuple[RawFile, ...]  # files of settlements that stay as they were staged
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
    kept: Kept | None = None,
) -> Examined:
    """Read, stage and account files. Nothing is written but what is put aside in `parts`.

    `register` stands for the register where the files bring none. Without `parts` it is packed in
    memory. What `cache` remembers is not read again, nor are files of settlements that are `kept`
    and of which others say nothing new.

    Raises:
        ContractError: the accounts do not balance, or a staged table broke its contract.
        SourceError: a declared database cannot be read.
        StorageError: the parts cannot be written.
    """
    key = key or load_key()
    files, cache = with_databases(
        files, cache=cache, key=key, progress=progress, parts=parts and parts / "fetched"
    )
    how = {"key": key, "progress": progress, "cache": cache}
    read, settled = _first_read(files, kept, city_names(reference.areas), **how)
    days = pl.concat([settled.facts, *([kept.frames["facts"].drop("leans")] if kept else [])])
    references = references_of(reference, as_of=as_of or latest_day(read, days["day"].to_list()))
    references = references if register is None else references.with_register(register)
    of_settlements = {at: f.name for at, f in enumerate(files, 1) if f.source == SETTLEMENTS}
    taking = Taking(files=settled, names=of_settlements, kept=kept, room=parts)
    accepted, accounted, taken = _stage_all(read, taking, references, progress)
    ledger_files, cells, rejected = zip(*accounted, strict=True)
    return Examined(
        accepted=accepted,
        settlements=taken,
        unread=tuple(files[at - 1] for at in of_settlements.keys() - settled.results.keys()),
        ledger_files=pl.concat(ledger_files).sort("file_id"),
        ledger_cells=pl.concat(cells).sort("file_id", "county_code", "month"),
        rejected=pl.concat(rejected).sort("file_id", "sheet", "row"),
        as_of=references.as_of,
    )


def _first_read(
    files: Sequence[RawFile], kept: Kept | None, cities: Mapping[str, str], **how: Any
) -> tuple[dict[str, SourceRows], SettledFiles]:
    """Read all files but settlements that are known: those when their rows are needed."""
    parts = Parts()
    known = kept.files if kept else ()
    read = read_sources(files, left_out=known, sinks={SETTLEMENTS: parts.take}, **how)

    def more(wanted: Collection[int], sink: Sink) -> SourceRows:
        others = set(range(1, len(files) + 1)) - set(wanted)
        return read_sources(files, left_out=others, sinks={SETTLEMENTS: sink}, **how)[SETTLEMENTS]

    settled = SettledFiles(more, cities=cities)
    settled.take(read.pop(SETTLEMENTS), parts)
    return read, settled


def _stage_all(
    read: dict[str, SourceRows],
    taking: Taking,
    references: References,
    progress: Progress,
) -> tuple[dict[str, pl.DataFrame], list[Ledger], Taken]:
    """Stage and account the sources one after another; the settlements stay put aside."""
    accepted: dict[str, pl.DataFrame] = {}
    accounted: list[Ledger] = []
    for done, source in enumerate(ORDER, 1):
        if source == SETTLEMENTS:
            taken = taking.taken(references)
            accounted.append(taken.ledger)
        else:
            # Given away, so that the rows of a source are not held twice.
            tables, account = _staged(source, read.pop(source), references, taking.files.cities)
            accepted |= tables
            accounted.append(account)
        if source == "institutions" and accepted["institutions"].height:
            references = references.with_register(accepted["institutions"])
        progress("stage", done, len(ORDER), int(accounted[-1][0]["rows_read"].sum()))
    return accepted, accounted, taken


def _staged(
    source: str, rows: SourceRows, references: References, cities: Mapping[str, str]
) -> tuple[dict[str, pl.DataFrame], Ledger]:
    """Stage and account a source that is held in memory as a whole."""
    if not rows.files:  # half of what there is to do for a small source is the same without rows
        nothing = LedgerFile.create_empty(), LedgerCell.create_empty(), Rejected.create_empty()
        return {name: SCHEMAS[name].create_empty() for name in tables_of(source)}, nothing
    whole = with_origin(rows.rows.lazy(), rows.files, cities=cities).collect()
    staged = stage_source(source, whole, references=references)
    counted = ledger.together([ledger.counted(staged.accounts)], rows.files)
    names = {file.file_id: file.file.name for file in rows.files}
    replaced = by_name(staged.replaced, names)
    account = accounted_for(source, rows.files, counted, replaced, references.as_of)
    return {name: valid(name, frame) for name, frame in staged.accepted.items()}, account


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
    kept = None if full else settled_basis.recalled(*of_files, key=how["key"])
    with faults_of(staged):
        last_run.forget(staged)
    examined = examine(files, **how, parts=staged / PARTS, cache=cache, kept=kept)
    for file in examined.unread:
        cache.keep(cache.name(file, sources()[SETTLEMENTS]))
    cache.clear_unused()
    reused = cache.reused + len(examined.unread)
    with faults_of(staged):
        taken = _written_all(staged, examined, reused=reused, run=run, full=full)
        settled_basis.remember(*of_files, examined.settlements.told, key=how["key"])
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
    tables = {name: write_table(staged, name, frame) for name, frame in examined.accepted.items()}
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
