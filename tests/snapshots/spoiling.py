"""Damage to published files. They are read-only, which stops everybody but root."""

from __future__ import annotations

import os
from pathlib import Path


def write_over(path: Path, content: bytes) -> None:
    """Put other content into a published file."""
    path.chmod(0o644)
    path.write_bytes(content)


def cut_short(path: Path, size: int) -> None:
    """Leave the first bytes of a published file."""
    path.chmod(0o644)
    os.truncate(path, size)
