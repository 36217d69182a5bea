"""Delimited text to a grid: own account of lines, quotes and columns; everything stays text."""

from __future__ import annotations

import csv

from pipeline.ingest.decode import UNDECODED, decode, mended
from pipeline.ingest.grid import HEADER_SEARCH_ROWS, Grid
from pipeline.ingest.headers import ENOUGH, HeaderIndex, HeaderMap
from pipeline.ingest.records import Shape, records
from pipeline.ingest.refusal import FileRefused

_LONGEST_HEADER = 50_000  # more than a header has, less than the csv module bears
_DELIMITERS = (",", "\t", ";")
_OTHERS = ("|", "，", "；", "^", "~", "、", "\u0001")


def read_delimited(data: bytes, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    """Read a delimited file; only recognised columns (and the first) are kept.

    Raises:
        FileRefused: the file cannot be trusted as a whole.
    """
    text = decode(data)
    at, delimiter, header = _header(text.split("\n", HEADER_SEARCH_ROWS + 1), index)
    found = index.match(header)
    index.require(found, header)
    *above, body = text.split("\n", at + 1) if text.count("\n") > at else (*text.split("\n"), "")
    shape = Shape(
        start=at + 2,
        delimiter=delimiter,
        width=len(header),
        wanted=tuple(sorted({0, *found.positions.values()})),
        labels=index.aliases(header[0]),
    )
    read = records(body, shape)
    grid = Grid(
        cells=read.cells,
        header=tuple(header),
        title=" ".join(above[:at]),
        refused=read.refused,
        left_out=read.left_out,
    )
    return grid, found


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line[:_LONGEST_HEADER]], delimiter=delimiter), [])


def _header(lines: list[str], index: HeaderIndex) -> tuple[int, str, list[str]]:
    """Find the header line and the delimiter by what is recognised in it."""
    first = lines[:HEADER_SEARCH_ROWS]
    best: tuple[float, int, str, list[str]] = (0, 0, ",", [])
    for at, line in enumerate(first):
        is_complete = False
        for delimiter in _DELIMITERS:
            cells = _cells(line, delimiter)
            score, complete = index.score(cells)
            is_complete = is_complete or (complete and score > 1)
            if score > best[0]:
                best = (score, at, delimiter, cells)
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
