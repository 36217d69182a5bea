"""A file refused as a whole."""

from __future__ import annotations

import polars as pl

from pipeline.errors import PipelineError
from pipeline.ingest.reasons import REASONS

# What Polars raises at a file it cannot read; a panic is no Exception.
UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


class FileRefused(PipelineError):  # noqa: N818 - it is an outcome, not a fault of ours
    """A file that cannot be trusted as a whole; carries its reason code and a note."""

    def __init__(self, code: str, note: str = "") -> None:
        super().__init__(f"{REASONS[code].sentence_zh}{f'（{note}）' if note else ''}。")
        self.code = code
        self.note = note
