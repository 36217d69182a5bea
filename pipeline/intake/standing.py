"""Sources that stand as the last run staged them, because nothing that they rest on changed.

What becomes of the rows of a source other than the settlements is a function of its `Basis`: the
rules of a source see its own rows and the lookups, nothing else. Settlements, of which a file can
stand while others do not, have `settled_basis`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipeline import last_run
from pipeline.ingest.files import RawFile
from pipeline.intake.origin import LastDays
from pipeline.intake.settled_basis import LEDGER, Ledger
from pipeline.staged.files import scan_table
from pipeline.staged.tables import REFERRALS, SCHEMAS, SETTLEMENTS, tables_of
from pipeline.staging.references import References

NOTE = "sources.json"
BASES = "source_bases"
REFUSED = "refused_institutions"
TABLES = tuple(name for name in SCHEMAS if name != SETTLEMENTS)
REGISTER = "institutions"
# Sources whose rules look institutions up; the others are not given the register.
LOOK_INSTITUTIONS_UP = (SETTLEMENTS, REFERRALS, "equipment", "contracts")
_BASES = pl.Schema(
    {
        **dict.fromkeys(("source", "files"), pl.String()),
        "as_of": pl.Date(),
        "register": pl.String(),
        **dict.fromkeys(LastDays._fields, pl.Date()),
    }
)


class Basis(NamedTuple):
    """All that the staged tables and the accounts of a source rest on.

    The program, the key and the reference data beside it are those of the note (`recalled`).
    """

    files: str  # a hash of their names and bytes
    as_of: date
    register: str  # a hash of what the register says; of none where no institution is looked up


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the last run made of a source whose files are the same."""

    basis: Basis
    said: LastDays
    tables: Mapping[str, pl.LazyFrame]
    ledger: Ledger
    shift: int  # by which its files have other numbers now
    refused: pl.DataFrame  # as the lookups have it, of the register

    def moved(self) -> tuple[dict[str, pl.DataFrame], Ledger]:
        """Return the tables to be written again, and the accounts, with the numbers of now."""
        number = (pl.col("file_id").cast(pl.Int64) + self.shift).cast(pl.UInt32)
        ledger = tuple(frame.with_columns(number) for frame in self.ledger)
        if not self.shift:
            return {}, ledger
        return {n: table.with_columns(number).collect() for n, table in self.tables.items()}, ledger


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a run staged its sources by."""

    said: Mapping[str, LastDays]  # by source
    references: References  # with the register


def basis_of(source: str, files: str, references: References) -> Basis:
    """Return what a source rests on."""
    looks_up = source in LOOK_INSTITUTIONS_UP
    said = (references.institutions, references.aliases, references.refused)
    register = " ".join(map(last_run.hash_of, said)) if looks_up else ""
    return Basis(files=files, as_of=references.as_of, register=register)


def _files_told(files: Sequence[RawFile]) -> dict[str, str]:
    """Hash names and bytes of the files of each source that has any."""
    told: dict[str, list[tuple[str, str]]] = {}
    for file in files:
        told.setdefault(file.source, []).append((file.name, file.sha256))
    return {source: hashlib.sha256(repr(own).encode()).hexdigest() for source, own in told.items()}


def _run(reference: str, key: bytes) -> str:
    return last_run.run_of([], reference=reference, as_of=None, key=key)


def remember(
    staged: Path,
    files: Sequence[RawFile],
    reference: str,
    ledger: Ledger,
    seen: Seen,
    *,
    key: bytes,
) -> None:
    """Keep what the sources rest on that were just staged or stand, and what was found of them."""
    told = _files_told(files)
    rows = [
        (source, *basis_of(source, told[source], seen.references), *said)
        for source, said in seen.said.items()
        if source in told and source != SETTLEMENTS
    ]
    frames = {BASES: pl.DataFrame(rows, schema=_BASES, orient="row")}
    frames[REFUSED] = seen.references.refused
    for name, frame in zip(LEDGER, ledger, strict=True):
        frames[f"source_{name}"] = frame.filter(pl.col("source") != SETTLEMENTS)
    last_run.note(staged, NOTE, _run(reference, key), frames, tables=TABLES, more={})


def recalled(
    staged: Path, files: Sequence[RawFile], reference: str, *, key: bytes
) -> dict[str, Standing]:
    """Return the sources whose files are those of the last run.

    None where the program, the key or the reference data are others, or where anything that the
    run wrote of these sources does not lie there unchanged.
    """
    found = last_run.noted(staged, NOTE, _run(reference, key), tables=TABLES)
    if found is None:
        return {}
    frames, told = found[1], _files_told(files)
    listed = frames["source_ledger_files"]
    passing = set(listed.filter(pl.col("refusal").is_in(last_run.PASSING))["source"])
    first = {file.source: number for number, file in reversed([*enumerate(files, 1)])}
    standing = {}
    for source, *basis, of_rows, of_years in frames[BASES].iter_rows():
        if told.get(source) == basis[0] and source not in passing:
            ledger = tuple(frames[f"source_{name}"].filter(source=source) for name in LEDGER)
            standing[source] = Standing(
                basis=Basis(*basis),
                said=LastDays(of_rows, of_years),
                tables={name: scan_table(staged, name) for name in tables_of(source)},
                ledger=ledger,
                shift=first[source] - ledger[0].select(pl.min("file_id")).item(),
                refused=frames[REFUSED],
            )
    return standing
