from __future__ import annotations

import io

import pytest

from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.texts import decode as decoding
from pipeline.ingest.texts.decode import UNDECODED, decode, mended

TEXT = "编码,名称\n1,岞𪨰镇\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_accepted_encoding_gives_the_same_text(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_line_ends_become_line_feeds(line_end: str) -> None:
    assert decode(TEXT.replace("\n", line_end).encode()) == TEXT


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY"),
        (b" \n\r\n", "EMPTY"),
        (b"a,b\n\x00\x01\n", "WRONG_FORMAT"),
        (b"a,b\n\xff\xff,1\n", "ENCODING"),
        ("a,b\n1,2\n".encode("utf-32"), "ENCODING"),
        ("县区,乡镇,村,卫生室,台账\n".encode() + b"\xff\xfe,1\n", "ENCODING"),
        (b"\xef\xbb\xbfa,b\n\xb1\xe0,1\n", "ENCODING"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        decode(data)
    assert refused.value.code == code


def test_a_broken_byte_in_utf8_is_not_taken_for_gb18030() -> None:
    data = "编码,名称,县区名称\n".encode() + b"1,\xb1\xe0,x\n"
    with pytest.raises(FileRefused) as refused:
        decode(data)
    assert (refused.value.code, refused.value.note) == ("ENCODING", "第2行附近")


def test_a_wrong_conversion_can_be_undone_to_recognise_it() -> None:
    assert "编码" in mended("编码".encode().decode("gb18030", "replace"))[0] or "编" in "".join(
        mended("编码表".encode().decode("gb18030", "replace"))
    )
    assert "编码" in mended("编码".encode().decode("latin-1"))


ROWS = [f"{i},城关镇卫生院,{i}.00" for i in range(8)]


def lines(encoding: str, **replaced: bytes) -> bytes:
    coded = [line.encode(encoding) for line in ["编码,名称,原值", *ROWS]]
    for at, line in replaced.items():
        coded[int(at[1:])] = line
    return b"\n".join(coded) + b"\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("bad", [b"3,\xff\xff,3.00", b"3,\xb3\xc7\xff,3.00"])
def test_a_broken_line_is_marked_where_the_others_leave_no_doubt(encoding: str, bad: bytes) -> None:
    text = decode(lines(encoding, _4=bad)).split("\n")
    assert text[4] == UNDECODED
    assert text[5] == ROWS[4]
    assert text[-1] == ""


def test_a_line_pasted_in_from_another_encoding_is_marked() -> None:
    assert decode(lines("gb18030", _4=ROWS[3].encode())).split("\n")[4] == UNDECODED
    assert decode(lines("utf-8", _4=ROWS[3].encode("gb18030"))).split("\n")[4] == UNDECODED


def test_a_marked_utf8_file_stays_utf8_whatever_befell_a_line() -> None:
    data = b"\xef\xbb\xbf" + b"\n".join([b"a,b"] * 5 + [b"\xb1\xe0,1"])
    assert decode(data) == "\n".join(["a,b"] * 5 + [UNDECODED])


def test_half_of_each_encoding_is_no_encoding() -> None:
    half = lines("utf-8")[:120] + b"\n" + lines("gb18030")[80:]
    with pytest.raises(FileRefused) as refused:
        decode(half)
    assert refused.value.code == "ENCODING"


@pytest.mark.parametrize(
    "data",
    [
        lines("utf-8")[: lines("utf-8").rindex("院".encode()) + 1],
        lines("gb18030")[: lines("gb18030").rindex("院".encode("gb18030")) + 1],
        "编码".encode("utf-16") + b"\x00",
        lines("utf-8") + bytes(64),
    ],
)
def test_a_file_that_ends_in_the_midst_of_a_character_is_cut(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        decode(data)
    assert refused.value.code == "TRUNCATED"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_known_without_its_mark(encoding: str) -> None:
    text = "编码,名称\n" + "1,甲\n" * 20
    assert decode(text.encode(encoding)) == text


def test_a_lone_half_of_a_pair_costs_its_line_in_utf16() -> None:
    text = "\ufeff编码,名称\n1,甲\n2,\ud83d\n3,丙\n4,丁\n"
    assert UNDECODED in decode(text.encode("utf-16-le", "surrogatepass")).split("\n")[2]
    with pytest.raises(FileRefused) as refused:
        decode("\ufeff编\n\ud83d\n".encode("utf-16-le", "surrogatepass"))
    assert refused.value.code == "ENCODING"


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("piece", [16, 18, 20])
def test_utf16_is_held_in_pieces_whatever_ends_its_lines(
    monkeypatch: pytest.MonkeyPatch, line_end: str, piece: int
) -> None:
    monkeypatch.setattr(decoding, "_PIECE", piece)
    text = "编码,名称\n" + "1,甲\n" * 40
    pieces = list(decoding.decoded(io.BytesIO(text.replace("\n", line_end).encode("utf-16"))))
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= piece


@pytest.mark.parametrize(
    "data", [b"%PDF-1.4", b"MZ\x90\0", b"<html>", b' {"a": 1}', b'[{"a": 1}]', b"\x1f\x8b"]
)
def test_other_formats_are_known_by_their_beginning(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        decode(data)
    assert refused.value.code == "WRONG_FORMAT"


def test_stray_zero_bytes_are_left_to_their_lines() -> None:
    assert "\0" in decode(lines("utf-8", _4=b"3,\x00,3.00"))


def test_marks_at_the_beginning_and_the_end_are_no_text() -> None:
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n\x1a") == "a,b\n1,2\n"
