"""Whole or not at all: publish, open, verify, roll back, retire."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline import snapshots
from pipeline.errors import BusyError, StorageError, UsageError, why_zh
from pipeline.snapshots import InputFile, locking, reading
from tests.snapshots.two_marts import AREAS, CLINICS, put


def test_a_published_mart_is_read_back_through_the_snapshot_in_force(tmp_path: Path) -> None:
    put(tmp_path)
    snapshot = snapshots.current(tmp_path)
    assert snapshot.scan("areas").collect().equals(AREAS)
    assert snapshot.manifest.marts["areas"].rows == 2
    assert snapshot.manifest.demonstration
    assert (tmp_path / "CURRENT").read_text() == f"{snapshot.id}\n"


def test_every_account_may_read_what_is_published_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        put(tmp_path / "marts")
    finally:
        os.umask(before)
    found = [path for path in tmp_path.rglob("*") if path.name != ".lock"]
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o444, 0o644}


def test_why_the_system_failed_is_said_in_chinese_where_it_is_known() -> None:
    assert why_zh(OSError(28, "No space left on device")) == "磁盘已满"
    assert why_zh(OSError(40, "Too many levels of symbolic links")).startswith("Too many")
    assert why_zh(OSError("plain")) == "plain"


def test_nothing_published_is_told_from_damage(tmp_path: Path) -> None:
    with pytest.raises(snapshots.NoSnapshotError, match="build"):
        snapshots.current(tmp_path)


def test_ids_sort_by_publication_and_end_in_the_content_hash(tmp_path: Path) -> None:
    first, second = put(tmp_path), put(tmp_path, persons=7)
    assert [first.id[:5], second.id[:5]] == ["0001-", "0002-"]
    assert second.id.endswith(second.manifest.content_hash[:8])
    assert [line.id for line in snapshots.list_snapshots(tmp_path)] == [second.id, first.id]
    assert [line.is_current for line in snapshots.list_snapshots(tmp_path)] == [True, False]


def test_equal_marts_have_equal_bytes_whatever_their_chunks(tmp_path: Path) -> None:
    first = put(tmp_path)
    provenance = snapshots.describe(as_of=date(2025, 7, 31), demonstration=False)
    pieces = pl.concat([AREAS[:1], AREAS[1:]], rechunk=False)
    with snapshots.lock(tmp_path) as held:
        tables = [("clinics", CLINICS), ("areas", pieces)]
        second = snapshots.publish(held, tables, provenance)
    assert second.manifest.content_hash == first.manifest.content_hash
    assert put(tmp_path, persons=103).manifest.content_hash != first.manifest.content_hash


def test_inputs_are_listed_in_a_fixed_order() -> None:
    one, two = (
        InputFile(
            source=source,
            file=f"{source}/a.csv",
            sha256="0",
            rows_read=1,
            accepted=1,
            rejected=0,
            duplicates=0,
        )
        for source in ("clinics", "settlements")
    )
    told = [
        snapshots.describe(as_of=date(2025, 6, 30), demonstration=True, inputs=order).inputs
        for order in ([one, two], [two, one])
    ]
    assert told[0] == told[1] == (one, two)


def test_published_files_are_read_only(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in snapshot.path.glob("*.*")} == {0o444}


def test_boundaries_travel_with_the_snapshot(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes"
    shapes.mkdir()
    (shapes / "counties.geojson").write_text("{}")
    provenance = snapshots.describe(as_of=date(2025, 6, 30), demonstration=True)
    with snapshots.lock(tmp_path / "marts") as held:
        snapshot = snapshots.publish(held, [("areas", AREAS)], provenance, boundaries=shapes)
    assert snapshot.boundary("counties.geojson").read_text() == "{}"
    with pytest.raises(StorageError, match=r"cities\.geojson"):
        snapshot.boundary("cities.geojson")


def test_a_mart_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="devices"):
        put(tmp_path).scan("devices")


def test_roll_back_puts_an_older_snapshot_in_force(tmp_path: Path) -> None:
    first, second = put(tmp_path), put(tmp_path, persons=7)
    assert snapshots.current(tmp_path).id == second.id
    snapshots.rollback(tmp_path, first.id)
    assert snapshots.current(tmp_path).scan("areas").collect().equals(AREAS)
    assert put(tmp_path, persons=8).id.startswith("0003-")


@pytest.mark.parametrize("unknown", ["0009-00000000", "..", "../marts"])
def test_roll_back_to_an_unknown_id_names_the_known_ones(tmp_path: Path, unknown: str) -> None:
    known = put(tmp_path)
    with pytest.raises(UsageError, match=known.id):
        snapshots.rollback(tmp_path, unknown)


def test_a_second_writer_is_refused_and_told_the_first_ones_process(tmp_path: Path) -> None:
    with (
        snapshots.lock(tmp_path),
        pytest.raises(BusyError, match=str(os.getpid())) as refusal,
        snapshots.lock(tmp_path),
    ):
        pass
    assert refusal.value.exit_code == 5


def test_a_fault_while_marts_are_made_leaves_nothing_behind(tmp_path: Path) -> None:
    before = put(tmp_path)
    provenance = snapshots.describe(as_of=date(2025, 6, 30), demonstration=True)

    def tables() -> object:
        yield "areas", AREAS
        raise OSError(28, "No space left on device")

    said = f"磁盘已满.*现用快照为 {before.id}"
    with snapshots.lock(tmp_path) as held, pytest.raises(StorageError, match=said):
        snapshots.publish(held, tables(), provenance)  # type: ignore[arg-type]
    assert snapshots.current(tmp_path).id == before.id
    assert {path.name for path in tmp_path.iterdir()} == {
        ".lock",
        "CURRENT",
        "publications.jsonl",
        "snapshots",
    }


def test_a_fault_after_the_rename_takes_the_snapshot_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = put(tmp_path)
    monkeypatch.setattr("pipeline.snapshots.publishing.check", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        put(tmp_path)
    assert [path.name for path in reading.folders(tmp_path)] == [before.id]


def test_a_mart_that_reads_back_differently_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polars.read_parquet", lambda _: CLINICS)
    with pytest.raises(StorageError, match="areas 写入后重读不一致"):
        put(tmp_path)
    assert not reading.folders(tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "marts").write_text("a file")
    with pytest.raises(StorageError, match="不能写入"), snapshots.lock(tmp_path / "marts"):
        pass


def test_leftovers_that_cannot_be_cleared_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locking, "_recover", refuse)
    with pytest.raises(StorageError, match="没有权限"), snapshots.lock(tmp_path):
        pass


def test_a_fault_after_the_switch_keeps_the_new_snapshot_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path)

    def stumble(folder: Path) -> None:
        if folder == tmp_path and (folder / "CURRENT").read_text().startswith("0002-"):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr("pipeline.snapshots.publishing.flush_folder", stumble)
    with pytest.raises(StorageError, match="现用快照为 0002-"):
        put(tmp_path, persons=7)
    assert snapshots.current(tmp_path).id.startswith("0002-")


def test_a_pointer_that_cannot_be_replaced_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = put(tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Path, "replace", refuse)
        with pytest.raises(StorageError, match=f"现用快照为 {before.id}"):
            put(tmp_path, persons=7)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {".lock", "CURRENT", "publications.jsonl", "snapshots"}
