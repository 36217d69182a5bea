"""The chain of the log of publications: each line carries the hash of the line before it.

A line that was changed, taken out or put in no longer fits the one after it. Lines from before
there was a chain come first and stand unproved, but for the last of them. Whoever rewrites the
whole log with new hashes is not noticed: this guards against a slip and a tidied-up line, not
against somebody who sets out to deceive.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.snapshots.layout import LOG

KEY = "previous"


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What the log proves: its lines, those before the chain, and what is wrong with it."""

    lines: int
    unproved: int
    faults_zh: tuple[str, ...]
    last: str | None  # the snapshot that the last readable line put in force


def lines_of(content: bytes) -> list[bytes]:
    """Return the lines of a log, a torn last one included."""
    return [line for line in content.split(b"\n") if line]


def digest_before(content: bytes) -> str | None:
    """Return what the next line carries: the hash of the last line; None for the first line."""
    lines = lines_of(content)
    return hashlib.sha256(lines[-1]).hexdigest() if lines else None


def _fields(line: bytes) -> dict[str, object] | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None  # torn by a power cut; the next line carries the hash of what was left
    return fields if isinstance(fields, dict) else None


def examine(marts: Path) -> Chain:
    """Follow the chain of a marts folder's log; a folder without a log has an empty chain.

    Raises:
        OSError: the log is there and cannot be read.
    """
    path = marts / LOG
    lines = lines_of(path.read_bytes()) if path.exists() else []
    faults: list[str] = []
    unproved, is_chained, last = 0, False, None
    before: bytes | None = None
    for number, line in enumerate(lines, start=1):
        fields = _fields(line)
        if fields is not None:
            told = fields.get("snapshot")
            last = told if isinstance(told, str) else last
            if KEY not in fields and not is_chained:
                unproved += 1
            elif KEY not in fields or fields[KEY] != digest_before(before or b""):
                faults.append(_broken_zh(number))
            is_chained = is_chained or KEY in fields
        before = line
    return Chain(lines=len(lines), unproved=unproved, faults_zh=tuple(faults), last=last)


def _broken_zh(number: int) -> str:
    if number == 1:
        return "第 1 行之前缺少记录"
    return f"第 {number - 1} 行与第 {number} 行接不上"
