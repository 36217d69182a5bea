"""What stops a run, and what costs no more than the file it is found in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import pytest

from pipeline.errors import ContractError, StorageError
from pipeline.intake.examining import examine, raw_files
from pipeline.intake.taking_in import take_in
from pipeline.reference import Reference
from pipeline.staged.tables import SCHEMAS

from .conftest import KEY
from .rawfiles import sent


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return sent(tmp_path / "raw")


def test_a_value_that_breaks_its_contract_stops_the_run(
    raw: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Narrow(SCHEMAS["institutions"]):  # type: ignore[misc]
        @dy.rule()
        def none(cls) -> pl.Expr:  # noqa: N805
            return pl.col("institution_code") == ""

    monkeypatch.setitem(SCHEMAS, "institutions", Narrow)
    with pytest.raises(ContractError, match="不符合约定"):
        examine(raw_files(raw), reference=reference, key=KEY)


def test_a_table_that_breaks_its_contract_stops_the_run(
    raw: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SCHEMAS, "settlements", SCHEMAS["referrals"])
    with pytest.raises(ContractError, match="settlements的列"):
        examine(raw_files(raw), reference=reference, key=KEY)


def test_a_folder_that_cannot_be_written_is_said(
    raw: Path, tmp_path: Path, reference: Reference
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="写不进"):
        take_in(raw, tmp_path / "file" / "staged", reference=reference, key=KEY)


def test_an_unreadable_file_is_refused_and_the_rest_goes_on(
    raw: Path, tmp_path: Path, reference: Reference
) -> None:
    for name in ("不存在.csv", "不存在.xlsx"):
        (raw / "settlements" / name).symlink_to(tmp_path / "nowhere")
    (raw / "settlements" / "夹.parquet").write_bytes(b"PAR1" + bytes(50) + b"PAR1")
    intake = take_in(raw, tmp_path / "staged", reference=reference, key=KEY)
    refused = intake.ledger_files.filter(pl.col("refusal") == "CORRUPT")
    names = ["不存在.csv", "不存在.xlsx", "夹.parquet"]
    assert refused["file"].to_list() == [f"settlements/{name}" for name in names]
    assert ["路径不存在" in message for message in refused["message_zh"]] == [True, True, False]
    assert intake.tables["settlements"].collect().height == 3


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (PermissionError(13, "Permission denied"), "没有权限"),
        (pl.exceptions.ComputeError("x"), ""),
        (pl.exceptions.PanicException("x"), ""),
    ],
)
def test_whatever_a_file_provokes_is_a_refusal_of_that_file(
    raw: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch, error: Any, note: str
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.ingest.batch.read_file", fail)
    files = examine(raw_files(raw), reference=reference, key=KEY).ledger_files
    assert files["refusal"].to_list() == ["CORRUPT"] * 3
    assert all(note in message for message in files["message_zh"])
