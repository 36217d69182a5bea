"""A long text in blocks of whole lines: memory holds a block as text, not the file.

Only where the blocks can be told apart from each other without looking at the whole: one encoding
throughout, every line sound, no quotes. Anything else is a matter for `decode` and the whole text.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from pipeline.ingest.decode import UNDECODED, decode, has_chinese_utf8
from pipeline.ingest.refusal import FileRefused

BLOCK = 16 << 20  # bytes


class NotPlainError(Exception):
    """The blocks do not speak for themselves: the text must be read as a whole."""


def is_long(data: bytes) -> bool:
    """Say whether a text is worth cutting."""
    return len(data) > 2 * BLOCK


def decoded_blocks(data: bytes) -> Iterator[str]:
    """Decode a text block by block, with the result that `decode` gives for the whole.

    Raises:
        NotPlainError: only the whole text tells what it is.
    """
    cuts = _cuts(data)
    first = data[: cuts[0]]
    encoding = _encoding(first)
    yield _folded(_first(first), first)
    for start, end in zip(cuts, [*cuts[1:], len(data)], strict=True):
        block = data[start:end]
        if b"\0" in block or (encoding == "gb18030" and has_chinese_utf8(block)):
            raise NotPlainError
        try:
            text = block.decode(encoding)
        except UnicodeDecodeError as error:
            raise NotPlainError from error
        yield _folded(text.rstrip("\x1a") if end == len(data) else text, block)


def _cuts(data: bytes) -> list[int]:
    """Return where blocks begin, behind a line end; the last is never a scrap."""
    cuts = []
    at = 0
    while len(data) - at > BLOCK * 3 // 2:
        at = data.find(b"\n", at + BLOCK) + 1
        if at == 0 or at == len(data):
            break
        cuts.append(at)
    if not cuts:
        raise NotPlainError
    return cuts


def _encoding(first: bytes) -> str:
    try:
        first.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _first(block: bytes) -> str:
    try:
        text = decode(block)
    except FileRefused as refused:
        raise NotPlainError from refused
    if UNDECODED in text:
        raise NotPlainError
    return text


def _folded(text: str, block: bytes) -> str:
    """Fold line ends; a text with quotes or lone carriage returns is not plain."""
    if b'"' in block or block.count(b"\r") != block.count(b"\r\n"):
        raise NotPlainError
    return text.replace("\r\n", "\n") if "\r" in text else text
