"""Reading a text block by block gives what reading it as a whole gives."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.texts import blocks, decode
from pipeline.ingest.texts.blocks import NotPlainError, plain_blocks
from pipeline.ingest.texts.delimited import _together, read_delimited, read_texts

from .conftest import small_source

INDEX = HeaderIndex(small_source())
LINES = ["编码,名称,原值(元),日期", *(f"{i:04},设备{i},{i}.50,2025-03-01" for i in range(60))]
TEXT = "\n".join(LINES) + "\n"


def outcome(data: bytes, read: Callable[..., Any] = read_delimited) -> Any:
    """Return all that reading gives, or the refusal."""
    try:
        grid, found = read(io.BytesIO(data), INDEX)
    except FileRefused as refused:
        return refused.code, refused.note
    return grid.cells.rows(), grid.header, grid.title, grid.refused, grid.left_out, found


def read_whole(source: io.BytesIO, index: HeaderIndex) -> Any:
    return _together(read_texts(source, index))


def compare(data: bytes, *, cut: Iterable[int] = (200,)) -> Any:
    """Read as a whole, and in blocks of each length; return what all give."""
    whole = outcome(data, read_whole)
    assert outcome(data) == whole
    for block in cut:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(blocks, "SHORT", 0)
            patch.setattr(blocks, "BLOCK", block)
            patch.setattr(blocks, "PIECE", block // 3)
            patch.setattr(decode, "_PIECE", block // 3)
            assert outcome(data) == whole, block
            assert outcome(data, read_whole) == whole, block
    return whole


def is_cut(data: bytes) -> bool:
    """Say whether a text goes block by block to its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "SHORT", 0)
        patch.setattr(blocks, "BLOCK", 200)
        patch.setattr(blocks, "PIECE", 60)
        try:
            return len(list(plain_blocks(io.BytesIO(data)))) > 1
        except NotPlainError:
            return False


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    data = TEXT.replace("\n", end).encode(encoding)
    assert is_cut(data)
    assert len(compare(data)[0]) == 60


@pytest.mark.parametrize(
    "text",
    [
        TEXT.rstrip("\n"),
        "设备台账\n\n" + TEXT,
        "设备台账" * 10 + "\n\n" + TEXT,
        TEXT.replace("0030,设备30", "\n\n,\n0030,设备30"),
        TEXT.replace("0030,", ""),
        TEXT.replace("0031,", "合计,"),
        TEXT + "合计,,99\n填报人：某人\n",
        TEXT + "\x1a",
        TEXT.replace("设备33", "锟斤拷"),
        TEXT.replace("设备34", "设\x07备"),
        TEXT[:-20],
        TEXT + "\n" * 300,
    ],
)
def test_rows_keep_their_lines_whatever_is_wrong_with_others(text: str) -> None:
    assert is_cut(text.encode())
    compare(text.encode())
    compare(text.encode("gb18030"))


@pytest.mark.parametrize(
    "data",
    [
        TEXT.replace("设备20", '"设备20"').encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("0040", "0040\r").encode(),
        TEXT.replace("0040", "0040\0").encode(),
        TEXT.encode("utf-16"),
        TEXT.encode()[:900] + b"\xff" + TEXT.encode()[900:],
        TEXT.encode("gb18030")[:900] + b"\xff\xff" + TEXT.encode("gb18030")[900:],
        b"",
        b"\xff" + TEXT.encode(),
        LINES[0].encode("ascii", "ignore") + b"x" * 900,
        TEXT.replace("设备", "e").encode() + "0099,设备,1,2025-03-01\n".encode("gb18030"),
        TEXT.encode("gb18030") + "0099,设备名称,1,2025-03-01\n".encode(),
        b"%PDF" + TEXT.encode(),
        TEXT.replace("\n", " ").encode() + b"\n",
    ],
)
def test_what_is_not_plain_is_read_another_way(data: bytes) -> None:
    assert not is_cut(data)
    compare(data)


def test_half_a_character_at_the_end_of_a_line_is_no_end_of_the_file() -> None:
    """Three bytes of four before a line's end: wrong there, missing only at the file's end."""
    data = TEXT.encode("gb18030").replace(b"0030,", b"0030\x81\x30\n")
    compare(data, cut=range(90, 600, 9))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, len(TEXT.encode())), st.binary(max_size=3), st.integers(0, 3)),
        max_size=3,
    ),
    st.sampled_from(["utf-8", "gb18030"]),
    st.integers(100, 700),
)
def test_mutations_make_no_difference(
    changes: list[tuple[int, bytes, int]], encoding: str, block: int
) -> None:
    data = TEXT.encode(encoding)
    for at, put, cut in changes:
        data = data[:at] + put + data[at + cut :]
    compare(data, cut=[block])


def test_a_header_below_very_long_lines_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.texts.delimited._TOP", 50)
    data = ("说明" * 100 + "\n" + TEXT).encode()
    assert len(compare(data)[0]) == 60


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(TEXT) - 1),
            st.sampled_from(['"', '""', '"\n', '\n"', ',"a\nb",', "\n", ',"', '",', "\r", "\0"]),
        ),
        max_size=8,
    ),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    st.integers(60, 400),
)
def test_quotes_over_the_end_of_a_block_make_no_difference(
    changes: list[tuple[int, str]], encoding: str, block: int
) -> None:
    text = TEXT
    for at, put in changes:
        text = text[:at] + put + text[at:]
    compare(text.encode(encoding), cut=[block])


def test_a_record_over_many_lines_is_one_wherever_the_text_is_cut() -> None:
    name = '"' + "设\n" * 40 + '备"'
    text = TEXT.replace("设备20,", f"{name},").replace("设备40,", f"{name},")
    rows = compare(text.encode(), cut=range(60, 400, 34))[0]
    assert len(rows) == 60
    assert rows[20][2].count("\n") == 40


def test_a_stray_quote_costs_its_own_line_however_far_the_next_one_is() -> None:
    text = TEXT.replace("设备10,", '"设备10,').replace("设备50,", '设备50",')
    cells, *_, refused, _, _ = compare(text.encode(), cut=range(60, 400, 68))
    assert [(row.row, row.reason) for row in refused] == [(12, "QUOTING"), (52, "QUOTING")]
    assert len(cells) == 58
