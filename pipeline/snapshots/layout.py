"""The names of a marts folder."""

from __future__ import annotations

import re

LOCK = ".lock"
CURRENT = "CURRENT"
LOG = "publications.jsonl"
SNAPSHOTS = "snapshots"
BOUNDARIES = "boundaries"
STAGE_PREFIX = ".stage-"
TRASH_PREFIX = ".trash-"
POINTER_PREFIX = ".current-"
ID_PATTERN = re.compile(r"(\d{4,})-([0-9a-f]{8})")


def mart_file(mart: str) -> str:
    """Return the file name of a mart."""
    return f"{mart}.parquet"


def is_id(text: object) -> bool:
    """Say whether a text is a snapshot's id and nothing else, so that it is safe in a path."""
    return isinstance(text, str) and ID_PATTERN.fullmatch(text) is not None


def sequence_of(snapshot_id: str) -> int:
    """Return the number in an id; ids sort by it, never by the clock."""
    match = ID_PATTERN.fullmatch(snapshot_id)
    return int(match[1]) if match else 0
