"""One writer at a time, and a trace of the writer that was cut off."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import BusyError, StorageError, why_zh
from pipeline.snapshots import publications
from pipeline.snapshots.durable import make_folder
from pipeline.snapshots.failpoints import reach
from pipeline.snapshots.layout import (
    CURRENT,
    LOCK,
    POINTER_PREFIX,
    SNAPSHOTS,
    STAGE_PREFIX,
    TRASH_PREFIX,
    is_id,
)


@dataclass(frozen=True, kw_only=True)
class Held:
    """The right to write to a marts folder, for as long as the lock is held."""

    marts: Path
    descriptor: int
    cut_off_zh: str | None  # what became of the last writer, when it did not end by itself

    def note(self, **record: Any) -> None:
        """Write down what is being done; a writer that ends by itself leaves the note empty."""
        content = json.dumps({"pid": os.getpid(), **record}).encode() if record else b""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, content, 0)
        os.fsync(self.descriptor)


def _note_of(descriptor: int) -> dict[str, Any]:
    content = os.pread(descriptor, 4096, 0)
    if not content:
        return {}
    try:
        note = json.loads(content)
    except ValueError:
        return {"pid": "?"}
    return note if isinstance(note, dict) else {"pid": "?"}


def _pointer(marts: Path) -> str | None:
    path = marts / CURRENT
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def _recover(marts: Path, note: dict[str, Any]) -> str | None:
    """Clear what a cut-off writer left behind and say what became of its work."""
    for prefix in (STAGE_PREFIX, TRASH_PREFIX):
        for folder in sorted(marts.glob(f"{prefix}*")):
            shutil.rmtree(folder)
    for file in sorted(marts.glob(f"{POINTER_PREFIX}*")):
        file.unlink()
    in_force = _pointer(marts)
    if in_force:
        switched = datetime.fromtimestamp((marts / CURRENT).stat().st_mtime, tz=UTC)
        publications.catch_up(marts, in_force=in_force, since=switched)
    if not note:
        return None
    start = f"上一次操作（{note.get('doing', 'build')}，进程 {note.get('pid', '?')}）中途被中断"
    publishing = note.get("publishing")
    if publishing and publishing == in_force:
        return f"{start}，但快照 {publishing} 已完整发布。"
    if is_id(publishing):
        shutil.rmtree(marts / SNAPSHOTS / str(publishing), ignore_errors=True)
    kept = f"现用快照仍为 {in_force}" if in_force else "此前没有发布过快照"
    return f"{start}，没有发布任何内容；{kept}。残留文件已清理。"


def _unwritable(marts: Path, error: OSError) -> StorageError:
    return StorageError(f"文件夹 {marts} 不能写入（{why_zh(error)}）。请检查路径和权限。")


def _open(marts: Path) -> int:
    try:
        marts.mkdir(parents=True, exist_ok=True)
        return os.open(marts / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _unwritable(marts, error) from error


def _seize(descriptor: int, marts: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = _note_of(descriptor).get("pid", "?")
        raise BusyError(
            f"另一个进程（进程号 {holder}）正在写入 {marts}。请等它结束后再试。"
        ) from error


def _take_over(descriptor: int, marts: Path, *, doing: str) -> Held:
    try:
        cut_off = _recover(marts, _note_of(descriptor))
        held = Held(marts=marts, descriptor=descriptor, cut_off_zh=cut_off)
        held.note(doing=doing)
    except OSError as error:
        raise _unwritable(marts, error) from error
    return held


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[int]:
    """Hold a folder for one process; the kernel releases it when the process dies.

    Raises:
        BusyError: another process holds it.
        StorageError: the folder cannot be written to.
    """
    descriptor = _open(folder)
    try:
        _seize(descriptor, folder)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def lock(marts: Path, *, doing: str = "build") -> Iterator[Held]:
    """Hold a marts folder for one writer, after clearing what a cut-off writer left.

    Raises:
        BusyError: another process holds it.
        StorageError: the folder cannot be written to.
    """
    try:
        make_folder(marts)
    except OSError as error:
        raise _unwritable(marts, error) from error
    with exclusive(marts) as descriptor:
        held = _take_over(descriptor, marts, doing=doing)
        reach("locked")
        try:
            yield held
        finally:
            held.note()


def _is_alive(pid: object) -> bool:
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def unfinished_zh(marts: Path) -> str | None:
    """Say whether a writer is at work or was cut off, without taking the lock."""
    try:
        descriptor = os.open(marts / LOCK, os.O_RDONLY)
    except OSError:
        return None
    try:
        note = _note_of(descriptor)
    finally:
        os.close(descriptor)
    if not note:
        return None
    doing, pid = note.get("doing", "build"), note.get("pid", "?")
    if _is_alive(pid):
        return f"{doing} 正在进行（进程 {pid}）。"
    return f"上一次 {doing}（进程 {pid}）中途被中断，下次 build 时清理。"
