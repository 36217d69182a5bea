"""A file refused as a whole."""

from __future__ import annotations

from pipeline.errors import PipelineError
from pipeline.ingest.reasons import REASONS


class FileRefused(PipelineError):  # noqa: N818 - it is an outcome, not a fault of ours
    """A file that cannot be trusted as a whole; carries its reason code and a note."""

    def __init__(self, code: str, note: str = "") -> None:
        super().__init__(f"{REASONS[code].sentence_zh}{f'（{note}）' if note else ''}。")
        self.code = code
        self.note = note
