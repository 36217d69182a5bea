"""A text in blocks of whole lines as UTF-8: memory holds a block, not the file.

Only where the blocks can be told apart from each other without looking at the whole: one encoding
throughout, every line decodes, no quotes. Anything else is a matter for `decode` and the whole
text. Blocks are transcoded in pieces that stay in the processor's cache.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl

from pipeline.ingest.cells.marks import DAMAGED
from pipeline.ingest.texts.decode import UNDECODED, has_chinese_utf8, is_foreign

BLOCK = 8 << 20
SHORT = 64 << 20  # bytes of a text that is one block: rows in one piece need not be copied
PIECE = 1 << 18
_LF = b"\n"
_MARK = codecs.BOM_UTF8
# The first character of what no sound file holds: a single one is found fastest.
_RARE = {"\ufffd": "\ufffd", UNDECODED: UNDECODED, "锟": "锟斤", "烫": "烫烫烫"}
_LAST_CONTROL = 31
_DELETE = b"\x7f"


class NotPlainError(Exception):
    """The blocks do not speak for themselves: the text must be read as a whole."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Whole lines in UTF-8 that end with LF; damaged if some line may have to be refused."""

    pieces: tuple[bytes, ...]
    is_damaged: bool = False

    @property
    def data(self) -> bytes:
        """Return the block in one piece."""
        return b"".join(self.pieces)


_Piece = tuple[bytes, bool]  # whole lines in UTF-8, whether they may be damaged


def plain_blocks(source: BinaryIO) -> Iterator[Block]:
    """Transcode a text block by block, with the result that `decode` gives for the whole.

    Raises:
        NotPlainError: only the whole text tells what it is.
    """
    size = SHORT if source.seek(0, io.SEEK_END) <= SHORT else BLOCK
    source.seek(0)
    held: list[_Piece] = []
    for pieces in _grouped(_pieces(source), size):
        is_scrap = sum(len(data) for data, _ in pieces) * 2 < size
        if held and not is_scrap:
            yield _block(held)
            held = []
        held += pieces
    yield _block(held)


def _block(pieces: list[_Piece]) -> Block:
    return Block(
        pieces=tuple(data for data, _ in pieces), is_damaged=any(suspect for _, suspect in pieces)
    )


def _grouped(pieces: Iterator[_Piece], size: int) -> Iterator[list[_Piece]]:
    """Gather pieces to blocks of a size; only the last can be shorter."""
    group: list[_Piece] = []
    held = 0
    for piece in pieces:
        group.append(piece)
        held += len(piece[0])
        if held >= size:
            yield group
            group, held = [], 0
    if group:
        yield group


def _pieces(source: BinaryIO) -> Iterator[_Piece]:
    encoding: str | None = None
    is_first = True
    while raw := source.read(PIECE):
        if not raw.endswith(_LF):
            raw += source.readline()
        if is_first and is_foreign(raw):
            raise NotPlainError
        # Only the last line has no end of its own; old programs end it with Ctrl+Z.
        data, is_suspect, encoding = _utf8(raw.rstrip(b"\x1a"), encoding)
        while is_first and data.startswith(_MARK):
            data = data[len(_MARK) :]
        is_first = False
        yield data, is_suspect
    if is_first:
        raise NotPlainError


def _utf8(piece: bytes, encoding: str | None) -> tuple[bytes, bool, str | None]:
    """Return a piece in UTF-8 with folded line ends, whether it may be damaged, and its encoding.

    Raises:
        NotPlainError: quotes, zeros, lone carriage returns, or a line in another encoding.
    """
    if b'"' in piece or b"\0" in piece:
        raise NotPlainError
    if b"\r" in piece:
        if piece.count(b"\r") != piece.count(b"\r\n"):
            raise NotPlainError
        piece = piece.replace(b"\r\n", _LF)
    if piece.isascii():
        return piece, _has_control(piece), encoding
    encoding = encoding or _encoding(piece)
    text = _decoded(piece, encoding)
    data = piece if encoding == "utf-8" else text.encode()
    return data, _has_control(data) or _holds_rare(text, data), encoding


def _encoding(piece: bytes) -> str:
    try:
        piece.removeprefix(_MARK).decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _decoded(piece: bytes, encoding: str) -> str:
    if encoding != "utf-8" and (piece.startswith(_MARK) or has_chinese_utf8(piece)):
        raise NotPlainError
    try:
        return piece.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotPlainError from error


def may_be_damaged(text: str, data: bytes) -> bool:
    """Say whether a text, in UTF-8 `data`, needs a closer look; wrong only on the safe side."""
    return _has_control(data) or _holds_rare(text, data)


def _holds_rare(text: str, data: bytes) -> bool:
    if any(mark in text and whole in text for mark, whole in _RARE.items()):
        return True
    # With these begin U+0080 to U+00FF.
    if b"\xc2" not in data and b"\xc3" not in data:
        return False
    return bool(pl.Series(text.split("\n")).str.contains(DAMAGED).any())


def _has_control(data: bytes) -> bool:
    low = np.count_nonzero(np.frombuffer(data, dtype=np.uint8) <= _LAST_CONTROL)
    allowed = count(data, _LF) + (data.count(b"\t") if b"\t" in data else 0)
    return bool(low > allowed) or _DELETE in data


def count(data: bytes, byte: bytes) -> int:
    """Count a byte, quickly also where it is frequent."""
    total = 0
    for at in range(0, len(data), PIECE):
        part = np.frombuffer(data, dtype=np.uint8, count=min(PIECE, len(data) - at), offset=at)
        total += int(np.count_nonzero(part == byte[0]))
    return total
