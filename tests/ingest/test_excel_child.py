from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ingest.workbooks import excel_child
from pipeline.ingest.workbooks.excel_child import (
    Refused,
    answer,
    check_container,
    layouts_of,
    read_workbook,
)

from .workbooks import SPOILED, far_cell, ledger, workbook


def test_the_child_answers_with_a_line_and_the_sheets(tmp_path: Path) -> None:
    out = io.BytesIO()
    answer(workbook(tmp_path / "a.xlsx", ledger), out)
    head, rest = out.getvalue().split(b"\n", 1)
    sheets = json.loads(head)["sheets"]
    assert [sheet["name"] for sheet in sheets] == ["城关镇"]
    assert len(rest) == sheets[0]["bytes"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("ENCRYPTED"), "ENCRYPTED"),
        (MemoryError(), "RESOURCE_LIMIT"),
        (KeyError(), "CORRUPT"),
    ],
)
def test_the_child_answers_whatever_happens(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr(excel_child, "read_workbook", fail)
    out = io.BytesIO()
    answer(Path("a.xlsx"), out)
    assert json.loads(out.getvalue()) == {"refused": code}


def archive_of(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ({f"{i}": b"" for i in range(2_001)}, "UNSAFE_ARCHIVE"),
        ({"xl/big.xml": bytes(11 << 20)}, "UNSAFE_ARCHIVE"),
        ({"readme.txt": b"x"}, "WRONG_FORMAT"),
        ({"../x": b"x"}, "UNSAFE_ARCHIVE"),
        ({"/etc/x": b"x"}, "UNSAFE_ARCHIVE"),
        ({"..\\x": b"x"}, "UNSAFE_ARCHIVE"),
        ({"C:\\x": b"x"}, "UNSAFE_ARCHIVE"),
        ({"xl/workbook.xml": b"<a/>"}, "CORRUPT"),
        ({"xl/workbook.xml": b"<a", "xl/_rels/workbook.xml.rels": b"<a"}, "CORRUPT"),
    ],
)
def test_containers_are_looked_into_first(
    tmp_path: Path, entries: dict[str, bytes], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        read_workbook(archive_of(tmp_path / "a.xlsx", entries))


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    path = archive_of(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<a/>"})
    with zipfile.ZipFile(path, "a") as made:
        made.writestr(link, "/etc/passwd")
    with pytest.raises(Refused, match="UNSAFE_ARCHIVE"):
        check_container(path)


def test_two_entries_of_one_name_are_not_chosen_between(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.xlsx", {"a": b"1"})
    with zipfile.ZipFile(path, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("a", b"2")
    with pytest.raises(Refused, match="UNSAFE_ARCHIVE"):
        check_container(path)


def test_limits_on_size_and_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive_of(tmp_path / "a.xlsx", {"a": b"0123456789" * 10})
    monkeypatch.setattr(excel_child, "MAX_UNPACKED", 99)
    with pytest.raises(Refused, match="RESOURCE_LIMIT"):
        check_container(path)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(Refused, match="ENCRYPTED"):
        check_container(path)


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"")
    with pytest.raises(Refused, match="EMPTY"):
        check_container(tmp_path / "a.xlsx")


@pytest.mark.parametrize(("spoil", "code"), SPOILED)
def test_the_child_itself_refuses_the_same(
    tmp_path: Path, spoil: Callable[[bytes], bytes], code: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    path.write_bytes(spoil(path.read_bytes()))
    out = io.BytesIO()
    answer(path, out)
    head = json.loads(out.getvalue())
    assert head.pop("note", "说明").startswith(("说明", "内容是网页表格"))
    assert head == {"refused": code}


def test_a_sheet_whose_part_is_missing_is_read_without_layout(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ledger)
    assert list(layouts_of(path)[0]) == ["城关镇"]
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    del entries["xl/worksheets/sheet1.xml"]
    assert layouts_of(archive_of(tmp_path / "b.xlsx", entries))[0] == {}


def test_a_far_cell_is_refused_before_the_workbook_is_opened(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="RESOURCE_LIMIT"):
        read_workbook(far_cell(tmp_path / "a.xlsx"))


def test_a_flipped_bit_in_a_stored_part_is_seen_by_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
        made.writestr("xl/a.xml", "1234567890")
    path.write_bytes(path.read_bytes().replace(b"1234567890", b"1234567891"))
    with pytest.raises(Refused, match="CORRUPT"):
        check_container(path)
