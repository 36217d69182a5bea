from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.ingest.files import RawFile, date_in, find_files


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("台账_20250630", date(2025, 6, 30)),
        ("台账_2025-06-30", date(2025, 6, 30)),
        ("截至2025年6月30日", date(2025, 6, 30)),
        ("月报_202506", date(2025, 6, 30)),
        ("月报_202402", date(2024, 2, 29)),
        ("2025年6月月报", date(2025, 6, 30)),
        ("月报_202511", date(2025, 11, 30)),
        ("20250231 然后 20250301", date(2025, 3, 1)),
        ("410200", None),
        ("2025", None),
        ("台账", None),
    ],
)
def test_the_date_in_a_text(text: str, day: date | None) -> None:
    assert date_in(text) == day


def test_a_name_gives_batch_series_and_date(raw_file: Callable[..., RawFile]) -> None:
    first = raw_file("410200_开封市_医保结算_202501.csv")
    second = raw_file("410200_开封市_医保结算_202501_v2.csv")
    assert (first.batch, second.batch) == (1, 2)
    assert first.series == second.series
    assert first.date_in_name == second.date_in_name == date(2025, 1, 31)


def test_an_area_code_in_front_is_not_a_month(raw_file: Callable[..., RawFile]) -> None:
    assert raw_file("202501_某地.csv").date_in_name is None


def test_hidden_and_lock_files_are_not_raw_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.xlsx", ".hidden", "~$a.xlsx", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"x")
    for folder in ("sub", ".Trash-0", "$RECYCLE.BIN"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "c.csv").write_bytes(b"y")
    found = find_files(tmp_path, "small", root=tmp_path)
    assert [file.name for file in found] == ["a.xlsx", "b.csv", "sub/c.csv"]
    assert found[0].sha256 == found[1].sha256 != found[2].sha256


def test_linked_folders_are_read_once_and_dead_links_told(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "a.csv").write_bytes(b"x")
    raw.mkdir()
    (raw / "2025").symlink_to(tmp_path / "share")
    (raw / "again").symlink_to(tmp_path / "share")
    (raw / "loop").symlink_to(raw)
    (raw / "dead.csv").symlink_to(tmp_path / "nowhere")
    found = find_files(raw, "small", root=raw)
    assert [(file.name, bool(file.sha256)) for file in found] == [
        ("2025/a.csv", True),
        ("dead.csv", False),
    ]


def test_a_folder_that_cannot_be_listed_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def walk(folder: Path, **options: Any) -> Iterator[Any]:
        options["onerror"](PermissionError(13, "Permission denied", str(folder)))
        yield from ()

    monkeypatch.setattr(os, "walk", walk)
    with pytest.raises(PermissionError):
        find_files(tmp_path, "small", root=tmp_path)


def packed_under_windows(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name.encode("gbk"))).write_bytes(b"x")


def test_a_name_that_windows_packed_is_read_as_it_was_written(tmp_path: Path) -> None:
    packed_under_windows(tmp_path / "三月", "结算_2025年3月_v2.csv")
    (file,) = find_files(tmp_path, "small", root=tmp_path)
    assert (file.name, file.batch) == ("三月/结算_2025年3月_v2.csv", 2)
    assert file.date_in_name == date(2025, 3, 31)


def test_one_name_in_two_encodings_is_two_names(tmp_path: Path) -> None:
    packed_under_windows(tmp_path, "结算_2025年3月.csv")
    (tmp_path / "结算_2025年3月.csv").write_bytes(b"x")
    found = find_files(tmp_path, "small", root=tmp_path)
    names = ["结算_2025年3月.csv", "（又一个同名文件）/结算_2025年3月.csv"]
    assert [file.name for file in found] == names
    assert {file.date_in_name for file in found} == {date(2025, 3, 31)}


def test_a_single_file_is_found_as_itself(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")
    assert [f.name for f in find_files(tmp_path / "a.csv", "small", root=tmp_path)] == ["a.csv"]
