"""Marts as the bytes of their files: packed, or taken over from an earlier snapshot."""

from __future__ import annotations

import hashlib
import io
from typing import NamedTuple

import polars as pl
import polars.selectors as cs

from pipeline.snapshots.layout import mart_file
from pipeline.snapshots.reading import Snapshot

ROW_GROUP = 32_768


class Packed(NamedTuple):
    """The file of a mart."""

    content: bytes
    rows: int


def packed(frame: pl.DataFrame) -> Packed:
    """Pack a mart; fixed writer settings make equal frames equal bytes, and 0.0 equals -0.0."""
    buffer = io.BytesIO()
    zero = pl.when(cs.float() == 0).then(0.0).otherwise(cs.float())
    frame.with_columns(zero.name.keep()).rechunk().write_parquet(
        buffer, compression="zstd", compression_level=3, statistics=True, row_group_size=ROW_GROUP
    )
    return Packed(buffer.getvalue(), frame.height)


def taken_over(before: Snapshot, mart: str, frame: pl.DataFrame | None = None) -> Packed | None:
    """Return a mart as an earlier snapshot has it; with `frame` only if it holds this very frame.

    None as well where the file is not what was published. The earlier snapshot must be of the same
    program: then its mart kept the same contract and was packed in the same way.
    """
    entry = before.manifest.marts.get(mart)
    if entry is None or (frame is not None and frame.height != entry.rows):
        return None
    try:
        content = (before.path / mart_file(mart)).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        return None
    if frame is not None and not _holds(content, frame):
        return None
    return Packed(content, entry.rows)


def _holds(content: bytes, frame: pl.DataFrame) -> bool:
    kept = pl.read_parquet(content)
    return kept.schema == frame.schema and kept.equals(frame, null_equal=True)
