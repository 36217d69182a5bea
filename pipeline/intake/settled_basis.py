"""What is kept of the settlements of a run, so that the next one stages only what changed.

What becomes of a file's rows is a function of its bytes and name, the program, the key that hides
persons, the lookups (areas, the register, confirmed names), the as-of date, and what the rows of
other files say of them. Of the register only what it says of the institutions that the file names
matters; the as-of date matters only to rows that name a later day, and to accounts of rows that
name no month. What other files say is judged anew in each run, from what is kept of each file.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipeline import last_run
from pipeline.ingest.files import RawFile
from pipeline.spill import Spill, private
from pipeline.staged.files import CODES
from pipeline.staged.tables import SETTLEMENTS
from pipeline.staging.in_parts import IN_FILE, Known, Verdicts
from pipeline.staging.looks import NAMED, Look, looked_up
from pipeline.staging.references import References

NOTE = "settled.json"
FOLDER = ".settled"
IDS, ROWS = f"{FOLDER}/ids", f"{FOLDER}/rows"
TABLES = (SETTLEMENTS, CODES, FOLDER)
LEDGER = ("ledger_files", "ledger_cells", "rejected")
_VERDICTS = tuple(field.name for field in fields(Verdicts))
_FRAMES = (*LEDGER, *_VERDICTS, "facts", "months", "tally", "reversals", "named", "compared")
Ledger = tuple[pl.DataFrame, ...]  # files, cells, refused rows
Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a run found of all its files of settlements (`Kept`), newly found identifiers aside."""

    lookups: str
    as_of: date
    frames: Mapping[str, pl.DataFrame]
    ids: Spill
    rows: Spill


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is known of files of settlements that did not change.

    `frames` are by name: LEDGER; Verdicts; `facts` (`facts_of_files`, and whether some rows are
    accounted in the month of the as-of date); `months`, in which each file has accepted rows, with
    a hash of them (`content`); Look without its identifiers, `named` with what the register said
    (`looked_up`); and `compared`, the hashes that `rows` have.
    """

    lookups: str  # a hash
    as_of: date
    frames: Mapping[str, pl.DataFrame]
    ids: Mapping[int, Sequence[pl.LazyFrame]]
    rows: Sequence[pl.LazyFrame]
    gone: pl.DataFrame  # `ym` and `content` of files that are not known any more

    @property
    def files(self) -> frozenset[int]:
        """Return the files that are known."""
        return frozenset(self.frames["ledger_files"]["file_id"])

    @property
    def verdicts(self) -> Verdicts:
        """Return what the rows of all files said of these."""
        return Verdicts(**{name: self.frames[name] for name in _VERDICTS})

    def known(self, opened: Callable[[Collection[int]], Sequence[pl.LazyFrame]]) -> Known:
        """Return what of it the rows of other files are judged beside."""
        frames = self.frames
        return Known(
            look=Look(
                tally=frames["tally"],
                reversals=frames["reversals"],
                named=frames["named"].select(NAMED),
                ids=self.ids,
            ),
            compared=frames["compared"],
            rows=self.rows,
            opened=opened,
        )

    def of(self, files: Collection[int]) -> Kept:
        """Return what is known of some of the files."""
        same = {file: file for file in files}
        months = self.frames["months"]
        gone = months.filter(pl.col("_file").is_in(list(same)).not_())
        return replace(
            self,
            frames={name: _numbered(frame, same) for name, frame in self.frames.items()},
            ids={file: self.ids[file] for file in files},
            rows=[_numbered(rows, same) for rows in self.rows],
            gone=pl.concat([self.gone, gone.select("ym", "content")]),
        )

    def holding(self, references: References) -> Kept | None:
        """Return what staging with other lookups would find as well."""
        if lookups_of(references) != self.lookups:
            return None
        stays = self.files - self._told_otherwise(references)
        if references.as_of != self.as_of:
            reach = min(self.as_of, references.as_of)
            is_past = (pl.col("latest") <= reach).fill_null(value=True) & pl.col("leans").not_()
            stays &= frozenset(self.frames["facts"].filter(is_past)["_file"])
        return self if stays == self.files else self.of(stays)

    def _told_otherwise(self, references: References) -> frozenset[int]:
        """Return the files of whose institutions the register says something else now."""
        named = self.frames["named"]
        told = looked_up(named, references)
        differs = pl.any_horizontal(pl.col(c).ne_missing(told[c]) for c in told.columns)
        return frozenset(named.filter(differs)["_file"])


def lookups_of(references: References) -> str:
    """Hash what any row may look up; institutions are told file by file (`looked_up`)."""
    shared = replace(
        references,
        institutions=references.institutions.clear(),
        aliases=references.aliases.clear(),
    )
    return f"{references.has_register} {last_run.digest_of_tables(shared)}"


def _numbered(frame: Frame, numbers: Mapping[int, int]) -> Frame:
    """Give files the numbers they have now; what is told of others is left out."""

    def now(number: pl.Expr) -> pl.Expr:
        return number.cast(pl.UInt32).replace_strict(
            dict(numbers), default=None, return_dtype=pl.UInt32
        )

    names = frame.lazy().collect_schema().names()
    given = [now(pl.col(name)) for name in ("_file", "file_id", "by") if name in names]
    if "_pos" in names:
        own = now(pl.col("_pos") // IN_FILE).cast(pl.UInt64)
        given.append(pl.when(own.is_not_null()).then(own * IN_FILE + pl.col("_pos") % IN_FILE))
    known = [pl.col(name).is_not_null() for name in ("_file", "file_id", "_pos") if name in names]
    return frame.with_columns(given).filter(*known)


def remember(staged: Path, files: Sequence[RawFile], told: Told, *, key: bytes) -> None:
    """Keep what was found of the settlements that were just staged."""
    stems = {number: stem_of(file) for number, file in enumerate(files, 1)}
    new = {stems[int(name)] for name in told.ids.names}
    kept = {stems[number] for number in told.frames["facts"]["_file"]} - new
    private(staged / FOLDER)
    folder = private(staged / IDS)
    for path in folder.iterdir():
        if path.name.partition("-")[0] not in kept:
            path.unlink()
    for name in told.ids.names:
        told.ids.move(folder, name=name, stem=f"{stems[int(name)]}-")
    shutil.rmtree(staged / ROWS, ignore_errors=True)
    told.rows.move(private(staged / ROWS))
    last_run.note(
        staged,
        NOTE,
        _run(key),
        {f"settled_{name}": told.frames[name] for name in _FRAMES},
        tables=TABLES,
        more={"lookups": told.lookups, "as_of": told.as_of.isoformat()},
    )


def stem_of(file: RawFile) -> str:
    """Name what is kept of a file by its name and content."""
    return hashlib.sha256(f"{file.sha256} {file.name}".encode()).hexdigest()


def _run(key: bytes) -> str:
    return last_run.run_of([], reference="", as_of=None, key=key)


def recalled(staged: Path, files: Sequence[RawFile], *, key: bytes) -> Kept | None:
    """Return what is known of the settlements that are the same, if all of it lies unchanged.

    Files have their place among `files` for a number.
    """
    found = last_run.noted(staged, NOTE, _run(key), tables=TABLES)
    if found is None:
        return None
    told, noted = found
    frames = {name: noted[f"settled_{name}"] for name in _FRAMES}
    passing = pl.col("refusal").is_in(last_run.PASSING).fill_null(value=False)
    was = frames["ledger_files"].filter(passing.not_())
    now = {(file.name, file.sha256): number for number, file in enumerate(files, 1)}
    numbers = {
        number: now[name, digest]
        for number, name, digest in was.select("file_id", "file", "sha256").iter_rows()
        if (name, digest) in now
    }
    gone = frames["months"].filter(pl.col("_file").is_in(list(numbers)).not_())
    parts: dict[str, list[pl.LazyFrame]] = {}
    for path in sorted((staged / IDS).iterdir()):
        parts.setdefault(path.name.partition("-")[0], []).append(pl.scan_parquet(path))
    return Kept(
        lookups=told["lookups"],
        as_of=date.fromisoformat(told["as_of"]),
        frames={name: _numbered(frame, numbers) for name, frame in frames.items()},
        ids={n: parts.get(stem_of(files[n - 1]), []) for n in numbers.values()},
        rows=[_numbered(pl.scan_parquet(p), numbers) for p in sorted((staged / ROWS).iterdir())],
        gone=gone.select("ym", "content"),
    )
