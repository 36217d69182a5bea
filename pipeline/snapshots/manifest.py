"""What a snapshot says of itself: inputs, definitions, code, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pipeline.errors import StorageError

FORMAT = 2  # 1 had no `control_totals`, `jumps` and `accepted_jump`
FILE_NAME = "manifest.json"
_SEAL, _END = ',\n "sha256": "', b"\n}\n"


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A raw file of the run with its row accounting."""

    source: str
    file: str
    sha256: str
    rows_read: int
    accepted: int
    rejected: int
    duplicates: int
    refusal: str | None = None
    superseded_by: str | None = None
    kept_instead: str | None = None  # the earlier file that stays: nothing of this one is fit


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A published file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class MartFile(StoredFile):
    """A published mart."""

    rows: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The identity of a snapshot. `content_hash` depends on the marts alone, not on id or time."""

    id: str
    created_at: datetime  # informational; ids sort without it
    as_of: date
    demonstration: bool
    code_version: str
    catalogue_hash: str
    content_hash: str
    inputs: tuple[InputFile, ...]
    marts: Mapping[str, MartFile]
    boundaries: Mapping[str, StoredFile]
    settings: Mapping[str, Any]  # catalogue settings in force, for the pages
    control_totals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    jumps: tuple[str, ...] = ()  # sentences: what differed too much from the snapshot before
    accepted_jump: str | None = None  # why it was published all the same
    sha256: str = ""  # of this manifest without this line; filled in when it is written
    format: int = FORMAT


def content_hash(marts: Mapping[str, MartFile]) -> str:
    """Hash the names and bytes of all marts."""
    lines = [f"{name} {marts[name].sha256}\n" for name in sorted(marts)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def encode(manifest: Manifest) -> bytes:
    """Spell a manifest, its own hash last: keys in order, so that nothing sorts after `sha256`."""
    fields = {
        **{name: value for name, value in vars(manifest).items() if name != "sha256"},
        "created_at": manifest.created_at.isoformat(timespec="seconds"),
        "as_of": manifest.as_of.isoformat(),
        "inputs": [vars(entry) for entry in manifest.inputs],
        "marts": {name: vars(entry) for name, entry in manifest.marts.items()},
        "boundaries": {name: vars(entry) for name, entry in manifest.boundaries.items()},
    }
    text = json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True)
    return _sealed(f"{text}\n".encode())


def _sealed(unsealed: bytes) -> bytes:
    """Put the hash of a manifest into it as its last line."""
    digest = hashlib.sha256(unsealed).hexdigest()
    return unsealed.removesuffix(_END) + f'{_SEAL}{digest}"'.encode() + _END


def _decoded(content: bytes) -> Manifest:
    fields = json.loads(content)
    if fields["format"] not in range(1, FORMAT + 1):
        raise ValueError("format")
    fields["created_at"] = datetime.fromisoformat(fields["created_at"])
    fields["as_of"] = date.fromisoformat(fields["as_of"])
    fields["inputs"] = tuple(InputFile(**entry) for entry in fields["inputs"])
    fields["marts"] = {name: MartFile(**entry) for name, entry in fields["marts"].items()}
    fields["boundaries"] = {
        name: StoredFile(**entry) for name, entry in fields["boundaries"].items()
    }
    if "jumps" in fields:
        fields["jumps"] = tuple(fields["jumps"])
    return Manifest(**fields)


def decode(content: bytes, *, where: str) -> Manifest:
    """Read a manifest; any byte that is not as written is an error.

    Raises:
        StorageError: the manifest is not what was published.
    """
    unsealed = content.rpartition(_SEAL.encode())[0] + _END
    fault = (
        f"快照 {where} 的 {FILE_NAME} 与发布时不同，不可使用。"
        "请用 rollback 退回另一份快照，或重新 build。"
    )
    if content != _sealed(unsealed):
        raise StorageError(fault)
    try:
        return _decoded(content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StorageError(fault) from error
