from __future__ import annotations

import pytest

from pipeline.ingest.decode import decode, mended
from pipeline.ingest.refusal import FileRefused

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
