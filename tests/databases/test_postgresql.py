"""Settlements out of a PostgreSQL server: the same figures as from files, and nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.ingest import collector
from pipeline.ingest.databases import postgresql as reader
from pipeline.intake.taking_in import READ, Intake
from tests.staging.rawfiles import DOCUMENT, NAME, settlements

from .conftest import PASSWORD, Execute
from .hospital import APRIL, MARCH, VARIABLE, filled, raw, statement, take, uri

__all__ = ["filled", "raw", "uri"]


def told(intake: Intake) -> list[Any]:
    """Return what a later build must give again."""
    frames = [intake.ledger_files, intake.ledger_cells, intake.rejected]
    frames += [intake.tables[name].collect() for name in sorted(intake.tables)]
    return [intake.as_of, *(frame.write_json() for frame in frames)]


def inputs(intake: Intake) -> list[tuple[Any, ...]]:
    columns = ("file", "rows_read", "accepted", "rejected", "duplicates", "warnings")
    return intake.ledger_files.filter(source="settlements").select(columns).rows()


def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Watch how many rows come over the wire, by statement."""
    rows: list[int] = []
    texts = reader._Database.texts

    def watched(self: reader._Database, query: str) -> Any:
        rows.append(0)
        for frame in texts(self, query):
            rows[-1] += frame.height
            yield frame

    monkeypatch.setattr(reader._Database, "texts", watched)
    return rows


def test_each_month_is_an_input_whose_rows_are_accounted_for(
    filled: Execute, raw: Path, tmp_path: Path
) -> None:
    for line in APRIL:
        filled(statement(line, "2025-05-01"))
    intake = take(raw, tmp_path)
    name = "postgresql:settlements/410200_医保库"
    extra = "HEADER_EXTRA:1 REGION_STALE:1"
    assert inputs(intake) == [
        (f"{name}/202503", 4, 3, 0, 1, extra),
        (f"{name}/202504", 4, 3, 0, 1, extra),
    ]
    assert intake.rejected.filter(source="settlements").select("row", "reason").rows() == [
        (3, "DUPLICATE_ROW"),
        (3, "DUPLICATE_ROW"),
    ]
    assert intake.as_of.isoformat() == "2025-04-05"


def test_the_staged_rows_are_those_of_the_same_rows_in_files(
    filled: Execute, raw: Path, tmp_path: Path
) -> None:
    from_database = take(raw, tmp_path / "a").tables["settlements"].collect()
    (raw / "settlements" / "410200_医保库.toml").unlink()
    settlements(raw / "settlements" / "410200_结算_202503.csv", MARCH)
    from_files = take(raw, tmp_path / "b").tables["settlements"].collect()
    assert from_database.height == 3
    assert from_database.equals(from_files)


def test_a_second_build_fetches_only_what_is_new_and_gives_what_a_full_one_gives(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = fetched(monkeypatch)
    take(raw, tmp_path / "kept")
    for line in APRIL:
        filled(statement(line, "2025-05-01"))
    again = take(raw, tmp_path / "kept")
    assert rows == [4, 5]  # the last row of the first time comes again
    assert told(again) == told(take(raw, tmp_path / "full"))
    assert again.reused == 2  # the register and March, which came again as it was
    third = take(raw, tmp_path / "kept")
    assert rows[2:] == [8, 4]
    assert told(third) == told(again)


def test_rows_that_were_changed_replace_what_is_remembered_of_them(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = fetched(monkeypatch)
    take(raw, tmp_path / "kept")
    filled(
        "UPDATE setl SET 总费用 = 2000, 结算日期 = '2025-04-09', updt_time = '2025-05-01' "
        "WHERE 结算ID = 'S1'"
    )
    again = take(raw, tmp_path / "kept")
    assert rows == [4, 2]
    assert told(again) == told(take(raw, tmp_path / "full"))
    assert again.tables["settlements"].collect()["total_fen"].sum() == 200_000 + 10 + 700


def test_what_a_watermark_cannot_show_makes_a_full_read(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = fetched(monkeypatch)
    for change in (
        "DELETE FROM setl WHERE 结算ID = 'S1'",
        statement(APRIL[0], "2025-01-01"),  # came late, with an early mark
    ):
        take(raw, tmp_path / "kept")
        rows.clear()
        filled(change)
        again = take(raw, tmp_path / "kept")
        assert len(rows) == 2
        assert told(again) == told(take(raw, tmp_path / "full", full=True))


@pytest.mark.parametrize("mark", ["NULL", "'2025-05-01'"])
def test_rows_without_a_mark_make_every_read_a_full_one(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    filled(f"UPDATE setl SET updt_time = {mark} WHERE 结算ID = 'S2'")
    rows = fetched(monkeypatch)
    before = told(take(raw, tmp_path))
    assert told(take(raw, tmp_path)) == before
    assert rows == ([4, 4] if mark == "NULL" else [4, 2])


def test_a_damaged_memory_is_fetched_again(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(take(raw, tmp_path))
    for path in (tmp_path / "staged" / READ).iterdir():
        if pl.read_parquet(path).height == 4:
            path.write_bytes(b"")
    rows = fetched(monkeypatch)
    assert told(take(raw, tmp_path)) == before
    assert rows == [1, 4]


def test_full_and_another_server_remember_nothing(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    before = told(take(raw, tmp_path))
    rows = fetched(monkeypatch)
    assert told(take(raw, tmp_path, full=True)) == before
    monkeypatch.setenv(VARIABLE, f"{uri}?application_name=other")
    assert told(take(raw, tmp_path)) == before
    assert rows == [4, 4]


def test_mistyped_dates_count_with_the_last_month_and_do_not_set_the_as_of_date(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.intake.database_months.SPARSE", 2)
    stray = [APRIL[0].replace("2025-04", "2205-04"), APRIL[1].replace("2025-04", "2023-01")]
    for at, line in enumerate(stray):
        filled(statement(line, f"2025-04-02 0{at}:00"))
    filled("UPDATE setl SET 结算日期 = NULL WHERE 结算ID = 'S4'")
    intake = take(raw, tmp_path / "kept")
    assert [(file[0][-6:], *file[1:3]) for file in inputs(intake)] == [("202503", 6, 3)]
    assert intake.as_of.isoformat() == "2025-03-31"
    for line in APRIL:
        filled(statement(line, "2025-05-01"))
    again = take(raw, tmp_path / "kept")
    assert [(file[0][-6:], file[1]) for file in inputs(again)] == [("202503", 3), ("202504", 7)]
    assert told(again) == told(take(raw, tmp_path / "full"))


def test_a_month_that_has_become_sparse_joins_the_last(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.intake.database_months.SPARSE", 2)
    take(raw, tmp_path / "kept")
    for at in range(3):
        for line in APRIL:
            filled(statement(line.replace("A", f"A{at}"), "2025-05-01"))
    again = take(raw, tmp_path / "kept")
    assert [file[0][-6:] for file in inputs(again)] == ["202504"]
    assert told(again) == told(take(raw, tmp_path / "full"))


def test_without_a_date_in_any_row_there_is_one_input(
    filled: Execute, raw: Path, tmp_path: Path
) -> None:
    filled("UPDATE setl SET 结算日期 = NULL")
    assert inputs(take(raw, tmp_path))[0][:4] == ("postgresql:settlements/410200_医保库", 4, 0, 4)


def test_many_batches_are_one_reading(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(take(raw, tmp_path / "a"))
    filled(
        "INSERT INTO setl SELECT 'G' || i, 'P' || i, '张', '410225', 'T1', '21', "
        "date '2025-03-01' + i % 31, i, '0', '2025-04-02' FROM generate_series(1, 3000) i"
    )
    monkeypatch.setattr(reader, "BATCH_BYTES", 1 << 14)
    monkeypatch.setattr(collector, "CHUNK_ROWS", 100)
    intake = take(raw, tmp_path / "b")
    assert inputs(intake)[0][1:4] == (3004, 3003, 0)
    filled("DELETE FROM setl WHERE 结算ID LIKE 'G%'")
    assert told(take(raw, tmp_path / "b")) == before


def test_names_are_never_fetched_and_nothing_written_holds_person_or_address(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    seen: list[str] = []
    texts = reader._Database.texts

    def watched(self: reader._Database, query: str) -> Any:
        seen.append(query)
        yield from texts(self, query)

    monkeypatch.setattr(reader._Database, "texts", watched)
    take(raw, tmp_path / "data")
    assert seen
    assert "姓名" not in seen[0]
    paths = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    tables = [path for path in paths if path.suffix == ".parquet"]
    written = "".join(pl.read_parquet(path).write_json() for path in tables)
    bytes_ = b"".join(path.read_bytes() for path in paths)
    for secret in (NAME, DOCUMENT, PASSWORD, uri, uri.rsplit("@", 1)[1]):
        assert secret not in written
        assert secret.encode() not in bytes_
