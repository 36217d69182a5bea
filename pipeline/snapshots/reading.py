"""Open what was published; a file that is not what was published is never read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipeline.errors import StorageError, UsageError, why_zh
from pipeline.snapshots.chain import Chain, examine
from pipeline.snapshots.durable import sha256_of
from pipeline.snapshots.layout import (
    BOUNDARIES,
    CURRENT,
    LOG,
    SNAPSHOTS,
    is_id,
    mart_file,
    sequence_of,
)
from pipeline.snapshots.leases import Lease, take
from pipeline.snapshots.manifest import FILE_NAME, Manifest, StoredFile, content_hash, decode

# Snapshots whose files this process has already hashed: (folder, manifest hash).
_verified: set[tuple[Path, str]] = set()

# A page opens its snapshot on every run. Reading a manifest is quick, checking its seal is not:
# the same bytes are checked once, any other bytes again.
_decoded = lru_cache(maxsize=8)(decode)


class NoSnapshotError(StorageError):
    """Nothing has been published yet."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A published snapshot. Open it once a page run and read everything through it.

    As long as the object is held, retention leaves the files alone.
    """

    id: str
    path: Path
    manifest: Manifest
    lease: Lease | None = field(default=None, compare=False, repr=False)

    def scan(self, mart: str) -> pl.LazyFrame:
        """Scan a mart.

        Raises:
            StorageError: the snapshot has no such mart.
        """
        if mart not in self.manifest.marts:
            raise StorageError(f"快照 {self.id} 中没有数据表 {mart}。请重新 build。")
        return pl.scan_parquet(self.path / mart_file(mart))

    def boundary(self, name: str) -> Path:
        """Return the path of a boundary file, for example `counties.geojson`.

        Raises:
            StorageError: the snapshot has no such file.
        """
        if name not in self.manifest.boundaries:
            raise StorageError(f"快照 {self.id} 中没有边界文件 {name}。请重新 build。")
        return self.path / BOUNDARIES / name


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A line of the list of snapshots; a damaged one has a fault instead of a snapshot."""

    id: str
    is_current: bool
    snapshot: Snapshot | None
    fault_zh: str | None


def folders(marts: Path) -> list[Path]:
    """Return the snapshot folders, oldest first."""
    if not (marts / SNAPSHOTS).is_dir():
        return []
    found = [path for path in (marts / SNAPSHOTS).iterdir() if is_id(path.name)]
    return sorted(found, key=lambda path: (sequence_of(path.name), path.name))


def current_id(marts: Path) -> str:
    """Read the pointer.

    Raises:
        NoSnapshotError: nothing has been published.
        StorageError: the pointer is damaged.
    """
    try:
        text = (marts / CURRENT).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NoSnapshotError(
            f"{marts} 中还没有发布过快照。请先运行 python -m pipeline build。"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{marts / CURRENT} 读不出来：{error}。") from error
    snapshot_id = text.strip()
    if not is_id(snapshot_id):
        raise StorageError(f"{marts / CURRENT} 的内容不是快照编号。请用 rollback 指定一份快照。")
    return snapshot_id


def load(marts: Path, snapshot_id: str) -> Snapshot:
    """Read a snapshot's manifest without looking at its files.

    Raises:
        UsageError: no such snapshot.
        StorageError: the manifest is not what was published.
    """
    path = marts / SNAPSHOTS / snapshot_id
    if not is_id(snapshot_id) or not path.is_dir():
        known = "、".join(folder.name for folder in folders(marts)[-5:]) or "无"
        raise UsageError(f"没有快照 {snapshot_id}。最近的快照：{known}。")
    try:
        content = (path / FILE_NAME).read_bytes()
    except OSError as error:
        raise StorageError(f"快照 {snapshot_id} 的 {FILE_NAME} 读不出来，不可使用。") from error
    manifest = _decoded(content, where=snapshot_id)
    if manifest.id != snapshot_id:
        raise StorageError(f"文件夹 {snapshot_id} 里是快照 {manifest.id}，不可使用。")
    return Snapshot(id=snapshot_id, path=path, manifest=manifest)


def _stored(manifest: Manifest) -> dict[str, StoredFile]:
    marts: dict[str, StoredFile] = {
        mart_file(name): entry for name, entry in manifest.marts.items()
    }
    return marts | {f"{BOUNDARIES}/{name}": entry for name, entry in manifest.boundaries.items()}


def faults(snapshot: Snapshot) -> list[str]:
    """Hash every file of a snapshot; return a sentence for each that is not what was published."""
    manifest = snapshot.manifest
    expected = _stored(manifest)
    present = {
        path.relative_to(snapshot.path).as_posix()
        for path in snapshot.path.rglob("*")
        if not path.is_dir()
    }
    found = [f"缺少文件 {name}" for name in sorted(set(expected) - present)]
    found += [f"多出文件 {name}" for name in sorted(present - set(expected) - {FILE_NAME})]
    for name in sorted(set(expected) & present):
        try:
            actual = sha256_of(snapshot.path / name)
        except OSError as error:
            found.append(f"文件 {name} 读不出来（{why_zh(error)}）")
            continue
        if actual != expected[name].sha256:
            found.append(f"文件 {name} 的内容与发布时不同")
    if manifest.content_hash != content_hash(manifest.marts):
        found.append("内容校验值与各数据表不符")
    return found


def check(snapshot: Snapshot) -> Snapshot:
    """Verify every file of a snapshot now and return it.

    Raises:
        StorageError: a file is not what was published.
    """
    found = faults(snapshot)
    if found:
        shown = "；".join(found[:5]) + (f"；共 {len(found)} 处" if len(found) > 5 else "")
        raise StorageError(
            f"快照 {snapshot.id} 校验未通过：{shown}。请用 rollback 退回另一份快照，或重新 build。"
        )
    _verified.add((snapshot.path.resolve(), snapshot.manifest.sha256))
    return snapshot


def open_snapshot(marts: Path, snapshot_id: str) -> Snapshot:
    """Open a snapshot by id; its files are verified once a process.

    Raises:
        UsageError: no such snapshot.
        StorageError: a file is not what was published.
    """
    lease = take(marts / SNAPSHOTS / snapshot_id) if is_id(snapshot_id) else None
    snapshot = replace(load(marts, snapshot_id), lease=lease)
    if (snapshot.path.resolve(), snapshot.manifest.sha256) in _verified:
        return snapshot
    return check(snapshot)


def current(marts: Path) -> Snapshot:
    """Open the snapshot in force; its files are verified once a process.

    Raises:
        NoSnapshotError: nothing has been published.
        StorageError: the pointer or a file is not what was published.
    """
    snapshot_id = current_id(marts)
    try:
        return open_snapshot(marts, snapshot_id)
    except UsageError as error:
        raise StorageError(
            f"现用快照 {snapshot_id} 不存在。请用 rollback 指定一份快照，或重新 build。"
        ) from error


def verify(marts: Path, snapshot_id: str | None = None) -> Snapshot:
    """Hash every file of a snapshot (the one in force by default), whatever was verified before.

    Raises:
        UsageError: no such snapshot.
        StorageError: a file is not what was published.
    """
    return check(load(marts, snapshot_id or current_id(marts)))


def verify_log(marts: Path) -> tuple[Chain, str]:
    """Follow the chain of publications; return it with a sentence on what it proves.

    Raises:
        StorageError: a line was changed, taken out or put in, or the log cannot be read.
    """
    try:
        chain = examine(marts)
    except OSError as error:
        raise StorageError(f"发布记录 {LOG} 读不出来（{why_zh(error)}）。请检查权限。") from error
    if chain.faults_zh:
        raise StorageError(
            f"发布记录 {marts / LOG} 被删改过：{'；'.join(chain.faults_zh)}。"
            "快照文件不受影响；请查明是谁改动，并从备份恢复这个文件。"
        )
    try:
        in_force = current_id(marts)
    except StorageError:
        in_force = None  # a snapshot can be verified while none is in force
    return chain, _proof_zh(chain, in_force)


def _proof_zh(chain: Chain, in_force: str | None) -> str:
    if not chain.lines:
        return "没有发布记录，下次发布时补记。"
    told = f"发布记录 {chain.lines} 行前后相接。"
    if chain.unproved == chain.lines:
        told = f"发布记录 {chain.lines} 行，都是早期记录，没有校验码，无法核对。"
    elif chain.unproved:
        told = f"发布记录 {chain.lines} 行前后相接；最早的 {chain.unproved} 行没有校验码。"
    if in_force is not None and chain.last != in_force:
        told += "最后一行不是现用快照：末尾的记录被删，或上次发布在记录前中断，请核实。"
    return told


def list_snapshots(marts: Path) -> list[Listed]:
    """List the snapshots, newest first, by their manifests alone."""
    try:
        in_force = current_id(marts)
    except StorageError:
        in_force = ""
    lines = []
    for folder in reversed(folders(marts)):
        snapshot, fault = None, None
        try:
            snapshot = load(marts, folder.name)
        except StorageError as error:
            fault = error.message_zh
        lines.append(
            Listed(
                id=folder.name,
                is_current=folder.name == in_force,
                snapshot=snapshot,
                fault_zh=fault,
            )
        )
    return lines
