from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.contracts.staging import StagedSettlement
from pipeline.spill import Spill
from pipeline.staged import files
from pipeline.staged.files import CODES, DIGEST, NOTE, PART, write_months
from pipeline.staged.months import SettledMonths
from tests.counters import rows

ROWS = (
    {"service_date": date(2025, 5, 3), "settlement_id": "S1", "institution_code": "H1"},
    {"service_date": date(2025, 5, 9), "settlement_id": "S2", "institution_code": "H2"},
    {"service_date": date(2025, 6, 1), "settlement_id": "S3", "institution_code": "H3"},
)


class Staged:
    """A staged folder, and which months were written to it last."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.written: list[str] = []
        write_month = files.write_month

        def writing(folder: Path, ym: str, *args: Any) -> None:
            self.written.append(ym)
            write_month(folder, ym, *args)

        monkeypatch.setattr(files, "write_month", writing)

    def write(self, *given: dict, full: bool = False) -> list[str]:
        self.written.clear()
        spill = Spill(None)
        accepted = rows.settlements(*given).collect()
        named = pl.col("service_date").dt.strftime("%Y%m").alias("ym")
        for (ym,), part in accepted.group_by(named, maintain_order=True):
            spill.add(part, name=str(ym))
        write_months(self.folder, "settlements", spill, StagedSettlement, full=full)
        return self.written

    def month(self, ym: str) -> Path:
        return self.folder / "settlements" / f"ym={ym}"

    def institutions(self) -> dict[str, list[str]]:
        """Return what each month says in full."""
        found = SettledMonths.at(self.folder)
        code = found.codes.text("institution_code")
        return {
            ym: lf.select(code).collect().to_series().sort().to_list()
            for ym, lf in found.months.items()
        }


WHOLE = {"202505": ["H1", "H2"], "202506": ["H3"]}


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staged:
    return Staged(tmp_path, monkeypatch)


def test_a_month_with_the_rows_of_the_last_run_is_not_written_again(staged: Staged) -> None:
    assert staged.write(*ROWS) == ["202505", "202506"]
    assert staged.write(*ROWS) == []
    assert staged.institutions() == WHOLE
    assert staged.write(*ROWS, full=True) == ["202505", "202506"]


def test_only_the_month_with_another_row_is_written(staged: Staged) -> None:
    staged.write(*ROWS)
    other = {**ROWS[2], "institution_code": "H0"}
    assert staged.write(*ROWS[:2], other) == ["202506"]
    assert staged.institutions() == {**WHOLE, "202506": ["H0"]}
    assert staged.write(*ROWS[:2]) == []
    assert staged.institutions() == {"202505": ["H1", "H2"]}


@pytest.mark.parametrize("name", [PART, DIGEST, NOTE])
def test_a_damaged_month_is_written_again(staged: Staged, name: str) -> None:
    staged.write(*ROWS)
    path = staged.month("202505") / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0b100
    path.write_bytes(content)
    assert staged.write(*ROWS) == ["202505"]
    assert staged.institutions() == WHOLE


def test_lost_code_tables_have_every_month_written_again(staged: Staged) -> None:
    staged.write(*ROWS)
    shutil.rmtree(staged.folder / CODES)
    assert staged.write(*ROWS) == ["202505", "202506"]
    assert staged.institutions() == WHOLE


def test_a_run_that_was_cut_off_before_its_new_codes_were_written(staged: Staged) -> None:
    staged.write(*ROWS[:2])
    kept = staged.folder / CODES
    shutil.copytree(kept, staged.folder / "before")
    staged.write(*ROWS)
    shutil.rmtree(kept)
    (staged.folder / "before").rename(kept)
    assert staged.write(*ROWS[:2], {**ROWS[2], "institution_code": "H8"}) == ["202506"]
    assert staged.institutions() == {**WHOLE, "202506": ["H8"]}
    assert staged.write(*ROWS) == ["202506"]
    assert staged.institutions() == WHOLE


def test_another_code_has_every_month_written_again(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged.write(*ROWS)
    monkeypatch.setattr(files, "code_version", lambda: "another")
    assert staged.write(*ROWS) == ["202505", "202506"]


def test_strangers_in_the_folder_are_removed(staged: Staged) -> None:
    staged.write(*ROWS)
    (staged.folder / "settlements" / "stranger").write_text("")
    assert staged.write(*ROWS) == []
    assert {path.name for path in (staged.folder / "settlements").iterdir()} == {
        "ym=202505", "ym=202506"}  # fmt: skip
