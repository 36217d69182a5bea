"""Say reason codes and moments in words, for readers of accounts outside ingest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pipeline.ingest.reasons import DUPLICATES, REASONS, REPLACED

Kind = Literal["rejected", "duplicates", "warning"]
DUPLICATE_CODES = (*DUPLICATES, REPLACED.code)
# The country has one time zone and no summer time.
CHINA = dt.timezone(dt.timedelta(hours=8))
_TOLD = REASONS | {REPLACED.code: REPLACED}


def reason_zh(code: str) -> str | None:
    """Return the sentence of a reason code (what it is, what to do), or None for an unknown one."""
    reason = _TOLD.get(code)
    return reason.sentence_zh if reason else None


def reason_kind(code: str) -> Kind:
    """Say what happened to the rows of a reason: refused, dropped as duplicates, or remarked on."""
    if code in DUPLICATE_CODES:
        return "duplicates"
    reason = REASONS.get(code)
    return "warning" if reason and reason.scope == "warning" else "rejected"


def remarks_zh(warnings: Iterable[str]) -> str:
    """Say warnings (codes, perhaps with how often) in words; nothing without any."""
    told = []
    for warning in warnings:
        code, _, times = warning.partition(":")
        many = f"（{times}处）" if times not in ("", "1") else ""
        told.append(f"{reason_zh(code) or code}{many}")
    return f"；提示：{'；'.join(told)}" if told else ""


def outcome_zh(file: Mapping[str, Any]) -> str | None:
    """Say what became of a file (a row of the ledger) as a whole; None of an ordinary one."""
    told: str = file["message_zh"] or ""
    if file["kept_instead"]:
        told = told or f"文件{file['file']}没有一行可以采用，请改正后重新放入。"
        told += f"上一批次{file['kept_instead']}没有被替换，继续有效。"
    return told or None


def short_zh(code: str) -> str:
    """Return what is wrong, without what to do about it."""
    sentence = reason_zh(code) or code
    return sentence.partition("，")[0]


def minute_zh(moment: dt.datetime) -> str:
    """Print a moment as the clocks in China show it, wherever the computer stands."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
