"""The demonstration's truth file: every deliberate defect is found, nothing else is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.demo import write_world
from pipeline.intake.taking_in import take_in
from pipeline.reference import load_reference

from .conftest import KEY


@pytest.mark.build
def test_every_deliberate_defect_is_found_and_nothing_else(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_world(raw, cities=("410200",), scale=0.002, start=date(2024, 7, 1))
    intake = take_in(raw, tmp_path / "staged", reference=load_reference(), key=KEY)
    truth = json.loads((raw / "truth.json").read_text(encoding="utf-8"))["defects"]
    old = intake.ledger_files.filter(pl.col("superseded_by").is_not_null())["file"].to_list()
    rows = intake.rejected.filter(pl.col("file").is_in(old).not_())
    found = set(rows.select("file", "sheet", "row", "reason").rows())
    refused = intake.ledger_files.filter(pl.col("refusal").is_not_null())
    found |= {(file, None, None, code) for file, code in refused.select("file", "refusal").rows()}
    assert found == {(d["file"], d["sheet"], d["row"], d["reason"]) for d in truth}
