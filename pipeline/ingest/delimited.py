"""Delimited text to a grid: own account of lines, quotes and columns; everything stays text."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import polars as pl

from pipeline.ingest.blocks import NotPlainError, decoded_blocks, is_long
from pipeline.ingest.decode import UNDECODED, decode, mended
from pipeline.ingest.grid import HEADER_SEARCH_ROWS, Grid
from pipeline.ingest.headers import ENOUGH, HeaderIndex, HeaderMap
from pipeline.ingest.records import Shape, records
from pipeline.ingest.refusal import FileRefused

_LONGEST_HEADER = 50_000  # more than a header has, less than the csv module bears
_TOP = 1 << 16  # characters that hold the first lines, but for absurdly long ones
_DELIMITERS = (",", "\t", ";")
_OTHERS = ("|", "，", "；", "^", "~", "、", "\u0001")


def read_delimited(data: bytes, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    """Read a delimited file; only recognised columns (and the first) are kept.

    Raises:
        FileRefused: the file cannot be trusted as a whole.
    """
    if is_long(data):
        # Why a file is refused is for the whole of it to say.
        with contextlib.suppress(NotPlainError, FileRefused):
            return _read(decoded_blocks(data), index)
    return _read(iter([decode(data)]), index)


def _read(texts: Iterator[str], index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    """Read a text that comes in blocks of whole lines; the header stands in the first."""
    text = next(texts)
    at, last, delimiter, header = _header(_top(text), index)
    found = index.match(header)
    index.require(found, header)
    *above, body = (
        text.split("\n", last + 1) if text.count("\n") > last else (*text.split("\n"), "")
    )
    del text
    shape = Shape(
        start=last + 2,
        delimiter=delimiter,
        width=len(header),
        wanted=tuple(sorted({0, *found.positions.values()})),
        labels=index.aliases(header[0]),
    )
    read = []
    for block in chain([body], texts):
        read.append(records(block, shape))
        shape = replace(shape, start=shape.start + block.count("\n"))
    grid = Grid(
        cells=pl.concat([part.cells for part in read]),
        header=tuple(header),
        title=" ".join(above[:at]),
        refused=tuple(row for part in read for row in part.refused),
        left_out=tuple(row for part in read for row in part.left_out),
    )
    return grid, found


def _top(text: str) -> list[str]:
    """Return the lines that may be the header, without copying what is below."""
    lines = text[:_TOP].split("\n", HEADER_SEARCH_ROWS + 1)
    is_enough = len(lines) > HEADER_SEARCH_ROWS + 1 or len(text) <= _TOP
    return lines if is_enough else text.split("\n", HEADER_SEARCH_ROWS + 1)


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
            cells = _cells(line, delimiter)
            score, complete = index.score(cells)
            is_complete = is_complete or (complete and score > 1)
            if score > best[0]:
                best = (score, at, last, delimiter, cells)
        if is_complete:
            break
    if best[0] < ENOUGH:
        _explain_no_header(first, index)
    return best[1:]


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
