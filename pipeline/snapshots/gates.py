"""The gates before a publication: control totals must agree, jumps need a reason."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pipeline.catalog import catalogue
from pipeline.errors import JumpError, StorageError, UsageError
from pipeline.snapshots import control
from pipeline.snapshots.drafts import Draft, Findings, Inspection
from pipeline.snapshots.jumps import jumps
from pipeline.snapshots.provenance import Provenance
from pipeline.snapshots.reading import Snapshot, current_id, folders, verify

TOLD = 5


def last_whole(marts: Path) -> Snapshot | None:
    """Return what the next snapshot is compared with: the one in force, else the newest whole."""
    newest_first = [folder.name for folder in reversed(folders(marts))]
    with contextlib.suppress(StorageError):
        newest_first.insert(0, current_id(marts))
    for snapshot_id in newest_first:
        with contextlib.suppress(StorageError, UsageError):
            return verify(marts, snapshot_id)
    return None


def _advice(before: Snapshot, provenance: Provenance) -> str:
    causes = []
    if provenance.demonstration and before.manifest.demonstration:
        causes.append("换了演示数据的规模、城市、日期或种子时属正常")
    if before.manifest.catalogue_hash != provenance.catalogue_hash:
        causes.append("指标目录已改动，口径变化也会造成差异")
    if provenance.as_of < before.manifest.as_of:
        causes.append(f"截止日期早于上次的 {before.manifest.as_of}")
    known = f"（{'；'.join(causes)}）" if causes else ""
    return (
        f"请核对原始文件是否缺漏或重复{known}；确认无误后，"
        '运行 python -m pipeline build --accept-jump "原因" 发布，原因会记入快照。'
    )


def _refusal(before: Snapshot, found: tuple[str, ...], provenance: Provenance) -> JumpError:
    shown = "；".join(f"{number}. {text}" for number, text in enumerate(found[:TOLD], start=1))
    more = f"；等共 {len(found)} 项" if len(found) > TOLD else ""
    return JumpError(
        f"与快照 {before.id} 相比变化过大，没有发布，现用快照不变：{shown}{more}。"
        f"{_advice(before, provenance)}"
    )


def gates(marts: Path, provenance: Provenance, *, accept_jump: str | None = None) -> Inspection:
    """Return the inspection that every build passes before anything of it is published.

    It raises ContractError where sums do not agree, JumpError where figures differ too much from
    the last whole snapshot and no reason is given.
    """

    def inspect(draft: Draft) -> Findings:
        control.check_against_ledger(draft, provenance.inputs)
        control.check_parts_of_whole(draft)
        totals = control.control_totals(draft)
        before = last_whole(marts)
        if before is None:
            return Findings(control_totals=totals)
        found = jumps(
            before,
            draft,
            as_of=provenance.as_of,
            demonstration=provenance.demonstration,
            catalogue=catalogue(),
        )
        if found and accept_jump is None:
            raise _refusal(before, found, provenance)
        return Findings(
            control_totals=totals, jumps=found, accepted_jump=accept_jump if found else None
        )

    return inspect
