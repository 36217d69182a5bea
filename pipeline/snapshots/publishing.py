"""Write a snapshot, put it in force, retire the old ones.

The order that makes it whole or nothing: files, manifest, folder, rename, parent folder, pointer
beside the pointer, rename, parent folder; each flushed before the next.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.catalog import catalogue, catalogue_hash
from pipeline.errors import StorageError
from pipeline.snapshots.durable import flush_folder, sha256_of, write_file
from pipeline.snapshots.failpoints import reach
from pipeline.snapshots.layout import (
    BOUNDARIES,
    CURRENT,
    POINTER_PREFIX,
    SNAPSHOTS,
    STAGE_PREFIX,
    TRASH_PREFIX,
    mart_file,
    sequence_of,
)
from pipeline.snapshots.locking import Held, lock
from pipeline.snapshots.manifest import (
    FILE_NAME,
    InputFile,
    Manifest,
    MartFile,
    StoredFile,
    content_hash,
    encode,
    sealed,
)
from pipeline.snapshots.reading import Snapshot, check, current_id, folders, load
from pipeline.version import code_version

ROW_GROUP = 32_768
GRACE_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a snapshot comes from; goes into its manifest."""

    as_of: date
    demonstration: bool
    inputs: tuple[InputFile, ...]
    settings: Mapping[str, Any]
    catalogue_hash: str
    code_version: str


def describe(*, as_of: date, demonstration: bool, inputs: Iterable[InputFile] = ()) -> Provenance:
    """Describe a run by the committed catalogue and this code; inputs are put in a fixed order."""
    return Provenance(
        as_of=as_of,
        demonstration=demonstration,
        inputs=tuple(sorted(inputs, key=lambda entry: (entry.source, entry.file))),
        settings=dataclasses.asdict(catalogue().settings),
        catalogue_hash=catalogue_hash(),
        code_version=code_version(),
    )


def _write_mart(stage: Path, name: str, frame: pl.DataFrame) -> MartFile:
    """Write a mart and read it back; fixed writer settings make equal frames equal bytes."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(
        buffer, compression="zstd", compression_level=3, statistics=True, row_group_size=ROW_GROUP
    )
    content = buffer.getvalue()
    path = stage / mart_file(name)
    write_file(path, content)
    if not pl.read_parquet(path).equals(frame, null_equal=True):
        raise StorageError(f"数据表 {name} 写入后重读不一致，没有发布。请检查磁盘。")
    return MartFile(bytes=len(content), sha256=sha256_of(path), rows=frame.height)


def _copy_boundaries(stage: Path, folder: Path | None) -> dict[str, StoredFile]:
    target = stage / BOUNDARIES
    target.mkdir()
    stored = {}
    for path in sorted(folder.glob("*.geojson")) if folder else []:
        content = path.read_bytes()
        write_file(target / path.name, content)
        stored[path.name] = StoredFile(bytes=len(content), sha256=sha256_of(target / path.name))
    flush_folder(target)
    return stored


def _fill(
    stage: Path,
    tables: Iterable[tuple[str, pl.DataFrame]],
    provenance: Provenance,
    *,
    boundaries: Path | None,
    sequence: int,
) -> Manifest:
    marts = {}
    for name, frame in tables:
        marts[name] = _write_mart(stage, name, frame)
        reach("mart_written")
    stored = _copy_boundaries(stage, boundaries)
    reach("boundaries_written")
    digest = content_hash(marts)
    manifest = sealed(
        Manifest(
            id=f"{sequence:04d}-{digest[:8]}",
            created_at=datetime.now(UTC),
            as_of=provenance.as_of,
            demonstration=provenance.demonstration,
            code_version=provenance.code_version,
            catalogue_hash=provenance.catalogue_hash,
            content_hash=digest,
            inputs=provenance.inputs,
            marts=marts,
            boundaries=stored,
            settings=provenance.settings,
        )
    )
    write_file(stage / FILE_NAME, encode(manifest))
    reach("manifest_written")
    flush_folder(stage)
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


def _put_in_force(marts: Path, snapshot_id: str) -> None:
    replaced = _in_force(marts)
    beside = marts / f"{POINTER_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    write_file(beside, f"{snapshot_id}\n".encode())
    reach("pointer_written")
    beside.replace(marts / CURRENT)
    reach("pointer_renamed")
    flush_folder(marts)
    reach("pointer_flushed")
    if replaced and replaced != snapshot_id and (marts / SNAPSHOTS / replaced).is_dir():
        # The grace time of a snapshot starts when it stops being in force.
        with contextlib.suppress(OSError):
            os.utime(marts / SNAPSHOTS / replaced)


def _retire(marts: Path, *, kept: int) -> None:
    """Remove the oldest snapshots beyond `kept`, never the one in force nor one just replaced."""
    in_force = _in_force(marts)
    for path in folders(marts)[: -max(kept, 1)]:
        age = time.time() - path.stat().st_mtime
        if path.name == in_force or age < GRACE_SECONDS:
            continue
        trash = marts / f"{TRASH_PREFIX}{path.name}"
        path.rename(trash)
        shutil.rmtree(trash)
    reach("retired")


def _move_in(held: Held, stage: Path, manifest: Manifest) -> Snapshot:
    home = held.marts / SNAPSHOTS
    home.mkdir(exist_ok=True)
    held.note(doing="build", publishing=manifest.id)
    stage.rename(home / manifest.id)
    reach("snapshot_renamed")
    flush_folder(home)
    flush_folder(held.marts)
    reach("snapshots_flushed")
    try:
        snapshot = check(load(held.marts, manifest.id))
        _put_in_force(held.marts, manifest.id)
    except BaseException:
        if _in_force(held.marts) != manifest.id:
            shutil.rmtree(home / manifest.id, ignore_errors=True)
        raise
    return snapshot


def publish(
    held: Held,
    tables: Iterable[tuple[str, pl.DataFrame]],
    provenance: Provenance,
    *,
    boundaries: Path | None = None,
    kept: int | None = None,
) -> Snapshot:
    """Write marts as a new snapshot and put it in force; on any fault nothing changes.

    `tables` may be a generator: each mart is written before the next is made.

    Raises:
        StorageError: the disk failed, or a file read back is not what was written.
    """
    stage = held.marts / f"{STAGE_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        stage.mkdir()
        reach("stage_created")
        sequence = _next_sequence(held.marts)
        manifest = _fill(stage, tables, provenance, boundaries=boundaries, sequence=sequence)
        snapshot = _move_in(held, stage, manifest)
    except OSError as error:
        raise StorageError(
            f"写入 {held.marts} 失败（{error.strerror or error}）。"
            f"现用快照为 {_in_force(held.marts) or '无'}。请检查磁盘空间和权限后重试。"
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    with contextlib.suppress(OSError):  # published already; the next build tries again
        _retire(held.marts, kept=catalogue().settings.snapshots_kept if kept is None else kept)
    return snapshot


def rollback(marts: Path, snapshot_id: str) -> Snapshot:
    """Put an older snapshot in force again, after verifying it.

    Raises:
        BusyError: another process is writing.
        UsageError: no such snapshot.
        StorageError: the snapshot is damaged; nothing changes.
    """
    with lock(marts, doing="rollback"):
        snapshot = check(load(marts, snapshot_id))
        _put_in_force(marts, snapshot_id)
    return snapshot
