"""Raw files to accepted rows with their ledger, before anything is written: read, stage, account.

Lists of events, of which there can be any number, go through in parts that are read when they are
needed; the rest is held in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.catalog.sources import SOURCE_IDS
from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.ingest.batch import FileResult, Progress, SourceRows, quiet, read_sources
from pipeline.ingest.collector import Sink
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.persons import load_key
from pipeline.ingest.read_cache import ReadCache
from pipeline.intake import accounts as ledger
from pipeline.intake.databases import with_databases
from pipeline.intake.files_in_parts import FilesInParts, Parts
from pipeline.intake.origin import DAYS, city_names, latest_day, with_origin
from pipeline.intake.settled_basis import Kept, Ledger
from pipeline.intake.settlements import Taken, Taking, accounted_for, by_name
from pipeline.reference import Reference
from pipeline.staged.tables import REFERRALS, SCHEMAS, SETTLEMENTS, tables_of, valid
from pipeline.staging.references import References, references_of
from pipeline.staging.run import stage_source

# The register comes first: the others look institutions up in it.
ORDER = ("institutions", *(s for s in SOURCE_IDS if s != "institutions"))


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

    `register` stands in where the files bring none. What `cache` or `kept` tell is not read again.

    Raises:
        ContractError: the accounts do not balance, or a staged table broke its contract.
        SourceError: a declared database cannot be read.
        StorageError: the parts cannot be written.
    """
    key = key or load_key()
    files, cache = with_databases(
        files, cache=cache, key=key, progress=progress, parts=parts and parts / "fetched"
    )
    cities = city_names(reference.areas)
    read, settled, referred = _first_read(
        files, kept, cities, key=key, progress=progress, cache=cache
    )
    facts = [settled.facts, referred.facts, *([kept.frames["facts"]] if kept else [])]
    days = [day for of_files in facts for day in of_files["day"]]
    references = references_of(reference, as_of=as_of or latest_day(read, days))
    references = references if register is None else references.with_register(register)
    of_settlements = {at: f.name for at, f in enumerate(files, 1) if f.source == SETTLEMENTS}
    taking = Taking(files=settled, names=of_settlements, kept=kept, room=parts)
    rows = {name: _Rows.of_whole(found, cities) for name, found in read.items()}
    rows[REFERRALS] = _Rows(referred.of(referred.results), tuple(referred.results.values()))
    accepted, accounted, taken = _stage_all(rows, taking, references, progress)
    unread = tuple(files[at - 1] for at in of_settlements.keys() - settled.results.keys())
    return _examined(accepted, taken, accounted, unread=unread, as_of=references.as_of)


def _examined(
    accepted: dict[str, pl.DataFrame],
    taken: Taken,
    accounted: Sequence[Ledger],
    *,
    unread: tuple[RawFile, ...],
    as_of: date,
) -> Examined:
    """Put the accounts of all sources together, in the order of files and rows."""
    ledger_files, cells, rejected = zip(*accounted, strict=True)
    return Examined(
        accepted=accepted,
        settlements=taken,
        unread=unread,
        ledger_files=pl.concat(ledger_files).sort("file_id"),
        ledger_cells=pl.concat(cells).sort("file_id", "county_code", "month"),
        rejected=pl.concat(rejected).sort("file_id", "sheet", "row"),
        as_of=as_of,
    )


def _first_read(
    files: Sequence[RawFile], kept: Kept | None, cities: Mapping[str, str], **how: Any
) -> tuple[dict[str, SourceRows], FilesInParts, FilesInParts]:
    """Read all files but settlements that are known: those when their rows are needed.

    Settlements and referrals, of which there can be any number, stay where they were put aside.
    """
    parts = {source: Parts(source) for source in DAYS}
    sinks = {source: of.take for source, of in parts.items()}
    known = kept.files if kept else ()
    read = read_sources(files, left_out=known, sinks=sinks, **how)

    def more(wanted: Collection[int], sink: Sink) -> SourceRows:
        others = set(range(1, len(files) + 1)) - set(wanted)
        return read_sources(files, left_out=others, sinks={SETTLEMENTS: sink}, **how)[SETTLEMENTS]

    settled, referred = (FilesInParts(source, more, cities=cities) for source in DAYS)
    settled.take(read.pop(SETTLEMENTS), parts[SETTLEMENTS])
    referred.take(read.pop(REFERRALS), parts[REFERRALS])
    return read, settled, referred


@dataclass(frozen=True)
class _Rows:
    """The rows of a source in parts, at least one, and its files."""

    parts: Sequence[pl.LazyFrame]
    files: Sequence[FileResult]

    @classmethod
    def of_whole(cls, read: SourceRows, cities: Mapping[str, str]) -> _Rows:
        """Return the rows of a source that is held in memory as a whole."""
        return cls([with_origin(read.rows.lazy(), read.files, cities=cities)], read.files)


def _stage_all(
    rows: dict[str, _Rows],
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
            # Given away, so that the rows of a source are held no longer than it takes.
            tables, account = _staged(source, rows.pop(source), references)
            accepted |= tables
            accounted.append(account)
        if source == "institutions" and accepted["institutions"].height:
            references = references.with_register(accepted["institutions"])
        progress("stage", done, len(ORDER), int(accounted[-1][0]["rows_read"].sum()))
    return accepted, accounted, taken


def _staged(
    source: str, rows: _Rows, references: References
) -> tuple[dict[str, pl.DataFrame], Ledger]:
    """Stage and account a source, part by part."""
    if not rows.files:  # half of what there is to do for a small source is the same without rows
        nothing = LedgerFile.create_empty(), LedgerCell.create_empty(), Rejected.create_empty()
        return {name: SCHEMAS[name].create_empty() for name in tables_of(source)}, nothing
    staged, counted = [], []
    for part in stage_source(source, rows.parts, references=references):
        staged.append(part.accepted)
        counted.append(ledger.counted(part.accounts))
    accounts = ledger.together(counted, rows.files)
    replaced = by_name(part.replaced, {file.file_id: file.file.name for file in rows.files})
    account = accounted_for(source, rows.files, accounts, replaced, references.as_of)
    tables = {name: pl.concat(tables[name] for tables in staged) for name in tables_of(source)}
    return {name: valid(name, table) for name, table in tables.items()}, account
