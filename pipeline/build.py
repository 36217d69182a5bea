"""The plan: find, take in, build marts, validate, publish. The only place that collects marts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl
from dataframely.exc import SchemaError, ValidationError

from pipeline import snapshots
from pipeline.catalog import catalogue
from pipeline.catalog.sources import sources
from pipeline.contracts.marts import MARTS
from pipeline.errors import ContractError, SourceError, UsageError
from pipeline.intake import Intake, take_in
from pipeline.marts import build_marts
from pipeline.marts.partials import PARTIALS
from pipeline.marts.rejected_rows import Refused
from pipeline.progress import ProgressCallback, silent
from pipeline.reference import Reference, load_reference
from pipeline.settled_months import SettledMonths
from pipeline.snapshots.durable import short_of_room
from pipeline.snapshots.failpoints import reach
from pipeline.snapshots.locking import exclusive
from pipeline.version import code_version

DEMO_MARK = "DEMO.json"
DEMO_TRUTH = "truth.json"
STAGED = "staged"
QUARANTINE = "quarantine"
PRIVATE = 0o700

# The registries that the six figures of the overview rest on. Files of one of these without a
# single acceptable row stop the build; a source that sent nothing at all shows as missing.
NEEDED = ("institutions", "settlements", "clinics", "equipment", "contracts")


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


def checked_ledger(files: pl.DataFrame) -> pl.DataFrame:
    """Return the ledger by file when every row of every file is accounted for.

    Raises:
        ContractError: read is not accepted + rejected + duplicates for some file.
    """
    counted = pl.col("accepted") + pl.col("rejected") + pl.col("duplicates")
    wrong = files.filter(pl.col("rows_read") != counted)
    if wrong.height:
        raise ContractError(
            f"行数对不上：{'、'.join(wrong['file'].head(5))}，共 {wrong.height} 个文件的"
            "“读入”不等于“采用＋拒收＋重复”。这是程序的缺陷，没有发布，请报告。"
        )
    return files.sort("source", "file")


def find_inputs(raw: Path) -> tuple[str, ...]:
    """Return what lies in the raw folder but belongs to no source, so that it can be told.

    Raises:
        UsageError: there is no such folder.
        SourceError: no source has a file.
    """
    if not raw.is_dir():
        raise UsageError(f"没有文件夹 {raw}。请用 --raw 指定存放原始文件的文件夹。")
    visible = sorted(path.name for path in raw.iterdir() if not path.name.startswith("."))
    if not any(path.is_file() for source in sources() for path in (raw / source).rglob("*")):
        known = "、".join(f"{source.id}（{source.name_zh}）" for source in sources().values())
        raise SourceError(
            f"{raw} 中没有原始文件。请把文件放入以来源命名的文件夹：{known}；"
            "或先运行 python -m pipeline demo 生成演示数据。"
        )
    return tuple(name for name in visible if name not in {*sources(), DEMO_MARK, DEMO_TRUTH})


def _refusals(files: pl.DataFrame, rejected: pl.DataFrame) -> str:
    """Say why nothing of some files was acceptable: whole files first, then rows by reason."""
    told = files.filter(pl.col("message_zh").is_not_null())["message_zh"].head(3).to_list()
    reasons = rejected["reason"].value_counts().sort("count", "reason", descending=True).head(3)
    if reasons.height:
        counts = "、".join(f"{reason} {count:,} 行" for reason, count in reasons.iter_rows())
        first = rejected.sort("file", "sheet", "row", nulls_last=True)["message_zh"][0]
        told.append(f"逐行拒收：{counts}；例如：{first}")
    return "".join(told)


def require_sources(files: pl.DataFrame, rejected: pl.DataFrame) -> tuple[str, ...]:
    """Check that the build has something to stand on; return needed sources that have nothing.

    A source whose rows are later than the as-of date has nothing yet, which is no fault of it.

    Raises:
        SourceError: nothing at all, or nothing in a needed source that sent files, is acceptable.
    """
    accepted = dict(files.group_by("source").agg(pl.col("accepted").sum()).iter_rows())
    later = set(rejected.filter(pl.col("reason") == "FUTURE_DATE")["source"])
    empty = [source for source in NEEDED if accepted.get(source) == 0 and source not in later]
    if not any(accepted.values()):
        empty = sorted(accepted)
    if empty:
        names = "、".join(sources()[source].name_zh for source in empty)
        is_theirs = pl.col("source").is_in(empty)
        refused = _refusals(files.filter(is_theirs), rejected.filter(is_theirs))
        raise SourceError(f"{names}的文件中没有一行可以采用，没有发布，现用快照不变。{refused}")
    return tuple(source for source in NEEDED if not accepted.get(source))


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
    plans: Mapping[str, pl.LazyFrame], *, progress: ProgressCallback
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Collect and validate the marts one after another, in the contract's order.

    Raises:
        ContractError: a mart is missing, unknown, or breaks its contract.
    """
    if set(plans) != set(MARTS):
        raise ContractError(f"数据表不全或多余：{sorted(set(plans) ^ set(MARTS))}。没有发布。")
    rows = 0
    for done, (name, schema) in enumerate(MARTS.items(), start=1):
        frame = validated(plans[name].collect(), schema, name=name)
        rows += frame.height
        progress("marts", done, len(MARTS), rows)
        yield name, frame


def _inputs(files: pl.DataFrame) -> Iterator[snapshots.InputFile]:
    columns = ("source", "file", "sha256", "rows_read", "accepted", "rejected", "duplicates")
    for row in files.select(*columns, "refusal", "superseded_by").iter_rows(named=True):
        yield snapshots.InputFile(**row)


def _publish(
    held: snapshots.Held,
    intake: Intake,
    *,
    reference: Reference,
    demonstration: bool,
    accept_jump: str | None,
    staged: Path,
    full: bool,
    progress: ProgressCallback,
) -> snapshots.Snapshot:
    plans = build_marts(
        intake.tables,
        reference=reference,
        ledger_cells=intake.ledger_cells,
        catalogue=catalogue(),
        as_of=intake.as_of,
        demonstration=demonstration,
        refused=Refused(rows=intake.rejected, files=intake.ledger_files),
        settled=SettledMonths.at(staged),
        partials=staged / PARTIALS,
        full=full,
    )
    reach("marts_planned")
    provenance = snapshots.describe(
        as_of=intake.as_of,
        demonstration=demonstration,
        inputs=_inputs(intake.ledger_files),
    )
    tables = collected(plans, progress=progress)
    return snapshots.publish(
        held,
        tables,
        provenance,
        boundaries=reference.boundaries,
        inspect=snapshots.gates(held.marts, provenance, accept_jump=accept_jump),
    )


def _reason(accept_jump: str | None) -> str | None:
    """Return the reason on one line.

    Raises:
        UsageError: it says nothing.
    """
    if accept_jump is None:
        return None
    reason = " ".join(accept_jump.split())
    if not reason:
        raise UsageError('--accept-jump 后面要写明原因，例如：--accept-jump "补报1月结算"。')
    return reason


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
    counted again, unless `full`: the result is the same. `accept_jump` says why
    figures may differ much from the last snapshot; it goes into the manifest when they do.

    Raises:
        UsageError: there is no such raw folder.
        SourceError: a source the build needs has nothing acceptable.
        ContractError: a table of ours breaks its contract.
        BusyError: another build is running.
        JumpError: figures differ too much from the last snapshot and no reason was given.
        StorageError: the disk or a file failed.
    """
    reason = _reason(accept_jump)
    code_version()  # of the code as it was loaded, not as it may be by the end of a long run
    staged, quarantine = folders_beside(marts)
    strangers = find_inputs(raw)
    with snapshots.lock(marts) as held, contextlib.ExitStack() as stack:
        for folder in (staged, quarantine):
            _make_private(folder)
        stack.enter_context(exclusive(staged))
        stack.enter_context(short_of_room(staged))
        reference = load_reference()
        intake = take_in(
            raw, staged, reference=reference, as_of=as_of, full=full, progress=progress
        )
        reach("taken_in")
        files = checked_ledger(intake.ledger_files)
        absent = require_sources(files, intake.rejected)
        snapshot = _publish(
            held,
            intake,
            reference=reference,
            demonstration=(raw / DEMO_MARK).exists(),
            accept_jump=reason,
            staged=staged,
            full=full,
            progress=progress,
        )
    return BuildResult(
        snapshot=snapshot,
        ledger_files=files,
        rejected=intake.rejected,
        quarantine=quarantine,
        absent=absent,
        strangers=strangers,
        cut_off_zh=held.cut_off_zh,
        reused=intake.reused,
    )
