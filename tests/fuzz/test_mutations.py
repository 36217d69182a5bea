"""Seeded mutations of good files: no crash, every row accounted for, every fen in its place.

200 files by default, FUZZ_FILES=2000 for `make soak`; a failure names the seed of the file.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.checking import check
from pipeline.ingest.reasons import DUPLICATES, REASONS

from .mutations import mutant
from .world import INSTITUTIONS, REGIONS, File

FILES = int(os.environ.get("FUZZ_FILES", "200"))
AT_ONCE = 100
_PLAIN = re.compile(r"-?(\d{1,13}|\d{1,3}(,\d{3})+)(\.\d{1,2}0*)?")


def fen(text: str) -> int | None:
    """Read an amount the slow way; None where it is none."""
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join(c for c in folded if unicodedata.category(c) != "Cf").strip()
    bare = folded.removeprefix("¥").removesuffix("元").strip().replace("−", "-")
    return int(Decimal(bare.replace(",", "")) * 100) if _PLAIN.fullmatch(bare) else None


def faults(file: File, report: dict[str, Any]) -> Iterator[str]:
    """Name what is wrong with the accounts of a file."""
    rejected = report["rejected"]
    reasons = [row["reason"] for row in rejected]
    if report["crashed"]:
        yield "crashed"
    if report["read"] != report["accepted"] + len(rejected):
        yield "rows read are not accepted and rejected"
    if report["duplicates"] != sum(reason in DUPLICATES for reason in reasons):
        yield "duplicates miscounted"
    if not {*reasons, *report["warnings"], report["file_reject"] or "EMPTY"} <= set(REASONS):
        yield "a reason that is not declared"
    if report["file_reject"] is not None:
        if report["read"] or not report["message"]:
            yield "a refused file that was read, or without a sentence"
    elif file.totals is not None:
        yield from _faults_of_rows(file.totals, report)


def _faults_of_rows(totals: dict[int, str], report: dict[str, Any]) -> Iterator[str]:
    rejected = {row["row"] for row in report["rejected"]}
    if not rejected <= set(totals) or len(rejected) != len(report["rejected"]):
        yield f"rows refused that are none: {sorted(rejected - set(totals))}"
    if report["read"] != len(totals):
        yield f"{report['read']} rows read of {len(totals)}"
    accepted = [fen(text) for row, text in totals.items() if row not in rejected]
    if None in accepted:
        yield "a row accepted without an amount"
    elif sum(amount or 0 for amount in accepted) != int(
        Decimal(report["sums"]["total_cost"]) * 100
    ):
        yield "the sum is wrong"


def seeds() -> list[range]:
    return [range(at, min(at + AT_ONCE, FILES)) for at in range(0, FILES, AT_ONCE)]


@pytest.mark.parametrize("batch", seeds(), ids=str)
def test_no_mutation_crashes_loses_a_row_or_moves_a_fen(tmp_path: Path, batch: range) -> None:
    codes, folder = tmp_path / "codes", tmp_path / "settlements"
    codes.mkdir()
    folder.mkdir()
    (codes / "ref_regions.csv").write_text(REGIONS, encoding="utf-8")
    (codes / "ref_institutions.csv").write_text(INSTITUTIONS, encoding="utf-8")
    files = {file.name: file for file in map(mutant, batch)}
    for file in files.values():
        (folder / file.name).write_bytes(file.data)
    reports = check(folder, source="settlements", reference=codes, as_of=date(2025, 12, 31))
    assert {report["file"] for report in reports["files"]} == set(files)
    wrong = {
        f"{report['file']} {files[report['file']].what}": found
        for report in reports["files"]
        if (found := list(faults(files[report["file"]], report)))
    }
    assert wrong == {}


def test_a_seed_gives_the_same_file_again() -> None:
    texts = (seed for seed in range(FILES) if mutant(seed).table.kind in ("csv", "parquet"))
    for seed in list(texts)[:20]:
        assert mutant(seed).data == mutant(seed).data
