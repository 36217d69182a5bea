"""Bytes to text, strictly: UTF-8, GB18030 or UTF-16; never lossy.

A line that does not decode costs itself only, where the encoding of the file is beyond doubt: the
line is marked, and refused as ENCODING by whoever reads the lines.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

import numpy as np

from pipeline.ingest.foreign import TOP, what_it_is
from pipeline.ingest.refusal import FileRefused

# No text may hold this character; a line that holds it did not decode.
UNDECODED = "\ufdd0"
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Other formats by their first bytes: archives, PDF, programs, pictures; HTML and JSON begin with a
# bracket.
_ARCHIVES = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_FOREIGN = (*_ARCHIVES, b"%PDF", b"MZ\x90\0", b"\x89PNG", b"\xff\xd8\xff", b"SQLite f")
_NOTHING = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*")
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*(<[!?a-zA-Z]|\{|\[\s*[{\[])")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Of four lines one may be broken, or nobody can say what the encoding is.
_SOUND_TO_BROKEN = 3
_FEW_ZEROS = 16
_PIECE = 1 << 18  # bytes that stay in the processor's cache
_TOP = 1 << 18  # bytes that tell what kind of file it is
_RUN = 9  # bytes of three Chinese characters in UTF-8
_PADDING = b"\0" * _FEW_ZEROS


def decode(data: bytes) -> str:
    """Decode a delimited file and fold line ends to LF; lines that do not decode are marked.

    GB18030 gives a meaning to nearly any bytes, so the lines that are plainly UTF-8 are counted
    against those that cannot be: only a clear majority decides.

    Raises:
        FileRefused: EMPTY, WRONG_FORMAT, ENCODING or TRUNCATED.
    """
    return "".join(decoded(io.BytesIO(data)))


def decoded(source: BinaryIO) -> Iterator[str]:
    """Decode as `decode` does, piece by piece of whole lines; what the text is, is decided before.

    The source is read several times, so that no more than a piece is in memory.

    Raises:
        FileRefused: as `decode`, before the first piece.
    """
    source.seek(0)
    top = source.read(_TOP)
    _check_kind(top, source)
    wide = _UTF16.get(top[:2]) or _wide_without_mark(top)
    if wide is not None:
        _check_utf16(source, wide)
        texts = (_SURROGATE.sub(UNDECODED, text) for text in _utf16_pieces(source, wide))
    else:
        _look_at_zeros(source)
        encoding, is_sound = _encoding(source)
        as_text = partial(_piece_by_lines, encoding=encoding)
        texts = (
            piece.decode(encoding) if is_sound else as_text(piece) for piece in _pieces(source)
        )
    return _trimmed(texts)


def _trimmed(texts: Iterator[str]) -> Iterator[str]:
    """Take marks off the beginning and Ctrl+Z off the end, and fold the ends of lines.

    Old programs end a text with Ctrl+Z; joined files carry a mark more than once.
    """
    is_first, held = True, ""
    for text in texts:
        yield held
        held = text.lstrip("\ufeff") if is_first else text
        is_first = is_first and not held
        held = held.replace("\r\n", "\n").replace("\r", "\n") if "\r" in held else held
    yield held.rstrip("\x1a")


def _check_kind(top: bytes, source: BinaryIO) -> None:
    """Refuse what is no text: nothing at all, or another format by its beginning."""
    if _NOTHING.fullmatch(top) and all(_NOTHING.fullmatch(piece) for piece in _pieces(source)):
        raise FileRefused("EMPTY")
    if top.startswith(_FOREIGN) or _MARKUP.match(top):
        raise FileRefused("WRONG_FORMAT", what_it_is(top[:TOP]))
    if top.startswith(_UTF32):
        raise FileRefused("ENCODING", "UTF-32")


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """Read from the beginning, in pieces of whole lines that end with LF."""
    source.seek(0)
    held: list[bytes] = []
    is_half = False  # a CR was the last byte: an LF that follows belongs to it
    while raw := source.read(_PIECE):
        data = raw[1:] if is_half and raw.startswith(b"\n") else raw
        is_half = data.endswith(b"\r")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join((*held, data[:cut]))
            held = []
        held.append(data[cut:])
    if rest := b"".join(held):
        yield rest


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


def _utf16_pieces(source: BinaryIO, encoding: str) -> Iterator[str]:
    source.seek(0)
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)("surrogatepass"), translate=True
    )
    held: list[str] = []
    while raw := source.read(_PIECE):
        text = decoder.decode(raw)
        cut = text.rfind("\n") + 1
        if cut:
            yield "".join((*held, text[:cut]))
            held = []
        held.append(text[cut:])
    yield "".join((*held, decoder.decode(b"", final=True)))


def _check_utf16(source: BinaryIO, encoding: str) -> None:
    if source.seek(0, io.SEEK_END) % 2:
        raise FileRefused("TRUNCATED", "末尾的字符不完整")
    broken, ends = 0, 0
    for text in _utf16_pieces(source, encoding):
        broken += sum(bool(_SURROGATE.search(line)) for line in text.split("\n"))
        ends += text.count("\n")
    if broken * _SOUND_TO_BROKEN > ends:
        raise FileRefused("ENCODING")


def _look_at_zeros(source: BinaryIO) -> None:
    """Tell a few stray zero bytes, each the fault of its line, from a file that is not text."""
    lines, broken, piece = 0, 0, b""
    for piece in _pieces(source):
        if b"\0" in piece:
            broken += sum(b"\0" in line for line in piece.splitlines())
        lines += piece.count(b"\n")
    if not broken:
        return
    lines += not piece.endswith(b"\n")
    if piece.endswith(_PADDING):
        raise FileRefused("TRUNCATED", "末尾是空字节")
    if broken * _SOUND_TO_BROKEN > lines - broken:
        raise FileRefused("WRONG_FORMAT", "文件里有二进制内容")


def _encoding(source: BinaryIO) -> tuple[str, bool]:
    """Return the encoding, and whether every line decodes.

    Raises:
        FileRefused: ENCODING or TRUNCATED.
    """
    fault = _first_fault(source, "utf-8")
    if fault is None:
        return "utf-8", True
    is_marked = next(_pieces(source)).startswith(codecs.BOM_UTF8)
    is_utf8 = is_marked or any(has_chinese_utf8(piece) for piece in _pieces(source))
    if fault == "unexpected end of data" and is_utf8:
        raise FileRefused("TRUNCATED", "末尾的字符不完整")
    if not is_utf8:
        fault = _first_fault(source, "gb18030")
        if fault is None:
            return "gb18030", True
        if fault == "incomplete multibyte sequence":
            raise FileRefused("TRUNCATED", "末尾的字符不完整")
    return _by_majority(source, is_marked=is_marked), False


def _first_fault(source: BinaryIO, encoding: str) -> str | None:
    """Return why a text is not in an encoding; a character cut off is one at its very end."""
    pieces = _pieces(source)
    for piece in pieces:
        try:
            piece.decode(encoding)
        except UnicodeDecodeError as error:
            is_end = error.end == len(piece) and next(pieces, None) is None
            return error.reason if is_end else "a broken character"
    return None


def _by_majority(source: BinaryIO, *, is_marked: bool) -> str:
    """Return the encoding that a clear majority of the lines speaks for."""
    lines, broken, chinese, first = 0, 0, 0, 0
    for piece in _pieces(source):
        for line in _lines(piece):
            lines += 1
            if _decoded(line, "utf-8") is None:
                broken += 1
                first = first or lines
            elif _cannot_be_gb18030(line):
                chinese += 1
    if _is_clear(lines - broken if is_marked else chinese, broken):
        return "utf-8"
    if not is_marked and _is_clear(broken, chinese):
        lost = sum(_as_gb18030(line) is None for piece in _pieces(source) for line in _lines(piece))
        if _is_clear(lines - lost, lost):
            return "gb18030"
    raise FileRefused("ENCODING", f"第{first}行附近")


def _lines(piece: bytes) -> list[bytes]:
    return piece.removesuffix(b"\n").split(b"\n")


def _piece_by_lines(piece: bytes, *, encoding: str) -> str:
    """Decode line by line; a line that does not decode is marked."""
    of = _as_gb18030 if encoding == "gb18030" else partial(_decoded, encoding=encoding)
    lines = [UNDECODED if (text := of(line)) is None else text for line in _lines(piece)]
    return "\n".join(lines) + ("\n" if piece.endswith(b"\n") else "")


def _as_gb18030(line: bytes) -> str | None:
    """Decode a line; one of good UTF-8 in the midst of the others was pasted in from elsewhere."""
    is_pasted = _decoded(line, "utf-8") is not None and _cannot_be_gb18030(line)
    return None if is_pasted else _decoded(line, "gb18030")


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
    if found.size < _RUN:
        return False
    # Seen as signed numbers, the bytes that follow are the lowest; the difference wraps around.
    follows = found.view(np.int8) < np.int8(0xC0 - 0x100)
    first = found - np.uint8(0xE4) <= 0xE9 - 0xE4
    pair = follows[1:-1] & follows[2:]
    thrice = pair[:-6] & pair[3:-3] & pair[6:]
    return bool((thrice & first[:-8] & first[3:-5] & first[6:-2]).any())


def _cannot_be_gb18030(line: bytes) -> bool:
    return has_chinese_utf8(line) or _decoded(line, "gb18030") is None


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def mended(text: str) -> list[str]:
    """Undo the usual wrong conversions, to tell mojibake from an unknown header."""
    ways = (("gb18030", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030"))
    return [text.encode(wrong, "ignore").decode(right, "ignore") for wrong, right in ways]
