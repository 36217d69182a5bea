"""The plan: find, take in, build marts, validate, publish. The only place that collects marts."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import NamedTuple

import dataframely as dy
import polars as pl
from dataframely.exc import SchemaError, ValidationError

from pipeline import last_run, snapshots
from pipeline.build_inputs import DEMO_MARK, checked_ledger, find_inputs, one_line, require_sources
from pipeline.catalog import catalogue
from pipeline.contracts.marts import MARTS
from pipeline.errors import ContractError, StorageError
from pipeline.intake.taking_in import Intake, take_in
from pipeline.marts import build_marts
from pipeline.marts.partials import PARTIALS
from pipeline.marts.rejected_rows import Refused
from pipeline.marts.stocks import whole_marts
from pipeline.progress import ProgressCallback, silent
from pipeline.reference import Reference, load_reference
from pipeline.snapshots.durable import short_of_room
from pipeline.snapshots.failpoints import reach
from pipeline.snapshots.locking import exclusive
from pipeline.staged.months import SettledMonths
from pipeline.version import code_version

Mart = pl.DataFrame | snapshots.Packed
STAGED = "staged"
QUARANTINE = "quarantine"
PRIVATE = 0o700


@dataclass(frozen=True, kw_only=True)
class BuildResult:
    """A published build and its accounts."""

    snapshot: snapshots.Snapshot
    ledger_files: pl.DataFrame
    rejected: pl.DataFrame
    quarantine: Path
    absent: tuple[str, ...]  # needed sources that sent nothing up to the as-of date
    strangers: tuple[str, ...]  # names in the raw folder that belong to no source
    cut_off_zh: str | None  # what became of the last build, when it was cut off
    reused: int = 0  # files that did not change since the last build and were not read again


def folders_beside(marts: Path) -> tuple[Path, Path]:
    """Return the staged and quarantine folders: beside the marts, readable by their owner alone."""
    beside = marts.absolute().parent
    return beside / STAGED, beside / QUARANTINE


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(PRIVATE)


def validated(frame: pl.DataFrame, schema: type[dy.Schema], *, name: str) -> pl.DataFrame:
    """Return a table that keeps its contract, columns in the contract's order.

    Names are compared first: dataframely drops columns it does not know.

    Raises:
        ContractError: a column too many or too few, a wrong type, or a broken rule.
    """
    expected = schema.column_names()
    extra = sorted(set(frame.columns) - set(expected))
    missing = sorted(set(expected) - set(frame.columns))
    if extra or missing:
        raise ContractError(
            f"数据表 {name} 的列与约定不符：多出{extra or '无'}，缺少{missing or '无'}。没有发布。"
        )
    try:
        return schema.validate(frame.select(expected), cast=False)
    except (SchemaError, ValidationError) as error:
        detail = str(error).partition("\n\nResolved plan")[0]
        raise ContractError(f"数据表 {name} 不符合约定，没有发布：{detail}") from error


def collected(
    plans: Mapping[str, pl.LazyFrame],
    *,
    before: snapshots.Snapshot | None = None,
    same: Collection[str] = (),
    progress: ProgressCallback,
) -> Iterator[tuple[str, Mart]]:
    """Collect and validate the marts one after another, in the contract's order.

    A mart that `before`, of the same program, has as well was validated and packed then. Those
    known to be the `same` are not even collected.

    Raises:
        ContractError: a mart is missing, unknown, or breaks its contract.
    """
    if set(plans) != set(MARTS):
        raise ContractError(f"数据表不全或多余：{sorted(set(plans) ^ set(MARTS))}。没有发布。")
    rows = 0
    for done, (name, schema) in enumerate(MARTS.items(), start=1):
        mart: Mart | None = None
        if before and name in same:
            mart = snapshots.taken_over(before, name)
        if mart is None:
            frame = plans[name].collect()
            known = snapshots.taken_over(before, name, frame) if before else None
            mart = known or validated(frame, schema, name=name)
        rows += mart.rows if isinstance(mart, snapshots.Packed) else mart.height
        yield name, mart
        progress("marts", done, len(MARTS), rows)


def _inputs(files: pl.DataFrame) -> Iterator[snapshots.InputFile]:
    columns = [field.name for field in fields(snapshots.InputFile)]
    for row in files.select(columns).iter_rows(named=True):
        yield snapshots.InputFile(**row)


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What one build was asked for."""

    raw: Path
    marts: Path
    as_of: date | None
    full: bool
    accept_jump: str | None  # why figures may differ much from the last snapshot
    progress: ProgressCallback

    @property
    def staged(self) -> Path:
        """Return the folder in which the build works."""
        return folders_beside(self.marts)[0]

    @property
    def is_demonstration(self) -> bool:
        """Say whether the raw files are those of the demonstration."""
        return (self.raw / DEMO_MARK).exists()


class _Before(NamedTuple):
    """The snapshot in force, where this program made it of what lies in the staged folder."""

    run: str
    snapshot: snapshots.Snapshot
    whole: Mapping[str, str]  # as last_run.Published has them

    def marts(self) -> list[tuple[str, snapshots.Packed]] | None:
        """Return every mart as it lies there; None if one is damaged."""
        found = {name: snapshots.taken_over(self.snapshot, name) for name in MARTS}
        sound = [(name, mart) for name, mart in found.items() if mart]
        return sound if len(sound) == len(found) else None


def _before(held: snapshots.Held, task: _Task) -> _Before | None:
    """Return what the next snapshot can take marts over from."""
    known = None if task.full else last_run.published(task.staged)
    if known is None:
        return None
    with contextlib.suppress(StorageError):
        snapshot = snapshots.current(held.marts)
        is_same = snapshot.manifest.demonstration == task.is_demonstration
        if is_same and snapshot.id == known.snapshot:
            return _Before(known.run, snapshot, known.whole)
    return None


def _counted(intake: Intake, task: _Task, *, reference: Reference) -> Mapping[str, pl.LazyFrame]:
    return build_marts(
        intake.tables,
        reference=reference,
        ledger_cells=intake.ledger_cells,
        catalogue=catalogue(),
        as_of=intake.as_of,
        demonstration=task.is_demonstration,
        refused=Refused(rows=intake.rejected, files=intake.ledger_files),
        settled=SettledMonths.at(task.staged),
        partials=task.staged / PARTIALS,
        full=task.full,
    )


def _marts(
    intake: Intake, task: _Task, before: _Before | None, *, reference: Reference
) -> tuple[Iterable[tuple[str, Mart]], Mapping[str, str]]:
    """Return the marts, those in force if of this very run, and `whole_marts`."""
    again = before.marts() if before and before.run == intake.run else None
    if before and again is not None:
        return again, before.whole
    plans, last = _counted(intake, task, reference=reference), before and before.snapshot
    whole = whole_marts(task.staged / PARTIALS)
    same = [mart for mart in whole if before and before.whole.get(mart) == whole[mart]]
    return collected(plans, before=last, same=same, progress=task.progress), whole


def _publish(
    held: snapshots.Held,
    intake: Intake,
    task: _Task,
    before: _Before | None,
    *,
    reference: Reference,
) -> snapshots.Snapshot:
    marts, whole = _marts(intake, task, before, reference=reference)
    reach("marts_planned")
    provenance = snapshots.describe(
        as_of=intake.as_of,
        demonstration=task.is_demonstration,
        inputs=_inputs(intake.ledger_files),
    )
    snapshot = snapshots.publish(
        held,
        marts,
        provenance,
        boundaries=reference.boundaries,
        inspect=snapshots.gates(held.marts, provenance, accept_jump=task.accept_jump),
    )
    # Only spares the next build some work: it must not fail one that is published.
    with contextlib.suppress(OSError):
        last_run.note_published(task.staged, last_run.Published(intake.run, snapshot.id, whole))
    return snapshot


def _run(held: snapshots.Held, task: _Task, *, strangers: tuple[str, ...]) -> BuildResult:
    reference = load_reference()
    before = _before(held, task)
    intake = take_in(
        task.raw,
        task.staged,
        reference=reference,
        as_of=task.as_of,
        full=task.full,
        progress=task.progress,
    )
    reach("taken_in")
    files = checked_ledger(intake.ledger_files)
    absent = require_sources(files, intake.rejected, as_of=intake.as_of)
    return BuildResult(
        snapshot=_publish(held, intake, task, before, reference=reference),
        ledger_files=files,
        rejected=intake.rejected,
        quarantine=folders_beside(task.marts)[1],
        absent=absent,
        strangers=strangers,
        cut_off_zh=held.cut_off_zh,
        reused=intake.reused,
    )


@contextlib.contextmanager
def _alone_in(staged: Path, quarantine: Path) -> Iterator[None]:
    """Make both folders private, and work in the staged one alone and with room to write."""
    for folder in (staged, quarantine):
        _make_private(folder)
    with exclusive(staged), short_of_room(staged):
        yield


def build(
    raw: Path,
    marts: Path,
    *,
    as_of: date | None = None,
    full: bool = False,
    accept_jump: str | None = None,
    progress: ProgressCallback = silent,
) -> BuildResult:
    """Build every mart from the raw files and put the snapshot in force.

    Without `as_of` the figures speak of the latest date in the data, never of today. Files that did
    not change since the last build are not read again, and months that did not change are not
    counted again, unless `full`; where nothing changed, the marts in force are published again.
    The result is the same. `accept_jump` says why figures may differ much from the last snapshot;
    it goes into the manifest when they do.

    Raises:
        UsageError: there is no such raw folder.
        SourceError: a source the build needs has nothing acceptable.
        ContractError: a table of ours breaks its contract.
        BusyError: another build is running.
        JumpError: figures differ too much from the last snapshot and no reason was given.
        StorageError: the disk or a file failed.
    """
    task = _Task(
        raw=raw,
        marts=marts,
        as_of=as_of,
        full=full,
        accept_jump=one_line(accept_jump),
        progress=progress,
    )
    code_version()  # of the code as it was loaded, not as it may be by the end of a long run
    strangers = find_inputs(raw)
    with snapshots.lock(marts) as held, _alone_in(*folders_beside(marts)):
        return _run(held, task, strangers=strangers)
