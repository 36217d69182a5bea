"""Damage is found, told, and never read: files, manifests, the pointer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import snapshots
from pipeline.errors import StorageError
from pipeline.snapshots import reading
from pipeline.snapshots.manifest import encode
from tests.snapshots.spoiling import write_over
from tests.snapshots.two_marts import put


def flip_a_bit(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    write_over(path, bytes(content))


@pytest.mark.parametrize("name", ["areas.parquet", "clinics.parquet", "manifest.json"])
def test_one_flipped_bit_anywhere_is_found(tmp_path: Path, name: str) -> None:
    snapshot = put(tmp_path)
    size = (snapshot.path / name).stat().st_size
    for position in range(0, size, 97):
        flip_a_bit(snapshot.path / name, position)
        with pytest.raises(StorageError, match=name):
            snapshots.verify(tmp_path)
        flip_a_bit(snapshot.path / name, position)
    assert snapshots.verify(tmp_path).id == snapshot.id


def test_missing_extra_and_unreadable_files_are_found(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    (snapshot.path / "areas.parquet").rename(snapshot.path / "other.parquet")
    with pytest.raises(StorageError, match=r"缺少文件 areas.*多出文件 other"):
        snapshots.verify(tmp_path)
    (snapshot.path / "other.parquet").rename(snapshot.path / "areas.parquet")
    (snapshot.path / "clinics.parquet").unlink()
    (snapshot.path / "clinics.parquet").symlink_to("/proc/self/mem")
    with pytest.raises(StorageError, match=r"clinics.parquet 读不出来"):
        snapshots.verify(tmp_path)


def test_a_snapshot_is_hashed_once_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = put(tmp_path)
    snapshots.current(tmp_path)
    monkeypatch.setattr(reading, "faults", lambda _: ["读了第二遍"])
    assert snapshots.current(tmp_path).id == snapshot.id
    with pytest.raises(StorageError, match="读了第二遍"):
        snapshots.verify(tmp_path)


def test_a_folder_renamed_to_another_id_is_refused(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    snapshot.path.rename(snapshot.path.with_name("0009-00000000"))
    with pytest.raises(StorageError, match=snapshot.id):
        snapshots.open_snapshot(tmp_path, "0009-00000000")


@pytest.mark.parametrize("text", ["", "../..", "0001-zzzzzzzz"])
def test_a_damaged_pointer_is_told(tmp_path: Path, text: str) -> None:
    put(tmp_path)
    write_over(tmp_path / "CURRENT", text.encode())
    with pytest.raises(StorageError, match="不是快照编号"):
        snapshots.current(tmp_path)
    assert not any(line.is_current for line in snapshots.list_snapshots(tmp_path))


def test_an_unreadable_pointer_is_told(tmp_path: Path) -> None:
    put(tmp_path)
    write_over(tmp_path / "CURRENT", b"\xff")
    with pytest.raises(StorageError, match="读不出来"):
        snapshots.current(tmp_path)


def test_a_pointer_to_nothing_is_told_and_its_number_not_used_again(tmp_path: Path) -> None:
    put(tmp_path)
    write_over(tmp_path / "CURRENT", b"0007-00000000\n")
    with pytest.raises(StorageError, match="不存在"):
        snapshots.current(tmp_path)
    assert put(tmp_path).id.startswith("0008-")


def test_a_damaged_manifest_is_listed_with_its_fault(tmp_path: Path) -> None:
    first = put(tmp_path)
    put(tmp_path)
    (first.path / "manifest.json").unlink()
    listed = snapshots.list_snapshots(tmp_path)[1]
    assert listed.snapshot is None
    assert "manifest.json" in (listed.fault_zh or "")


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"format": 3}', b"\xff", b'{"format": 1}', b'{"format": "2"}']
)
def test_a_manifest_of_another_shape_is_refused(tmp_path: Path, content: bytes) -> None:
    path = put(tmp_path).path / "manifest.json"
    path.unlink()
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"manifest\.json"):
        snapshots.verify(tmp_path)


def test_roll_back_to_a_damaged_snapshot_changes_nothing(tmp_path: Path) -> None:
    first, second = put(tmp_path), put(tmp_path, persons=7)
    flip_a_bit(first.path / "areas.parquet", 50)
    with pytest.raises(StorageError, match="areas"):
        snapshots.rollback(tmp_path, first.id)
    assert snapshots.current(tmp_path).id == second.id


def test_more_than_five_faults_are_counted(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    for number in range(7):
        (snapshot.path / f"{number}.txt").write_text("")
    with pytest.raises(StorageError, match="共 7 处"):
        snapshots.verify(tmp_path)


def test_a_manifest_whose_content_hash_is_not_of_its_marts_is_refused(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    forged = encode(replace(snapshot.manifest, content_hash="0" * 64))
    (snapshot.path / "manifest.json").unlink()
    (snapshot.path / "manifest.json").write_bytes(forged)
    with pytest.raises(StorageError, match="内容校验值"):
        snapshots.verify(tmp_path)


def test_a_manifest_of_the_first_format_is_read_as_it_was_written(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    path = snapshot.path / "manifest.json"
    fields = json.loads(path.read_text())
    for name in ("control_totals", "jumps", "accepted_jump", "sha256"):
        del fields[name]
    fields["format"] = 1

    def spelled() -> str:
        return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    fields["sha256"] = hashlib.sha256(spelled().encode()).hexdigest()
    path.unlink()
    path.write_text(spelled())
    manifest = snapshots.verify(tmp_path).manifest
    assert (manifest.format, manifest.accepted_jump, manifest.control_totals) == (1, None, {})
    assert put(tmp_path).id.startswith("0002-")
    fields["jumps"] = []
    path.unlink()
    path.write_text(spelled())
    with pytest.raises(StorageError, match="与发布时不同"):
        snapshots.rollback(tmp_path, snapshot.id)
