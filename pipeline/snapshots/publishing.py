"""Write a snapshot, put it in force, retire the old ones.

The order that makes it whole or nothing: files, manifest, folder, rename, parent folder, pointer
beside the pointer, rename, parent folder; each flushed before the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipeline.catalog import catalogue
from pipeline.errors import StorageError, why_zh
from pipeline.snapshots import publications
from pipeline.snapshots.drafts import Draft, Findings, Inspection, nothing_to_inspect
from pipeline.snapshots.durable import flush_folder, make_folder, sha256_of, write_file
from pipeline.snapshots.failpoints import reach
from pipeline.snapshots.layout import (
    BOUNDARIES,
    CURRENT,
    POINTER_PREFIX,
    SNAPSHOTS,
    STAGE_PREFIX,
    mart_file,
    sequence_of,
)
from pipeline.snapshots.locking import Held, lock
from pipeline.snapshots.manifest import (
    FILE_NAME,
    Manifest,
    MartFile,
    StoredFile,
    content_hash,
    encode,
)
from pipeline.snapshots.packing import Packed, packed
from pipeline.snapshots.provenance import Provenance
from pipeline.snapshots.reading import Snapshot, check, current_id, folders, load
from pipeline.snapshots.retention import retire


def _write_mart(stage: Path, name: str, mart: pl.DataFrame | Packed) -> MartFile:
    """Write a mart and read it back: the bytes, and of one packed now what they hold."""
    content, rows = mart if isinstance(mart, Packed) else packed(mart)
    path = stage / mart_file(name)
    write_file(path, content)
    digest = sha256_of(path)
    is_same = digest == hashlib.sha256(content).hexdigest()
    if is_same and isinstance(mart, pl.DataFrame):
        is_same = pl.read_parquet(path).equals(mart, null_equal=True)
    if not is_same:
        raise StorageError(f"数据表 {name} 写入后重读不一致，没有发布。请检查磁盘。")
    return MartFile(bytes=len(content), sha256=digest, rows=rows)


def _copy_boundaries(stage: Path, folder: Path | None) -> dict[str, StoredFile]:
    target = stage / BOUNDARIES
    make_folder(target)
    stored = {}
    for path in sorted(folder.glob("*.geojson")) if folder else []:
        content = path.read_bytes()
        write_file(target / path.name, content)
        stored[path.name] = StoredFile(bytes=len(content), sha256=sha256_of(target / path.name))
    flush_folder(target)
    return stored


def _write_all(
    stage: Path,
    tables: Iterable[tuple[str, pl.DataFrame | Packed]],
    boundaries: Path | None,
    inspect: Inspection,
) -> tuple[Draft, Findings, dict[str, StoredFile]]:
    """Write everything but the manifest, and inspect what was written."""
    marts = {}
    for name, mart in tables:
        marts[name] = _write_mart(stage, name, mart)
        reach("mart_written")
    stored = _copy_boundaries(stage, boundaries)
    reach("boundaries_written")
    draft = Draft(path=stage, marts=marts)
    findings = inspect(draft)
    reach("inspected")
    return draft, findings, stored


def _seal(
    draft: Draft,
    findings: Findings,
    provenance: Provenance,
    *,
    boundaries: dict[str, StoredFile],
    sequence: int,
) -> Manifest:
    digest = content_hash(draft.marts)
    manifest = Manifest(
        id=f"{sequence:04d}-{digest[:8]}",
        created_at=datetime.now(UTC),
        content_hash=digest,
        marts=draft.marts,
        boundaries=boundaries,
        **vars(provenance),
        **vars(findings),
    )
    write_file(draft.path / FILE_NAME, encode(manifest))
    reach("manifest_written")
    flush_folder(draft.path)
    reach("stage_flushed")
    return manifest


def _in_force(marts: Path) -> str | None:
    try:
        return current_id(marts)
    except StorageError:
        return None


def _next_sequence(marts: Path) -> int:
    used = [path.name for path in folders(marts)] + [_in_force(marts) or ""]
    return max(sequence_of(name) for name in used) + 1


def _point_at(marts: Path, snapshot_id: str) -> None:
    """Replace CURRENT: a new file beside it, flushed, renamed over it, the folder flushed."""
    beside = marts / f"{POINTER_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        write_file(beside, f"{snapshot_id}\n".encode())
        reach("pointer_written")
        beside.replace(marts / CURRENT)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    reach("pointer_renamed")
    flush_folder(marts)
    reach("pointer_flushed")


def _put_in_force(marts: Path, snapshot: Snapshot, *, action: str) -> None:
    replaced = _in_force(marts)
    _point_at(marts, snapshot.id)
    with contextlib.suppress(OSError):  # the switch is done; the next writer adds a missing line
        publications.record(
            marts,
            snapshot.id,
            action=action,
            replaced=replaced,
            reason=snapshot.manifest.accepted_jump,
        )
    reach("recorded")
    if replaced and replaced != snapshot.id and (marts / SNAPSHOTS / replaced).is_dir():
        # The grace time of a snapshot starts when it stops being in force.
        with contextlib.suppress(OSError):
            os.utime(marts / SNAPSHOTS / replaced)


def _move_in(held: Held, stage: Path, manifest: Manifest) -> Snapshot:
    home = held.marts / SNAPSHOTS
    make_folder(home)
    held.note(doing="build", publishing=manifest.id)
    stage.rename(home / manifest.id)
    reach("snapshot_renamed")
    flush_folder(home)
    flush_folder(held.marts)
    reach("snapshots_flushed")
    try:
        snapshot = check(load(held.marts, manifest.id))
        _put_in_force(held.marts, snapshot, action="build")
    except BaseException:
        if _in_force(held.marts) != manifest.id:
            shutil.rmtree(home / manifest.id, ignore_errors=True)
        raise
    return snapshot


def publish(
    held: Held,
    tables: Iterable[tuple[str, pl.DataFrame | Packed]],
    provenance: Provenance,
    *,
    boundaries: Path | None = None,
    kept: int | None = None,
    inspect: Inspection = nothing_to_inspect,
) -> Snapshot:
    """Write marts as a new snapshot and put it in force; on any fault nothing changes.

    `tables` may be a generator: each mart, a frame or the bytes of its file, is written before the
    next is made. `inspect` sees them as they lie on the disk before they get a manifest, and stops
    the publication by raising.

    Raises:
        StorageError: the disk failed, or a file read back is not what was written.
    """
    stage = held.marts / f"{STAGE_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        make_folder(stage)
        reach("stage_created")
        draft, findings, stored = _write_all(stage, tables, boundaries, inspect)
        sequence = _next_sequence(held.marts)
        manifest = _seal(draft, findings, provenance, boundaries=stored, sequence=sequence)
        snapshot = _move_in(held, stage, manifest)
    except OSError as error:
        raise StorageError(
            f"写入 {held.marts} 失败（{why_zh(error)}）。"
            f"现用快照为 {_in_force(held.marts) or '无'}。请检查磁盘空间和权限后重试。"
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    _retire_older(held.marts, kept=kept)
    return snapshot


def _retire_older(marts: Path, *, kept: int | None) -> None:
    settings = catalogue().settings
    with contextlib.suppress(OSError):  # published already; the next build tries again
        retire(
            marts,
            in_force=_in_force(marts),
            kept=settings.snapshots_kept if kept is None else kept,
            kept_days=settings.snapshots_kept_days,
        )


def rollback(marts: Path, snapshot_id: str) -> Snapshot:
    """Put an older snapshot in force again, after verifying it.

    Raises:
        BusyError: another process is writing.
        UsageError: no such snapshot.
        StorageError: the snapshot is damaged; nothing changes.
    """
    with lock(marts, doing="rollback"):
        snapshot = check(load(marts, snapshot_id))
        _put_in_force(marts, snapshot, action="rollback")
    return snapshot
