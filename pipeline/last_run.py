"""What the last run took in and published, for a run that finds nothing new.

What is taken in is a function of the raw files, the reference data, the as-of date asked for, the
key that hides persons and the program. Where all are those of the last run and everything it wrote
lies there as it was written, nothing is read, staged or counted again. The note of a run is
removed before another one changes anything, and written last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from pipeline import catalog
from pipeline.ingest.batch import read_sources
from pipeline.ingest.files import RawFile
from pipeline.ingest.read_cache import reader_code
from pipeline.reference import Reference
from pipeline.spill import private
from pipeline.staged.tables import SETTLEMENTS
from pipeline.staging.references import References
from pipeline.version import code_version

FOLDER = ".taken"
TAKEN, PUBLISHED = "taken.json", "published.json"
SUFFIX = ".parquet"
# Refusals that may have been the fault of the machine, not of the file.
PASSING = ("CORRUPT", "RESOURCE_LIMIT")


@cache
def program() -> str:
    """Return a hash of the code, the declarations and the libraries that make a run."""
    told = hashlib.sha256(repr((code_version(), reader_code(), version("dataframely"))).encode())
    folder = Path(catalog.__file__).parent
    for path in sorted(folder.rglob("*.toml")):
        told.update(path.relative_to(folder).as_posix().encode())
        told.update(path.read_bytes())
    return told.hexdigest()


def digest_of_tables(lookups: Reference | References) -> str:
    """Hash the tables of some lookups, whatever order their rows are in."""
    told = hashlib.sha256()
    for field in fields(lookups):
        value = getattr(lookups, field.name)
        if isinstance(value, pl.DataFrame):
            told.update(f"{field.name} {hash_of(value)}".encode())
    return told.hexdigest()


def hash_of(table: pl.DataFrame) -> str:
    """Hash a table, whatever order its rows are in."""
    told = hashlib.sha256(repr(table.schema).encode())
    told.update(table.hash_rows().sort().to_numpy().tobytes())
    return told.hexdigest()


def run_of(files: Iterable[RawFile], *, reference: str, as_of: date | None, key: bytes) -> str:
    """Name a run by all that its result depends on (`digest_of_tables` of the reference data).

    Nothing of the key can be told from it.
    """
    told = hashlib.sha256(f"{program()} {reference}".encode())
    inputs = [(file.source, file.name, file.sha256) for file in files]
    owner = hashlib.blake2b(b"run", key=key[:64]).hexdigest()
    told.update(json.dumps([inputs, as_of and as_of.isoformat(), owner]).encode())
    return told.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _digests(staged: Path, tables: Iterable[str], beside: Sequence[Path]) -> dict[str, str]:
    """Hash all files of some staged tables, and others."""
    found = [path for name in tables for path in (staged / name).rglob("*")]
    kept = [path for path in (*found, *beside) if path.suffix != ".json" and path.is_file()]
    return {path.relative_to(staged.parent).as_posix(): _digest(path) for path in sorted(kept)}


def forget(staged: Path) -> None:
    """Remove what says that a run was finished, before another one changes what it wrote."""
    for path in (staged / FOLDER).glob("*.json"):
        path.unlink()


def note(
    staged: Path,
    name: str,
    run: str,
    frames: Mapping[str, pl.DataFrame],
    *,
    tables: Sequence[str],
    beside: Sequence[Path] = (),
    more: Mapping[str, Any],
) -> None:
    """Keep some frames of a run and the hashes of what it wrote: folders `tables`, and `beside`."""
    folder = private(staged / FOLDER)
    for frame_name, frame in frames.items():
        frame.write_parquet(folder / f"{frame_name}{SUFFIX}")
    kept = [*beside, *(folder / f"{frame_name}{SUFFIX}" for frame_name in frames)]
    told = {"run": run, "frames": sorted(frames), "files": _digests(staged, tables, kept)}
    _put(folder / name, {**told, **more})


def _put(path: Path, told: Mapping[str, Any]) -> None:
    new = path.with_suffix(".new.json")
    new.write_text(json.dumps(told))
    new.replace(path)


def _told(staged: Path, name: str, run: str) -> dict[str, Any]:
    """Return what a note says; nothing where there is none, a damaged one or another run's."""
    try:
        told = json.loads((staged / FOLDER / name).read_text())
        return dict(told) if told["run"] == run else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def noted(
    staged: Path, name: str, run: str, *, tables: Sequence[str], beside: Sequence[Path] = ()
) -> tuple[dict[str, Any], dict[str, pl.DataFrame]] | None:
    """Return what a note says of a run and its frames; None unless all it wrote is unchanged."""
    told = _told(staged, name, run)
    try:
        kept = {n: staged / FOLDER / f"{n}{SUFFIX}" for n in told["frames"]}
        if told["files"] != _digests(staged, tables, [*beside, *kept.values()]):
            return None
        return told, {n: pl.read_parquet(path) for n, path in kept.items()}
    except (OSError, KeyError, TypeError):
        return None


class Published(NamedTuple):
    """The run that was published last."""

    run: str
    snapshot: str  # its id
    whole: Mapping[str, str]  # of marts that lie among what is kept (`stocks.whole_marts`)


def note_published(staged: Path, published: Published) -> None:
    """Note which snapshot was made of a run that is remembered."""
    if _told(staged, TAKEN, published.run):
        told = {**published._asdict(), "program": program()}
        _put(staged / FOLDER / PUBLISHED, told)


def published(staged: Path) -> Published | None:
    """Return what was published last; None if by another program."""
    try:
        told = json.loads((staged / FOLDER / PUBLISHED).read_text())
        return Published(**told) if told.pop("program") == program() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def looked_at_again(
    files: Sequence[RawFile], ledger_files: pl.DataFrame, *, key: bytes
) -> int | None:
    """Read the files whose refusal may pass; return how many, None if one is told otherwise now."""
    passing = ledger_files.filter(pl.col("refusal").is_in(PASSING))
    refusals = dict(passing.select("file", "refusal").iter_rows())
    doubtful = [file for file in files if file.name in refusals]
    if doubtful:
        sinks = {SETTLEMENTS: lambda *_: None}
        for read in read_sources(doubtful, key=key, sinks=sinks).values():
            if any(result.refusal != refusals[result.file.name] for result in read.files):
                return None
    return len(doubtful)
