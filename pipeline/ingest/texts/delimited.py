"""Delimited text to a grid: own account of lines, quotes and columns; everything stays text."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

import polars as pl

from pipeline.ingest.grid import HEADER_SEARCH_ROWS, Grid, flattened
from pipeline.ingest.headers import ENOUGH, HeaderIndex, HeaderMap
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.texts import blocks
from pipeline.ingest.texts.blocks import Block, NotPlainError, count, plain_blocks
from pipeline.ingest.texts.decode import UNDECODED, decoded, mended
from pipeline.ingest.texts.records import Records, Shape, block_records, records

_LONGEST_HEADER = 50_000  # more than a header has, less than the csv module bears
_TOP = 1 << 16  # characters that hold the first lines, but for absurdly long ones
_DELIMITERS = (",", "\t", ";")
_AGREEING = 2  # lines that must agree on a number of columns other than the header's
_OTHERS = ("|", "，", "；", "^", "~", "、", "\u0001")


def read_delimited(source: BinaryIO, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    """Read a delimited file; only recognised columns (and the first) are kept.

    Raises:
        FileRefused: the file cannot be trusted as a whole.
    """
    # Why a file is refused is not for blocks to say.
    with contextlib.suppress(NotPlainError, FileRefused):
        return _together(read_blocks(source, index))
    return _together(read_texts(source, index))


def read_blocks(source: BinaryIO, index: HeaderIndex) -> Iterator[tuple[Grid, HeaderMap]]:
    """Read a plain file block by block; the header stands in the first.

    Raises:
        NotPlainError: the file must be read by `read_texts`.
        FileRefused: the file cannot be trusted; `read_texts` tells why.
    """
    plain = plain_blocks(source)
    first = next(plain)
    lines = _first_lines(first)
    shape, title, found = _shape(lines, index)
    for block in chain([_below(first, shape.start - 1)], plain):
        read = block_records(block, shape)
        yield _grid(read, shape, title), found
        shape = _behind_lines(shape, sum(count(piece, b"\n") for piece in block.pieces), read)


def read_texts(source: BinaryIO, index: HeaderIndex) -> Iterator[tuple[Grid, HeaderMap]]:
    """Read any file piece by piece, be there quotes in it or lines that do not decode.

    Raises:
        FileRefused: the file cannot be trusted as a whole.
    """
    texts = _gathered(decoded(source))
    first = next(texts)
    shape, title, found = _shape(_top(first), index)
    above = shape.start - 1
    body = first.split("\n", above)[above] if first.count("\n") >= above else ""
    del first
    for text in chain(texts, [None]):
        read = records(body, shape, is_end=text is None)
        yield _grid(read, shape, title), found
        shape = _behind_lines(shape, body.count("\n") - read.rest.count("\n"), read)
        body = read.rest + (text or "")


def _gathered(pieces: Iterator[str]) -> Iterator[str]:
    """Gather pieces to texts of some size; only the last piece does not end with a line."""
    held: list[str] = []
    for piece in pieces:
        if sum(len(part) for part in held) >= blocks.BLOCK:
            yield "".join(held)
            held = []
        held.append(piece)
    yield "".join(held)


def _behind_lines(shape: Shape, lines: int, read: Records) -> Shape:
    has_rows = shape.has_rows or not read.cells.is_empty()
    return replace(shape, start=shape.start + lines, has_rows=has_rows)


def _shape(lines: list[str], index: HeaderIndex) -> tuple[Shape, str, HeaderMap]:
    """Return what the first lines say: the shape of those below the header, the title."""
    at, last, delimiter, header = _header(lines, index)
    header = _fitted(header, lines[last + 1 :], delimiter)
    title = " ".join(lines[:at])
    found = index.match(header, title=title)
    index.require(found, header)
    shape = Shape(
        start=last + 2,
        delimiter=delimiter,
        header=tuple(header),
        wanted=tuple(sorted({0, *found.positions.values()})),
        labels=index.aliases(header[0]),
    )
    return shape, title, found


def _grid(read: Records, shape: Shape, title: str) -> Grid:
    return Grid(
        cells=read.cells,
        header=shape.header,
        title=title,
        refused=read.refused,
        left_out=read.left_out,
    )


def _together(parts: Iterator[tuple[Grid, HeaderMap]]) -> tuple[Grid, HeaderMap]:
    grids, found = zip(*parts, strict=True)
    whole = replace(
        grids[0],
        cells=pl.concat([grid.cells for grid in grids]),
        refused=tuple(row for grid in grids for row in grid.refused),
        left_out=tuple(row for grid in grids for row in grid.left_out),
    )
    return whole, found[0]


def _first_lines(block: Block) -> list[str]:
    """Return the lines that may be the header, and an unfinished one behind them."""
    top, *rest = block.pieces
    if count(top, b"\n") <= HEADER_SEARCH_ROWS:
        top = b"".join((top, *rest))
    return top[: _behind(top, HEADER_SEARCH_ROWS + 1)].decode().split("\n")


def _below(block: Block, lines: int) -> Block:
    """Return a block without so many lines at its top."""
    top, *rest = block.pieces
    if count(top, b"\n") < lines:
        top, rest = block.data, []
    return replace(block, pieces=(top[_behind(top, lines) :], *rest))


def _behind(data: bytes, lines: int) -> int:
    """Return where the next line begins behind so many of them."""
    at = 0
    for _ in range(lines):
        at = data.find(b"\n", at) + 1
        if at == 0:
            return len(data)
    return at


def _top(text: str) -> list[str]:
    """Return the lines that may be the header, without copying what is below."""
    lines = text[:_TOP].split("\n", HEADER_SEARCH_ROWS + 1)
    is_enough = len(lines) > HEADER_SEARCH_ROWS + 1 or len(text) <= _TOP
    return lines if is_enough else text.split("\n", HEADER_SEARCH_ROWS + 1)


def _fitted(header: list[str], below: list[str], delimiter: str) -> list[str]:
    """Give a header as many columns as the lines below it agree on, if all else is blank.

    Many systems end every line but the header's with a delimiter, or the other way round.
    """
    rows = [_cells(line, delimiter) for line in below if line.strip(f"{delimiter} \t\u3000")]
    widths = {len(cells) for cells in rows}
    if len(rows) < _AGREEING or len(widths) != 1:
        return header
    (width,) = widths
    surplus = [header[width:], *(cells[len(header) :] for cells in rows)]
    if any(cell.strip() for cells in surplus for cell in cells):
        return header
    return [*header[:width], *[""] * (width - len(header))]


def _cells(line: str, delimiter: str) -> list[str]:
    lines = [f"{part}\n" for part in line[:_LONGEST_HEADER].split("\n")]
    return next(csv.reader(lines, delimiter=delimiter), [])


def _last_line(lines: list[str], at: int) -> int:
    """Return the line on which the record of a line ends: a header may be wrapped in its cell."""
    quotes = 0
    for last, line in enumerate(lines[at:], at):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return last
    return at


def _header(lines: list[str], index: HeaderIndex) -> tuple[int, int, str, list[str]]:
    """Find the first and last line of the header, and the delimiter, by what is recognised."""
    first = lines[:HEADER_SEARCH_ROWS]
    best: tuple[float, int, int, str, list[str]] = (0, 0, 0, ",", [])
    for at in range(len(first)):
        is_complete = False
        last = _last_line(first, at)
        line = "\n".join(first[at : last + 1])
        for delimiter in _DELIMITERS:
            for depth, cells in _candidates(line, first[last + 1 : last + 2], delimiter):
                score, complete = index.score(cells)
                is_complete = is_complete or (complete and score > 1 and depth == 0)
                if score > best[0]:
                    best = (score, at, last + depth, delimiter, cells)
        if is_complete:
            break
    if best[0] < ENOUGH:
        _explain_no_header(first, index)
    return best[1:]


def _candidates(line: str, below: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """Return a line as header, and as the upper half of one whose lower half is the next line.

    Saved as text, a header of merged cells leaves blanks where the cells were merged.
    """
    upper = _cells(line, delimiter)
    lower = [_cells(text, delimiter) for text in below]
    if not lower or len(lower[0]) != len(upper) or "" not in upper or "" not in lower[0]:
        return [(0, upper)]
    return [(0, upper), (1, flattened(upper, lower[0]))]


def _explain_no_header(lines: list[str], index: HeaderIndex) -> None:
    for line in lines:
        for other in _OTHERS:
            if index.score(line.split(other))[0] >= ENOUGH:
                raise FileRefused("DELIMITER", f"现用分隔符：{other}")
        if index.score(line.split())[0] >= ENOUGH:
            raise FileRefused("DELIMITER", "现用分隔符：空格")
        if index.score(_cells(line.replace('"', ""), ","))[0] >= ENOUGH:
            raise FileRefused("QUOTING", "表头")
        if UNDECODED in line:
            raise FileRefused("ENCODING", "表头附近")
        if "\ufffd" in line:
            raise FileRefused("MOJIBAKE")
        if any(index.score(text.split(","))[0] >= ENOUGH for text in mended(line)):
            raise FileRefused("MOJIBAKE")
