"""Raw files to accepted rows with their ledger, before anything is written: read, stage, account.

Lists of events, of which there can be any number, go through in parts that are read when they are
needed; the rest is held in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

import polars as pl

from pipeline.catalog.sources import SOURCE_IDS
from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.ingest.batch import Progress, quiet
from pipeline.ingest.cells.persons import load_key
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.read_cache import ReadCache
from pipeline.ingest.reasons import DUPLICATES
from pipeline.intake import accounts as ledger
from pipeline.intake.databases import with_databases
from pipeline.intake.origin import LastDays, city_names, latest_day
from pipeline.intake.reading import Reading, Rows
from pipeline.intake.settled_basis import Kept, Ledger
from pipeline.intake.settlements import Taken, Taking, accounted_for, by_name
from pipeline.intake.standing import LOOK_INSTITUTIONS_UP, REGISTER, Seen, Standing, basis_of
from pipeline.reference import Reference
from pipeline.staged.tables import SCHEMAS, SETTLEMENTS, tables_of, valid
from pipeline.staging.references import REFUSED_SCHEMA, References, references_of
from pipeline.staging.run import stage_source

# The register comes first: the others look institutions up in it.
ORDER = (REGISTER, *(s for s in SOURCE_IDS if s != REGISTER))


@dataclass(frozen=True, kw_only=True)
class Examined:
    """An intake before it is written; the settlements are put aside by service month."""

    accepted: dict[str, pl.DataFrame]  # tables to be written: neither settlements nor what stands
    settlements: Taken
    unread: tuple[RawFile, ...]  # files that stay as they were staged
    ledger_files: pl.DataFrame
    ledger_cells: pl.DataFrame
    rejected: pl.DataFrame
    as_of: date
    seen: Seen


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
    standing: Mapping[str, Standing] = MappingProxyType({}),
) -> Examined:
    """Read, stage and account files. Nothing is written but what is put aside in `parts`.

    `register` stands in where the files bring none. What `cache`, `kept` or `standing` tell is not
    read again.

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
    reading = Reading(files, cities=cities, key=key, progress=progress, cache=cache)
    known = frozenset(kept.files if kept else ()).union(*map(reading.numbers, standing))
    reading.read(set(range(1, len(files) + 1)) - known)
    said = {source: _said(source, reading, kept, standing) for source in SOURCE_IDS}
    references = references_of(reference, as_of=as_of or latest_day(said.values()))
    references = references if register is None else references.with_register(register)
    of_settlements = {at: files[at - 1].name for at in reading.numbers(SETTLEMENTS)}
    events = reading.events[SETTLEMENTS]
    taking = Taking(files=events, names=of_settlements, kept=kept, room=parts)
    staging = _Staging(reading, taking, standing, references)
    taken = staging.stage(progress)
    return _examined(files, staging, taken, reading.unread, said)


def _examined(
    files: Sequence[RawFile],
    staging: _Staging,
    taken: Taken,
    unread: tuple[RawFile, ...],
    said: Mapping[str, LastDays],
) -> Examined:
    """Put the accounts of all sources together."""
    ledger_files, cells, rejected = zip(*staging.accounted, strict=True)
    return Examined(
        accepted=staging.accepted,
        settlements=taken,
        unread=unread,
        ledger_files=ledger.with_kept(pl.concat(ledger_files).sort("file_id"), files),
        ledger_cells=pl.concat(cells).sort("file_id", "county_code", "month"),
        rejected=pl.concat(rejected).sort("file_id", "sheet", "row"),
        as_of=staging.references.as_of,
        seen=Seen(said=said, references=staging.references),
    )


def _said(
    source: str, reading: Reading, kept: Kept | None, standing: Mapping[str, Standing]
) -> LastDays:
    """Return the last days that a source speaks of, in files read now or known."""
    if source in standing:
        return standing[source].said
    said = reading.last_days(source)
    if source != SETTLEMENTS or kept is None:
        return said
    days = [said.of_rows, kept.frames["facts"].select(pl.max("day")).item()]
    return LastDays(max((day for day in days if day), default=None), None)


class _Staging:
    """Stages and accounts the sources of a run; the settlements stay put aside."""

    def __init__(
        self,
        reading: Reading,
        taking: Taking,
        standing: Mapping[str, Standing],
        references: References,
    ) -> None:
        self._reading = reading
        self._taking = taking
        self._standing = standing
        self.references = references
        self.accepted: dict[str, pl.DataFrame] = {}
        self.accounted: list[Ledger] = []
        self._refused = references.refused

    def stage(self, progress: Progress) -> Taken:
        """Stage one source after another; those that look no institution up see no register."""
        bare = self.references
        for done, source in enumerate(ORDER, 1):
            if source == SETTLEMENTS:
                taken = self._taking.taken(self.references)
                self.accounted.append(taken.ledger)
            else:
                self._stage(source, self.references if source in LOOK_INSTITUTIONS_UP else bare)
            if source == REGISTER:
                self.references = replace(self._with_register(bare), refused=self._refused)
            progress("stage", done, len(ORDER), int(self.accounted[-1][0]["rows_read"].sum()))
        return taken

    def _stage(self, source: str, references: References) -> None:
        stood = self._standing.get(source)
        if stood and stood.basis == basis_of(source, stood.basis.files, references):
            tables, account = stood.moved()
            self._refused = stood.refused if source == REGISTER else self._refused
        else:
            rows = self._reading.rows(source)
            tables, account = _staged(source, rows, references)
            self._refused = _refused(rows, account) if source == REGISTER else self._refused
        self.accepted |= tables
        self.accounted.append(account)

    def _with_register(self, references: References) -> References:
        """Return the lookups with the register, as it was staged now or stands."""
        register = self.accepted.get(REGISTER)
        if register is None:
            register = self._standing[REGISTER].tables[REGISTER].collect()
        return references.with_register(register) if register.height else references


def _refused(register: Rows, account: Ledger) -> pl.DataFrame:
    """Return where the refused institutions of a register stand: REFUSED_SCHEMA, the first of each.

    An institution that another row brings in is looked up there.
    """
    place = pl.format("{}第{}行", "file", "row")
    rejected = account[2].lazy().filter(pl.col("reason").is_in(DUPLICATES).not_())
    told = rejected.select("file", _file="file_id", _sheet="sheet", _row="row", _refused_at=place)
    keys = ["_file", "_sheet", "_row"]
    found = [
        part.select(*keys, "institution_code").join(told, on=keys, nulls_equal=True)
        for part in register.parts
    ]
    if not found:
        return REFUSED_SCHEMA.to_frame()
    return (
        pl.concat(found)
        .drop_nulls("institution_code")
        .sort("institution_code", "file", "_sheet", "_row")
        .unique("institution_code", keep="first", maintain_order=True)
        .select(REFUSED_SCHEMA.names())
        .collect()
    )


def _staged(
    source: str, rows: Rows, references: References
) -> tuple[dict[str, pl.DataFrame], Ledger]:
    """Stage and account a source, part by part."""
    if not rows.files:  # half of what there is to do for a small source is the same without rows
        return _nothing(source)
    staged, counted = [], []
    for part in stage_source(source, rows.parts, references=references):
        staged.append(part.accepted)
        counted.append(ledger.counted(part.accounts))
    accounts = ledger.together(counted, rows.files)
    replaced = by_name(part.replaced, {file.file_id: file.file.name for file in rows.files})
    account = accounted_for(source, rows.files, accounts, replaced, references.as_of)
    tables = {name: pl.concat(tables[name] for tables in staged) for name in tables_of(source)}
    return {name: valid(name, table) for name, table in tables.items()}, account


@cache
def _nothing(source: str) -> tuple[dict[str, pl.DataFrame], Ledger]:
    """Return the tables and the account of a source that sent nothing."""
    account = LedgerFile.create_empty(), LedgerCell.create_empty(), Rejected.create_empty()
    return {name: SCHEMAS[name].create_empty() for name in tables_of(source)}, account
