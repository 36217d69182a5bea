"""Bytes to text, strictly: a file is UTF-8, GB18030 or UTF-16, or it is refused; never lossy."""

from __future__ import annotations

import codecs

from pipeline.ingest.refusal import FileRefused

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TEXT_AHEAD = 24  # so many non-ASCII bytes read as UTF-8 before the fault mean: it is UTF-8


def decode(data: bytes) -> str:
    """Decode a delimited file and fold line ends to LF.

    GB18030 gives a meaning to nearly any bytes, so a UTF-8 file with a broken byte must not fall
    through to it: text that was UTF-8 up to the fault is refused.

    Raises:
        FileRefused: ENCODING, WRONG_FORMAT or EMPTY.
    """
    if not data.strip():
        raise FileRefused("EMPTY")
    if data.startswith(_UTF16):
        text = _strict(data, "utf-16")
    elif b"\0" in data:
        raise FileRefused("WRONG_FORMAT", "文件里有二进制内容")
    else:
        text = _utf8_or_gb18030(data)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused("ENCODING", f"第{line}行附近") from error


def _utf8_or_gb18030(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        ahead = data[: error.start]
        letters = sum(byte > 0x7F for byte in ahead[-4096:])
        if data.startswith(codecs.BOM_UTF8) or letters >= _TEXT_AHEAD:
            line = ahead.count(b"\n") + 1
            raise FileRefused("ENCODING", f"第{line}行附近") from error
    return _strict(data, "gb18030")


def mended(text: str) -> list[str]:
    """Undo the usual wrong conversions, to tell mojibake from an unknown header."""
    candidates = []
    for wrong, right in (("gb18030", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030")):
        try:
            candidates.append(text.encode(wrong, "ignore").decode(right, "ignore"))
        except UnicodeError:  # pragma: no cover - "ignore" leaves nothing to raise
            continue
    return candidates
