"""Delimited text to a grid: own account of lines, quotes and columns; everything stays text."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import polars as pl

from pipeline.ingest.decode import decode, mended
from pipeline.ingest.grid import HEADER_SEARCH_ROWS, Grid, Refusal, is_data
from pipeline.ingest.headers import ENOUGH, HeaderIndex, HeaderMap
from pipeline.ingest.refusal import FileRefused

_DELIMITERS = (",", "\t", ";")
_FIELD = "\x1a"
_OTHERS = ("|", "，", "；", "^", "~")


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
    wanted = sorted({0, *found.positions.values()})
    shape = _Shape(start=at + 2, delimiter=delimiter, width=len(header), wanted=tuple(wanted))
    refused: tuple[Refusal, ...] = ()
    cells = _plain(body, shape)
    if cells is None:
        cells, refused = _records(body.split("\n"), shape)
    data_cells = cells.filter(is_data(pl.col("c0"), header[0]) | _blank_first())
    title = " ".join(above[:at])
    return Grid(cells=data_cells, header=tuple(header), title=title, refused=refused), found


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What the header says of the lines below it."""

    start: int  # physical line of the first of them
    delimiter: str
    width: int
    wanted: tuple[int, ...]  # positions of the columns to keep


def _plain(body: str, shape: _Shape) -> pl.DataFrame | None:
    """Read lines without quotes that all have the right number of columns; None otherwise.

    Polars refuses a line with too many fields but pads one with too few; the number of delimiters
    in the whole text tells that there is neither.
    """
    body = body.rstrip("\n")
    height = body.count("\n") + 1
    delimiters = body.count(shape.delimiter)
    if not body or '"' in body or delimiters != height * (shape.width - 1) or shape.width < 2:
        return None
    try:
        cells = _split(body, shape, has_quotes=False)
    except pl.exceptions.PolarsError:
        return None
    if cells.height != height:  # pragma: no cover - we count line ends as Polars does
        return None
    return cells.with_row_index("_row", shape.start).cast({"_row": pl.Int64})


def _blank_first() -> pl.Expr:
    """Keep rows whose first cell is blank: blank lines are gone by now, the rest is a fault."""
    return pl.col("c0").is_null() | (pl.col("c0").str.strip_chars() == "")


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


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
        if "\ufffd" in line:
            raise FileRefused("MOJIBAKE")
        if any(index.score(text.split(","))[0] >= ENOUGH for text in mended(line)):
            raise FileRefused("MOJIBAKE")


def _records(body: list[str], shape: _Shape) -> tuple[pl.DataFrame, tuple[Refusal, ...]]:
    """Parse the lines after the header; lines that do not fit are refused one by one."""
    lines = pl.DataFrame({"line": body}, schema={"line": pl.String}).with_row_index(
        "_row", shape.start
    )
    lines = lines.filter(pl.col("line").str.strip_chars(f" \t\u3000{shape.delimiter}") != "")
    head = pl.col("line").str.split(shape.delimiter).list.first().str.strip_chars('"')
    lines = lines.filter(is_data(head, "") | (head.str.strip_chars() == ""))
    has_quotes = bool(lines["line"].str.contains('"', literal=True).any())
    bare = pl.col("line")
    if has_quotes:
        parsed = _multiline(body, shape)
        if parsed is not None:
            return parsed, ()
        # A quoted field leaves a mark; text right behind the mark stood behind the closing quote.
        bare = bare.str.replace_all(f'(^|{shape.delimiter})"[^"]*(""[^"]*)*"', f"${{1}}{_FIELD}")
    reason = (
        pl.when(bare.str.contains(f'"|{_FIELD}[^{shape.delimiter}]'))
        .then(pl.lit("QUOTING"))
        .when(bare.str.count_matches(shape.delimiter, literal=True) != shape.width - 1)
        .then(pl.lit("RAGGED"))
    )
    checked = lines.with_columns(_reason=reason)
    bad = checked.filter(pl.col("_reason").is_not_null())
    refused = tuple(
        Refusal(row=row, reason=why) for row, why in bad.select("_row", "_reason").rows()
    )
    good = checked.filter(pl.col("_reason").is_null())
    return _parse(good, shape, has_quotes=has_quotes), refused


def _parse(good: pl.DataFrame, shape: _Shape, *, has_quotes: bool) -> pl.DataFrame:
    """Split well-formed lines by Polars' reader, everything as text."""
    if good.is_empty():
        schema = {"_row": pl.Int64} | {f"c{i}": pl.String for i in shape.wanted}
        return pl.DataFrame(schema=schema)
    cells = _split(good["line"].str.join("\n").item(), shape, has_quotes=has_quotes)
    if cells.height != good.height:  # pragma: no cover - every line was looked at
        raise FileRefused("QUOTING")
    return cells.with_columns(good["_row"].cast(pl.Int64))


def _split(text: str, shape: _Shape, *, has_quotes: bool) -> pl.DataFrame:
    """Parse every column and keep those wanted: a projected read does not see extra fields."""
    cells = pl.read_csv(
        io.BytesIO(text.encode()),
        has_header=False,
        new_columns=[f"c{i}" for i in range(shape.width)],
        separator=shape.delimiter,
        quote_char='"' if has_quotes else None,
        infer_schema=False,
    )
    return cells.select(f"c{i}" for i in shape.wanted)


def _multiline(body: list[str], shape: _Shape) -> pl.DataFrame | None:
    """Read quoted text that may hold line ends; None unless every record fits the header."""
    if all(line.count('"') % 2 == 0 for line in body):
        return None
    reader = csv.reader([f"{line}\n" for line in body], delimiter=shape.delimiter, strict=True)
    records: list[list[str | int]] = []
    before = 0
    try:
        for record in reader:
            row, before = shape.start + before, reader.line_num
            if not any(cell.strip() for cell in record):
                continue
            if len(record) != shape.width:
                return None
            records.append([row, *(record[i] for i in shape.wanted)])
    except csv.Error:
        return None
    schema = {"_row": pl.Int64} | {f"c{i}": pl.String for i in shape.wanted}
    return pl.DataFrame(records, schema=schema, orient="row")
