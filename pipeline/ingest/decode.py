"""Bytes to text, strictly: UTF-8, GB18030 or UTF-16; never lossy.

A line that does not decode costs itself only, where the encoding of the file is beyond doubt: the
line is marked, and refused as ENCODING by whoever reads the lines.
"""

from __future__ import annotations

import codecs
import re

import numpy as np

from pipeline.ingest.refusal import FileRefused

# No text may hold this character; a line that holds it did not decode.
UNDECODED = "\ufdd0"
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Other formats by their first bytes: archives, PDF, pictures; HTML and JSON begin with a bracket.
_FOREIGN = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"SQLite f")
_NOTHING = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*")
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*(<[!?a-zA-Z]|\{|\[\s*[{\[])")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Of four lines one may be broken, or nobody can say what the encoding is.
_SOUND_TO_BROKEN = 3
_FEW_ZEROS = 16
_PIECE = 1 << 18  # bytes that stay in the processor's cache
_RUN = 9  # bytes of three Chinese characters in UTF-8
_PADDING = b"\0" * _FEW_ZEROS


def decode(data: bytes) -> str:
    """Decode a delimited file and fold line ends to LF; lines that do not decode are marked.

    GB18030 gives a meaning to nearly any bytes, so the lines that are plainly UTF-8 are counted
    against those that cannot be: only a clear majority decides.

    Raises:
        FileRefused: EMPTY, WRONG_FORMAT, ENCODING or TRUNCATED.
    """
    if _NOTHING.fullmatch(data):
        raise FileRefused("EMPTY")
    if data.startswith(_FOREIGN) or _MARKUP.match(data):
        raise FileRefused("WRONG_FORMAT")
    if data.startswith(_UTF32):
        raise FileRefused("ENCODING", "UTF-32")
    wide = _UTF16.get(data[:2]) or _wide_without_mark(data)
    if wide is not None:
        text = _utf16(data, wide)
    else:
        if b"\0" in data:
            _look_at_zeros(data)
        text = _utf8_or_gb18030(data)
    # Old programs end a text with Ctrl+Z; joined files carry a mark more than once.
    text = text.lstrip("\ufeff").rstrip("\x1a")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def is_foreign(data: bytes) -> bool:
    """Say whether bytes are no text whose lines have an encoding of one byte or more, by its top.

    Empty ones, other formats, UTF-16 and UTF-32.
    """
    return (
        _NOTHING.fullmatch(data) is not None
        or data.startswith((*_FOREIGN, *_UTF32, *_UTF16))
        or _MARKUP.match(data) is not None
        or _wide_without_mark(data) is not None
    )


def _wide_without_mark(data: bytes) -> str | None:
    """Recognise UTF-16 without its mark: delimiters and digits leave zeros on one side only."""
    sample = data[: 1 << 16]
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    few = max(low, high) * 8 < len(sample) or max(low, high) < _FEW_ZEROS
    if few or min(low, high) * 50 > max(low, high):
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _utf16(data: bytes, encoding: str) -> str:
    if len(data) % 2:
        raise FileRefused("TRUNCATED", "末尾的字符不完整")
    text = data.decode(encoding, "surrogatepass")
    broken = sum(bool(_SURROGATE.search(line)) for line in re.split("[\r\n]+", text))
    if broken * _SOUND_TO_BROKEN > text.count("\n") + text.count("\r"):
        raise FileRefused("ENCODING")
    return _SURROGATE.sub(UNDECODED, text) if broken else text


def _look_at_zeros(data: bytes) -> None:
    """Tell a few stray zero bytes, each the fault of its line, from a file that is not text."""
    if data.endswith(_PADDING):
        raise FileRefused("TRUNCATED", "末尾是空字节")
    lines = data.splitlines()
    broken = sum(b"\0" in line for line in lines)
    if broken * _SOUND_TO_BROKEN > len(lines) - broken:
        raise FileRefused("WRONG_FORMAT", "文件里有二进制内容")


def _utf8_or_gb18030(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_utf8 = data.startswith(codecs.BOM_UTF8) or has_chinese_utf8(data)
        if error.reason == "unexpected end of data" and is_utf8:
            raise FileRefused("TRUNCATED", "末尾的字符不完整") from error
    if not is_utf8:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            if error.end == len(data) and error.reason == "incomplete multibyte sequence":
                raise FileRefused("TRUNCATED", "末尾的字符不完整") from error
    return _by_lines(data)


def _by_lines(data: bytes) -> str:
    """Decode line by line in the encoding that a clear majority of the lines speaks for."""
    folded = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = folded.removesuffix(b"\n").split(b"\n")
    end = "\n" if folded.endswith(b"\n") else ""
    is_marked = data.startswith(codecs.BOM_UTF8)
    as_utf8 = [_decoded(line, "utf-8") for line in lines]
    broken = sum(text is None for text in as_utf8)
    chinese = sum(
        text is not None and _cannot_be_gb18030(line)
        for line, text in zip(lines, as_utf8, strict=True)
    )
    if _is_clear(len(lines) - broken if is_marked else chinese, broken):
        return _joined(as_utf8) + end
    if not is_marked and _is_clear(broken, chinese):
        as_gb18030 = [
            # A line of good UTF-8 in the midst of the others was pasted in from elsewhere.
            None if text is not None and _cannot_be_gb18030(line) else _decoded(line, "gb18030")
            for line, text in zip(lines, as_utf8, strict=True)
        ]
        lost = sum(text is None for text in as_gb18030)
        if _is_clear(len(lines) - lost, lost):
            return _joined(as_gb18030) + end
    at = next(row for row, text in enumerate(as_utf8, 1) if text is None)
    raise FileRefused("ENCODING", f"第{at}行附近")


def _is_clear(sound: int, broken: int) -> bool:
    return sound >= broken * _SOUND_TO_BROKEN


def has_chinese_utf8(data: bytes) -> bool:
    """Say whether there are three Chinese characters in a row as UTF-8 writes them.

    That is next to impossible in GB18030.
    """
    return any(
        _has_chinese(data[at : at + _PIECE + _RUN - 1]) for at in range(0, len(data), _PIECE)
    )


def _has_chinese(data: bytes) -> bool:
    """Look for a first byte (E4 to E9) and two that follow (80 to BF), three times in a row."""
    found = np.frombuffer(data, dtype=np.uint8)
    # Below the first byte the difference wraps around, so that one comparison does.
    starts = np.flatnonzero(found - np.uint8(0xE4) <= 0xE9 - 0xE4)
    for at in range(1, _RUN):
        starts = starts[: np.searchsorted(starts, found.size - at)]
        low, high = (0x80, 0xBF) if at % 3 else (0xE4, 0xE9)
        byte = found[starts + at]
        starts = starts[(byte >= low) & (byte <= high)]
        if starts.size == 0:
            return False
    return True


def _cannot_be_gb18030(line: bytes) -> bool:
    return has_chinese_utf8(line) or _decoded(line, "gb18030") is None


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _joined(lines: list[str | None]) -> str:
    return "\n".join(UNDECODED if line is None else line for line in lines)


def mended(text: str) -> list[str]:
    """Undo the usual wrong conversions, to tell mojibake from an unknown header."""
    candidates = []
    for wrong, right in (("gb18030", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030")):
        try:
            candidates.append(text.encode(wrong, "ignore").decode(right, "ignore"))
        except UnicodeError:  # pragma: no cover - "ignore" leaves nothing to raise
            continue
    return candidates
