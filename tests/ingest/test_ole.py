"""A compound file built by hand: small streams, and an allocation table that is continued."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipeline.ingest.workbooks import excel_child, ole
from pipeline.ingest.workbooks.excel_child import Refused
from pipeline.ingest.workbooks.ole import BrokenContainerError, CompoundFile

END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SIZE = 512


def sector(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers).ljust(SIZE, b"\xff")


def entry(name: str, first: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    return (
        coded.ljust(64, b"\0")
        + struct.pack("<H", len(coded))
        + bytes(50)
        + struct.pack("<III", first, size, 0)
    )


def small_file(
    *, next_small: int = END, in_more: bool = False, names: tuple[str, ...] = ("Root Entry", "Book")
) -> bytes:
    """Sectors: 0 allocation table, 1 directory, 2 small table, 3 small stream, 4 more table."""
    head = bytearray(SIZE)
    head[:8] = ole.MAGIC
    struct.pack_into("<HH", head, 30, 9, 6)
    struct.pack_into("<I", head, 48, 1)
    struct.pack_into("<II", head, 56, 4096, 2)
    struct.pack_into("<I", head, 68, 4 if in_more else END)
    struct.pack_into("<109I", head, 76, FREE if in_more else 0, *[FREE] * 108)
    places = {"Root Entry": (3, 128)}
    directory = b"".join(entry(name, *places.get(name, (0, 70))) for name in names)
    more = sector(0, *[FREE] * 126, END)
    stream = (b"a" * 64 + b"b" * 64).ljust(SIZE, b"\0")
    small = sector(1, next_small)
    return (
        bytes(head)
        + sector(TABLE, END, END, END, TABLE)
        + directory.ljust(SIZE, b"\0")
        + small
        + stream
        + more
    )


@pytest.mark.parametrize("in_more", [False, True])
def test_a_small_stream_is_read_from_its_small_sectors(in_more: bool) -> None:
    book = CompoundFile(small_file(in_more=in_more))
    assert book.stream("Workbook", "Book") == b"a" * 64 + b"b" * 6
    assert book.stream("Workbook") is None


@pytest.mark.parametrize("next_small", [0, 4_000])
def test_a_chain_that_leads_nowhere_is_broken(next_small: int) -> None:
    with pytest.raises(BrokenContainerError) as broken:
        CompoundFile(small_file(next_small=next_small)).stream("Book")
    assert not broken.value.is_cut


def test_small_and_large_streams_are_written_over_in_place() -> None:
    small = CompoundFile(small_file()).with_stream("Workbook", "Book", content=b"c" * 70)
    assert CompoundFile(small).stream("Book") == b"c" * 70
    assert small == small_file().replace(b"a" * 64 + b"b" * 6, b"c" * 70)
    large = bytearray(small_file())
    struct.pack_into("<I", large, 56, 64)  # from 64 bytes on a stream has sectors of its own
    at = large.index(entry("Book", 0, 70)[-12:])
    struct.pack_into("<I", large, at, 3)
    whole = CompoundFile(bytes(large)).with_stream("Book", content=b"d" * 70)
    assert CompoundFile(whole).stream("Book") == b"d" * 70
    assert whole == large.replace(b"a" * 64 + b"b" * 6, b"d" * 70)


def test_without_a_root_there_are_no_small_sectors() -> None:
    with pytest.raises(BrokenContainerError):
        CompoundFile(small_file(names=("Book",))).stream("Book")


def test_what_is_no_compound_file_is_not_cut() -> None:
    with pytest.raises(BrokenContainerError) as broken:
        CompoundFile(b"PK" * 400)
    assert not broken.value.is_cut


def test_a_password_is_seen_wherever_the_directory_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(small_file(names=("Root Entry", "EncryptedPackage")))
    with pytest.raises(Refused, match="ENCRYPTED"):
        excel_child._old_layouts(path)
