"""What a snapshot says of itself: inputs, definitions, code, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from pipeline.errors import StorageError

FORMAT = 2
# Fields that manifests of older formats do not have.
ADDED = {"control_totals": 2, "jumps": 2, "accepted_jump": 2}
FILE_NAME = "manifest.json"


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
    sha256: str = ""  # of this manifest without this line; filled by `sealed`
    format: int = FORMAT


def content_hash(marts: Mapping[str, MartFile]) -> str:
    """Hash the names and bytes of all marts."""
    lines = [f"{name} {marts[name].sha256}\n" for name in sorted(marts)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _document(manifest: Manifest) -> dict[str, Any]:
    unknown_then = {name for name, since in ADDED.items() if since > manifest.format}
    fields = {name: value for name, value in asdict(manifest).items() if name not in unknown_then}
    fields["created_at"] = manifest.created_at.isoformat(timespec="seconds")
    fields["as_of"] = manifest.as_of.isoformat()
    return fields


def _encoded(fields: Mapping[str, Any]) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def _seal(manifest: Manifest) -> str:
    fields = _document(manifest)
    del fields["sha256"]
    return hashlib.sha256(_encoded(fields)).hexdigest()


def sealed(manifest: Manifest) -> Manifest:
    """Fill in the manifest's own hash."""
    return replace(manifest, sha256=_seal(manifest))


def encode(manifest: Manifest) -> bytes:
    """Turn a sealed manifest into its only accepted spelling."""
    return _encoded(_document(manifest))


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
    fault = (
        f"快照 {where} 的 {FILE_NAME} 与发布时不同，不可使用。"
        "请用 rollback 退回另一份快照，或重新 build。"
    )
    try:
        manifest = _decoded(content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StorageError(fault) from error
    if manifest.sha256 != _seal(manifest) or encode(manifest) != content:
        raise StorageError(fault)
    return manifest
