"""The log of publications: one line a switch of CURRENT, appended and flushed, never rewritten.

    {"action": "build", "at": "2025-07-01T08:00:00+00:00", "by": "jianguan", "reason": null,
     "previous": "9f2c…", "replaced": "0041-…", "snapshot": "0042-…"}

`action` is build, rollback, or recovered for a switch whose writer was cut off before its line.
`previous` is the hash of the line before (`chain`).
"""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.snapshots.chain import digest_before
from pipeline.snapshots.layout import LOG, is_id

RECOVERED = "recovered"
PUBLIC_READ = 0o644


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One switch of CURRENT."""

    at: datetime
    action: str
    snapshot: str
    replaced: str | None
    by: str
    reason: str | None
    previous: str | None = None  # absent from lines of before there was a chain


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return str(os.getuid())


def record(
    marts: Path,
    snapshot_id: str,
    *,
    action: str,
    replaced: str | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Append a line and flush it.

    Raises:
        OSError: the line cannot be written; the next writer adds it (`catch_up`).
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(marts / LOG, flags, PUBLIC_READ), "r+b", buffering=0) as file:
        if not os.fstat(file.fileno()).st_size:
            os.fchmod(file.fileno(), PUBLIC_READ)
        before = os.pread(file.fileno(), file.seek(0, os.SEEK_END), 0)
        line = Publication(
            at=at or datetime.now(UTC),
            action=action,
            snapshot=snapshot_id,
            replaced=replaced,
            by=_user(),
            reason=reason,
            previous=digest_before(before),
        )
        fields = asdict(line) | {"at": line.at.isoformat(timespec="seconds")}
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True)
        torn = before != b"" and not before.endswith(b"\n")
        file.write(f"{chr(10) if torn else ''}{text}\n".encode())
        os.fsync(file.fileno())


def _parsed(line: str) -> Publication | None:
    try:
        fields = json.loads(line)
        fields["at"] = datetime.fromisoformat(fields["at"])
        publication = Publication(**fields)
    except (ValueError, TypeError, KeyError):
        return None  # a line torn by a power cut; the switch it told of is caught up on
    return publication if is_id(publication.snapshot) and publication.at.tzinfo else None


def recorded(marts: Path) -> list[Publication]:
    """Read the log, oldest first; torn lines are left out."""
    try:
        text = (marts / LOG).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line for line in map(_parsed, text.splitlines()) if line]


def catch_up(marts: Path, *, in_force: str | None, since: datetime) -> None:
    """Add the line of a switch whose writer was cut off before it wrote it.

    Raises:
        OSError: the line cannot be written.
    """
    lines = recorded(marts)
    last = lines[-1].snapshot if lines else None
    if in_force and is_id(in_force) and in_force != last:
        record(marts, in_force, action=RECOVERED, replaced=last, at=since)


def in_force_since(marts: Path, moment: datetime) -> set[str]:
    """Return the snapshots that were in force at any time from a moment on."""
    lines = recorded(marts)
    later = {line.snapshot for line in lines if line.at >= moment}
    earlier = [line.snapshot for line in lines if line.at < moment]
    return later | set(earlier[-1:])
